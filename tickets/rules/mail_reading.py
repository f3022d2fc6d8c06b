"""What a raw mail says: who, to whom, what about, its text, its files. Mail is hostile (security.md 13). Pure.

Defects are tolerated, sizes and depths are not. Nested messages are laid flat: their text becomes a file, their files
stand beside the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from email.utils import getaddresses
from itertools import islice
from typing import Any

from charset_normalizer import from_bytes

from tickets.rules.mail_html import text_of_html

MOST_PARTS = 200
MOST_BOUNDARIES = 20_000
MOST_DEPTH = 20
MOST_FILES = 10
MOST_HEADER = 2_000
MOST_HEADERS = 500
MOST_RESULTS = 10
_ADDRESS = re.compile(r"[^\s@<>\"(),;:\\]{1,64}@[^\s@<>\"(),;:\\]{1,190}")
_SHORT = ("from", "message-id", "subject", "auto-submitted", "precedence", "return-path", "x-loop", "list-id")
_MARKS = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply", "x-ms-exchange-inbox-rules-loop")
_RESULTS = "authentication-results"
_THREAD = ("in-reply-to", "references")
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "resent-to")
_WANTED = frozenset({*_SHORT, *_MARKS, *_THREAD, *_RECIPIENTS})
_MULTILINE_SPACE = re.compile(r"\s+")
_REPLY_MARKS = re.compile(r"^(?:\s*(?:re|aw|antw|sv|vs|odp|rif|ref|fwd?|wg|tr)\s*(?:\[\d+\])?\s*:)+", re.IGNORECASE)


class UnreadableMail(ValueError):
    """Nothing that could be read as a mail."""


@dataclass(frozen=True, kw_only=True)
class MailFile:
    """A file of a mail under the name that the sender gave it."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class IncomingLetter:
    """A mail as it was read. `headers` have names in lower case; `references` is what it answers to.

    `dropped` names what was not taken along, for the page; `results` are the headers of servers that say whether they
    vouch for the sender (common/mail_authentication.py), the topmost first.
    """

    message_id: str
    sender: str
    sender_name: str
    recipients: Sequence[str]
    subject: str
    references: str
    text: str
    files: Sequence[MailFile] = ()
    dropped: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    results: Sequence[str] = ()
    content_type: str = ""


def read_mail(raw: bytes) -> IncomingLetter:
    """Read a mail. Raises UnreadableMail."""
    if raw.count(b"\n--") > MOST_BOUNDARIES:
        raise UnreadableMail("too many parts")
    try:
        return _read(raw)
    # The parser of the standard library raises many things at what attackers write, and recursion at deep nesting.
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise UnreadableMail(type(error).__name__) from error


class _Bounded(EmailPolicy):
    """The default policy, for headers up to a length: beyond it parsing takes the square of their parameters."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return super().header_fetch_parse(name, value[: MOST_HEADER * 4])


def _read(raw: bytes) -> IncomingLetter:
    parsed = message_from_bytes(raw, policy=_Bounded())
    headers = _headers(parsed)
    parts = _Parts()
    parts.take(parsed, depth=0)
    name, sender = _first_address(headers.get("from", ""))
    if not headers or not (sender or parts.texts or parts.files):
        raise UnreadableMail("nothing in it")
    return IncomingLetter(
        message_id=_id_of(headers.get("message-id", "")),
        sender=sender.lower(),
        sender_name=name[:150],
        recipients=tuple(dict.fromkeys(_recipients(headers))),
        subject=clean_subject(headers.get("subject", "")),
        references=f"{headers.get('in-reply-to', '')} {headers.get('references', '')}",
        text=parts.text,
        files=tuple(parts.files),
        dropped=tuple(parts.dropped),
        headers=headers,
        results=tuple(_results(parsed)),
        content_type=parsed.get_content_type(),
    )


def clean_subject(subject: str) -> str:
    """One line without the marks of answers and of things passed on."""
    line = _MULTILINE_SPACE.sub(" ", _clean(subject)).strip()
    return _REPLY_MARKS.sub("", line).strip()[:250]


class _Parts:
    """Texts and files of a mail, collected in order."""

    def __init__(self) -> None:
        self.plain: list[str] = []
        self.html: list[str] = []
        self.files: list[MailFile] = []
        self.dropped: list[str] = []
        self.seen = 0

    @property
    def texts(self) -> bool:
        return bool(self.plain or self.html)

    @property
    def text(self) -> str:
        """The plain text where there is one, else what the HTML says."""
        plain = "\n\n".join(self.plain).strip()
        return plain or "\n\n".join(text_of_html(one) for one in self.html).strip()

    def take(self, part: Message, *, depth: int) -> None:
        self.seen += 1
        if self.seen > MOST_PARTS or depth > MOST_DEPTH:
            self._drop("…")
            return
        kind = part.get_content_type()
        if kind == "message/rfc822":
            self._take_nested(part, depth)
        elif part.is_multipart():
            for child in _children(part):
                self.take(child, depth=depth + 1)
        elif kind in ("text/plain", "text/html") and not _is_attached(part):
            (self.plain if kind == "text/plain" else self.html).append(text_of_part(part))
        else:
            self._keep(_name_of(part), _payload(part))

    def _take_nested(self, part: Message, depth: int) -> None:
        for child in _children(part):
            inner = _Parts()
            inner.seen = self.seen
            inner.take(child, depth=depth + 1)
            self.seen = inner.seen
            subject = clean_subject(_headers(child).get("subject", "")) or "message"
            if inner.text:
                self._keep(f"{subject[:80]}.txt", inner.text.encode())
            for file in inner.files:
                self._keep(file.name, file.content)
            self.dropped += inner.dropped

    def _keep(self, name: str, content: bytes) -> None:
        if len(self.files) >= MOST_FILES or not content:
            self._drop(name)
            return
        self.files.append(MailFile(name=name, content=content))

    def _drop(self, name: str) -> None:
        if len(self.dropped) < MOST_FILES:
            self.dropped.append(name)


def text_of_part(part: Message) -> str:
    """The text of a part in whatever charset it says or has; never with NUL or half characters."""
    content = _payload(part)
    charset = str(part.get_content_charset() or "utf-8")
    try:
        text = content.decode(charset)
    except (LookupError, UnicodeDecodeError, ValueError):
        best = from_bytes(content[:100_000]).best()
        text = content.decode(best.encoding if best else "utf-8", "replace")
    return _clean(text).replace("\r\n", "\n").replace("\r", "\n")


def _payload(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _children(part: Message) -> Iterator[Message]:
    found = part.get_payload()
    if isinstance(found, list):
        yield from (child for child in found if isinstance(child, Message))


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_name_of(part, default=""))


def _name_of(part: Message, default: str = "file") -> str:
    try:
        return _clean(part.get_filename() or "")[:200] or default
    except (ValueError, LookupError, TypeError, AttributeError):
        return default


def _headers(message: Message) -> dict[str, str]:
    """The first of each header that matters as text; one that cannot be decoded as it stands in the mail."""
    found: dict[str, str] = {}
    for name, raw in islice(message.raw_items(), MOST_HEADERS):
        key = str(name).lower()
        if key not in _WANTED or (key in found and key not in _RECIPIENTS):
            continue
        text = _header_text(message, key, str(raw)) if key not in found else str(raw)
        found[key] = f"{found[key]}, {text}"[: MOST_HEADER * 4] if key in found else text
    return found


def _results(message: Message) -> Iterator[str]:
    found = (str(raw) for name, raw in islice(message.raw_items(), MOST_HEADERS) if str(name).lower() == _RESULTS)
    for raw in islice(found, MOST_RESULTS):
        yield _clean(raw[:MOST_HEADER])


def _header_text(message: Message, name: str, raw: str) -> str:
    limit = MOST_HEADER * 4 if name in _THREAD else MOST_HEADER
    if len(raw) > limit:
        return _clean(raw[:limit])
    try:
        text = str(message[name]) if isinstance(message, EmailMessage) else raw
    except Exception:  # Headers of attackers make the parser raise whatever it has.
        text = raw
    return _clean(text)[:limit]


def _recipients(headers: Mapping[str, str]) -> Iterator[str]:
    for name in _RECIPIENTS:
        for _name, address in getaddresses([headers.get(name, "")])[:50]:
            if match := _ADDRESS.fullmatch(address):
                yield match[0].lower()


def _first_address(header: str) -> tuple[str, str]:
    for name, address in getaddresses([header])[:5]:
        if match := _ADDRESS.fullmatch(address):
            return _MULTILINE_SPACE.sub(" ", name).strip(), match[0]
    match = _ADDRESS.search(header)
    return ("", match[0]) if match else ("", "")


def _id_of(header: str) -> str:
    text = header.strip().strip("<>").strip()
    return text if text.isprintable() and " " not in text and len(text) <= 240 else ""


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
