"""The clocks of a ticket at an instant, replayed from its events (sla.md R15)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tickets.models import Ticket, TicketEvent
from tickets.rules.sla import replay
from tickets.rules.sla_clock import ClockState
from tickets.selectors.sla_book import PolicyName, announced, book_of, clock_events


def policy_names(events: Iterable[TicketEvent]) -> list[str]:
    """The policies that a ticket was under, in order: the first one at its creation."""
    named = [event.data["sla"] for event in events if event.data.get("sla")]
    return named + [event.changes["sla"][1] for event in events if "sla" in event.changes]


def states(ticket: Ticket, events: Sequence[TicketEvent], *, now: datetime) -> tuple[ClockState, ...]:
    """The clocks of a ticket at `now`; none while no policy was ever loaded. One statement."""
    names = policy_names(events)
    if not names:
        return ()
    versions = announced(PolicyName.read(name).calendar_id for name in names)
    book, news = book_of(names, versions, since=ticket.opened_at)
    course = sorted([*clock_events(events), *news], key=lambda event: event.at)
    return replay(course, policy=names[0], priority=str(ticket.priority), book=book, asof=now)
