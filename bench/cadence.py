"""`python -m bench.cadence`: a quarter's touchpoints for 10,000 organizations, against one INSERT SELECT of as many.

All are planned from nothing, as after a fresh import, chunk after chunk as the nightly job does; then once more, where
nothing is due any more. The floor copies the very rows into the emptied table in one statement, with its triggers and
indexes. Half as many organizations are planned as well, to see that the time follows their number.
"""

import statistics
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

from bench.__main__ import prepare, servers

ORGANIZATIONS = 10_000
PAIRS = 3
MOST_TASKS = 20
BAR = 3.0


def timed(work: Callable[[], Any]) -> float:
    """Seconds that the work took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Build the world, measure, print lines for docs/performance.md; fails where a bar is missed."""
    with servers():
        django.setup()
        prepare()
        from bench.world import Size, build

        build(Size(organizations=ORGANIZATIONS, users=2_000, assignments=10 * ORGANIZATIONS, activities=10_000))
        measure()


def measure() -> None:
    from django.db import transaction
    from django.utils import timezone

    from common.scope import Scope, scoped
    from partners.models import Touchpoint
    from partners.services.touchpoint_plan import plan_next

    now = timezone.now()
    _launch()

    def run(until: int | None = None) -> int:
        after, tasks = 0, 0
        while True:
            with transaction.atomic(), scoped(Scope.all()):
                after, tasks = plan_next(after=after, now=now), tasks + 1
            if not after or (until is not None and tasks >= until):
                return tasks

    run()
    ratios, whole, halves, again, floors, tasks = [], [], [], [], [], 0
    for _pair in range(PAIRS):
        _empty()
        halves.append(timed(lambda: run(MOST_TASKS // 2)))
        _empty()
        start = time.perf_counter()
        tasks = run()
        whole.append(time.perf_counter() - start)
        again.append(timed(run))
        floors.append(_floor(now))
        ratios.append(whole[-1] / floors[-1])
    with scoped(Scope.all()):
        count = Touchpoint.objects.count()
    ratio = statistics.median(ratios)
    print(f"organizations {ORGANIZATIONS}, touchpoints {count}, tasks {tasks}")
    print(f"all of them {statistics.median(whole):.2f} s, half of them {statistics.median(halves):.2f} s")
    print(f"again with nothing due {statistics.median(again):.2f} s")
    print(f"one INSERT SELECT {statistics.median(floors):.2f} s, ratio {ratio:.2f} (bar {BAR})")
    if tasks > MOST_TASKS or ratio > BAR:
        raise SystemExit("a bar is missed")


def _launch() -> None:
    """Everybody has launched within the last year, so that each has a cadence."""
    _execute(
        "UPDATE partners_organization SET launched_on = current_date - (id %% 300)::int, stage_entered_at = now(),"
        " stage = CASE WHEN kind = 'partner' THEN 'post_launch' ELSE 'live' END"
    )


def _empty() -> None:
    _execute("TRUNCATE partners_touchpoint, partners_touchpointevent CASCADE")


def _floor(now: datetime) -> float:
    """The same rows in one statement."""
    _execute("DROP TABLE IF EXISTS bench_touchpoint")
    _execute("CREATE TABLE bench_touchpoint AS SELECT * FROM partners_touchpoint")
    _empty()
    copy = "INSERT INTO partners_touchpoint OVERRIDING SYSTEM VALUE SELECT * FROM bench_touchpoint"
    return timed(lambda: _execute(copy))


def _execute(sql: str) -> None:
    from django.db import connections, transaction

    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('hub.scope', 'all', true)")
        cursor.execute(sql.replace("%%", "%"))


if __name__ == "__main__":
    main()
