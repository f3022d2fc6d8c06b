"""`python -m bench.tickets`: what clocks cost. Arithmetic, replaying, and the sweep against its raw statement.

Arithmetic and replaying need no database. The sweep runs on throw-away servers: clocks that breach at once, first by
the two statements that nobody can do without, then by the sweep itself, in pairs; and once with people to be told.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import django

from common import worktime
from common.workhours import LocalInterval, WorkHours
from tickets.rules.sla import Book, replay
from tickets.rules.sla_events import By, Event, EventType
from tickets.rules.sla_terms import Metric, Policy, Target, Unit

START = datetime(2020, 1, 1, tzinfo=UTC)
YEARS = 10
_DAY = timedelta(days=1)
_EVENTS_OF_A_TICKET = 10


def hours() -> WorkHours:
    """Two intervals a day in a zone with clock changes, and a dozen holidays a year for ten years."""
    office = (LocalInterval(start=9 * 3600, end=12 * 3600), LocalInterval(start=13 * 3600, end=17 * 3600))
    holidays = frozenset(
        date(year, month, day)
        for year in range(START.year, START.year + YEARS + 1)
        for month, day in (
            *((1, 1), (1, 6), (3, 8), (4, 18), (5, 1), (6, 8), (8, 15)),
            *((10, 3), (11, 1), (12, 24), (12, 25), (12, 26)),
        )
    )
    return WorkHours(timezone="Europe/Berlin", weekly=(office,) * 5 + ((),) * 2, holidays=holidays)


@dataclass(frozen=True, kw_only=True)
class Took:
    """Seconds on the wall and of the processor: on a machine that others use too they differ."""

    wall: float
    processor: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} s ({self.processor:.2f} s of processor)"


def took(work: Callable[[], Any]) -> Took:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Took(wall=time.perf_counter() - wall, processor=time.process_time() - processor)


def additions(count: int) -> Took:
    """For so many `add` questions, their starts all over ten years."""
    rng, calendar = Random(1), hours()
    questions = [
        (START + timedelta(seconds=rng.randrange(YEARS * 365 * 86_400)), timedelta(minutes=rng.randrange(1, 10_000)))
        for _ in range(count)
    ]
    return took(lambda: [worktime.add(calendar, start, budget) for start, budget in questions])


def book() -> Book:
    """One policy of the usual kind: four hours to answer, sixteen to solve, by the office."""

    def target(amount: int) -> Target:
        return Target(amount=Decimal(amount), unit=Unit.HOURS, clock="office")

    targets = {Metric.FIRST_RESPONSE: target(4), Metric.NEXT_RESPONSE: target(4), Metric.RESOLUTION: target(16)}
    policy = Policy(
        name="usual",
        targets={"high": targets, "medium": {**targets, Metric.RESOLUTION: target(40)}},
        pause_on={Metric.RESOLUTION: frozenset({"pending"})},
    )
    return Book(policies={"usual": policy}, calendars={"office": hours()})


def histories(tickets: int, seed: int) -> Iterator[list[Event]]:
    """Tickets of ten events each: asked, answered, waiting, answered back, raised, solved, not fixed, solved."""
    rng = Random(seed)
    for _ in range(tickets):
        at = START + timedelta(seconds=rng.randrange(YEARS * 365 * 86_400))
        kinds: list[dict[str, Any]] = [
            {"type": EventType.CREATED, "by": By.CUSTOMER, "priority": "medium"},
            {"type": EventType.INTERNAL_NOTE, "by": By.AGENT},
            {"type": EventType.PUBLIC_REPLY, "by": By.AGENT},
            {"type": EventType.STATUS, "to": "pending"},
            {"type": EventType.PUBLIC_REPLY, "by": By.CUSTOMER},
            {"type": EventType.PRIORITY, "to": "high"},
            {"type": EventType.PUBLIC_REPLY, "by": By.AGENT},
            {"type": EventType.STATUS, "to": "solved"},
            {"type": EventType.PUBLIC_REPLY, "by": By.CUSTOMER},
            {"type": EventType.STATUS, "to": "solved"},
        ]
        events = []
        for kind in kinds:
            events.append(Event(at=at, **kind))
            at += timedelta(seconds=rng.randrange(60, 90_000))
        yield events


def replaying(events: int, seed: int = 2) -> Took:
    """So many events, replayed ticket by ticket to clocks."""
    known = book()
    courses = list(histories(events // _EVENTS_OF_A_TICKET, seed))

    def work() -> None:
        for course in courses:
            replay(course, policy="usual", priority="medium", book=known, asof=course[-1].at + 30 * _DAY)

    return took(work)


def replaying_on(processes: int, events: int) -> Took:
    """The same shared out to processes: the slowest of them."""
    with ProcessPoolExecutor(processes) as pool:
        shares = list(pool.map(replaying, [events // processes] * processes, range(processes)))
    return Took(wall=max(one.wall for one in shares), processor=max(one.processor for one in shares))


NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
_WORLD = """
INSERT INTO tickets_ticket (public_id, created_at, updated_at, number, subject, requester_name, requester_email, kind,
    channel, language, is_internal, opened_by_us, impact, urgency, priority, priority_reason, status, tags, queue_id,
    tier, is_technical_escalation, opened_at, reopened, replies, moved_at, resolution, workaround, root_cause,
    prevention, sla_policy, sla_reason, breaches_at, source, external_key, version)
SELECT gen_random_uuid(), %(now)s, %(now)s, 1000000 + n, 'Ticket ' || n, '', '', 'question', 'portal', 'en', false,
    false, 'medium', 'medium', 'medium', '', 'open', '{}', %(queue)s, 1, false, %(now)s, 0, 0, %(now)s, '', '', '', '',
    'standard', '{}', %(now)s, '', '', 1
FROM generate_series(1, %(count)s) n;
INSERT INTO tickets_slaclock (public_id, ticket_id, metric, cycle, started_at, state, due_at, breach_at,
    elapsed_seconds, budget_seconds, terms)
SELECT gen_random_uuid(), id, 'resolution', 1, %(now)s - interval '4 hours', 'running', %(now)s - interval '1 second',
    %(now)s - interval '1 second', 0, 14400, '{}' FROM tickets_ticket;
INSERT INTO tickets_slatimer (clock_id, ticket_id, kind, step, fire_at, data)
SELECT id, ticket_id, 'breach', 0, breach_at, '{}' FROM tickets_slaclock;
ANALYZE tickets_ticket, tickets_slaclock, tickets_slatimer
"""
_RAW = """
WITH due AS (
    UPDATE tickets_slatimer SET fired_at = %(now)s WHERE id = ANY (ARRAY(
        SELECT id FROM tickets_slatimer WHERE fired_at IS NULL AND fire_at < %(now)s
        ORDER BY fire_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
    RETURNING clock_id)
UPDATE tickets_slaclock SET state = 'breached', breached_at = breach_at
WHERE id = ANY (ARRAY(SELECT clock_id FROM due))
"""
_AGAIN = """
UPDATE tickets_slatimer SET fired_at = NULL; UPDATE tickets_slaclock SET state = 'running', breached_at = NULL;
"""


def sweeping(clocks: int, pairs: int) -> None:
    """The sweep of so many clocks that breach at once against the raw batched statement; prints as it goes."""
    from bench.__main__ import prepare, servers

    with servers():
        django.setup()
        prepare()
        from django.db import connections

        from tickets.services.sweeping import sweep

        _make_world(clocks)
        ratios = []
        for number in range(pairs):
            # A fresh heap for both: dead rows of the one before must not slow the other down.
            raw = _timed(_raw_sweep)
            _reset()
            ours = _timed(lambda: sweep(holder="bench", now=NOW))
            _reset()
            ratios.append(ours / raw)
            print(f"  pair {number + 1}: raw {raw:.2f} s, sweep {ours:.2f} s, {ratios[-1]:.2f}x")
        print(f"  median {statistics.median(ratios):.2f}x of the raw batched statement (bar 1.5x)")
        _plan()
        _talking(min(clocks, 5_000))
        connections.close_all()


def _scoped(work: Callable[[Any], Any]) -> Any:
    from django.db import connection

    from common.scope import Scope, scoped

    with scoped(Scope.all()), connection.cursor() as cursor:
        return work(cursor)


def _make_world(clocks: int) -> None:
    from tests.factories.tickets import make_queue
    from tickets.models import Queue

    def make(cursor: Any) -> None:
        make_queue()
        queue_id = Queue.objects.values_list("pk", flat=True).get()
        cursor.execute(_WORLD, {"now": NOW, "queue": queue_id, "count": clocks})

    _scoped(make)


def _raw_sweep() -> None:
    from tickets.services.sweeping import BATCH

    while _scoped(lambda cursor: (cursor.execute(_RAW, {"now": NOW, "limit": BATCH}), cursor.rowcount)[1]):
        pass


def _reset() -> None:
    from django.db import connections

    _scoped(lambda cursor: cursor.execute(_AGAIN))
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM FULL tickets_slatimer")
        cursor.execute("VACUUM FULL tickets_slaclock")
        cursor.execute("VACUUM tickets_ticket")
        cursor.execute("ANALYZE tickets_slatimer, tickets_slaclock")


def _timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _plan() -> None:
    """No sequential scan in what the sweep asks; ways of row security that are not taken do not count."""
    from tickets.services.sweeping import _FIRE, BATCH

    def explain(cursor: Any) -> list[str]:
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF) " + _FIRE, {"now": NOW, "limit": BATCH})
        return [row[0] for row in cursor.fetchall()]

    scans = [line.strip() for line in _scoped(explain) if "Seq Scan" in line and "never executed" not in line]
    print(f"  sequential scans: {scans or 'none'}")


def _talking(clocks: int) -> None:
    """Steps that tell people, in one sweep: the leads of the queue and the support managers."""
    from tests.cast import make_cast
    from tests.factories.accounts import make_team
    from tickets.models import Queue, QueueTeam
    from tickets.services.sweeping import sweep

    step = '{"id": "leads", "tell": "queue_leads", "at": "100", "after": null, "unless_acknowledged": false}'

    def make(cursor: Any) -> None:
        cast = make_cast()
        QueueTeam.objects.create(queue=Queue.objects.get(), team=make_team(leads=[cast.sven], members=[cast.sue]))
        cursor.execute(
            "INSERT INTO tickets_slatimer (clock_id, ticket_id, kind, step, fire_at, data) "
            "SELECT id, ticket_id, 'escalation', 0, breach_at, %s FROM tickets_slaclock LIMIT %s",
            [step, clocks],
        )
        cursor.execute("UPDATE tickets_slatimer SET fired_at = %s WHERE kind = 'breach'", [NOW])

    _scoped(make)
    took = _timed(lambda: sweep(holder="bench", now=NOW + timedelta(minutes=1)))
    print(f"  {clocks:,} steps told with event, notice and mail: {took:.2f} s, {took / clocks * 1_000:.2f} ms a step")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--adds", type=int, default=100_000)
    asked.add_argument("--events", type=int, default=1_000_000)
    asked.add_argument("--clocks", type=int, default=100_000)
    asked.add_argument("--pairs", type=int, default=5)
    given = asked.parse_args()
    if given.adds:
        print(f"{given.adds:,} add questions over {YEARS} years: {additions(given.adds)} (bar 2 s)")
    if given.events:
        print(f"{given.events // 10:,} events replayed on one core: {replaying(given.events // 10)}")
        print(f"{given.events:,} events replayed by two processes: {replaying_on(2, given.events)} (bar 60 s)")
    if not given.clocks:
        return
    print(f"Sweep of {given.clocks:,} clocks that breach at once:")
    sweeping(given.clocks, given.pairs)


if __name__ == "__main__":
    main()
