"""The metrics in force, and their words."""

from django.utils.translation import get_language

from common.policy_cache import active_policy
from health.rules.metric_packs import Metric, MetricPolicy
from partners.rules.classification import label_in

PACK = "metrics"


def metric_policy() -> MetricPolicy | None:
    """The metrics in force; None while none are loaded. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, MetricPolicy) else None


def label_of(metric: Metric) -> str:
    """What a metric is called in the reader's language."""
    return label_in(metric.label, get_language() or "en")
