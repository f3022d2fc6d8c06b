"""The day's computation of all organizations, in parts that workers share, and what changes within a day (ADR 0027).

A part is one transaction: it takes its row, which nobody else then takes, computes its organizations and says that it
is done. So whatever is killed leaves the part open, it is done again, and nothing is written twice. All parts compute
as of the run's beginning, so that the digits do not depend on when a part had its turn, or how often.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.rules.access import Actor
from common.jobs import enqueue_on_commit
from common.partitions import ensure_partitions
from health.choices import RunState
from health.models import DAILY, HealthRun, RunPart
from health.policies import policies_in_force
from health.services import collecting, scores
from health.services.ingest import CHANGED
from partners.models import Organization

PARTS = 16
# Progress is to be seen, and a part is what is done again if its worker is lost.
LEAST_PART = 100
CHUNK = 1_000
"""So many organizations are gathered at once, however large a part is."""

MARKS = 500
WORKERS = 2
RESTS = timedelta(minutes=2)
"""A run that has not moved for so long has lost its workers."""

LATEST = timedelta(days=2)
AHEAD, BEHIND = timedelta(days=62), timedelta(days=31)
_TASK = "health.compute_part"


@transaction.atomic
def begin(*, day: date, now: datetime, by: Actor | None = None) -> HealthRun:
    """The run of a day, cut into parts; the one that is there already, if there is one."""
    run, is_new = HealthRun.objects.get_or_create(
        day=day,
        occasion=DAILY,
        defaults={"started_by_id": by.user_id if by else None, "started_at": now, "touched_at": now},
    )
    if is_new:
        with connection.cursor() as cursor:
            cursor.execute(_CUT, {"run": run.pk, "parts": PARTS, "least": LEAST_PART})
        run.total = sum(RunPart.objects.filter(run=run).values_list("total", flat=True))
        run.save(update_fields=["total"])
    return run


# The last part is open to the end: who has come since the run began is computed with it.
_CUT = """
INSERT INTO health_runpart (run_id, number, first_id, last_id, total)
SELECT %(run)s, number, min(id), CASE WHEN number = max(parts) THEN 9223372036854775807 ELSE max(id) END, count(*)
FROM (
    SELECT id, parts, ntile(parts) OVER (ORDER BY id) AS number
    FROM partners_organization, LATERAL (
        SELECT greatest(1, least(%(parts)s, count(*) / %(least)s))::integer AS parts
        FROM partners_organization WHERE archived_at IS NULL) counted
    WHERE archived_at IS NULL
) o GROUP BY number
"""


@transaction.atomic
def keep_going(*, now: datetime) -> list[HealthRun]:
    """Begin the run of the day once it has begun in the reporting zone, and take up those that lost their workers."""
    today = timezone.localdate(now)
    resting = HealthRun.objects.filter(state=RunState.RUNNING, touched_at__lt=now - RESTS, day__gt=today - LATEST)
    woken = list(resting.order_by("day"))
    if not HealthRun.objects.filter(day=today, occasion=DAILY).exists() and policies_in_force().cards:
        woken.append(begin(day=today, now=now))
    for run in woken:
        _wake(run)
    return woken


def _wake(run: HealthRun) -> None:
    for worker in range(WORKERS):
        enqueue_on_commit(_TASK, run_id=run.pk, worker=worker)


def go_on(*, run_id: int, now: datetime, worker: int = 0) -> bool:
    """Do one part of a run that nobody else is at; whether there was one. The run ends with the last of them."""
    with transaction.atomic():
        is_done = _do_part(run_id, now)
        if is_done:
            enqueue_on_commit(_TASK, run_id=run_id, worker=worker)
    return is_done or _end(run_id, now)


def _do_part(run_id: int, now: datetime) -> bool:
    parts = RunPart.objects.select_for_update(skip_locked=True, of=("self",)).select_related("run")
    part = parts.filter(run_id=run_id, done_at__isnull=True).order_by("number").first()
    if part is None:
        return False
    rows = Organization.objects.current().filter(pk__gte=part.first_id, pk__lte=part.last_id)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    with _without_collecting_garbage():
        for start in range(0, len(ids), CHUNK):
            _compute(part.run, ids[start : start + CHUNK])
    part.done_at = now
    part.save(update_fields=["done_at"])
    with connection.cursor() as cursor:
        # Last, since the row of the run is what parts wait for.
        cursor.execute(_DONE, [part.total, now, part.last_id, run_id])
    return True


@contextmanager
def _without_collecting_garbage() -> Iterator[None]:
    """Receipts of a thousand organizations have no circles, and looking for some takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


_DONE = """
UPDATE health_healthrun SET done = done + %s, touched_at = greatest(touched_at, %s), last_id = greatest(last_id, %s)
WHERE id = %s
"""


def _compute(run: HealthRun, ids: Sequence[int]) -> None:
    at = instant_of(run.day, run.started_at)
    collecting.collect(ids, at=at, now=run.started_at)
    scores.compute(ids, at=at, day=run.day, occasion=run.occasion, now=run.started_at)


@transaction.atomic
def _end(run_id: int, now: datetime) -> bool:
    """Say that a run has ended once no part is open; a part that somebody is at will come here after it."""
    run = HealthRun.objects.select_for_update().filter(pk=run_id, state=RunState.RUNNING).first()
    if run is not None and not RunPart.objects.filter(run=run, done_at__isnull=True).exists():
        run.state, run.ended_at = RunState.DONE, now
        run.save(update_fields=["state", "ended_at"])
    return False


def run_day(*, day: date, now: datetime, by: Actor | None = None) -> HealthRun:
    """Compute a day at once, in this process; `now` says what is known. The same day again does nothing."""
    run = begin(day=day, now=now, by=by)
    while go_on(run_id=run.pk, now=now):
        pass
    run.refresh_from_db()
    return run


def instant_of(day: date, moment: datetime) -> datetime:
    """The instant as of which a day is computed: the moment itself, or the last one of a day that has passed."""
    return min(moment, end_of(day))


def end_of(day: date) -> datetime:
    """The last instant of a day of the reporting zone."""
    after = datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())
    return after - timedelta(microseconds=1)


@transaction.atomic
def compute_marked(*, now: datetime, limit: int = MARKS) -> int:
    """Compute organizations whose inputs have changed, and take their marks away; returns how many were marked.

    A mark that is taken is held until all of it is written, so what arrives meanwhile waits a moment and leaves another
    one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [now, limit])
        found = cursor.fetchall()
    if not found:
        return 0
    by_occasion: dict[str, list[int]] = defaultdict(list)
    for pk, reason in found:
        by_occasion[reason if ":" in reason else scores.CHANGE].append(pk)
    known = sorted(pk for pk, reason in found if reason != CHANGED)
    if known:
        collecting.collect(known, at=now, now=now, only_new=True)
    day = timezone.localdate(now)
    for occasion, ids in sorted(by_occasion.items()):
        scores.compute(sorted(ids), at=now, day=day, occasion=occasion, now=now)
    return len(found)


_TAKE = """
DELETE FROM health_recomputemark WHERE organization_id = ANY (ARRAY(
    SELECT organization_id FROM health_recomputemark WHERE since <= %s
    ORDER BY since, organization_id LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING organization_id, reason
"""


def ensure_months(*, now: datetime) -> int:
    """Have the months of samples and snapshots ready before their first rows; returns how many are new."""
    made = 0
    for table, key in (("health_sample", "at"), ("health_snapshot", "day")):
        made += ensure_partitions(table=table, key=key, start=now - BEHIND, end=now + AHEAD)
    return made
