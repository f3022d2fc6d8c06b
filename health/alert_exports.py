"""What a file of alerts holds, column by column."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from common.export import ExportColumn
from health.words import band_label


def triage_columns() -> Sequence[ExportColumn]:
    """Of rows of `selectors.episode_rows`; commercial figures stand only in rows whose reader may read them."""
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("Health"), value=lambda row: band_label(row.band)),
        ExportColumn(label=_("Score"), value=lambda row: row.score),
        ExportColumn(label=_("Alert"), value=lambda row: row.title),
        ExportColumn(label=_("Cause"), value=lambda row: row.cause_label),
        ExportColumn(label=_("Severity"), value=lambda row: row.severity_label),
        ExportColumn(label=_("State"), value=lambda row: row.state_label),
        ExportColumn(label=_("Held back because"), value=lambda row: row.held_back),
        ExportColumn(label=_("Owner"), value=lambda row: row.owner),
        ExportColumn(label=_("Next step"), value=lambda row: row.step),
        ExportColumn(label=_("Step due"), value=lambda row: row.step_due_on),
        ExportColumn(label=_("Opened"), value=lambda row: row.opened_at),
        ExportColumn(label=_("Answer due"), value=lambda row: row.due_at),
        ExportColumn(label=_("Answered"), value=lambda row: row.answered_at),
        ExportColumn(label=_("Put off until"), value=lambda row: row.snoozed_until),
        ExportColumn(label=_("ARR"), value=lambda row: row.arr),
        ExportColumn(label=_("Currency"), value=lambda row: row.currency if row.arr is not None else None),
    ]
