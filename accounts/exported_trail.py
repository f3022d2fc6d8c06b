"""The audit trail and the records of training as files."""

from datetime import date
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from accounts.exportables import Asked, OpenedList
from accounts.forms.audit import KEYS, AuditFilterForm
from accounts.selectors import training as training_reading
from accounts.selectors.audit import trail
from common.errors import NotAllowed
from common.export import ExportColumn
from common.listing import ListQuery
from common.pouring import poured

READ_AUDIT = "read_audit"
MONTH = "month"


def audit(asked: Asked) -> OpenedList:
    """The trail, newest first, as the filters leave it."""
    if not asked.actor.has(READ_AUDIT):
        raise NotAllowed(_("Your roles do not include reading the audit trail."))
    query = ListQuery.parse(asked.query, KEYS)
    form = AuditFilterForm(query.as_form())
    wanted: dict[str, Any] = dict(form.cleaned_data) if form.is_valid() or form.is_bound else {}
    found = trail(asked.actor, wanted, now=asked.now).order_by("-at", "-pk")
    columns, rows = _trail_columns(), partial(poured, found)
    return OpenedList(title=_("Audit trail"), stem="audit", query=query.encode(), columns=columns, rows=rows)


def training(asked: Asked) -> OpenedList:
    """The records of a month that the reader sees."""
    query = ListQuery.parse(asked.query, (MONTH,))
    month: date = training_reading.month_asked(query.get(MONTH), now=asked.now)
    rows = partial(poured, training_reading.records(asked.actor).filter(month=month))
    return OpenedList(
        title=_("Training"),
        stem="training",
        query=query.changed(month=f"{month:%Y-%m}").encode(),
        columns=_training_columns(),
        rows=rows,
    )


def _trail_columns() -> list[ExportColumn]:
    return [
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
    ]


def _training_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Month"), value=lambda row: f"{row.month:%Y-%m}"),
        ExportColumn(label=_("Person"), value=lambda row: row.user.name),
        ExportColumn(label=_("Module"), value=lambda row: row.module.name),
        ExportColumn(label=_("Result"), value=lambda row: row.get_result_display()),
        ExportColumn(label=_("Done"), value=lambda row: row.completed_at),
        ExportColumn(label=_("Note"), value=lambda row: row.note),
        ExportColumn(label=_("Certificate"), value=lambda row: row.certificate),
    ]
