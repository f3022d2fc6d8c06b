"""A past of many customers for predictions, written by the database itself: usage by week, losses, nothing else."""

from datetime import date, datetime, timedelta

from django.db import connection

from common.partitions import ensure_partitions
from health.models import Metric
from health.services.sources import source_named
from tests.factories.health_metrics import load_metrics, metric

FIRST, LAST = date(2025, 1, 6), date(2026, 3, 2)
NOW = datetime.fromisoformat("2026-03-02T09:30:00+00:00")


def make_history(*, people: int, tells: bool) -> Metric:
    """`people` customers since before `FIRST`; every second one is lost on some day after four months.

    With `tells` use falls to a tenth in the last 60 days before a loss; without, it falls for half of either, any day.
    """
    load_metrics(metric("usage_events", unit="per_day", combine="rate", rhythm_days=7), now=NOW)
    found = Metric.objects.get(key="usage_events")
    source = source_named("history", "import")
    ensure_partitions(table="health_sample", key="at", start=FIRST, end=LAST + timedelta(days=31))
    values = {"people": people, "first": FIRST, "last": LAST, "metric": found.pk, "source": source.pk, "now": NOW}
    values["tells"] = tells
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, values)
    return found


_STATEMENTS = (
    """
    INSERT INTO partners_organization (public_id, kind, name, summary, website, industry, country, timezone, language,
        source, external_key, stage, stage_entered_at, currency, market_segment, edition, deployment, version,
        created_at, updated_at)
    SELECT gen_random_uuid(), 'customer', 'Customer ' || n, '', '', '', '', 'UTC', 'en', 'history', 'h' || n, 'live',
        %(first)s::date - 200, 'USD', '', '', '', 1, %(first)s::date - 200, %(now)s
    FROM generate_series(1, %(people)s) n
    """,
    """
    INSERT INTO partners_loss (public_id, organization_id, lost_on, reason, note, currency, state, closing_note, source,
        recorded_at, version, created_at, updated_at)
    SELECT gen_random_uuid(), o.id, (%(first)s::date + 120 + (n * 53) %% 300), 'unknown', '', '', 'open', '', '',
        %(now)s, 1, %(now)s, %(now)s
    FROM partners_organization o, LATERAL (SELECT substr(o.external_key, 2)::int AS n) named
    WHERE o.source = 'history' AND n %% 2 = 0
    """,
    """
    INSERT INTO health_sample (organization_id, metric_id, at, source_id, value, received_at)
    SELECT o.id, %(metric)s, week, %(source)s,
        CASE WHEN %(tells)s AND n %% 2 = 0 AND week >= %(first)s::date + 60 + (n * 53) %% 300 THEN 1
            WHEN NOT %(tells)s AND abs(hashint4(n)) %% 2 = 0
                AND week >= %(first)s::date + 60 + abs(hashint4(n + 9999)) %% 300 THEN 1
            ELSE 7 + abs(hashint4(n * 97 + extract(week FROM week)::int)) %% 9 END, %(now)s
    FROM partners_organization o, LATERAL (SELECT substr(o.external_key, 2)::int AS n) named,
        generate_series(%(first)s::timestamptz, %(last)s::timestamptz, interval '7 days') week
    WHERE o.source = 'history'
    """,
    """
    INSERT INTO health_metrichead (organization_id, metric_id, first_at, last_at, last_value, samples)
    SELECT organization_id, metric_id, min(at), max(at), 1, count(*) FROM health_sample GROUP BY 1, 2
    """,
)
