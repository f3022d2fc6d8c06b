"""Promises that were decided in a period, by the clocks (sla.md R17).

A promise is broken at its breach instant, whether or not the sweep has said so yet, and kept when its clock stops in
time. What is cancelled or still open is in neither.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, When

from tickets.choices import ClockState, Metric

RESPONSE = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)
RESOLUTION = (Metric.RESOLUTION,)


@dataclass(frozen=True, kw_only=True)
class Period:
    """From `start` until before `end`, read at `now`."""

    start: datetime
    end: datetime
    now: datetime


def broken_in(period: Period) -> Q:
    """Clocks whose promise was broken in the period."""
    said = Q(breached_at__gte=period.start, breached_at__lt=period.end)
    # The sweep comes once a minute; a clock that runs is broken strictly after its breach instant.
    unsaid = Q(state=ClockState.RUNNING, breached_at__isnull=True, breach_at__gte=period.start)
    return said | (unsaid & Q(breach_at__lt=min(period.end, period.now)))


def kept_in(period: Period) -> Q:
    """Clocks whose promise was kept in the period."""
    return Q(state=ClockState.MET, stopped_at__gte=period.start, stopped_at__lt=period.end)


def decided_in(clocks: Any, period: Period, *, metrics: tuple[Metric, ...] = (*RESPONSE, *RESOLUTION)) -> Any:
    """Of these clocks those that were decided in the period, with the moment as `decided_at`."""
    at = Case(
        When(state=ClockState.MET, then=F("stopped_at")),
        When(breached_at__isnull=False, then=F("breached_at")),
        default=F("breach_at"),
        output_field=DateTimeField(),
    )
    decided = broken_in(period) | kept_in(period)
    return clocks.filter(decided, metric__in=[metric.value for metric in metrics]).annotate(decided_at=at)
