"""The rows behind a figure as a file of any length, cases and answers too, and reports as PDF."""

from dataclasses import replace
from functools import partial

from django.utils.translation import gettext as _

from accounts.export_choices import ExportFormat
from accounts.exportables import TABLES, Asked, Exportable, OpenedList, register
from common.errors import DomainError, Missing, NotAllowed
from common.listing import ListQuery
from reports.answers_page import ANSWER_KEYS, answers_asked
from reports.forms.reports import CRITERION, PERIOD
from reports.own_reports import POLICIES, SURVEYS, keys_of, name_of, report_named
from reports.policy_page import policy_quality_of
from reports.report_document import figure_document
from reports.report_page import OpenReport, open_report, row_columns, text
from reports.sheets import sheet_of
from reports.survey_page import answer_columns
from tickets.scope import scope_of

REPORT, FIGURE, CASES, ANSWERS = "report", "figure", "policy_cases", "survey_answers"
CAPABILITY = "see_reports"


def _report(asked: Asked) -> OpenedList:
    """`subject` is the report's id."""
    opened = _opened(asked, asked.subject)
    return OpenedList(
        title=f"{name_of(opened.report)}, {opened.period_words}",
        stem=f"{opened.report.id} {opened.stem}",
        subject=opened.report.id,
        query=opened.query.encode(),
        document=lambda: sheet_of(opened).document(),
    )


def _cases(asked: Asked) -> OpenedList:
    """The cases of policy quality; the address names the subject."""
    found = policy_quality_of(_opened(asked, POLICIES.id))
    return OpenedList(
        title=f"{POLICIES.label}: {found.subject.label}, {found.opened.period_words}",
        stem=f"policy {found.subject.key} {found.opened.stem}",
        query=found.opened.query.encode(),
        columns=found.columns,
        rows=lambda: found.cases,
    )


def _answers(asked: Asked) -> OpenedList:
    """The answers behind a figure of surveys, as far as they may be listed."""
    found = answers_asked(_opened(asked, SURVEYS.id, *ANSWER_KEYS))
    return OpenedList(
        title=_("Answers to surveys, %(period)s") % {"period": found.opened.period_words},
        stem=f"survey-answers-{found.scale.value} {found.opened.stem}",
        query=found.opened.query.encode(),
        columns=answer_columns(found.scale),
        rows=found.rows,
    )


def _figure(asked: Asked) -> OpenedList:
    """`subject` is the id of a report and that of a figure in it, with a slash between."""
    report_id, _slash, kpi_id = asked.subject.partition("/")
    opened = _opened(asked, report_id, CRITERION)
    kpi = next((one for one in opened.report.kpis if one.id == kpi_id), None)
    if kpi is None:
        raise Missing(_("There is no such figure, or it has no rows."))
    opened = opened.of_figure(kpi)
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


def _opened(asked: Asked, report_id: str, *more_keys: str) -> OpenReport:
    """Raises NotAllowed; Missing; DomainError `query` for a period or a past day that is none: a file of another one
    helps nobody."""
    if not asked.actor.has(CAPABILITY):
        raise NotAllowed(_("Your roles do not include reports."))
    report = report_named(report_id)
    if report is None:
        raise Missing(_("There is no such report."))
    query = ListQuery.parse(asked.query, (*keys_of(report_id), *more_keys))
    opened = open_report(asked.actor, report, query, now=asked.now)
    for problem, code in ((opened.past_problem, "as_of"), (opened.problem, "period")):
        if problem:
            raise DomainError(problem, field="query", code=code)
    # Said in so many words: the file is written later, and a quarter may end until then.
    return replace(opened, query=opened.query.changed(**{PERIOD: opened.period.key}))


def offer() -> None:
    """Called once, when the app is ready."""
    for what, opened in ((CASES, _cases), (ANSWERS, _answers)):
        register(Exportable(what=what, formats=TABLES, open=opened, scope=scope_of))
    register(Exportable(what=REPORT, formats=frozenset({ExportFormat.PDF}), open=_report, scope=scope_of))
    register(Exportable(what=FIGURE, formats=TABLES | {ExportFormat.PDF}, open=_figure, scope=scope_of))
