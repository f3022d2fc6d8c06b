"""Metrics by which objectives of success plans are measured, with their latest values."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import connection

from health.models import Metric
from health.policies import policies_in_force
from partners.objective_metrics import ObjectiveMetric, Pair, Source, register

# The newest sample of each pair: one range of an index a pair, whatever there are of them.
_LATEST = """
    SELECT wanted.organization_id, wanted.key, newest.value
    FROM unnest(%(ids)s::bigint[], %(keys)s::text[]) AS wanted(organization_id, key)
    JOIN health_metric metric ON metric.key = wanted.key AND NOT metric.is_commercial
    CROSS JOIN LATERAL (
        SELECT sample.value FROM health_sample sample
        WHERE sample.organization_id = wanted.organization_id AND sample.metric_id = metric.id
        ORDER BY sample.at DESC LIMIT 1
    ) newest
"""


def offer() -> None:
    """Called once, when the app is ready."""
    register(Source(metrics=metrics, values=values))


# What we judge of an organization is ours: an objective is shown to the other side, in the portal and in reviews.
_JUDGMENTS = (
    "technical_health",
    "owner_pulse",
    "gate_progress",
    "contact_coverage",
    "cadence_kept",
    "commitments_kept",
)


def metrics() -> Sequence[ObjectiveMetric]:
    """Those that everybody reads who opens the organization, and the other side may read."""
    policies = policies_in_force()
    rows = Metric.objects.filter(is_retired=False, is_commercial=False).exclude(key__in=_JUDGMENTS).order_by("key")
    return [
        ObjectiveMetric(key=row.key, label=policies.metric_label(row.key), unit=row.unit, direction=row.direction)
        for row in rows
    ]


def values(pairs: Sequence[Pair]) -> Mapping[Pair, Decimal]:
    """The latest value of each pair that has one. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, {"ids": [pk for pk, _key in pairs], "keys": [key for _pk, key in pairs]})
        return {(pk, key): value for pk, key, value in cursor.fetchall()}
