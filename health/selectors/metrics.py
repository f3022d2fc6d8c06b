"""Metrics and samples as people and programs read them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.rules.access import Actor, FieldClass, Right, visibility_terms
from health.metric_policy import label_of, metric_policy
from health.models import Entitlement, Metric, Sample
from partners.querysets import opened_by


@dataclass(frozen=True, kw_only=True)
class MetricRow:
    """A metric in use. `rhythm_days`: how often a sample is expected; `is_collected`: computed by the hub alone."""

    key: str
    label: str
    unit: str
    direction: str
    combine: str
    rhythm_days: int
    minimum: Decimal | None
    maximum: Decimal | None
    is_commercial: bool
    is_collected: bool


def metric_rows() -> list[MetricRow]:
    """The metrics in use, in the order of the policy. One statement."""
    policy = metric_policy()
    return [
        MetricRow(
            key=found.id,
            label=label_of(found),
            unit=found.unit,
            direction=found.direction,
            combine=found.combine,
            rhythm_days=found.rhythm_days,
            minimum=found.minimum,
            maximum=found.maximum,
            is_commercial=found.is_commercial,
            is_collected=found.is_collected,
        )
        for found in (policy.metrics.values() if policy is not None else ())
    ]


def metric_choices(*, with_commercial: bool = False) -> list[tuple[str, str]]:
    """Metrics that samples come of from outside, for a form."""
    rows = [row for row in metric_rows() if not row.is_collected]
    return [(row.key, row.label) for row in rows if with_commercial or not row.is_commercial]


def samples_for(actor: Actor) -> Any:
    """Samples that `actor` reads: of organizations that it opens in full; commercial ones with commercial fields."""
    return Sample.objects.visible_to(actor).filter(_readable(actor))


def entitlements_for(actor: Actor) -> Any:
    """What was bought, as far as `actor` reads it: of commercial metrics with commercial fields."""
    return Entitlement.objects.visible_to(actor).filter(_readable(actor))


def _readable(actor: Actor) -> Q:
    terms = visibility_terms(actor, Right.SEE, FieldClass.COMMERCIAL)
    if terms.everything:
        return Q()
    shown = Q(metric_id__in=Metric.objects.filter(is_commercial=False).values("pk"))
    return shown if terms.is_empty else shown | Q(organization_id__in=opened_by(terms, with_summary=False))
