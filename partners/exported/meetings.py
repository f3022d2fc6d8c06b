"""Meetings as files: business reviews, who has had none, and who has gone quiet."""

from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.exportables import Asked, OpenedList
from common.export import ExportColumn
from common.listing import ListQuery
from partners.cadence_policy import policy_in_force
from partners.choices import OrganizationKind
from partners.review_choices import ReviewState
from partners.selectors import review_coverage, review_pages
from partners.selectors.quiet import quiet_rows

REVIEW_KEYS, MISSING_KEYS, QUIET_KEYS = ("state", "mine"), ("quarter", "kind"), ("kind",)


def reviews(asked: Asked) -> OpenedList:
    """Business reviews."""
    query = ListQuery.parse(asked.query, REVIEW_KEYS)
    rows = partial(review_pages.review_rows, asked.actor, **review_filter(query))
    columns = _review_columns()
    return OpenedList(title=_("Business reviews"), stem="reviews", query=query.encode(), columns=columns, rows=rows)


def missing_reviews(asked: Asked) -> OpenedList:
    """Who should have had a business review in a quarter, and has not; the quarter stands in the query."""
    query = ListQuery.parse(asked.query, MISSING_KEYS)
    period = review_coverage.quarter_named(query.get("quarter"), today=timezone.localdate(asked.now))
    query = query.changed(quarter=review_coverage.name_of(period))
    sent: dict[str, Any] = {"kind": kind_asked(query)}
    return OpenedList(
        title=_("Missing reviews"),
        stem="missing reviews",
        query=query.encode(),
        columns=_missing_columns(),
        rows=partial(review_coverage.missing_rows, asked.actor, policy_in_force(), period, **sent),
    )


def quiet(asked: Asked) -> OpenedList:
    """Organizations without contact for longer than their cadence allows."""
    query = ListQuery.parse(asked.query, QUIET_KEYS)
    rows = partial(quiet_rows, asked.actor, policy_in_force(), kind=kind_asked(query), now=asked.now)
    return OpenedList(title=_("Gone quiet"), stem="quiet", query=query.encode(), columns=_quiet_columns(), rows=rows)


def review_filter(query: ListQuery) -> dict[str, Any]:
    """What the list of reviews asks for."""
    state = query.get("state")
    return {"state": state if state in ReviewState.values else "", "mine": query.get("mine") == "1"}


def kind_asked(query: ListQuery) -> str:
    """The kind of organization that a list is narrowed to, if any."""
    kind = query.get("kind")
    return kind if kind in OrganizationKind.values else ""


def _review_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("Title"), value=lambda row: row.title),
        ExportColumn(label=_("Period"), value=lambda row: row.period),
        ExportColumn(label=_("Planned"), value=lambda row: row.planned_on),
        ExportColumn(label=_("Owner"), value=lambda row: row.owner),
        ExportColumn(label=_("State"), value=lambda row: row.state_label),
    ]


def _missing_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.name),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Stage"), value=lambda row: row.stage_label),
        ExportColumn(label=_("Owner"), value=lambda row: row.owner),
        ExportColumn(label=_("Planned"), value=lambda row: row.planned_on),
        ExportColumn(label=_("Why it was left out"), value=lambda row: row.skip_reason),
        ExportColumn(label=_("Last presented"), value=lambda row: row.last_at),
    ]


def _quiet_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.name),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Stage"), value=lambda row: row.stage_label),
        ExportColumn(label=_("Days without contact"), value=lambda row: row.quiet_days),
        ExportColumn(label=_("Days allowed"), value=lambda row: row.allowed_days),
        ExportColumn(label=_("Last talk with a right person"), value=lambda row: row.last_at),
        ExportColumn(label=_("Last talk with anybody"), value=lambda row: row.any_at),
    ]
