"""How far ahead the next renewal of an organization is, out of what is written down of its contracts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from health.collectors.organizations import Rows, fetch
from health.collectors.registry import collector
from health.rules.alert_signals import DAYS_TO_RENEWAL

# Open then: written down by that instant, and not decided by its day. One that is over its day is due now.
_NEXT = """
SELECT organization_id, min(greatest(due_on - %(day)s::date, 0))
FROM partners_renewal
WHERE organization_id = ANY (%(ids)s::bigint[]) AND created_at <= %(at)s
    AND (closed_on IS NULL OR closed_on > %(day)s) AND state <> 'withdrawn'
GROUP BY 1
"""


@collector("renewals", DAYS_TO_RENEWAL)
def renewals(ids: Sequence[int], at: datetime) -> Rows:
    """Days until the next renewal; nothing where none is written down."""
    return ((pk, DAYS_TO_RENEWAL, Decimal(days)) for pk, days in fetch(_NEXT, ids, at))
