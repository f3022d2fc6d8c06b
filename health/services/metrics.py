"""Metrics of the pack get their rows; what a metric means does not turn once it has samples (ADR 0027)."""

from django.utils.translation import gettext as _

from common.errors import DomainError
from common.scope import Scope, scoped
from common.services.policies import PolicyActivated
from health.metric_policy import PACK
from health.models import Metric, MetricHead
from health.rules import metric_packs
from health.rules.metric_packs import parse_metrics

FIXED = ("unit", "direction", "combine")


def on_activated(event: PolicyActivated) -> None:
    """Another version of the pack is in force: told by the loader, inside its transaction."""
    if event.policy.name == PACK:
        register(parse_metrics(event.policy.body, version=event.policy.version))


def register(policy: metric_packs.MetricPolicy) -> None:
    """Make rows of new metrics, retire those that the pack has no longer.

    Raises DomainError "turned" where a metric that has samples means something else, and then nothing changes.
    """
    rows = {row.key: row for row in Metric.objects.select_for_update().order_by("pk")}
    turned = [row for row in rows.values() if (found := policy.metrics.get(row.key)) and _is_turned(row, found)]
    with scoped(Scope.all()):
        used = set(MetricHead.objects.filter(metric__in=turned).values_list("metric_id", flat=True).distinct())
    for row in turned:
        if row.pk in used:
            raise _refusal(row, policy.metrics[row.key])
    for found in policy.metrics.values():
        _write(rows.get(found.id) or Metric(key=found.id), found)
    for row in rows.values():
        if row.key not in policy.metrics and not row.is_retired:
            row.is_retired = True
            row.save(update_fields=["is_retired"])


def _is_turned(row: Metric, found: metric_packs.Metric) -> bool:
    return any(getattr(row, name) != getattr(found, name) for name in FIXED)


def _refusal(row: Metric, found: metric_packs.Metric) -> DomainError:
    name = next(name for name in FIXED if getattr(row, name) != getattr(found, name))
    return DomainError(
        _(
            "The metric %(metric)s has samples, so its %(name)s stays %(before)s and cannot become %(after)s. "
            "Give what you mean a new id, and retire this one."
        )
        % {"metric": row.key, "name": name, "before": getattr(row, name), "after": getattr(found, name)},
        field=f"metrics.{row.key}.{name}",
        code="turned",
    )


def _write(row: Metric, found: metric_packs.Metric) -> None:
    wanted: dict[str, str | bool] = {"unit": found.unit, "direction": found.direction, "combine": found.combine}
    wanted |= {"is_commercial": found.is_commercial, "is_retired": False}
    if row.pk is not None and all(getattr(row, name) == value for name, value in wanted.items()):
        return
    for name, value in wanted.items():
        setattr(row, name, value)
    row.save()
