"""What a change of hours or of policies would move: running clocks as they are and as they would be (sla.md, end).

Pure replays of events that nobody has written: the change is one more event, now. The number of tickets that are looked
at is bounded, those that breach soonest first; how many there are is counted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from common.workhours import WorkHours, WorktimeError
from tickets.models import SlaClock, Ticket, TicketEvent
from tickets.querysets import TicketQuerySet
from tickets.rules.sla import Book, replay
from tickets.rules.sla_clock import ClockState, State
from tickets.rules.sla_events import Event, EventType
from tickets.rules.sla_packs import SlaPack
from tickets.selectors.sla_book import Announced, PolicyName, announced, book_of, calendar_name, clock_events
from tickets.selectors.sla_match import facts_of_many
from tickets.selectors.sla_states import policy_names

LOOKED_AT = 1_000
LISTED = 12
_PROPOSED = "proposed"
_OPEN_STATES = ("running", "paused", "breached")


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A running clock whose deadline moves. Instants are those of breach; None while it would be paused or ended."""

    ticket_id: int
    number: int
    metric: str
    before: datetime | None
    after: datetime | None
    would_breach: bool
    would_be_saved: bool

    @property
    def by(self) -> timedelta | None:
        """How much later (or earlier, below zero)."""
        return self.after - self.before if self.before is not None and self.after is not None else None


@dataclass(frozen=True, kw_only=True)
class Moved:
    """All that moves among the tickets that were looked at, the nearest deadlines first."""

    tickets: int
    looked_at: int
    moves: Sequence[Move] = field(default_factory=tuple)
    problem: str = ""

    @property
    def breaching(self) -> int:
        return sum(move.would_breach for move in self.moves)

    @property
    def saved(self) -> int:
        return sum(move.would_be_saved for move in self.moves)

    @property
    def listed(self) -> Sequence[Move]:
        return self.moves[:LISTED]


Course = Callable[[Ticket, Sequence[TicketEvent], Book, list[Event]], tuple[Book, list[Event]] | None]
"""How a ticket's course goes on if the change is made; None where it concerns it in no way."""


def moved_by_hours(
    *, calendar_id: int, hours: WorkHours, effective_at: datetime, now: datetime, limit: int = LOOKED_AT
) -> Moved:
    """What another version of a calendar would move, among the tickets that the transaction shows."""
    tickets = running_on(calendar_id)

    def course(
        _ticket: Ticket, _events: Sequence[TicketEvent], book: Book, known: list[Event]
    ) -> tuple[Book, list[Event]]:
        event = Event(
            at=now,
            type=EventType.CALENDAR_VERSION,
            calendar=calendar_name(calendar_id),
            to=_PROPOSED,
            effective_at=effective_at,
        )
        return Book(policies=book.policies, calendars={**book.calendars, _PROPOSED: hours}), [*known, event]

    return _moved(tickets, course, now=now, limit=limit)


def moved_by_pack(*, pack: SlaPack, now: datetime, limit: int = LOOKED_AT, except_version: int | None = None) -> Moved:
    """What another version of the policies would move if it were applied to running tickets."""
    tickets = Ticket.objects.unsolved().exclude(sla_policy="")
    if except_version is not None:
        tickets = tickets.exclude(sla_version_id=except_version)
    found = list(tickets.select_related("queue", "category").order_by("breaches_at", "pk")[:limit])
    facts = facts_of_many(found)

    def course(
        ticket: Ticket, events: Sequence[TicketEvent], book: Book, known: list[Event]
    ) -> tuple[Book, list[Event]]:
        policy, _passed = pack.matching(facts[ticket.pk])
        calendar_id = PolicyName.read(policy_names(events)[-1]).calendar_id
        name = f"{_PROPOSED}:{policy.id}:{calendar_id}"
        placed = policy.on_calendar(name, calendar_name(calendar_id))
        event = Event(at=now, type=EventType.POLICY, to=name)
        return Book(policies={**book.policies, name: placed}, calendars=book.calendars), [*known, event]

    return _moved(tickets, course, now=now, limit=limit)


def running_on(calendar_id: int) -> TicketQuerySet:
    """Unsolved tickets with a clock that goes by this calendar."""
    clocks = SlaClock.objects.filter(
        state__in=_OPEN_STATES, stopped_at__isnull=True, terms__clock=calendar_name(calendar_id)
    )
    return Ticket.objects.unsolved().filter(pk__in=clocks.values("ticket_id"))


def _moved(tickets: TicketQuerySet, course: Course, *, now: datetime, limit: int) -> Moved:
    total = tickets.count()
    found = list(tickets.order_by("breaches_at", "pk")[:limit])
    events: dict[int, list[TicketEvent]] = defaultdict(list)
    for event in TicketEvent.objects.filter(ticket_id__in=[ticket.pk for ticket in found]).order_by("at", "pk"):
        events[event.ticket_id].append(event)
    names = {name for rows in events.values() for name in policy_names(rows)}
    versions = announced(PolicyName.read(name).calendar_id for name in names)
    moves: list[Move] = []
    for ticket in found:
        try:
            moves += _moves_of(ticket, events[ticket.pk], versions, course, now)
        except WorktimeError as error:
            return Moved(tickets=total, looked_at=len(found), problem=str(error))
    moves.sort(key=lambda move: (not move.would_breach, move.before or now, move.number))
    return Moved(tickets=total, looked_at=len(found), moves=tuple(moves))


def _moves_of(
    ticket: Ticket, events: Sequence[TicketEvent], versions: Sequence[Announced], course: Course, now: datetime
) -> list[Move]:
    names = policy_names(events)
    if not names:
        return []
    book, news = book_of(names, versions, since=ticket.opened_at)
    known = sorted([*clock_events(events), *news], key=lambda event: event.at)
    changed = course(ticket, events, book, known)
    if changed is None:
        return []
    given = {"policy": names[0], "priority": str(ticket.priority)}
    before = _open(replay(known, **given, book=book, asof=now))
    after = _open(replay(changed[1], **given, book=changed[0], asof=now))
    return [
        Move(
            ticket_id=ticket.pk,
            number=ticket.number,
            metric=key[0],
            before=old.breach_at if old else None,
            after=new.breach_at if new else None,
            would_breach=_is_late(new, now) and not _is_late(old, now),
            would_be_saved=_is_late(old, now) and not _is_late(new, now),
        )
        for key in sorted(set(before) | set(after))
        for old, new in [(before.get(key), after.get(key))]
        if (old.breach_at if old else None) != (new.breach_at if new else None)
    ]


def _open(states: Iterable[ClockState]) -> Mapping[tuple[str, int], ClockState]:
    return {(state.metric.value, state.cycle): state for state in states if state.stopped_at is None}


def _is_late(state: ClockState | None, now: datetime) -> bool:
    return state is not None and state.state is State.BREACHED
