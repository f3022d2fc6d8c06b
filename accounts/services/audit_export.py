"""The audit trail out of the house, as lines for machines. Each export is recorded (security.md 18)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from accounts.models import Activity
from accounts.services import activity
from accounts.services.audit import seals_of, trail_row
from common.scope import Scope, scoped

_PAGE = 1_000


def lines(*, now: datetime, since: date | None = None, until: date | None = None) -> Iterator[dict[str, Any]]:
    """Every row of these days (UTC, both included) in the order of ids, with `position` and `digest` where sealed."""
    with scoped(Scope.all()):
        rows = Activity.objects.order_by("pk")
        if since is not None:
            rows = rows.filter(at__gte=datetime.combine(since, time.min, tzinfo=UTC))
        if until is not None:
            rows = rows.filter(at__lt=datetime.combine(until + timedelta(days=1), time.min, tzinfo=UTC))
        changes = {"days": [None, [str(since or ""), str(until or "")]]}
        activity.record(verb="audit.exported", target=None, target_type="activity", now=now, changes=changes)
        last = 0
        while page := list(rows.filter(pk__gt=last)[:_PAGE]):
            yield from _with_seals(page)
            last = page[-1].pk


def _with_seals(page: list[Activity]) -> Iterator[dict[str, Any]]:
    seals = seals_of([row.pk for row in page])
    for row in page:
        seal = seals.get(row.pk)
        yield {
            **trail_row(row).__dict__,
            "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "position": seal.position if seal else None,
            "digest": seal.digest if seal else None,
        }
