"""The months of the trail are made ahead of time, and behind where old data is imported (ADR 0008)."""

from datetime import date, datetime, timedelta

from common.partitions import ensure_partitions

AHEAD = timedelta(days=100)


def ensure_activity_partitions(*, now: datetime, since: date | None = None) -> int:
    """Make the partitions from the month of `since` (this month unless told) until some months ahead.

    Returns how many are new. Rows that waited in the default partition move to theirs.
    """
    start = since or now.date()
    return ensure_partitions(table="accounts_activity", key="at", start=start, end=(now + AHEAD).date())
