"""Mails to partners: public replies, and the word that a ticket has come in.

Each goes to one person, out of the outbox; who may write and who may read is asked when it leaves (security.md 5).
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.actors import actor_for
from common import outbox
from common.mail import Envelope, absolute_url, mail_host, send_mail
from common.markdown import rendered
from partners.models import Contact
from tickets import permissions
from tickets.choices import Channel, MessageKind, MessageState, Side
from tickets.models import Message, Ticket
from tickets.rules import reply_tokens
from tickets.rules.reply_tokens import ReplyToken

logger = logging.getLogger(__name__)

REPLY, RECEIPT = "tickets.reply_mail", "tickets.receipt_mail"
# Whoever opens more tickets than this in an hour hears of the first ones only: two machines must not talk for ever.
MOST_RECEIPTS = 5
MOST_ATTACHED = 8 * 1024 * 1024
_SALT = "tickets.reply_token"


def queue_reply(message: Message, ticket: Ticket, *, now: datetime) -> None:
    """Put a reply of ours on its way to everybody outside who follows the ticket, one mail for each."""
    if message.kind != MessageKind.REPLY or ticket.is_internal or ticket.channel == Channel.IMPORT:
        return
    contact_ids = [ticket.contact_id] if ticket.contact_id else [0] if ticket.requester_email else []
    watching = ticket.watchers.filter(contact__isnull=False).values_list("contact_id", flat=True)
    for contact_id in dict.fromkeys([*contact_ids, *watching]):
        payload = {"message_id": message.pk, "contact_id": contact_id}
        outbox.put(topic=REPLY, payload=payload, organization_id=ticket.organization_id, now=now)


def queue_receipt(ticket: Ticket, *, now: datetime) -> None:
    """Tell whoever asked that the ticket is there."""
    outbox.put(topic=RECEIPT, payload={"ticket_id": ticket.pk}, organization_id=ticket.organization_id, now=now)


@outbox.handler(REPLY)
def deliver_reply_mail(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Send a reply to one person; nothing leaves for who may no longer write or read it."""
    rows = Message.objects.select_related("author", "ticket__queue", "ticket__contact")
    message = rows.filter(pk=payload["message_id"]).first()
    if message is None or message.kind != MessageKind.REPLY or message.state != MessageState.SENT:
        return
    ticket = message.ticket
    to = _reader(ticket, payload["contact_id"])
    if to is None or ticket.is_internal or not _may_still_write(message, ticket):
        logger.info("a reply does not leave: its writer or its reader has lost the right", extra={"key": str(key)})
        return
    send_mail(
        to=to.email,
        template="ticket_reply",
        context=_context(ticket, to) | {"text": message.body, "html": rendered(message.body), "author": message.author},
        key=key,
        language=ticket.language,
        envelope=_envelope(ticket, to, unique=str(message.public_id), message=message),
    )


@outbox.handler(RECEIPT)
def deliver_receipt_mail(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Say that a ticket has come in; capped for each sender and hour."""
    ticket = Ticket.objects.select_related("queue", "contact").filter(pk=payload["ticket_id"]).first()
    to = _reader(ticket, ticket.contact_id or 0) if ticket is not None else None
    if ticket is None or to is None or ticket.is_internal or _has_heard_enough(ticket):
        return
    send_mail(
        to=to.email,
        template="ticket_receipt",
        context=_context(ticket, to),
        key=key,
        language=ticket.language,
        envelope=_envelope(ticket, to, unique=str(key), message=None),
    )


def read_token(*texts: str) -> ReplyToken | None:
    """The ticket that a mail answers to, by the first token in these texts that we have signed."""
    return reply_tokens.find(texts, keys=[_key(secret) for secret in _secrets()])


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """One person outside to whom a mail goes; 0 for one who is no contact."""

    email: str
    name: str
    contact_id: int
    has_portal: bool


def _reader(ticket: Ticket, contact_id: int) -> _Reader | None:
    """Who reads it now: a contact that is still one of the organization, or the stranger who asked."""
    if not contact_id:
        is_stranger = ticket.contact_id is None and bool(ticket.requester_email)
        name, email = ticket.requester_name, ticket.requester_email
        return _Reader(email=email, name=name, contact_id=0, has_portal=False) if is_stranger else None
    follows = contact_id == ticket.contact_id or ticket.watchers.filter(contact_id=contact_id).exists()
    rows = Contact.objects.filter(pk=contact_id, organization=ticket.organization, archived_at__isnull=True)
    contact = rows.exclude(email="").first() if follows else None
    if contact is None:
        return None
    has_portal = contact.user_id is not None
    return _Reader(email=contact.email, name=contact.name, contact_id=contact.pk, has_portal=has_portal)


def _may_still_write(message: Message, ticket: Ticket) -> bool:
    if message.side != Side.AGENT or message.author is None:
        return message.side == Side.SYSTEM
    actor = actor_for(message.author)
    return permissions.can_reply(actor) and Ticket.objects.visible_to(actor).filter(pk=ticket.pk).exists()


def _has_heard_enough(ticket: Ticket) -> bool:
    if not ticket.requester_email:
        return False
    since = ticket.opened_at - timedelta(hours=1)
    rows = Ticket.objects.filter(requester_email=ticket.requester_email, opened_at__gte=since, pk__lt=ticket.pk)
    return rows.count() >= MOST_RECEIPTS


def _context(ticket: Ticket, to: _Reader) -> dict[str, Any]:
    url = absolute_url(reverse("tickets:portal_ticket", args=[ticket.number])) if to.has_portal else ""
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "name": to.name,
        "url": url,
        "token": token_of(ticket, to.contact_id),
    }


def token_of(ticket: Ticket, contact_id: int) -> str:
    """The token by which this person answers on this ticket."""
    token = ReplyToken(number=ticket.number, contact_id=contact_id)
    return reply_tokens.write(token, key=_key(settings.SECRET_KEY))


def _envelope(ticket: Ticket, to: _Reader, *, unique: str, message: Message | None) -> Envelope:
    token, host = token_of(ticket, to.contact_id), mail_host()
    address = ticket.queue.address or settings.TICKET_MAIL_ADDRESS
    local, _at, domain = address.partition("@")
    answered = _answered(ticket)
    thread = f"<{token}.thread@{host}>"
    headers = {"References": " ".join(filter(None, (thread, answered))), "In-Reply-To": answered or thread}
    if message is None:
        headers["Auto-Submitted"] = "auto-replied"
    elif not message.is_automatic:
        headers |= {"Auto-Submitted": "", "X-Auto-Response-Suppress": ""}
    return Envelope(
        message_id=f"{token}.{unique}@{host}",
        sender=formataddr((settings.BRAND_NAME, address)) if address else "",
        reply_to=f"{local}+{token}@{domain}" if domain else "",
        headers=headers | {"X-Loop": host},
        files=_files(message) if message is not None else (),
    )


def _answered(ticket: Ticket) -> str:
    """The Message-ID of the last mail that came in on the ticket, if it is one that may stand in a header."""
    rows = Message.objects.filter(ticket=ticket, side=Side.CUSTOMER).exclude(mail_id="")
    found = rows.order_by("-written_at", "-id").values_list("mail_id", flat=True).first() or ""
    return f"<{found}>" if found.isascii() and found.isprintable() and " " not in found and "@" in found else ""


def _files(message: Message) -> list[tuple[str, bytes, str]]:
    """What goes with the mail; files beyond its size are read in the portal."""
    found, size = [], 0
    for attachment in message.attachments.select_related("file").filter(file__removed_at__isnull=True):
        size += attachment.file.size
        if size > MOST_ATTACHED or not default_storage.exists(attachment.file.path):
            continue
        with default_storage.open(attachment.file.path) as file:
            found.append((attachment.file.original_name, file.read(), attachment.file.content_type))
    return found


def _key(secret: str) -> bytes:
    return salted_hmac(_SALT, "", secret=secret, algorithm="sha256").digest()


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
