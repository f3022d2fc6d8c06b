"""Mails for tests, built by hand so that they may be as broken as those of attackers."""

from typing import Any

from tests.cast import Cast
from tickets.models import Ticket
from tickets.services.mail_out import token_of

BOUNDARY = "b0undary"


def plain(
    body: str | bytes = "Hello",
    *,
    sender: str = "Ann <ann@else.example>",
    to: str = "help@acme.example",
    subject: str = "Help",
    key: str = "",
    charset: str = "utf-8",
    **headers: str,
) -> bytes:
    """A mail of one part; further headers by their name with _ for -."""
    content = body.encode(charset) if isinstance(body, str) else body
    more = [(name.replace("_", "-"), value) for name, value in headers.items()]
    head = [("From", sender), ("To", to), ("Subject", subject), *more]
    if key:
        head.append(("Message-ID", f"<{key}>"))
    if not any(name.lower() == "content-type" for name, _value in head):
        head.append(("Content-Type", f"text/plain; charset={charset}"))
        head.append(("Content-Transfer-Encoding", "8bit"))
    lines = "".join(f"{name}: {value}\r\n" for name, value in head)
    return lines.encode("utf-8", "surrogateescape") + b"\r\n" + content


def mixed(*parts: tuple[str, bytes], boundary: str = BOUNDARY, **options: Any) -> bytes:
    """A mail of several parts, each (headers, content)."""
    body = b"".join(
        b"--" + boundary.encode() + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n" for head, content in parts
    )
    body += b"--" + boundary.encode() + b"--\r\n"
    return plain(body, Content_Type=f'multipart/mixed; boundary="{boundary}"', **options)


def file_part(name: str, content: bytes) -> tuple[str, bytes]:
    return f'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{name}"', content


def answer_address(cast: Cast, ticket: Ticket) -> str:
    """The address that connie answers a mail about this ticket to."""
    return f"help+{token_of(ticket, cast.connie_contact.pk)}@acme.example"
