"""Mails that come in: a message on a ticket, a new ticket, or a rejected one that is listed with its reason.

`From` never authorises (security.md 13): only a token that we signed joins a mail to a ticket. Safe to run twice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F

from common.errors import DomainError
from common.mail import mail_host
from common.mail_authentication import vouched
from common.models import StoredFile
from common.scope import Scope, scoped
from partners.rules.mail_in import without_tokens
from partners.services.mail_in import InMail, is_for_us, receive
from tickets.choices import MailReason, MailState
from tickets.models import IncomingMail, Queue
from tickets.rules.mail_loops import Origin, origin_of
from tickets.rules.mail_quotes import split_reply
from tickets.rules.mail_reading import IncomingLetter, UnreadableMail, read_mail
from tickets.services.mail_writing import Written, write


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What the server that handed a mail over said of it; `sender` is empty for the null sender, None for unknown."""

    sender: str | None = None
    recipients: Sequence[str] = ()


class _Rejected(Exception):
    def __init__(self, reason: MailReason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def take(raw: bytes, *, now: datetime, envelope: Envelope | None = None) -> IncomingMail:
    """Take a mail in; the row that says what became of it. A mail that came before is counted and otherwise ignored."""
    digest = hashlib.sha256(raw).hexdigest()
    path = ""
    try:
        with scoped(Scope.all()):
            letter, fault = _read(raw, envelope or Envelope())
            mail = _row(letter, digest, now)
            if known := _known(mail.key):
                return known
            if letter is not None and is_for_us(letter.recipients):
                # What is written about an organization is for those who open it: nothing of it is kept here.
                _log(mail, letter, now)
            elif fault != MailReason.TOO_LARGE:
                path = default_storage.save(f"mail/{uuid4().hex}.eml", ContentFile(raw))
                mail.raw = _stored(path, raw, digest, now)
            if not mail.state:
                _settle(mail, letter, fault, now)
            with transaction.atomic():
                mail.save()
            return mail
    except IntegrityError:
        # Another process took the same mail in at the same moment; all of this attempt is undone.
        _forget(path)
        with scoped(Scope.all()):
            found = _known(_row(letter, digest, now).key)
        if found is None:
            raise
        return found
    except BaseException:
        _forget(path)
        raise


def _read(raw: bytes, envelope: Envelope) -> tuple[IncomingLetter | None, MailReason]:
    if len(raw) > settings.MAIL_MAX_BYTES:
        return None, MailReason.TOO_LARGE
    try:
        letter = read_mail(raw)
    except UnreadableMail:
        return None, MailReason.UNREADABLE
    headers = dict(letter.headers)
    if envelope.sender is not None:
        headers["return-path"] = f"<{envelope.sender}>"
    recipients = (*(one.lower() for one in envelope.recipients), *letter.recipients)
    return replace(letter, headers=headers, recipients=tuple(dict.fromkeys(recipients))), MailReason.NONE


def _row(letter: IncomingLetter | None, digest: str, now: datetime) -> IncomingMail:
    if letter is None:
        return IncomingMail(key=f"sha256:{digest}", came_at=now)
    return IncomingMail(
        key=letter.message_id or f"sha256:{digest}",
        sender=letter.sender,
        recipients=", ".join(letter.recipients)[:500],
        subject=letter.subject,
        dropped=list(letter.dropped),
        came_at=now,
    )


def _known(key: str) -> IncomingMail | None:
    if not IncomingMail.objects.filter(key=key).update(repeats=F("repeats") + 1):
        return None
    return IncomingMail.objects.get(key=key)


def _settle(mail: IncomingMail, letter: IncomingLetter | None, fault: MailReason, now: datetime) -> None:
    """Write what the mail says and note on its row what became of it."""
    mail.state = MailState.REJECTED
    try:
        if letter is None:
            raise _Rejected(fault)
        is_machine = _checked(letter, now)
        with transaction.atomic():
            written = write(letter, mail_id=mail.key, is_machine=is_machine, now=now)
        if written is None:
            raise _Rejected(MailReason.MACHINE)
        _taken(mail, written)
    except _Rejected as refusal:
        mail.reason, mail.detail = refusal.reason, refusal.detail
    except DomainError as error:
        mail.reason, mail.detail = MailReason.REFUSED, error.message[:300]


def _log(mail: IncomingMail, letter: IncomingLetter, now: datetime) -> None:
    """Hand a mail to the organization whose address it was sent to; the row says that it came, and not what it says."""
    mail.state, mail.subject, mail.dropped = MailState.REJECTED, "", []
    mail.recipients = without_tokens(mail.recipients)
    try:
        if _checked(letter, now):
            raise _Rejected(MailReason.MACHINE)
        answer, _quoted = split_reply(letter.text)
        sent = InMail(
            key=mail.key,
            sender=letter.sender,
            recipients=letter.recipients,
            subject=letter.subject,
            text=answer,
            file_names=[*(file.name for file in letter.files), *letter.dropped],
            vouched=vouched(letter.results, sender=letter.sender, servers=settings.MAIL_AUTH_SERVERS),
        )
        taken = receive(sent, now=now)
        mail.organization_id = taken.organization_id
        if taken.interaction is None:
            raise _Rejected(MailReason.REFUSED, taken.why_not)
        mail.state = MailState.LOGGED
    except _Rejected as refusal:
        mail.reason, mail.detail = refusal.reason, refusal.detail
    except DomainError as error:
        mail.reason, mail.detail = MailReason.REFUSED, error.message[:300]


def _taken(mail: IncomingMail, written: Written) -> None:
    mail.state = MailState.OPENED if written.is_new else MailState.ADDED
    mail.ticket, mail.message = written.ticket, written.message
    mail.organization_id = written.ticket.organization_id
    mail.dropped = [*mail.dropped, *written.dropped]


def _checked(letter: IncomingLetter, now: datetime) -> bool:
    """Whether a machine wrote it. Raises _Rejected for our own mails and for floods."""
    addresses = set(Queue.objects.exclude(address="").values_list("address", flat=True))
    origin = origin_of(
        letter.headers,
        sender=letter.sender,
        message_id=letter.message_id,
        content_type=letter.content_type,
        own_host=mail_host(),
        own_addresses={one.lower() for one in (*addresses, settings.TICKET_MAIL_ADDRESS) if one},
    )
    if origin is Origin.US:
        raise _Rejected(MailReason.LOOP)
    lately = IncomingMail.objects.filter(sender=letter.sender, came_at__gt=now - timedelta(hours=1))
    if lately.count() >= settings.MAIL_PER_SENDER_AND_HOUR:
        raise _Rejected(MailReason.TOO_MANY)
    return origin is Origin.MACHINE


def _stored(path: str, raw: bytes, digest: str, now: datetime) -> StoredFile:
    return StoredFile.objects.create(
        path=path,
        original_name="mail.eml",
        content_type="message/rfc822",
        size=len(raw),
        sha256=digest,
        expires_at=now + timedelta(days=settings.MAIL_RAW_DAYS),
    )


def _forget(path: str) -> None:
    if path:
        default_storage.delete(path)
