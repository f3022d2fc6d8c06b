"""What the use of features comes to: how many percent of the released ones are used, and how many are underused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from health.collectors.organizations import Rows
from health.collectors.registry import collector
from health.rules.adoption import WEEKS, first_week

# An organization that never used anything has no evidence: an opportunity, not a zero.
_ADOPTION = """
    WITH released AS (
        SELECT id, used_from FROM health_feature
        WHERE released_on <= %(day)s AND (retired_on IS NULL OR retired_on > %(day)s)
    ), held AS (
        SELECT made.organization_id, made.feature_id,
            coalesce(sum(made.uses) FILTER (WHERE made.week_on >= %(first)s), 0) AS recent, sum(made.uses) AS ever
        FROM health_featureuse made
        WHERE made.organization_id = ANY (%(ids)s) AND made.week_on < %(end)s
        GROUP BY 1, 2
    )
    SELECT held.organization_id,
        round(100.0 * count(*) FILTER (WHERE recent >= used_from * %(weeks)s) / (SELECT count(*) FROM released), 6),
        count(*) FILTER (WHERE recent < used_from * %(weeks)s)
    FROM held JOIN released ON released.id = held.feature_id
    WHERE held.ever > 0 GROUP BY 1 ORDER BY 1
"""


@collector("adoption", "feature_adoption", "underused_features")
def adoption(ids: Sequence[int], at: datetime) -> Rows:
    """As of the last whole weeks. Only the last ones and a sum are read: one index range for each organization."""
    day = timezone.localdate(at)
    first = first_week(day)
    values: dict[str, Any] = {
        "ids": list(ids),
        "day": day,
        "first": first,
        "end": first + timedelta(weeks=WEEKS),
        "weeks": WEEKS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADOPTION, values)
        rows = cursor.fetchall()
    return [
        row
        for pk, percent, underused in rows
        for row in ((pk, "feature_adoption", percent), (pk, "underused_features", Decimal(underused)))
    ]
