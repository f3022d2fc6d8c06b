"""The use case that every channel ends in: a ticket is opened, its promise is found and its clocks start."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from common.scope import Scope, scoped
from common.together import add, give_ids, together
from partners.models import Contact, Organization
from partners.services import timeline
from partners.services.validation import check_fields, clean
from tickets import permissions
from tickets.choices import Channel, EventKind, MessageKind, Side
from tickets.models import NUMBERS, Message, Queue, Ticket, TicketEvent
from tickets.rules.priority import priority_of
from tickets.selectors.organization_facts import OrganizationFacts
from tickets.selectors.sla_match import match
from tickets.services import clocks, events, story
from tickets.services.events import event

MAX_BODY = 32 * 1024
"""What people write is shown as Markdown, which has this cap (security.md 10)."""
WRITABLE_FIELDS = frozenset(
    {"subject", "kind", "category", "impact", "urgency", "language", "tags", "assignee", "is_internal", "tier"}
)


@dataclass(frozen=True, kw_only=True)
class Requester:
    """Who asks: a contact of an organization, or somebody of whom a mail tells no more than name and address.

    `facts` are those of the organization, for whoever has read them already.
    """

    organization: Organization | None = None
    contact: Contact | None = None
    name: str = ""
    email: str = ""
    facts: OrganizationFacts | None = None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where it came in, and the mail it came in, if it did. `source` and `key` name it in the tool it comes from."""

    channel: str = Channel.STAFF
    mail_id: str = ""
    source: str = ""
    key: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def open_ticket(
    *,
    by: Actor | None,
    requester: Requester,
    values: Mapping[str, Any],
    body: str,
    queue: Queue,
    origin: Origin,
    opened_by_us: bool = False,
    sees_all: bool = False,
    now: datetime,
) -> Ticket:
    """Open a ticket with its first message. Without `by` it comes from outside: a mail, another tool.

    `opened_by_us`: we begin, so that there is no first response to wait for (sla.md R1). `sees_all`: the caller's block
    sees everything already, and is undone as a whole. Raises NotAllowed, and DomainError with `field` (no subject, no
    text, a text of more than 32 KiB).
    """
    if by is not None and not by.is_contact and not permissions.can_open(by):
        raise NotAllowed(_("Tickets for others are opened by those who reply to them."))
    check_fields(values, WRITABLE_FIELDS)
    text = checked_body(body)
    with nullcontext() if sees_all else scoped(Scope.all()):
        ticket = _made(by, requester, values, queue, origin, opened_by_us, now)
        found = match(ticket, queue, requester.facts)
        if found is not None:
            ticket.sla_policy, ticket.sla_version_id = found.name.policy, found.name.version_id
            ticket.sla_reason = found.reason
        message = _first_message(ticket, by, text, origin, now)
        created = event(
            ticket=ticket,
            kind=EventKind.CREATED,
            at=now,
            by=by,
            side=Side.AGENT if opened_by_us else Side.CUSTOMER,
            message=message,
            data={
                "priority": ticket.priority,
                "sla": str(found.name) if found else "",
                "channel": origin.channel,
                "opened_by_us": opened_by_us,
                **origin.extra,
            },
        )
        _write(ticket, message, created, by, now)
    return ticket


def checked_body(body: str, *, field: str = "body") -> str:
    """The text without surrounding space. Raises DomainError for none, for NUL and for more than 32 KiB."""
    text = body.strip()
    if not text:
        raise DomainError(_("Write something first."), field=field, code="empty")
    if "\0" in text:
        raise DomainError(_("The text holds characters that cannot be kept."), field=field)
    if len(text.encode()) > MAX_BODY:
        raise DomainError(_("The text is longer than 32 KiB: attach it as a file."), field=field, code="too_long")
    return text


def _made(
    by: Actor | None,
    requester: Requester,
    values: Mapping[str, Any],
    queue: Queue,
    origin: Origin,
    opened_by_us: bool,
    now: datetime,
) -> Ticket:
    ticket = Ticket(
        organization=requester.organization,
        contact=requester.contact,
        requester_name=requester.name,
        requester_email=requester.email,
        queue=queue,
        channel=origin.channel,
        source=origin.source,
        external_key=origin.key,
        opened_by_id=by.user_id if by else None,
        opened_by_us=opened_by_us,
        opened_at=now,
        moved_at=now,
        **values,
    )
    ticket.priority = priority_of(ticket.impact, ticket.urgency)
    if not opened_by_us:
        ticket.last_customer_at = ticket.waits_since = now
    clean(ticket, [*values, "subject", "requester_email", "requester_name"])
    return ticket


def _first_message(ticket: Ticket, by: Actor | None, text: str, origin: Origin, now: datetime) -> Message:
    is_note = ticket.is_internal
    return Message(
        organization=ticket.organization,
        ticket=ticket,
        kind=MessageKind.NOTE if is_note else MessageKind.REPLY,
        side=Side.AGENT if ticket.opened_by_us else Side.CUSTOMER,
        author_id=by.user_id if by else None,
        contact=ticket.contact,
        author_name=ticket.requester_name if by is None else "",
        channel=origin.channel,
        body=text,
        written_at=now,
        sent_at=now,
        mail_id=origin.mail_id,
    )


def _write(ticket: Ticket, message: Message, created: TicketEvent, by: Actor | None, now: datetime) -> None:
    """Start the clocks and write all of it: one statement for the ids and the number, one for the rows."""
    started, timers = clocks.start(ticket, created, now=now)
    (ticket.number,) = give_ids([ticket, message, created, *started], NUMBERS)
    with together():
        add([ticket])
        add([message])
        events.write([created], now=now)
        add(started)
        add(timers)
        _record(ticket, by, now)


def _record(ticket: Ticket, by: Actor | None, now: datetime) -> None:
    activity.record(
        verb="ticket.opened",
        target=ticket,
        now=now,
        actor_id=by.user_id if by else None,
        actor_name=by.name if by else "",
        changes={"priority": [None, ticket.priority], "queue": [None, ticket.queue.key]},
    )
    if ticket.organization is not None:
        timeline.push_many([story.opened_line(ticket, by=by, at=now)])
