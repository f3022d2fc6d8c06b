"""The rows behind a figure as a file of any length, and reports as PDF."""

from dataclasses import replace
from functools import partial

from django.utils.translation import gettext as _

from accounts.export_choices import ExportFormat
from accounts.exportables import TABLES, Asked, Exportable, OpenedList, register
from common.errors import DomainError, Missing, NotAllowed
from common.listing import ListQuery
from reports.forms.reports import KEYS, PERIOD
from reports.policies import policy_in_force
from reports.report_document import figure_document, report_document
from reports.report_page import OpenReport, open_report, row_columns, text
from tickets.scope import scope_of

REPORT, FIGURE = "report", "figure"
CAPABILITY = "see_reports"


def _report(asked: Asked) -> OpenedList:
    """`subject` is the report's id."""
    opened = _opened(asked, asked.subject)
    return OpenedList(
        title=f"{text(opened.report.label)}, {opened.period_words}",
        stem=f"{opened.report.id} {opened.stem}",
        subject=opened.report.id,
        query=opened.query.encode(),
        document=partial(report_document, opened),
    )


def _figure(asked: Asked) -> OpenedList:
    """`subject` is the id of a report and that of a figure in it, with a slash between."""
    report_id, _slash, kpi_id = asked.subject.partition("/")
    opened = _opened(asked, report_id)
    kpi = next((one for one in opened.report.kpis if one.id == kpi_id), None)
    if kpi is None:
        raise Missing(_("There is no such figure, or it has no rows."))
    return OpenedList(
        title=f"{text(opened.report.label)}: {text(kpi.label)}, {opened.period_words}",
        stem=f"{opened.report.id} {kpi.id} {opened.stem}",
        subject=f"{opened.report.id}/{kpi.id}",
        query=opened.query.encode(),
        columns=row_columns(kpi),
        rows=partial(opened.values, kpi),
        copy=opened.copy(kpi),
        document=partial(figure_document, opened, kpi),
    )


def _opened(asked: Asked, report_id: str) -> OpenReport:
    """Raises NotAllowed; Missing; DomainError `query` for a period or a past day that is none: a file of another one
    helps nobody."""
    if not asked.actor.has(CAPABILITY):
        raise NotAllowed(_("Your roles do not include reports."))
    report = policy_in_force().reports.get(report_id)
    if report is None:
        raise Missing(_("There is no such report."))
    opened = open_report(asked.actor, report, ListQuery.parse(asked.query, KEYS), now=asked.now)
    for problem, code in ((opened.past_problem, "as_of"), (opened.problem, "period")):
        if problem:
            raise DomainError(problem, field="query", code=code)
    # Said in so many words: the file is written later, and a quarter may end until then.
    return replace(opened, query=opened.query.changed(**{PERIOD: opened.period.key}))


def offer() -> None:
    """Called once, when the app is ready."""
    register(Exportable(what=REPORT, formats=frozenset({ExportFormat.PDF}), open=_report, scope=scope_of))
    register(Exportable(what=FIGURE, formats=TABLES | {ExportFormat.PDF}, open=_figure, scope=scope_of))
