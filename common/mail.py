"""Mails: rendered from a trio of templates, sent by workers out of the outbox, never inside a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import override

# RFC 3834: a machine wrote this, so that no holiday note answers it.
_MARKS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """How a mail differs from a notice of ours: whom it is from, where an answer goes, its place in a thread.

    `headers` go over the marks of machine-written mail; an empty value takes a mark away. `files` are (name, content,
    content type). `stop_url` ends what the mail is one of, at one click of the mail program and from its foot
    (RFC 8058); only mails that somebody can do without have one.
    """

    message_id: str = ""
    sender: str = ""
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[tuple[str, bytes, str]] = ()
    stop_url: str = ""


def send_mail(
    *,
    to: str,
    template: str,
    context: Mapping[str, Any],
    key: UUID,
    language: str = "",
    envelope: Envelope | None = None,
) -> None:
    """Send `templates/emails/<template>-subject.txt`, `-body.txt` and `-body.html` to one person in their language.

    `key` is the outbox row's `public_id` and becomes the Message-ID, so that a repeated attempt is the same mail to
    whoever receives it. Raises what the mail server raises; the outbox tries again.
    """
    stop = {"stop_url": envelope.stop_url if envelope is not None else ""}
    with override(language or settings.LANGUAGE_CODE):
        mail = _render(to=to, template=template, context={**context, **stop}, key=key)
    if envelope is not None:
        _put_into(mail, envelope)
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
        headers={"Message-ID": f"<{key}@{mail_host()}>", **_MARKS},
    )
    mail.attach_alternative(render_to_string(f"emails/{template}-body.html", full), "text/html")
    return mail


def _put_into(mail: EmailMultiAlternatives, envelope: Envelope) -> None:
    if envelope.message_id:
        mail.extra_headers["Message-ID"] = f"<{envelope.message_id}>"
    mail.from_email = envelope.sender or mail.from_email
    mail.reply_to = [envelope.reply_to] if envelope.reply_to else []
    if envelope.stop_url:
        mail.extra_headers["List-Unsubscribe"] = f"<{envelope.stop_url}>"
        mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for name, value in envelope.headers.items():
        mail.extra_headers[name] = value
        if not value:
            del mail.extra_headers[name]
    for name, content, content_type in envelope.files:
        mail.attach(name, content, content_type)


def mail_host() -> str:
    """The part of our own Message-IDs behind the @."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"
