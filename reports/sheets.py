"""The sheet of any report: of one of the packs, of surveys, of policy quality."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.own_reports import POLICIES, SURVEYS
from reports.policy_sheet import policy_sheet
from reports.report_document import report_document
from reports.report_page import OpenReport, figure_columns
from reports.sheet import Sheet
from reports.survey_sheet import survey_sheet


def sheet_of(opened: OpenReport) -> Sheet:
    """Reads the figures; rows of a file and the document are read when they are asked for."""
    own = {SURVEYS.id: survey_sheet, POLICIES.id: policy_sheet}
    return own.get(opened.report.id, _pack_sheet)(opened)


def _pack_sheet(opened: OpenReport) -> Sheet:
    count = 0 if opened.report.is_desk else opened.scope.organizations.count()
    return Sheet(
        opened=opened,
        over=_over(count, is_desk=opened.report.is_desk),
        blocks=opened.blocks,
        missed=opened.missed,
        columns=figure_columns(opened),
        rows=lambda: opened.figures,
        document=partial(report_document, opened),
        is_empty=not (opened.report.is_desk or count),
        has_amounts=True,
    )


def _over(count: int, *, is_desk: bool) -> str:
    if is_desk:
        return _("Over the tickets that you see today.")
    if not count:
        return _("You open no organization of this report today, so that there is nothing to count.")
    words = ngettext(
        "Over %(count)s organization that you open today.", "Over %(count)s organizations that you open today.", count
    )
    return words % {"count": count}
