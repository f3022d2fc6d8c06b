"""What happens to a ticket, written once and for good: the one door in for events.

With each event goes one effect into the outbox; a worker finds out what follows from it (`happenings`). Tickets that
come with their whole past (`histories`) write their events themselves: they have happened already and set nothing off.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.rules.access import Actor
from common import outbox, together
from tickets.choices import Side
from tickets.models import Message, Ticket, TicketEvent

HAPPENED = "tickets.event_happened"


def happened(*, ticket: Ticket, kind: str, at: datetime, by: Actor | None, **more: Any) -> TicketEvent:
    """Write an event with what it sets off. The arguments are those of `event`."""
    row = event(ticket=ticket, kind=kind, at=at, by=by, **more)
    row.save()
    outbox.put(topic=HAPPENED, payload={"event_id": row.pk}, organization_id=row.organization_id, now=at)
    return row


def write(rows: Sequence[TicketEvent], *, now: datetime) -> None:
    """The same for several that were made by `event`: two statements, or those of a block of `common.together`."""
    together.add(rows)
    effects = [({"event_id": row.pk}, row.organization_id) for row in rows]
    outbox.put_many(topic=HAPPENED, effects=effects, now=now)


def event(
    *,
    ticket: Ticket,
    kind: str,
    at: datetime,
    by: Actor | None,
    side: str | None = None,
    message: Message | None = None,
    changes: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> TicketEvent:
    """An event that is not written yet. Without `by` it is that of whoever wrote `message`; else, the hub's own."""
    return TicketEvent(
        organization_id=ticket.organization_id,
        ticket=ticket,
        at=at,
        kind=kind,
        side=side or side_of(by),
        actor_id=by.user_id if by else message.author_id if message else None,
        actor_name="" if by is None or by.is_contact else by.name,
        message=message,
        changes=dict(changes or {}),
        data=dict(data or {}),
    )


def side_of(by: Actor | None) -> str:
    """On which side somebody stands."""
    if by is None or not by.is_authenticated:
        return Side.SYSTEM
    return Side.CUSTOMER if by.is_contact else Side.AGENT
