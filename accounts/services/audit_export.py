"""The audit trail out of the house: lines for machines, CSV for people. Each export is recorded (security.md 18)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Activity
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.audit import seals_of, trail_row
from common.export import ExportColumn, ExportFile, write_csv
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


def csv_file(*, rows: QuerySet[Activity], by: Actor, filters: Mapping[str, str], now: datetime) -> ExportFile:
    """The rows that a page shows as CSV, newest first; who took them, and by which filters, is recorded."""
    file = write_csv(f"audit-{now:%Y-%m-%d}.csv", _COLUMNS, _chosen(rows))
    activity.record(
        verb="audit.exported",
        target=None,
        target_type="activity",
        now=now,
        actor_id=by.user_id,
        actor_name=by.name,
        changes={"filters": [None, dict(filters)], "rows": [None, file.rows]},
    )
    return file


def _chosen(rows: QuerySet[Activity]) -> Iterable[Activity]:
    return rows.order_by("-at", "-pk").iterator(chunk_size=_PAGE)


_COLUMNS = (
    ExportColumn(label=_("When"), value=lambda row: row.at),
    ExportColumn(label=_("Who"), value=lambda row: row.actor_name),
    ExportColumn(label=_("What"), value=lambda row: row.verb),
    ExportColumn(label=_("Kind"), value=lambda row: row.target_type),
    ExportColumn(label=_("Object"), value=lambda row: row.target_name),
    ExportColumn(label=_("Changes"), value=lambda row: row.changes or ""),
    ExportColumn(label=_("Reason"), value=lambda row: row.reason),
    ExportColumn(label=_("Through"), value=lambda row: row.via),
    ExportColumn(label=_("Address"), value=lambda row: row.address),
    ExportColumn(label=_("Request"), value=lambda row: row.request_id),
)
