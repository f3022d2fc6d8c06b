"""What health itself knows: how a scorecard beside the main one stood when it was last computed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from health.collectors.organizations import Rows
from health.collectors.registry import collector
from health.models import HealthState

TECHNICAL = "technical"


@collector("technical", "technical_health")
def technical(ids: Sequence[int], at: datetime) -> Rows:
    """The score of the technical scorecard, for the one that makes the band."""
    rows = HealthState.objects.filter(organization_id__in=ids, card=TECHNICAL, score__isnull=False, computed_at__lte=at)
    return [(pk, "technical_health", score) for pk, score in rows.values_list("organization_id", "score")]
