"""`python -m bench.health`: what computing the health of all organizations costs, against one statement.

Throw-away servers; samples of ten metrics a day inside a larger table. The floor is one set-based SQL statement that
reads the same samples and writes one row for each organization. Beside it the day's run as production does it, by two
workers that share its parts: evidence, scores, receipts, snapshots, what is shown, what is told. In pairs, a day each;
then one organization after a new sample, samples in bulk against COPY, and how it grows; and the heat map and the page
of a receipt against the floor of as many rows.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import django

from bench import health_world as made

WORKERS = 2
ONE_PAIRS = 40
BATCH = 10_000
PAGE_BAR = 2.0
BARS = {"all": 1.5, "one": 3.0, "bulk": 0.3, "growth": 1.15, "age": 1.3}

_FLOOR_TABLE = """
CREATE TABLE IF NOT EXISTS bench_floor (
    day date, organization_id bigint, score numeric, PRIMARY KEY (day, organization_id));
GRANT SELECT, INSERT, DELETE ON bench_floor TO hub_app
"""
# The same samples, every measure by its window, points by a line, and the mean of them.
_FLOOR = """
INSERT INTO bench_floor (day, organization_id, score)
SELECT %(day)s, organization_id, round(avg(least(100, greatest(0, value))), 2) FROM (
    SELECT s.organization_id, s.metric_id, CASE m.combine
        WHEN 'mean' THEN avg(s.value) WHEN 'last' THEN max(s.value) WHEN 'sum' THEN sum(s.value) / 45
        ELSE sum(s.value) FILTER (WHERE s.at > %(at)s - interval '30 days') * 200
            / nullif(sum(s.value) FILTER (WHERE s.at <= %(at)s - interval '30 days'), 0)
        END AS value
    FROM health_sample s JOIN health_metric m ON m.id = s.metric_id
    WHERE s.at > %(at)s - interval '90 days' AND s.at <= %(at)s AND s.received_at <= %(at)s {which}
    GROUP BY 1, 2, m.combine
) measures GROUP BY 2
"""


def timed(work: Callable[[], Any]) -> float:
    """Seconds on the wall."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def floor(at: datetime, organization_id: int | None = None) -> None:
    from django.db import connection

    from common.scope import Scope, scoped

    which = "" if organization_id is None else f"AND s.organization_id = {organization_id}"
    with scoped(Scope.all()), connection.cursor() as cursor:
        cursor.execute("DELETE FROM bench_floor")
        cursor.execute(_FLOOR.replace("{which}", which), {"at": at, "day": at.date()})


@contextmanager
def workers() -> Iterator[Callable[[int, datetime], None]]:
    """Two processes, up before anything is measured, as the worker keeps them; each takes parts until none is left."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    ways = [context.Pipe() for _worker in range(WORKERS)]
    processes = [context.Process(target=_work, args=(way[1],), daemon=True) for way in ways]
    for process in processes:
        process.start()
    for way, _end in ways:
        way.recv()

    def share(run_id: int, now: datetime) -> None:
        for way, _end in ways:
            way.send((run_id, now))
        for way, _end in ways:
            way.recv()

    yield share
    for (way, _end), process in zip(ways, processes, strict=True):
        way.send(None)
        process.join(timeout=10)


def _work(way: Any) -> None:
    import gc

    from common.scope import Scope, scoped
    from health.policies import policies_in_force
    from health.services import runs

    setattr(runs, "enqueue_on_commit", lambda *_names, **_ids: None)  # noqa: B010 - nobody is to be woken here
    with scoped(Scope.all()):
        policies_in_force()
    gc.freeze()
    way.send("ready")
    while (asked := way.recv()) is not None:
        is_going = True
        while is_going:
            with scoped(Scope.all()):
                is_going = runs.go_on(run_id=asked[0], now=asked[1])
        way.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def run_day(share: Callable[[int, datetime], None], at: datetime) -> None:
    from common.scope import Scope, scoped
    from health.services import runs

    with scoped(Scope.all()):
        run = runs.begin(day=at.date(), now=at)
    share(run.pk, at)


def compute_all(organizations: int, label: str, pairs: int) -> tuple[float, float]:
    """Pairs of the floor and of the day's run, a day each; the medians of their ratios and of the run's seconds."""
    from health.models import HealthRun

    ratios, ours = [], []
    with workers() as share:
        for number in range(pairs):
            at = made.FIRST + timedelta(days=number)
            raw, run = timed(partial(floor, at)), timed(partial(run_day, share, at))
            assert not HealthRun.objects.exclude(state="done").exists()
            ratios.append(run / raw)
            ours.append(run)
            print(f"  {label}, day {number + 1}: one statement {raw:.2f} s, the run {run:.2f} s, {ratios[-1]:.2f}x")
    print(
        f"  {organizations:,} organizations: median {statistics.median(ratios):.2f}x (bar {BARS['all']}x)", flush=True
    )
    return statistics.median(ratios), statistics.median(ours)


def one_of_them(pairs: int = ONE_PAIRS) -> float:
    """One organization after a new sample, in milliseconds against the raw statement of the same samples."""
    from django.db import connection

    from common.scope import Scope, scoped
    from health.models import SampleSource
    from health.services import runs
    from health.services.ingest import store

    ratios, ours, raws = [], [], []
    with scoped(Scope.all()):
        source = SampleSource.objects.get(key="bench")
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM partners_organization ORDER BY id LIMIT %s", [pairs])
            ids = [row[0] for row in cursor.fetchall()]
    for number, pk in enumerate(ids):
        at = made.NOW + timedelta(minutes=number)
        with scoped(Scope.all()):
            store([(pk, "mean_0", at, Decimal(number % 90))], source=source, now=at)
        raws.append(timed(partial(floor, at, pk)) * 1_000)
        ours.append(timed(partial(_recompute, runs, at)) * 1_000)
        ratios.append(ours[-1] / raws[-1])
    found = statistics.median(ratios[2:])
    print(
        f"  one organization after a new sample: {statistics.median(ours[2:]):.1f} ms, raw "
        f"{statistics.median(raws[2:]):.1f} ms, {found:.2f}x (bar {BARS['one']}x)",
        flush=True,
    )
    return found


def _recompute(runs: Any, at: datetime) -> None:
    from common.scope import Scope, scoped

    with scoped(Scope.all()):
        assert runs.compute_marked(now=at) == 1


def bulk(pairs: int = 5) -> float:
    """Samples by the API, ten thousand a call, against COPY of the same into the same table."""
    from django.conf import settings
    from django.test import Client

    from bench.__main__ import sessions

    with_rows = "SELECT public_id::text, id FROM partners_organization ORDER BY id LIMIT %s"
    places = made.rows(with_rows, BATCH // len(made.METRICS))
    metrics = made.rows("SELECT key, id FROM health_metric WHERE NOT is_retired ORDER BY id")
    ((admin_id,),) = made.rows("SELECT user_id FROM accounts_rolegrant WHERE role = 'admin' AND ended_at IS NULL")
    client = Client(HTTP_HOST="localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = sessions({"admin": admin_id})["admin"]
    ratios = []
    for number in range(pairs):
        at = (made.FIRST - timedelta(days=3, minutes=number + 1)).isoformat()
        body = json.dumps(
            {
                "source": "bulk",
                "samples": [
                    {"organization_id": public_id, "metric": key, "at": at, "value": pk % 90 + 0.5}
                    for public_id, pk in places
                    for key, _metric in metrics
                ],
            }
        )
        lines = "".join(
            f"{pk}\t{at}\t{at}\t{metric}\t9\t{pk % 90}.5\n" for _public, pk in places for _key, metric in metrics
        )
        copy = timed(partial(made.copy, lines))
        call = timed(partial(_post, client, body))
        ratios.append(copy / call)
        print(f"  pair {number + 1}: COPY {copy:.2f} s, the API {call:.2f} s, {ratios[-1]:.2f} of COPY")
    print(
        f"  {BATCH:,} samples by API: median {statistics.median(ratios):.2f} of COPY (bar {BARS['bulk']})", flush=True
    )
    return statistics.median(ratios)


def _post(client: Any, body: str) -> None:
    answer = client.post("/api/v1/health/samples/", body, content_type="application/json")
    assert answer.status_code == 200, answer.content[:500]


def looked_at(port: int, rounds: int) -> list[str]:
    """The pages on computed snapshots, in pairs with their floors, as `python -m bench` measures pages."""
    from bench import client, world
    from bench.__main__ import _figure, served, sessions
    from bench.pages import Page

    cast = world.cast()
    keys = sessions({"tam": cast.tam_id, "manager": cast.manager_id})

    def page(name: str, path: str, who: str, statements: int = 6) -> Page:
        return Page(name=name, path=path, who=who, floor="rows", bar=PAGE_BAR, statements=statements)

    pages = (
        page("Heat map, everything", "/health/", "manager"),
        page("Heat map, one TAM", "/health/", "tam"),
        page("At risk, everything", "/health/at-risk/", "manager"),
        page("Moves of the week", "/health/moves/", "manager"),
        page("Receipt page", f"/organizations/{cast.organization}/health/", "tam", 10),
    )
    with served(port):
        people = {who: client.Client(port, key) for who, key in keys.items()}
        figures = [_figure(one, people[one.who], rounds) for one in pages]
    return [
        f"{one.name}: {one.p50:.1f} ms, {one.ratio:.2f}x of the floor of {one.rows} rows (bar {one.bar}x), "
        f"{one.statements} of {one.most_statements} statements"
        for one in figures
    ]


def measure(organizations: int, history_rows: int, days: int, port: int, rounds: int) -> list[str]:
    """Everything, from the small world to the large one with its history; lines of a report."""
    from django.db import connections

    def built(count: int) -> None:
        print(f"{count:,} organizations built in {timed(lambda: made.build(count)):.0f} s", flush=True)

    built(organizations // 10)
    _ratio, small = compute_all(organizations // 10, "a tenth", days)
    made.clear()
    built(organizations)
    ratio, young = compute_all(organizations, "all", days)
    lines = [f"all {organizations:,} organizations: {ratio:.2f}x of one statement (bar {BARS['all']}x)"]
    growth = young / small / 10
    lines.append(f"seconds an organization, all against a tenth: {growth:.2f}x (bar {BARS['growth']}x)")
    connections.close_all()
    lines += looked_at(port, rounds)
    if made.add_history(organizations, history_rows):
        made.forget_runs()
        ratio, old = compute_all(organizations, f"with {history_rows:,} samples in all", days)
        lines.append(f"with {history_rows:,} samples in all: {ratio:.2f}x of one statement (bar {BARS['all']}x)")
        lines.append(f"with the history against without: {old / young:.2f}x (bar {BARS['age']}x)")
    lines.append(f"one organization after a new sample: {one_of_them():.2f}x of its statement (bar {BARS['one']}x)")
    lines.append(f"{BATCH:,} samples by API: {bulk():.2f} of COPY (bar {BARS['bulk']})")
    connections.close_all()
    return lines


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--organizations", type=int, default=10_000)
    asked.add_argument("--history-rows", type=int, default=50_000_000, help="samples in all, with those that are read")
    asked.add_argument("--days", type=int, default=made.RUNS, help="pairs, each a day")
    asked.add_argument("--port", type=int, default=8130)
    asked.add_argument("--rounds", type=int, default=20, help="answers timed in each half of a pair of page and floor")
    asked.add_argument("--write", type=Path, help="write the figures there as a list")
    given = asked.parse_args()
    from bench.__main__ import prepare, servers

    with servers():
        django.setup()
        prepare()
        made.execute(_FLOOR_TABLE)
        lines = measure(given.organizations, given.history_rows, given.days, given.port, given.rounds)
    text = "".join(f"- {line}\n" for line in lines)
    print(text)
    if given.write:
        given.write.write_text(text)


if __name__ == "__main__":
    main()
