"""What happens within a day and changes the health of one organization: its sample, and that it is computed anew."""

from datetime import datetime
from decimal import Decimal

from django.db import connection

from common.jobs import enqueue_on_commit
from health.models import Metric
from health.services.ingest import store
from health.services.sources import hub_source
from partners.models import Organization

RECOMPUTE = "health.recompute_marked"
_MARK = """
INSERT INTO health_recomputemark AS mark (organization_id, since, reason) VALUES (%s, %s, %s)
ON CONFLICT (organization_id) DO UPDATE SET
    since = greatest(mark.since, excluded.since), reason = excluded.reason
"""


def take_sample(organization: Organization, metric: str, value: Decimal, *, at: datetime) -> bool:
    """Keep what the hub knows of an organization as a sample; False where the policy has no such metric."""
    if not Metric.objects.filter(key=metric).exists():
        return False
    return bool(store([(organization.pk, metric, at, value)], source=hub_source(), now=at, marks=False))


def recompute_soon(organization: Organization, *, reason: str, now: datetime) -> None:
    """Have an organization computed once this has committed; a worker that misses the call finds the mark."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [organization.pk, now, reason[:40]])
    enqueue_on_commit(RECOMPUTE)
