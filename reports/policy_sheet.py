"""Policy quality by mail and on paper: the figure of each subject, and the one that was asked for with its cases."""

from __future__ import annotations

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from common.document import Column, Document, Section, Table
from common.templatetags.format import spell_day, spell_number
from reports.own_reports import POLICIES
from reports.period_words import period_name
from reports.policy_page import SUBJECTS, GroupLine, PolicyQuality, policy_quality_of
from reports.report_document import MOST_ROWS, document_of, too_many_words
from reports.report_page import Block, Line, OpenReport
from reports.sheet import Sheet


def policy_sheet(opened: OpenReport) -> Sheet:
    """Every subject is read for its figure; groups and cases are those of the one that the address names."""
    asked = policy_quality_of(opened)
    every = [asked if one is asked.subject else PolicyQuality(opened=opened, subject=one) for one in SUBJECTS.values()]
    blocks = [Block(label=str(POLICIES.label), lines=tuple(_line(found) for found in every))]
    if asked.groups:
        blocks.append(Block(label=str(asked.subject.label), lines=tuple(_part(asked, line) for line in asked.groups)))
    return Sheet(
        opened=opened,
        over=str(POLICIES.over),
        blocks=tuple(blocks),
        missed=(),
        columns=asked.columns,
        rows=lambda: asked.cases,
        document=partial(_document, asked, every),
    )


def _line(found: PolicyQuality) -> Line:
    figure, subject = found.figure, found.subject
    return _plain(
        opened=found.opened,
        subject=subject.key,
        label=f"{subject.label}: {subject.figure}" if subject.label != subject.figure else str(subject.figure),
        value=figure["value"],
        before=figure["before"],
        sample="; ".join(filter(None, (figure["hint"], figure["interval"]))),
        formula=str(subject.formula),
    )


def _part(found: PolicyQuality, line: GroupLine) -> Line:
    return _plain(
        opened=found.opened,
        subject=found.subject.key,
        group=line.key,
        label=line.label,
        value=line.share,
        before=line.before,
        sample="; ".join(filter(None, (_cases(line), line.interval))) if found.subject.is_share else "",
    )


def _cases(line: GroupLine) -> str:
    return _("%(hits)s of %(total)s") % {"hits": line.hits, "total": line.total}


def _plain(
    *,
    opened: OpenReport,
    subject: str,
    label: str,
    value: str,
    before: str,
    sample: str,
    formula: str = "",
    group: str = "",
) -> Line:
    """A figure without a target, with the way to its cases."""
    query = opened.query.changed(subject=subject, group=group)
    return Line(
        **dict.fromkeys(("change", "change_tone", "arrow", "target", "target_word", "target_tone"), ""),
        key=group or subject,
        label=label,
        value=value,
        before=before,
        sample=sample,
        formula=formula,
        url=query.on(reverse("reports:policy_quality")),
    )


def _document(asked: PolicyQuality, every: list[PolicyQuality]) -> Document:
    sections = [_all(asked.opened, every), _groups(asked), _its_cases(asked)]
    return document_of(asked.opened, str(POLICIES.label), str(POLICIES.about), sections)


def _all(opened: OpenReport, every: list[PolicyQuality]) -> Section:
    """The figures side by side, with what counts in each."""
    period, before = period_name(opened.period), period_name(opened.period.previous())
    heads = (
        *(Column(title=_("Figure")), Column(title=period, align="end")),
        *(Column(title=_("Cases")), Column(title=before, align="end")),
    )
    lines = [_line(found) for found in every]
    formulas = tuple((line.label, line.formula) for line in lines)
    return Section(
        key="figures",
        title=_("All figures"),
        lead=_("%(period)s beside %(before)s") % {"period": period, "before": before},
        tables=(
            Table(
                title=str(POLICIES.label),
                columns=heads,
                rows=tuple((line.label, line.value, line.sample, line.before) for line in lines),
            ),
            Table(title=_("Formulas"), columns=(Column(title=_("Figure")), Column(title=_("Formula"))), rows=formulas),
        ),
    )


def _groups(asked: PolicyQuality) -> Section:
    """The subject by what its cases are counted under, and by whose doing they were."""
    groups = Table(
        title=str(asked.subject.label),
        columns=(
            *(Column(title=_("Under")), Column(title=_("Cases"), align="end")),
            *(Column(title=str(asked.subject.figure), align="end"), Column(title=_("95 % interval"))),
            Column(title=period_name(asked.opened.period.previous()), align="end"),
        ),
        rows=tuple(
            (line.label, spell_number(line.total), line.share, line.interval, line.before) for line in asked.groups
        ),
        empty=_("No cases in this period"),
    )
    by_role = Table(
        title=_("By role"),
        columns=(Column(title=asked.role_title), Column(title=_("Cases"), align="end")),
        rows=tuple((role, spell_number(many)) for role, many in asked.by_role),
    )
    tables = (groups, by_role) if asked.by_role and asked.subject.key != "escalations" else (groups,)
    return Section(key="groups", title=str(asked.subject.label), lead=str(asked.subject.formula), tables=tables)


def _its_cases(asked: PolicyQuality) -> Section:
    """As far as paper holds them, which is said."""
    columns = asked.columns
    rows = tuple(
        (spell_day(case.on), *(str(column.value(case)) for column in columns[1:])) for case in asked.cases[:MOST_ROWS]
    )
    heads = tuple(Column(title=column.label) for column in columns)
    table = Table(title=_("Newest first"), columns=heads, rows=rows, empty=_("No cases in this period"))
    lead = too_many_words() if len(asked.cases) > MOST_ROWS else ""
    return Section(key="rows", title=_("Its cases"), lead=lead, tables=(table,))
