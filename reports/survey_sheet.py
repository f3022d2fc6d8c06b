"""The survey report by mail and on paper: figures with their intervals, the spread of scores, months, parts."""

from __future__ import annotations

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from common.document import Column, Document, Section, Table
from common.templatetags.format import spell_number
from reports.own_reports import SURVEYS
from reports.period_words import period_name
from reports.report_document import document_of
from reports.report_page import Block, Line, OpenReport
from reports.rules.survey_files import Scale
from reports.sheet import Sheet
from reports.survey_page import DEFINITION, SurveyLine, SurveyReport, by_words, line_columns, survey_report_of


def survey_sheet(opened: OpenReport) -> Sheet:
    """Two statements, and two more for its document."""
    report = survey_report_of(opened)
    lines = tuple(_line(opened, line) for line in report.lines)
    return Sheet(
        opened=opened,
        over=str(SURVEYS.over),
        blocks=(Block(label=str(SURVEYS.label), lines=lines),),
        missed=tuple(line for line in lines if line.target_tone == "danger"),
        columns=line_columns(report),
        rows=lambda: report.lines,
        document=partial(_document, report),
    )


def _line(opened: OpenReport, line: SurveyLine) -> Line:
    """The figure with the way to its answers."""
    query = opened.query.without("by").changed(of="nps" if line.key.startswith("nps") else "")
    return Line(
        key=line.key,
        label=line.label,
        value=line.value,
        before=line.before,
        change=line.change,
        change_tone=line.change_tone,
        arrow="",
        target=line.target,
        target_word=line.target_word,
        target_tone=line.target_tone,
        sample="; ".join(filter(None, (line.hint, line.interval))),
        formula="",
        url=query.on(reverse("reports:survey_answers")),
    )


def _document(report: SurveyReport) -> Document:
    sections = [_figures(report), _months(report), _parts(report)]
    about = _("Satisfaction, recommending and answers with their intervals")
    return document_of(report.opened, str(SURVEYS.label), about, sections)


def _figures(report: SurveyReport) -> Section:
    period, before = period_name(report.opened.period), period_name(report.opened.period.previous())
    heads = (
        *(Column(title=_("Figure")), Column(title=period, align="end"), Column(title=_("95 % interval"))),
        *(Column(title=before, align="end"), Column(title=_("Change"), align="end")),
        *(Column(title=_("Target")), Column(title=_("To target"))),
    )
    rows = tuple(
        (
            *(line.label, f"{line.value} ({line.hint})", line.interval, line.before),
            *(line.change, line.target, line.target_word),
        )
        for line in report.lines
    )
    return Section(
        key="figures",
        title=_("All figures"),
        lead=_("%(period)s beside %(before)s") % {"period": period, "before": before},
        tables=(Table(title=str(SURVEYS.label), columns=heads, rows=rows),),
        charts=tuple(report.spread(scale) for scale in Scale),
        note=str(DEFINITION),
    )


def _months(report: SurveyReport) -> Section:
    title = _("The last twelve months")
    heads = (
        *(Column(title=_("Month")), Column(title=_("Satisfied"), align="end")),
        *(Column(title=_("Mean"), align="end"), Column(title=_("NPS"), align="end")),
    )
    table = Table(title=title, columns=heads, rows=tuple(report.months))
    return Section(key="months", title=title, charts=(report.trend,), tables=(table,))


def _parts(report: SurveyReport) -> Section:
    """The circle broken down as the page was; what is too small to show stays so."""
    title = by_words()[report.by]
    heads = (
        *(Column(title=title), Column(title=_("Answers"), align="end"), Column(title=_("Satisfied"), align="end")),
        *(Column(title=_("95 % interval")), Column(title=_("Mean"), align="end"), Column(title=_("NPS"), align="end")),
        Column(title=_("Answered of those asked"), align="end"),
    )
    rows = tuple(
        (
            *(part.label, spell_number(part.csat_answers), part.satisfied, part.satisfied_interval, part.mean),
            *(_("too few to show") if part.is_hidden else part.nps, part.response),
        )
        for part in report.parts
    )
    table = Table(title=title, columns=heads, rows=rows, empty=_("Nobody answered in these days"))
    return Section(key="parts", title=_("Broken down"), tables=(table,))
