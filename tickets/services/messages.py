"""Use cases of messages: the partner writes, we reply or leave a note. A reply may wait, and until it leaves it can be
taken back.

Lock order: the ticket, then its messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common import outbox
from common.errors import DomainError, Missing, NotAllowed
from common.scope import Scope, scoped
from partners.models import Contact
from tickets import permissions
from tickets.choices import Channel, EventKind, MessageKind, MessageState, Side, TicketStatus
from tickets.models import Message, Ticket
from tickets.rules import workflow
from tickets.services import clocks, mail_out, news
from tickets.services.events import happened
from tickets.services.locking import lock_ticket, refuse_final, save
from tickets.services.opening import checked_body

UNDO = timedelta(seconds=10)
"""How long a reply waits before it leaves, so that it can be taken back."""
SEND = "tickets.send_reply"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """How a message came in: by which channel, in which mail; `quoted` is what a mail repeated below."""

    channel: str = Channel.STAFF
    mail_id: str = ""
    quoted: str = ""
    is_automatic: bool = False


@transaction.atomic
def reply(
    *,
    by: Actor,
    ticket: Ticket,
    body: str,
    status: str | None = None,
    send_at: datetime | None = None,
    letter: Letter | None = None,
    now: datetime,
) -> Message:
    """Write to the partner, and set the status with it if one is given.

    With `send_at` in the future it waits until then, its status too: it stops no clock before it has left. Raises
    NotAllowed, Missing, DomainError (no text; a ticket that is closed, merged, or not for the partner; a status that
    does not follow).
    """
    locked = lock_ticket(by, ticket)
    if not permissions.can_reply(by):
        raise NotAllowed(_("Public replies are written by support and by those who look after the organization."))
    refuse_final(locked)
    if locked.is_internal:
        raise DomainError(_("This ticket is not for the partner: leave a note."), code="internal")
    if status is not None:
        _check_move(locked, status)
    waits = send_at is not None and send_at > now
    message = _message(locked, by, MessageKind.REPLY, checked_body(body), letter or Letter(), now)
    message.state = MessageState.SCHEDULED if waits else MessageState.SENT
    message.send_at, message.sent_at = send_at, None if waits else now
    message.sets_status = status or ""
    message.save()
    if waits and send_at is not None:
        outbox.put(topic=SEND, payload={"message_id": message.pk}, organization_id=locked.organization_id, now=send_at)
        _record(by, "ticket.reply_scheduled", locked, now, {"send_at": [None, send_at]})
        return message
    _sent(locked, by, message, status, now)
    return message


@transaction.atomic
def note(*, by: Actor, ticket: Ticket, body: str, now: datetime) -> Message:
    """Leave an internal note; it moves no clock. Raises NotAllowed, Missing, DomainError."""
    locked = lock_ticket(by, ticket)
    if not permissions.can_note(by):
        raise NotAllowed(_("Internal notes are for colleagues."))
    message = _message(locked, by, MessageKind.NOTE, checked_body(body), Letter(), now)
    message.sent_at = now
    message.save()
    happened(ticket=locked, kind=EventKind.NOTE, at=now, by=by, message=message)
    locked.moved_at = now
    save(locked, ())
    _record(by, "ticket.note_left", locked, now, {})
    return message


@transaction.atomic
def receive(
    *,
    by: Actor | None,
    ticket: Ticket,
    contact: Contact | None,
    body: str,
    letter: Letter,
    now: datetime,
    name: str = "",
) -> Message:
    """The partner writes: in the portal (`by`), or by a mail whose token led to this ticket.

    A waiting or solved ticket opens again in the same transaction (sla.md R8, R9). Raises Missing, DomainError.
    """
    with scoped(Scope.all()):
        locked = lock_ticket(by, ticket) if by is not None else _locked_by_the_hub(ticket)
        refuse_final(locked)
        message = _message(locked, by, MessageKind.REPLY, checked_body(body), letter, now)
        message.side, message.contact, message.author_name = Side.CUSTOMER, contact, name
        message.sent_at = now
        message.save()
        before = locked.status
        locked.status = workflow.after_customer_message(before)
        kind = EventKind.AUTO_REPLY if letter.is_automatic else EventKind.REPLY
        if letter.is_automatic:
            locked.status = before
        happened(ticket=locked, kind=kind, at=now, by=by, side=Side.CUSTOMER, message=message)
        fields = ["status"]
        if not letter.is_automatic:
            locked.last_customer_at, locked.waits_since = now, locked.waits_since or now
            fields += ["last_customer_at", "waits_since"]
        if before != locked.status:
            fields += _reopened(locked, by, before, now)
        locked.moved_at = now
        clocks.rewrite(locked, now=now)
        save(locked, fields)
        if not letter.is_automatic:
            news.tell_of_message(ticket=locked, message=message, now=now)
        _record(by, "ticket.message_received", locked, now, {"status": [before, locked.status]})
    return message


@transaction.atomic
def send_scheduled(*, message_id: int, now: datetime) -> Message | None:
    """Let a reply leave whose moment has come; None for one that has left or was taken back. Safe to run twice."""
    message = Message.objects.select_related("ticket").get(pk=message_id)
    ticket = (
        Ticket.objects.select_for_update(no_key=True, of=("self",)).select_related("queue").get(pk=message.ticket_id)
    )
    message = Message.objects.select_for_update(no_key=True).get(pk=message_id)
    if message.state != MessageState.SCHEDULED or message.send_at is None or message.send_at > now:
        return None
    message.state, message.sent_at = MessageState.SENT, now
    message.save(update_fields=["state", "sent_at"])
    _sent(ticket, None, message, _status_by_now(ticket, message), now)
    return message


@outbox.handler(SEND)
def deliver_reply(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Let the reply leave whose moment has come."""
    send_scheduled(message_id=payload["message_id"], now=now)


@transaction.atomic
def withdraw(*, by: Actor, message: Message, now: datetime) -> Message:
    """Take back a reply that has not left yet. Raises NotAllowed, Missing, DomainError "sent"."""
    locked = lock_ticket(by, message.ticket)
    found = Message.objects.visible_to(by).select_for_update(no_key=True).filter(pk=message.pk).first()
    if found is None:
        raise Missing(_("This message does not exist, or it is not yours."))
    if found.author_id != by.user_id and not permissions.can_manage_support(by):
        raise NotAllowed(_("A reply is taken back by whoever wrote it."))
    if found.state != MessageState.SCHEDULED:
        raise DomainError(_("This reply has left already."), code="sent")
    found.state = MessageState.WITHDRAWN
    found.save(update_fields=["state"])
    _record(by, "ticket.reply_withdrawn", locked, now, {})
    return found


def _message(ticket: Ticket, by: Actor | None, kind: MessageKind, text: str, letter: Letter, now: datetime) -> Message:
    return Message(
        organization_id=ticket.organization_id,
        ticket=ticket,
        kind=kind,
        side=Side.AGENT,
        author_id=by.user_id if by else None,
        channel=letter.channel,
        body=text,
        quoted=letter.quoted,
        is_automatic=letter.is_automatic,
        written_at=now,
        mail_id=letter.mail_id,
    )


def _sent(ticket: Ticket, by: Actor | None, message: Message, status: str | None, now: datetime) -> None:
    """What follows from a public reply of ours that leaves now."""
    happened(ticket=ticket, kind=EventKind.REPLY, at=now, by=by, side=Side.AGENT, message=message)
    before, ticket.status = ticket.status, status or workflow.after_reply(ticket.status)
    fields = ["status", "last_reply_at", "waits_since", "replies", "first_replied_at"]
    ticket.last_reply_at, ticket.waits_since, ticket.replies = now, None, ticket.replies + 1
    ticket.first_replied_at = ticket.first_replied_at or now
    if before != ticket.status:
        changes = {"status": [before, ticket.status]}
        happened(ticket=ticket, kind=EventKind.STATUS, at=now, by=by, side=Side.AGENT, changes=changes)
        fields += stamped(ticket, before, now)
    ticket.moved_at = now
    clocks.rewrite(ticket, now=now)
    save(ticket, fields)
    mail_out.queue_reply(message, ticket, now=now)
    _record(by, "ticket.replied", ticket, now, {"status": [before, ticket.status]}, actor_id=message.author_id)


def stamped(ticket: Ticket, before: str, now: datetime) -> list[str]:
    """Set the moments that go with a new status; the fields that were set."""
    if ticket.status == TicketStatus.SOLVED:
        ticket.solved_at, ticket.first_solved_at = now, ticket.first_solved_at or now
        ticket.waits_since = None
        return ["solved_at", "first_solved_at", "waits_since"]
    if ticket.status == TicketStatus.CLOSED:
        ticket.closed_at = now
        return ["closed_at"]
    if before == TicketStatus.SOLVED:
        ticket.reopened, ticket.solved_at = ticket.reopened + 1, None
        return ["reopened", "solved_at"]
    return []


def _reopened(ticket: Ticket, by: Actor | None, before: str, now: datetime) -> list[str]:
    changes = {"status": [before, ticket.status]}
    happened(ticket=ticket, kind=EventKind.STATUS, at=now, by=by, side=Side.CUSTOMER, changes=changes)
    return stamped(ticket, before, now)


def _locked_by_the_hub(ticket: Ticket) -> Ticket:
    rows = Ticket.objects.select_for_update(no_key=True, of=("self",)).select_related("queue", "category")
    return rows.get(pk=ticket.pk)


def _check_move(ticket: Ticket, status: str) -> None:
    if status != ticket.status and not workflow.may_move(ticket.status, status):
        raise DomainError(_("This status does not follow the present one."), field="status", code="status")


def _status_by_now(ticket: Ticket, message: Message) -> str | None:
    """The status that a waiting reply was to set, unless the ticket has moved to where that does not follow."""
    wanted = message.sets_status
    return wanted if wanted and workflow.may_move(ticket.status, wanted) else None


def _record(
    by: Actor | None, verb: str, ticket: Ticket, now: datetime, changes: dict[str, Any], actor_id: int | None = None
) -> None:
    activity.record(
        verb=verb,
        target=ticket,
        now=now,
        actor_id=by.user_id if by else actor_id,
        actor_name=by.name if by else "",
        changes={name: values for name, values in changes.items() if values[0] != values[1]},
    )
