"""Mails: rendered from a trio of templates, sent by workers out of the outbox, never inside a request."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def send_mail(*, to: str, template: str, context: Mapping[str, Any], key: UUID) -> None:
    """Send `templates/emails/<template>-subject.txt`, `-body.txt` and `-body.html` to one person.

    `key` becomes the Message-ID, so that a repeated attempt is the same mail to whoever receives it. Links are absolute
    (`site_url` is in the context). Raises what the mail server raises; the outbox tries again.
    """
    full = {**context, "site_url": settings.SITE_URL, "brand_name": settings.BRAND_NAME}
    subject = " ".join(render_to_string(f"emails/{template}-subject.txt", full).split())
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"emails/{template}-body.txt", full),
        to=[to],
        headers={"Message-ID": f"<{key}@{_host()}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"emails/{template}-body.html", full), "text/html")
    mail.send()


def _host() -> str:
    return settings.SITE_URL.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
