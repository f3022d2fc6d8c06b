"""A policy tried on what has happened: compliance as it was, and as another version would have made it (sla.md, end).

Events stay as they were; only the promises differ. What decides the policy is taken as it is known today, but for the
technical escalation, which counts from the event on that set it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.rules.access import Actor
from common.workhours import WorktimeError
from tickets.choices import Priority
from tickets.models import Ticket, TicketEvent
from tickets.rules.compliance import RESOLUTION, RESPONSE, Kept, kept
from tickets.rules.sla import Book, replay
from tickets.rules.sla_clock import ClockState
from tickets.rules.sla_events import Event, EventType
from tickets.rules.sla_packs import SlaPack, TicketFacts
from tickets.rules.sla_terms import Metric
from tickets.selectors.sla_book import Announced, PolicyName, announced, book_of, calendar_name, clock_events
from tickets.selectors.sla_match import facts_of_many
from tickets.selectors.sla_states import policy_names

DAYS = 90
LOOKED_AT = 2_000


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One kind of promise as it was kept, and as it would have been."""

    label: str
    was: Kept
    would_be: Kept

    @property
    def change(self) -> float | None:
        """In shares of 1: what the other version adds."""
        if self.was.share is None or self.would_be.share is None:
            return None
        return self.would_be.share - self.was.share


@dataclass(frozen=True, kw_only=True)
class BackTest:
    """Response and resolution, overall (label "") and by priority, of the tickets that were looked at."""

    tickets: int
    looked_at: int
    response: Sequence[Compared]
    resolution: Sequence[Compared]
    skipped: int


def back_test(actor: Actor, *, pack: SlaPack, now: datetime, limit: int = LOOKED_AT) -> BackTest:
    """The tickets of the last ninety days that `actor` sees, the latest ones first. Six statements."""
    rows = Ticket.objects.visible_to(actor).filter(opened_at__gte=now - timedelta(days=DAYS)).exclude(sla_policy="")
    found = list(rows.select_related("queue", "category").order_by("-opened_at", "-pk")[:limit])
    facts = facts_of_many(found)
    events: dict[int, list[TicketEvent]] = defaultdict(list)
    for event in TicketEvent.objects.filter(ticket_id__in=[ticket.pk for ticket in found]).order_by("at", "pk"):
        events[event.ticket_id].append(event)
    names = {name for course in events.values() for name in policy_names(course)}
    versions = announced(PolicyName.read(name).calendar_id for name in names)
    was: dict[str, list[ClockState]] = defaultdict(list)
    would_be: dict[str, list[ClockState]] = defaultdict(list)
    skipped = 0
    for ticket in found:
        try:
            before, after = _both(ticket, events[ticket.pk], versions, pack, facts[ticket.pk], now)
        except WorktimeError:
            skipped += 1
            continue
        was[str(ticket.priority)] += before
        would_be[str(ticket.priority)] += after
    return BackTest(
        tickets=rows.count(),
        looked_at=len(found),
        response=_compared(was, would_be, RESPONSE),
        resolution=_compared(was, would_be, RESOLUTION),
        skipped=skipped,
    )


def _both(
    ticket: Ticket,
    events: Sequence[TicketEvent],
    versions: Sequence[Announced],
    pack: SlaPack,
    facts: TicketFacts,
    now: datetime,
) -> tuple[Iterable[ClockState], Iterable[ClockState]]:
    names = policy_names(events)
    book, news = book_of(names, versions, since=ticket.opened_at)
    course = sorted([*clock_events(events), *news], key=lambda event: event.at)
    priority = str(ticket.priority)
    before = replay(course, policy=names[0], priority=priority, book=book, asof=now)
    first, other_book, policies = _under(pack, events, names, facts, book)
    plain = [event for event in course if event.type is not EventType.POLICY]
    other = sorted([*plain, *policies], key=lambda event: event.at)
    return before, replay(other, policy=first, priority=priority, book=other_book, asof=now)


def _under(
    pack: SlaPack, events: Sequence[TicketEvent], names: Sequence[str], facts: TicketFacts, book: Book
) -> tuple[str, Book, list[Event]]:
    """The policy at the opening, the book with all that come, and the events by which they come."""
    escalated = [event for event in events if "is_technical_escalation" in event.changes]
    began = bool(escalated[0].changes["is_technical_escalation"][0]) if escalated else facts.technical_escalation
    policies = dict(book.policies)
    calendar_id = PolicyName.read(names[0]).calendar_id

    def name_of(is_escalation: bool) -> str:
        policy, _passed = pack.matching(replace(facts, technical_escalation=is_escalation))
        name = f"other:{policy.id}:{calendar_id}"
        policies[name] = policy.on_calendar(name, calendar_name(calendar_id))
        return name

    first = name_of(began)
    changes = [
        Event(at=event.at, type=EventType.POLICY, to=name_of(bool(event.changes["is_technical_escalation"][1])))
        for event in escalated
    ]
    return first, Book(policies=policies, calendars=book.calendars), changes


def _compared(
    was: Mapping[str, list[ClockState]], would_be: Mapping[str, list[ClockState]], metrics: frozenset[Metric]
) -> list[Compared]:
    def of(label: str, priorities: Sequence[str]) -> Compared:
        before = [clock for priority in priorities for clock in was.get(priority, ())]
        after = [clock for priority in priorities for clock in would_be.get(priority, ())]
        return Compared(label=label, was=kept(before, metrics), would_be=kept(after, metrics))

    return [of("", Priority.values), *(of(str(one.label), [one.value]) for one in Priority)]
