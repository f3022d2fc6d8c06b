"""Mails: rendered from a trio of templates, sent by workers out of the outbox, never inside a request."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import override

# RFC 3834: a machine wrote this, so that no holiday note answers it.
_MARKS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def send_mail(*, to: str, template: str, context: Mapping[str, Any], key: UUID, language: str = "") -> None:
    """Send `templates/emails/<template>-subject.txt`, `-body.txt` and `-body.html` to one person in their language.

    `key` is the outbox row's `public_id` and becomes the Message-ID, so that a repeated attempt is the same mail to
    whoever receives it. Raises what the mail server raises; the outbox tries again.
    """
    with override(language or settings.LANGUAGE_CODE):
        mail = _render(to=to, template=template, context=context, key=key)
    mail.send()


def absolute_url(path: str) -> str:
    """The address of `path` as the world outside knows it; never made from a request's Host (security.md 16)."""
    return f"{settings.SITE_URL}{path}"


def _render(*, to: str, template: str, context: Mapping[str, Any], key: UUID) -> EmailMultiAlternatives:
    full = {**context, "site_url": settings.SITE_URL, "brand_name": settings.BRAND_NAME}
    subject = render_to_string(f"emails/{template}-subject.txt", full)
    mail = EmailMultiAlternatives(
        # One line, whatever people have put into a name: a line break would begin a header.
        subject=" ".join(subject.split()),
        body=render_to_string(f"emails/{template}-body.txt", full).strip() + "\n",
        to=[to],
        headers={"Message-ID": f"<{key}@{_host()}>", **_MARKS},
    )
    mail.attach_alternative(render_to_string(f"emails/{template}-body.html", full), "text/html")
    return mail


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
