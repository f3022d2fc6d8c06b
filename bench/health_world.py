"""Organizations with samples every day, made by the database itself; further back as much history as is wanted.

Ten metrics of every way to combine, measured by one scorecard over the ninety days before: each sample is read once.
"""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connections, transaction

from bench import world

DAYS = 90
RUNS = 6
"""Days that are computed, one after the other."""

NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
FIRST = NOW - timedelta(days=RUNS)
METRICS = {
    **{f"mean_{number}": "mean" for number in range(4)},
    **{f"rate_{number}": "rate" for number in range(2)},
    **{f"sum_{number}": "sum" for number in range(2)},
    **{f"last_{number}": "last" for number in range(2)},
}
_POINTS = [[0, 0], [20, 20], [50, 60], [100, 100]]


def load_policies() -> None:
    """The metrics and the one scorecard of the benchmark."""
    from common.packs import PackSource
    from common.services.policies import load_packs

    label = {"en": "Bench", "de": "Bench"}
    metric = {"label": label, "unit": "points", "direction": "more", "rhythm_days": 1, "minimum": 0}
    packs: dict[str, dict[str, Any]] = {
        "metrics": {"metrics": [{"id": key, "combine": combine, **metric} for key, combine in METRICS.items()]},
        "scorecard.bench": {
            "label": label,
            "applies": {"kinds": ["partner", "customer"]},
            "coverage_minimum": 60,
            "bands": {"green": 75, "yellow": 50, "margin": 3, "days": 3},
            "groups": [
                {"id": f"group_{group}", "label": label, "weight": 20, "measures": [_measure(key) for key in keys]}
                for group, keys in enumerate(zip(*[iter(METRICS)] * 2, strict=True))
            ],
        },
    }
    sources = [
        PackSource(name=name, kind=name.split(".")[0], body=body, checksum=uuid4().hex, path=f"{name}.yaml", lines={})
        for name, body in packs.items()
    ]
    load_packs(sources=sources, now=FIRST)


def _measure(key: str) -> dict[str, Any]:
    """Rates are trends: a month against the two before; anything else is a line over three months."""
    measure = {"id": key, "metric": key, "share": 1, "fresh_days": 30}
    if METRICS[key] == "rate":
        trend = {"kind": "trend", "window_days": 30, "baseline_days": 60, "points": [[30, 0], [85, 100]]}
        return measure | trend
    return measure | {"window_days": DAYS, "points": [[0, 0], [4500, 100]] if METRICS[key] == "sum" else _POINTS}


def build(organizations: int) -> None:
    """Organizations, and their samples of the days that are read."""
    # One scorecard is measured; those that came with the product stand aside.
    execute("UPDATE common_policyversion SET is_active = false WHERE kind = 'scorecard'")
    load_policies()
    world.build(world.Size(organizations=organizations, users=200, assignments=organizations * 2, activities=0))
    execute("UPDATE partners_organization SET created_at = %s", FIRST - timedelta(days=3_000))
    execute("INSERT INTO health_samplesource (key, kind) VALUES ('bench', 'api') ON CONFLICT DO NOTHING")
    add_days(FIRST - timedelta(days=DAYS + 1), NOW)
    settle()


def add_days(start: datetime, end: datetime) -> None:
    """A sample of each metric for each day from `start` until before `end`, day by day as they arrive."""
    execute("SELECT hub_ensure_partitions('health_sample', 'at', %s::date, %s::date)", start, end)
    execute(_SAMPLES, start, end)


def settle() -> None:
    """What is known last of each metric, and what the planner knows."""
    execute(_HEADS)
    for table in ("health_sample", "health_metrichead", "partners_organization"):
        execute(f"VACUUM ANALYZE {table}")


def add_history(organizations: int, rows: int) -> bool:
    """Samples of the days before, until there are so many in all; whether any were missing."""
    a_day = organizations * len(METRICS)
    days = rows // a_day - (DAYS + RUNS + 1)
    if days <= 0:
        return False
    end = FIRST - timedelta(days=DAYS + 1)
    for back in range(0, days, 30):
        add_days(end - timedelta(days=min(back + 30, days)), end - timedelta(days=back))
    settle()
    return True


def forget_runs() -> None:
    """What was computed, so that the same days can be computed again."""
    execute("TRUNCATE health_snapshot, health_healthrun, health_healthstate, health_alertwatch CASCADE")


def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """What a statement finds, for the owner, who sees everything."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET hub.scope = 'all'")
        cursor.execute(sql, params or None)
        return cursor.fetchall()


def copy(lines: str) -> None:
    """COPY into the table of samples, with its commit; by the owner, since row security refuses it to others."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        columns = "organization_id, at, received_at, metric_id, source_id, value"
        cursor.copy_expert(f"COPY health_sample ({columns}) FROM STDIN", io.StringIO(lines))


def clear() -> None:
    """Back to an installation without organizations."""
    execute("TRUNCATE health_sample, health_snapshot, health_healthrun, partners_organization, accounts_user CASCADE")


def execute(sql: str, *params: Any) -> None:
    """By the owner, within everything."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET hub.scope = 'all'")
        cursor.execute(sql, params or None)


# Steady around a level of the organization's own, a little worse for some every week.
_SAMPLES = """
INSERT INTO health_sample (organization_id, at, received_at, metric_id, source_id, value)
SELECT o.id, d.at - interval '1 hour', d.at, m.id, s.id,
    round(40 + (o.id * 7 + m.id * 13) %% 50 + ((o.id + m.id + extract(doy FROM d.at)::int) %% 11)::numeric / 3, 6)
FROM generate_series(%s::timestamptz, %s::timestamptz - interval '1 second', interval '1 day') d(at),
    partners_organization o, health_metric m, health_samplesource s
WHERE s.key = 'bench' AND NOT m.is_retired
ORDER BY d.at, o.id, m.id
"""
_HEADS = """
INSERT INTO health_metrichead (organization_id, metric_id, first_at, last_at, last_value, samples)
SELECT organization_id, metric_id, min(at), max(at), (array_agg(value ORDER BY at DESC))[1], count(*)
FROM health_sample GROUP BY 1, 2
ON CONFLICT (organization_id, metric_id) DO UPDATE SET first_at = excluded.first_at, last_at = excluded.last_at,
    last_value = excluded.last_value, samples = excluded.samples
"""
