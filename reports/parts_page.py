"""A figure by parts, as its page shows it: each part in words, with the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from partners import filters
from reports import words
from reports.forms.reports import BY
from reports.report_page import OpenReport
from reports.rules.kpi_packs import Kpi
from reports.rules.kpis import exact, value
from reports.rules.measures import Unit
from reports.selectors.breakdown import DIMENSIONS, MOST, Part, is_of_people


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """A part in words; `share` is the length of its bar in percent of the longest, `url` narrows the page to it."""

    label: str
    url: str
    value: str
    before: str
    change: str
    cases: str
    share: int


@dataclass(frozen=True, kw_only=True)
class PartsPage:
    """The parts of a figure; `choices` are the other ways to break it down, with their addresses."""

    by: str
    choices: tuple[tuple[str, str, bool], ...]
    lines: tuple[PartLine, ...]
    is_cut: bool
    counts_twice: bool


def parts_page(opened: OpenReport, kpi: Kpi, path: str) -> PartsPage:
    """The figure by what the address asks for. One statement."""
    parts = opened.parts(kpi)
    longest = max((abs(found) for part in parts if (found := exact(part.amount, kpi.unit)) is not None), default=None)
    return PartsPage(
        by=str(DIMENSIONS[opened.by]),
        choices=tuple(
            (str(label), opened.query.changed(**{BY: key}).on(path), key == opened.by)
            for key, label in DIMENSIONS.items()
        ),
        lines=tuple(_line(opened, kpi, part, path, longest) for part in parts),
        is_cut=len(parts) == MOST,
        counts_twice=opened.by == filters.OWNER and not is_of_people(kpi, opened.by),
    )


def _line(opened: OpenReport, kpi: Kpi, part: Part, path: str, longest: Decimal | None) -> PartLine:
    now, before = value(part.amount, kpi.unit), value(part.before, kpi.unit)
    found = exact(part.amount, kpi.unit)
    return PartLine(
        label=part.label,
        url=opened.query.changed(**{opened.by: part.key}).on(path) if part.key else "",
        value=opened.spell(now, kpi),
        before=opened.spell(before, kpi),
        change=words.signed(now, before, kpi.unit, opened.moment.currency),
        cases="" if kpi.unit in (Unit.COUNT, Unit.MONEY) else words.spell_cases(part.amount.denominator),
        share=int(100 * abs(found) / longest) if found is not None and longest else 0,
    )


def part_rows(opened: OpenReport, kpi: Kpi) -> list[dict[str, Any]]:
    """The parts as programs read them."""
    return [
        {
            "key": part.key,
            "label": part.label,
            "value": value(part.amount, kpi.unit),
            "before": value(part.before, kpi.unit),
            "numerator": part.amount.numerator,
            "denominator": part.amount.denominator,
        }
        for part in opened.parts(kpi)
    ]
