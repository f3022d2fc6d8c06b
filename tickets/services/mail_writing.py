"""What a mail makes: a message on the ticket that its token names, or a new ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.services.stored_files import checked_kind
from partners.models import Contact
from tickets.choices import Channel, Side, TicketStatus
from tickets.models import Message, Ticket
from tickets.rules.mail_quotes import split_reply
from tickets.rules.mail_reading import IncomingLetter, MailFile
from tickets.services.attachments import MOST_FILES, attach
from tickets.services.intake import take_in
from tickets.services.mail_out import read_token
from tickets.services.messages import Letter, receive
from tickets.services.opening import MAX_BODY, Requester

MOST_AUTOMATIC = 3
"""Messages of machines that a ticket takes in an hour."""
_MOST_MERGES = 10


@dataclass(frozen=True, kw_only=True)
class Written:
    """The ticket and the message that a mail became; `dropped` names files that were not taken."""

    ticket: Ticket
    message: Message
    is_new: bool
    dropped: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class _Thread:
    """A ticket that a mail may write on, and the contact whom its token was made for."""

    ticket: Ticket
    contact: Contact | None


def write(letter: IncomingLetter, *, mail_id: str, is_machine: bool, now: datetime) -> Written | None:
    """Put a mail where it belongs; None for one of a machine that belongs nowhere. Raises DomainError.

    The caller sees all organizations.
    """
    thread = _thread_of(letter)
    if is_machine and (thread is None or not _takes_machines(thread.ticket, now)):
        return None
    if thread is None:
        return _open(letter, _requester_of(letter), mail_id, None, now)
    if thread.ticket.status == TicketStatus.CLOSED:
        return None if is_machine else _open(letter, _requester_in(thread, letter), mail_id, thread.ticket, now)
    return _add(letter, thread, mail_id, is_machine, now)


def _thread_of(letter: IncomingLetter) -> _Thread | None:
    """By a token that we signed and whose reader may still write there: never by From, subject or number."""
    token = read_token(" ".join(letter.recipients), letter.references, letter.subject, letter.text[-MAX_BODY * 4 :])
    if token is None:
        return None
    ticket = Ticket.objects.select_related("organization", "merged_into").filter(number=token.number).first()
    if ticket is None or ticket.is_internal:
        return None
    if token.contact_id == 0:
        return _Thread(ticket=_merged_into(ticket), contact=None) if ticket.requester_email else None
    rows = Contact.objects.filter(pk=token.contact_id, archived_at__isnull=True)
    contact = rows.filter(organization=ticket.organization).select_related("organization").first()
    return _Thread(ticket=_merged_into(ticket), contact=contact) if contact is not None else None


def _merged_into(ticket: Ticket) -> Ticket:
    """Where a merged ticket goes on, if that is of the same organization."""
    for _step in range(_MOST_MERGES):
        target = ticket.merged_into
        if target is None or target.organization_id != ticket.organization_id or target.is_internal:
            break
        ticket = target
    return ticket


def _takes_machines(ticket: Ticket, now: datetime) -> bool:
    lately = Message.objects.filter(ticket=ticket, side=Side.CUSTOMER, is_automatic=True)
    return lately.filter(written_at__gt=now - timedelta(hours=1)).count() < MOST_AUTOMATIC


def _requester_of(letter: IncomingLetter) -> Requester:
    """A contact whose address this is, if it is that of one organization only; else a stranger."""
    rows = Contact.objects.filter(email__iexact=letter.sender, archived_at__isnull=True)
    found = list(rows.filter(organization__archived_at__isnull=True).select_related("organization")[:2])
    if letter.sender and len(found) == 1:
        return _requester(found[0])
    return Requester(name=letter.sender_name or letter.sender.partition("@")[0], email=letter.sender)


def _requester_in(thread: _Thread, letter: IncomingLetter) -> Requester:
    if thread.contact is not None:
        return _requester(thread.contact)
    return Requester(name=letter.sender_name, email=thread.ticket.requester_email)


def _requester(contact: Contact) -> Requester:
    return Requester(organization=contact.organization, contact=contact, name=contact.name, email=contact.email)


def _open(letter: IncomingLetter, requester: Requester, mail_id: str, follows: Ticket | None, now: datetime) -> Written:
    body, files = _fitted(letter.text or letter.subject, letter.files)
    kept, dropped = _taken_files(files)
    values: dict[str, Any] = {"subject": letter.subject or _("(without a subject)")}
    ticket = take_in(
        by=None,
        requester=requester,
        values=values,
        body=body or _("(without a text)"),
        channel=Channel.MAIL,
        mail_id=mail_id,
        recipients=letter.recipients,
        files=kept,
        follows=follows,
        now=now,
    )
    return Written(ticket=ticket, message=ticket.messages.get(), is_new=True, dropped=dropped)


def _add(letter: IncomingLetter, thread: _Thread, mail_id: str, is_machine: bool, now: datetime) -> Written:
    answer, quoted = split_reply(letter.text)
    body, files = _fitted(answer, letter.files)
    is_reader = thread.contact is not None and thread.contact.email.lower() == letter.sender
    message = receive(
        by=None,
        ticket=thread.ticket,
        contact=thread.contact if is_reader else None,
        body=body or _("(without a text)"),
        letter=Letter(
            channel=Channel.MAIL,
            mail_id=mail_id,
            quoted=quoted.encode()[:MAX_BODY].decode(errors="ignore"),
            is_automatic=is_machine,
        ),
        name="" if is_reader else f"{letter.sender_name} <{letter.sender}>".strip()[:150],
        now=now,
    )
    kept, dropped = _taken_files(files)
    attach(message=message, files=kept, user_id=None)
    return Written(ticket=thread.ticket, message=message, is_new=False, dropped=dropped)


def _fitted(text: str, files: Sequence[MailFile]) -> tuple[str, list[MailFile]]:
    """The text as far as a message takes it; what is longer goes along as a file."""
    whole = text.strip().encode()
    if len(whole) <= MAX_BODY:
        return text.strip(), list(files)
    cut = whole[: MAX_BODY - 200].decode(errors="ignore")
    note = _("(The whole text is in the file mail.txt.)")
    return f"{cut}\n\n{note}", [MailFile(name="mail.txt", content=whole), *files]


def _taken_files(files: Sequence[MailFile]) -> tuple[list[ContentFile], list[str]]:
    """Those of a kind that is taken, and the names of the others."""
    kept, dropped = [], []
    for file in files:
        content = ContentFile(file.content, name=file.name)
        try:
            checked_kind(content, most_bytes=settings.EVIDENCE_MAX_BYTES)
        except DomainError:
            dropped.append(file.name)
            continue
        kept.append(content)
    return kept[:MOST_FILES], [*dropped, *(one.name or "" for one in kept[MOST_FILES:])]
