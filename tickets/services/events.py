"""What happens to a ticket, written once and for good."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.rules.access import Actor
from tickets.choices import Side
from tickets.models import Message, Ticket, TicketEvent


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
    """An event that is not written yet. Without `by` and `side` it is the hub's own."""
    return TicketEvent(
        organization_id=ticket.organization_id,
        ticket=ticket,
        at=at,
        kind=kind,
        side=side or side_of(by),
        actor_id=by.user_id if by else None,
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
