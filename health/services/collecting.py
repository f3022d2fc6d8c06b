"""Takes what the collectors know as samples of the hub, for all organizations of a chunk at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from health.collectors.registry import collectors
from health.models import Metric, MetricHead
from health.services.ingest import store
from health.services.sources import hub_source

_SIX = Decimal("0.000001")


@transaction.atomic
def collect(ids: Sequence[int], *, at: datetime, now: datetime, only_new: bool = False) -> int:
    """Add a sample at `at` of all that the hub knows of these organizations; returns how many are new.

    With `only_new`, within a day, what is known last is not said again, and figures of whole days wait for theirs.
    """
    in_use = set(Metric.objects.filter(is_retired=False).values_list("key", flat=True))
    found: dict[tuple[int, str], Decimal] = {}
    for collector in collectors():
        if in_use.isdisjoint(collector.metrics) or (only_new and collector.is_daily):
            continue
        for pk, metric, value in collector.collect(ids, at=at):
            if metric in in_use:
                found[pk, metric] = value.quantize(_SIX, rounding="ROUND_HALF_UP")
    if only_new and found:
        known = MetricHead.objects.filter(organization_id__in=ids).values_list(
            "organization_id", "metric__key", "last_value"
        )
        for pk, metric, value in known:
            if found.get((pk, metric)) == value:
                del found[pk, metric]
    samples = [(pk, metric, at, value) for (pk, metric), value in sorted(found.items())]
    return store(samples, source=hub_source(), now=now, marks=False) if samples else 0
