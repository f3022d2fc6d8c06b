"""A report on one page, exceptions first: what misses its target with how far off and since when, then the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports import words
from reports.report_page import Line, OpenReport, text
from reports.rules.kpi_packs import Kpi
from reports.rules.kpis import Amount, Standing, against_target, exact, gap, missed_in_a_row, target_for, value
from reports.rules.periods import Period, Span, months_until
from reports.selectors.figures import Figure, amounts_in

MONTHS = 6


@dataclass(frozen=True, kw_only=True)
class CompactLine:
    """A figure with its months, the newest last; `off` and `since` of one that misses its target."""

    line: Line
    area: str
    months: tuple[Decimal | None, ...]
    spelled: str
    off: str
    since: str


@dataclass(frozen=True, kw_only=True)
class Area:
    label: str
    lines: tuple[CompactLine, ...]


@dataclass(frozen=True, kw_only=True)
class CompactPage:
    """`judged` figures have a target and are known; those missed are furthest off first."""

    missed: tuple[CompactLine, ...]
    areas: tuple[Area, ...]
    judged: int


def compact_page(opened: OpenReport) -> CompactPage:
    """Figures and months are two statements."""
    figures = {figure.kpi.id: figure for figure in opened.figures}
    months = months_until(min(opened.period.last, opened.moment.today), MONTHS)
    drawn = [kpi for kpi in opened.report.kpis if kpi.targets]
    amounts = amounts_in(opened.scope, drawn, months, opened.moment)
    lines = {line.key: line for block in opened.blocks for line in block.lines}
    found: dict[str, CompactLine] = {}
    for section in opened.report.sections:
        for kpi in section.kpis:
            series = {month: amounts[month][kpi.sum_key] for month in months} if kpi in drawn else {}
            found[kpi.id] = _line(opened, figures[kpi.id], lines[kpi.id], text(section.label), series)
    missed = {line.key for line in opened.missed}
    areas = (
        Area(label=text(section.label), lines=tuple(found[kpi.id] for kpi in section.kpis if kpi.id not in missed))
        for section in opened.report.sections
    )
    return CompactPage(
        missed=tuple(found[key] for key in sorted(missed, key=lambda key: _distance(figures[key]), reverse=True)),
        areas=tuple(area for area in areas if area.lines),
        judged=sum(figure.to_target is not Standing.UNKNOWN for figure in figures.values()),
    )


def _distance(figure: Figure) -> tuple[Decimal, str]:
    """By how much of the target it is off; figures of different units stand beside each other."""
    missing = gap(exact(figure.amount, figure.kpi.unit), figure.target)
    goal = abs(figure.target.value) if figure.target else Decimal(0)
    return (missing or Decimal(0)) / (goal or Decimal(1)), figure.kpi.id


def _line(opened: OpenReport, figure: Figure, line: Line, area: str, series: Mapping[Period, Amount]) -> CompactLine:
    kpi = figure.kpi
    values = {month: value(amount, kpi.unit) for month, amount in series.items()}
    is_missed = figure.to_target is Standing.BAD
    missing = gap(exact(figure.amount, kpi.unit), figure.target) if is_missed else None
    told = [f"{month.first:%m/%y} {opened.spell(found, kpi)}" for month, found in values.items()]
    return CompactLine(
        line=line,
        area=area,
        months=tuple(values.values()),
        spelled=", ".join(told),
        off=words.spell_gap(missing, kpi.unit, opened.moment.currency) if missing is not None else "",
        since=_since(opened, kpi, series) if is_missed else "",
    )


def _since(opened: OpenReport, kpi: Kpi, series: Mapping[Period, Amount]) -> str:
    """The first month of those that missed the target one after the other up to the last."""
    scope = opened.scope.words
    standings = []
    for month, amount in series.items():
        target = target_for(kpi.targets, on=month.last, scope=scope, span=Span.MONTH)
        standings.append(against_target(exact(amount, kpi.unit), target, kpi.direction))
    count = missed_in_a_row(standings)
    if not count:
        return ""
    first = date_format(list(series)[-count].first, "F Y")
    return _("%(month)s or before") % {"month": first} if count == len(series) else first
