"""What pages of reports draw."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from accounts.labels import role_label
from common.charts_svg import page_chart
from common.document import Chart
from common.markup import escaped, markup
from common.templatetags.format import day
from common.templatetags.ui import chip, icon
from reports.parts_page import PartLine
from reports.report_page import Line
from reports.selectors.rows import Row
from reports.words import DASH

register = template.Library()
WIDE, HIGH = 72, 18


@register.simple_tag
def chart_of(chart: Chart) -> SafeString:
    """A chart in the colors of the page."""
    return page_chart(chart)


@register.simple_tag
def sparkline(values: Sequence[Decimal | None], words: str) -> SafeString:
    """A line of a few values, the newest last, with `words` for those who do not see it; nothing of less than two."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return SafeString("")
    low, high = min(value for _place, value in known), max(value for _place, value in known)
    across = Decimal(WIDE) / (len(values) - 1)
    spots = [
        (2 + place * across, 2 + HIGH * ((high - value) / (high - low) if high > low else Decimal("0.5")))
        for place, value in known
    ]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    return markup(
        '<svg class="sparkline" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2"/></svg>',
        WIDE + 4,
        HIGH + 4,
        words,
        words,
        points,
        f"{spots[-1][0]:.1f}",
        f"{spots[-1][1]:.1f}",
    )


@register.filter
def role_name(role: str) -> str:
    """A role as people call it."""
    return role_label(role)


@register.simple_tag
def line_rows(lines: Iterable[Line]) -> SafeString:
    """The figures of a section as rows of a table, in Python as the cells of lists are (partners/columns.py)."""
    return SafeString("".join([_line_row(line) for line in lines]))


def _line_row(line: Line) -> str:
    change, target, word = "", f'<span class="muted">{DASH}</span>', ""
    if line.change:
        mark = f"{icon(line.arrow)}{escaped(line.change)}"
        change = f'<span class="report-change report-{line.change_tone}">{mark}</span>'
    if line.target:
        target = escaped(line.target)
    if line.target_word:
        word = chip(line.target_word, tone=line.target_tone)
    sample = f'<span class="muted small report-sample">{escaped(line.sample)}</span>' if line.sample else ""
    return (
        f'<tr data-row><th scope="row">{_link(line.url, line.label)}</th>'
        f'<td class="num report-value">{escaped(line.value)}{sample}</td>'
        f'<td class="num muted">{escaped(line.before)}</td><td>{change}</td><td>{target}</td><td>{word}</td></tr>'
    )


@register.simple_tag
def figure_rows(rows: Iterable[tuple[Row, str]]) -> SafeString:
    """The rows behind a figure, each with what it brings in words."""
    return SafeString(
        "".join(
            [
                f"<tr><td>{day(row.day)}</td><td>{_link(row.organization_url, row.organization)}</td>"
                f'<td>{_link(row.url, row.title) if row.url else ""}</td><td class="num">{escaped(words)}</td></tr>'
                for row, words in rows
            ]
        )
    )


@register.simple_tag
def part_rows(lines: Iterable[PartLine]) -> SafeString:
    """A figure by parts as rows of a table, each with its bar."""
    return SafeString(
        "".join(
            [
                f'<tr><th scope="row">{_link(part.url, part.label)}</th><td class="report-bar-cell">'
                '<svg class="report-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
                f'<rect width="{part.share}" height="8"/></svg></td>'
                f'<td class="num report-value">{escaped(part.value)}</td>'
                f'<td class="num muted">{escaped(part.before)}</td><td class="num">{escaped(part.change)}</td>'
                f'<td class="num muted">{escaped(part.cases)}</td></tr>'
                for part in lines
            ]
        )
    )


def _link(url: str, words: str) -> str:
    return f'<a href="{escaped(url)}">{escaped(words)}</a>' if url else escaped(words)
