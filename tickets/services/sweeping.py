"""The sweep: timers whose instant has passed fire, once each (sla.md R15, R16).

It decides nothing that the events have not decided: it marks clocks as breached, tells people, and keeps that it did.
Timers are taken with their ticket, so that nobody changes a ticket while its timers fire; a ticket that is being
changed is passed over, and its service writes its timers anew. Everything of a batch is one transaction: a run that is
killed has done nothing, and what is done is never done again.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from common.leases import first_run, lease
from common.scope import Scope, scoped
from tickets.choices import EventKind, TimerKind
from tickets.models import SlaClock, SlaTimer, Ticket, TicketEvent
from tickets.rules.sla_packs import Told
from tickets.rules.telling import Fired, Waiting, firing
from tickets.selectors.told import Listeners, Whose, listeners
from tickets.services import story
from tickets.services.clock_news import Occasion, Saying, tell
from tickets.services.events import event, write

JOB = "tickets.sweep_timers"
# Longer than the time limit of the task, so that a run that was killed is passed over and a slow one is not.
LEASE_SECONDS = 60
BATCH = 1_000
# The rest waits for the next minute: one run must not hold the worker for ever.
MAX_BATCHES = 200

# The ids come as an array: `id IN (SELECT ... FOR UPDATE)` would plan a sequential scan. An event of the very instant
# comes first, so a timer fires strictly after it.
_FIRE = """
WITH due AS (
    UPDATE tickets_slatimer SET fired_at = %(now)s WHERE id = ANY (ARRAY(
        SELECT m.id FROM tickets_slatimer m JOIN tickets_ticket t ON t.id = m.ticket_id
        WHERE m.fired_at IS NULL AND m.fire_at IS NOT NULL AND m.fire_at < %(now)s
        ORDER BY m.fire_at, m.id LIMIT %(limit)s FOR NO KEY UPDATE OF m, t SKIP LOCKED))
    RETURNING id, clock_id, ticket_id, kind, step, fire_at, data
), broken AS (
    UPDATE tickets_slaclock SET state = 'breached', breached_at = breach_at
    WHERE id = ANY (ARRAY(SELECT clock_id FROM due WHERE kind = 'breach'))
      AND state = 'running' AND breach_at < %(now)s
)
SELECT kind = 'breach', id, clock_id, ticket_id, kind, step, fire_at, data FROM due
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A timer that has been taken."""

    timer_id: int
    clock_id: int
    ticket_id: int
    kind: str
    step: int
    fire_at: datetime
    data: dict[str, Any]


def sweep(*, holder: str, now: datetime) -> int:
    """The run of a minute; how many timers fired. Nothing while somebody else is at it, or has been in this minute.

    Call it outside of a transaction.
    """
    fired = 0
    with lease(JOB, holder, LEASE_SECONDS) as is_held:
        if not is_held:
            return 0
        for _round in range(MAX_BATCHES):
            with scoped(Scope.all()):
                count = fire_due(now=now)
                if count < BATCH:
                    first_run(job=JOB, slot=f"{now:%Y-%m-%dT%H:%M}", now=now)
            fired += count
            if count < BATCH:
                break
    return fired


def fire_due(*, now: datetime, limit: int = BATCH) -> int:
    """Let up to `limit` timers fire whose instant has passed, the oldest first; how many. In the caller's transaction,
    which sees all organizations."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRE, {"now": now, "limit": limit})
        rows = cursor.fetchall()
    talking = [_due(row) for row in rows if not row[0]]
    if broken := [row[2] for row in rows if row[0]]:
        story.clocks_broke(broken, now=now)
    if talking:
        _say(talking, now)
    return len(rows)


def _due(row: Sequence[Any]) -> Due:
    _is_breach, timer_id, clock_id, ticket_id, kind, step, fire_at, data = row
    return Due(
        timer_id=timer_id,
        clock_id=clock_id,
        ticket_id=ticket_id,
        kind=kind,
        step=step,
        fire_at=fire_at,
        data=json.loads(data),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Batch:
    """What belongs to the timers of a batch, read once."""

    tickets: dict[int, Ticket]
    clocks: dict[int, SlaClock]
    listeners: Listeners
    places: dict[int, int]

    def reached(self, ticket_id: int) -> dict[Told, frozenset[int]]:
        return dict(self.listeners.reached[self.places[ticket_id]])


def _say(due: Sequence[Due], now: datetime) -> None:
    """Warnings and steps: whom they reach is asked at this moment."""
    batch = _read(due, now)
    steps: dict[int, list[Due]] = defaultdict(list)
    sayings = []
    for timer in due:
        if timer.kind == TimerKind.ESCALATION:
            steps[timer.clock_id].append(timer)
        else:
            sayings.append(_warning(timer, batch))
    waiting = _waiting(steps)
    for clock_id, timers in steps.items():
        sayings += _escalated(timers, waiting[clock_id], batch)
    _keep(sayings, now)
    tell(sayings, batch.listeners, now=now)


def _read(due: Sequence[Due], now: datetime) -> _Batch:
    tickets = Ticket.objects.in_bulk({timer.ticket_id for timer in due})
    clocks = SlaClock.objects.in_bulk({timer.clock_id for timer in due})
    order = sorted(tickets)
    whose = [
        Whose(
            ticket_id=pk,
            queue_id=tickets[pk].queue_id,
            assignee_id=tickets[pk].assignee_id,
            organization_id=tickets[pk].organization_id,
        )
        for pk in order
    ]
    places = {pk: place for place, pk in enumerate(order)}
    return _Batch(tickets=tickets, clocks=clocks, listeners=listeners(whose, now=now), places=places)


def _waiting(steps: dict[int, list[Due]]) -> dict[int, list[tuple[int, Waiting]]]:
    """Beside the steps that were taken those of the same clocks that could fire yet, each with its timer. Their tickets
    are locked, so nobody else takes them meanwhile."""
    found: dict[int, list[tuple[int, Waiting]]] = defaultdict(list)
    later = SlaTimer.objects.filter(
        clock_id__in=sorted(steps), kind=TimerKind.ESCALATION, fired_at__isnull=True, fire_at__isnull=False
    )
    for pk, clock_id, place, data in later.values_list("pk", "clock_id", "step", "data"):
        found[clock_id].append((pk, Waiting(place=place, id=data["id"], tell=Told(data["tell"]))))
    for clock_id, timers in steps.items():
        found[clock_id] += [
            (
                timer.timer_id,
                Waiting(place=timer.step, id=timer.data["id"], tell=Told(timer.data["tell"]), due_at=timer.fire_at),
            )
            for timer in timers
        ]
    return found


def _warning(timer: Due, batch: _Batch) -> Saying:
    """The assignee is warned; while there is none, or they are away, the leads of the queue."""
    reached = batch.reached(timer.ticket_id)
    people = reached[Told.ASSIGNEE] or reached[Told.QUEUE_LEADS]
    return Saying(
        occasion=Occasion.WARNING,
        timer_id=timer.timer_id,
        ticket=batch.tickets[timer.ticket_id],
        clock=batch.clocks[timer.clock_id],
        people=people,
        data={**timer.data, "told": sorted(people)},
    )


def _escalated(timers: list[Due], waiting: list[tuple[int, Waiting]], batch: _Batch) -> Iterable[Saying]:
    ticket_id, clock_id = timers[0].ticket_id, timers[0].clock_id
    reached = batch.reached(ticket_id)
    ids = {step.place: timer_id for timer_id, step in waiting}
    for fired in firing([step for _timer_id, step in waiting], reached):
        yield Saying(
            occasion=Occasion.HOLE if fired.is_empty else Occasion.ESCALATION,
            timer_id=ids[fired.place],
            ticket=batch.tickets[ticket_id],
            clock=batch.clocks[clock_id],
            people=fired.people,
            also=reached[Told.OWNERS],
            data=_kept(fired),
        )


def _kept(fired: Fired) -> dict[str, Any]:
    found: dict[str, Any] = {"id": fired.id, "tell": fired.tell.value, "told": sorted(fired.people)}
    return {**found, "fell_from": fired.fell_from} if fired.fell_from else found


_TOLD = """
UPDATE tickets_slatimer m SET fired_at = coalesce(m.fired_at, %s), data = m.data || told.data::jsonb
FROM unnest(%s::bigint[], %s::text[]) AS told(id, data) WHERE m.id = told.id
"""


def _keep(sayings: Sequence[Saying], now: datetime) -> None:
    """Who was told stays with the timers; steps are events of their tickets."""
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [now, [said.timer_id for said in sayings], [json.dumps(said.data) for said in sayings]])
    escalated = [said for said in sayings if said.occasion is not Occasion.WARNING]
    write([_event(said, now) for said in escalated], now=now)
    Ticket.objects.filter(pk__in={said.ticket.pk for said in escalated}).update(moved_at=now)


def _event(said: Saying, now: datetime) -> TicketEvent:
    data = {**said.data, "metric": said.clock.metric, "cycle": said.clock.cycle, "owners": sorted(said.also)}
    return event(ticket=said.ticket, kind=EventKind.ESCALATED, at=now, by=None, data=data)
