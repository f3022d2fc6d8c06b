"""Charts as SVG, drawn by the server: the same drawing stands in the PDF and on the page.

The colors in the attributes are those of paper. On a page `static/css/documents.css` puts the colors of the theme over
them by class, since no style may stand in markup.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from math import ceil, floor
from typing import Self

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import document_colors as colors
from common.document import Chart, Series
from common.markup import joined, markup
from common.templatetags.format import spell_number
from common.text_size import clean, shortened, width

WIDTH, HEIGHT = 640, 270
# As a phone, or a narrow column, has room for it: letters keep their size there.
NARROW = 350, 240
_LEFT, _RIGHT, _BOTTOM, _TEXT = 8, 10, 24, 11
_PLAIN_TOP, _LEGEND_TOP = 20, 40
_STEPS = 4
# Bars are labeled with their values as long as there are few, and the labels have room beside each other.
_LABELED_BARS = 18
_WIDEST_BAR = 44
_MOST_SAID = 40


def has_values(chart: Chart) -> bool:
    """Whether there is anything to draw."""
    return any(value is not None for series in chart.series for value in series.values)


def chart_svg(chart: Chart, *, brand: str = colors.ACCENT, size: tuple[int, int] = (WIDTH, HEIGHT)) -> SafeString:
    """The chart with its numbers in words for those who do not see it; words alone where there is nothing to draw."""
    scale = _Scale.of(chart, size) if has_values(chart) else None
    parts = list(_drawing(chart, scale, brand)) if scale else [_nothing(chart, size)]
    drawn = markup(
        '<svg class="document-chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-label="{}"'
        ' font-family="Noto Sans" font-size="{}"><title>{}</title><desc>{}</desc>{}</svg>',
        *size,
        chart.title,
        _TEXT,
        chart.title,
        in_words(chart),
        joined(parts),
    )
    return SafeString(clean(drawn))


def page_chart(chart: Chart) -> SafeString:
    """The chart twice, drawn wide and narrow: a page shows the one that fits (`.chart-frame` in documents.css)."""
    return markup(
        '<div class="chart-frame"><div class="chart-wide">{}</div><div class="chart-narrow">{}</div></div>',
        chart_svg(chart),
        chart_svg(chart, size=NARROW),
    )


def in_words(chart: Chart) -> str:
    """What the chart shows, as a sentence for each series; only the ends where there is much of it."""
    if not has_values(chart):
        return chart.empty or _("There is nothing to show yet.")
    return " ".join(_series_in_words(chart, series) for series in chart.series)


def _series_in_words(chart: Chart, series: Series) -> str:
    said = [
        f"{label}: {spelled(value)}{_unit(chart)}"
        for label, value in zip(chart.labels, series.values, strict=False)
        if value is not None
    ]
    if len(said) > _MOST_SAID:
        said = [said[0], "…", said[-1]]
    return f"{series.name}: {', '.join(said) or '-'}."


def _unit(chart: Chart) -> str:
    return f" {chart.unit}" if chart.unit else ""


def spelled(value: Decimal) -> str:
    """A number as short as it is exact, to two places."""
    rounded = round(value, 2).normalize()
    places = max(0, -int(rounded.as_tuple().exponent))
    return spell_number(rounded, places)


@dataclass(frozen=True, kw_only=True)
class _Scale:
    """Values and labels as places in the drawing."""

    wide: int
    high: int
    left: float
    top: int
    low: Decimal
    step: Decimal
    count: int
    labels: int

    @classmethod
    def of(cls, chart: Chart, size: tuple[int, int]) -> Self:
        low, high = _ends(chart)
        step = _nice((high - low) / _STEPS)
        low = step * floor(low / step)
        count = ceil((high - low) / step)
        ticks = (spelled(low + step * at) for at in range(count + 1))
        return cls(
            wide=size[0],
            high=size[1],
            left=_LEFT + max(width(tick, _TEXT) for tick in ticks) + 4,
            top=_LEGEND_TOP if len(chart.series) > 1 else _PLAIN_TOP,
            low=low,
            step=step,
            count=count,
            labels=max(1, len(chart.labels)),
        )

    def y(self, value: Decimal) -> float:
        share = float((value - self.low) / (self.step * self.count))
        return self.high - _BOTTOM - share * (self.high - _BOTTOM - self.top)

    @property
    def slot(self) -> float:
        """The width that one label has."""
        return (self.wide - _RIGHT - self.left) / self.labels

    def x(self, place: int) -> float:
        return self.left + (place + 0.5) * self.slot


def _ends(chart: Chart) -> tuple[Decimal, Decimal]:
    """The least and the greatest value that is drawn; zero is always among them."""
    if chart.kind == "stack":
        columns = [_column(chart, place) for place in range(len(chart.labels))]
        values = [sum(side, Decimal(0)) for column in columns for side in _sides(column)]
    else:
        values = [value for series in chart.series for value in series.values if value is not None]
    low, high = min(Decimal(0), *values), max(Decimal(0), *values)
    return (low, high) if high > low else (Decimal(0), Decimal(1))


def _column(chart: Chart, place: int) -> list[Decimal]:
    return [value for series in chart.series if (value := _at(series, place)) is not None]


def _at(series: Series, place: int) -> Decimal | None:
    return series.values[place] if place < len(series.values) else None


def _sides(values: Iterable[Decimal]) -> tuple[list[Decimal], list[Decimal]]:
    values = list(values)
    return [value for value in values if value > 0], [value for value in values if value < 0]


def _nice(step: Decimal) -> Decimal:
    """The next step of 1, 2, 2.5 or 5 times a power of ten."""
    power = Decimal(1).scaleb(step.adjusted())
    return next(power * times for times in map(Decimal, ("1", "2", "2.5", "5", "10")) if power * times >= step)


def _drawing(chart: Chart, scale: _Scale, brand: str) -> Iterator[SafeString]:
    yield from _grid(chart, scale)
    yield from _labels(chart, scale)
    yield from {"line": _lines, "stack": _stacks}.get(chart.kind, _bars)(chart, scale, brand)
    if len(chart.series) > 1:
        yield from _legend(chart, scale, brand)


def _grid(chart: Chart, scale: _Scale) -> Iterator[SafeString]:
    for at in range(scale.count + 1):
        value = scale.low + scale.step * at
        y = scale.y(value)
        yield markup(
            '<line class="{}" stroke="{}" x1="{:.1f}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'.format(
                "{}", "{}", scale.left, scale.wide - _RIGHT, y, y
            ),
            "grid zero" if value == 0 else "grid",
            "#8a92a2" if value == 0 else colors.LINE,
        )
        yield _text(spelled(value), scale.left - 5, y + 4, anchor="end")
    if chart.unit:
        yield _text(shortened(chart.unit, _TEXT, scale.wide / 3), _LEFT, scale.top - 9, anchor="start")


def _text(words: str, x: float, y: float, *, anchor: str, css: str = "axis", fill: str = colors.QUIET) -> SafeString:
    return markup(
        '<text class="{}" fill="{}" x="{}" y="{}" text-anchor="{}">{}</text>',
        css,
        fill,
        f"{x:.1f}",
        f"{y:.1f}",
        anchor,
        words,
    )


def _labels(chart: Chart, scale: _Scale) -> Iterator[SafeString]:
    """As many labels as have room beside each other, each n-th of them."""
    longest = max((width(label, _TEXT) for label in chart.labels), default=0.0) + 8
    room = max(scale.slot, min(longest, 96.0))
    every = max(1, -int(-room // scale.slot)) if room > scale.slot else 1
    for place, label in list(enumerate(chart.labels))[::every]:
        words = shortened(label, _TEXT, scale.slot * every - 6)
        x = min(max(scale.x(place), scale.left + width(words, _TEXT) / 2), scale.wide - width(words, _TEXT) / 2)
        yield _text(words, x, scale.high - 7, anchor="middle")


def _bar(series: Series, at: int, brand: str, box: Sequence[float], words: str) -> SafeString:
    x, y, wide, high = box
    return markup(
        '<rect class="{}" fill="{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"><title>{}</title></rect>',
        colors.series_class(series, at),
        colors.series_color(series, at, brand),
        f"{x:.1f}",
        f"{y:.1f}",
        f"{wide:.1f}",
        f"{max(high, 0.8):.1f}",
        words,
    )


def _bars(chart: Chart, scale: _Scale, brand: str) -> Iterator[SafeString]:
    wide = min(_WIDEST_BAR, scale.slot * 0.72 / len(chart.series))
    is_labeled = _has_room(chart, scale, [value for one in chart.series for value in one.values])
    for at, series in enumerate(chart.series):
        for place, value in enumerate(series.values[: scale.labels]):
            if value is None:
                continue
            x = scale.x(place) + (at - len(chart.series) / 2) * wide
            top, foot = scale.y(max(value, Decimal(0))), scale.y(min(value, Decimal(0)))
            words = f"{series.name}, {chart.labels[place]}: {spelled(value)}{_unit(chart)}"
            yield _bar(series, at, brand, (x + 1, top, wide - 2, foot - top), words)
            if is_labeled:
                yield _value(spelled(value), x + wide / 2, top - 4 if value >= 0 else foot + 12)


def _has_room(chart: Chart, scale: _Scale, values: Iterable[Decimal | None]) -> bool:
    """Whether each bar of a group may carry its value."""
    widest = max((width(spelled(value), _TEXT) for value in values if value is not None), default=0.0)
    return len(chart.labels) * len(chart.series) <= _LABELED_BARS and widest <= scale.slot / len(chart.series) + 2


def _value(words: str, x: float, y: float) -> SafeString:
    return _text(words, x, y, anchor="middle", css="value", fill=colors.INK)


def _stacks(chart: Chart, scale: _Scale, brand: str) -> Iterator[SafeString]:
    wide = min(_WIDEST_BAR, scale.slot * 0.6)
    for place in range(len(chart.labels)):
        ends = {True: Decimal(0), False: Decimal(0)}
        for at, series in enumerate(chart.series):
            if not (value := _at(series, place)):
                continue
            start = ends[value > 0]
            ends[value > 0] = stop = start + value
            top, foot = scale.y(max(start, stop)), scale.y(min(start, stop))
            words = f"{series.name}, {chart.labels[place]}: {spelled(value)}{_unit(chart)}"
            yield _bar(series, at, brand, (scale.x(place) - wide / 2, top, wide, foot - top - 1), words)
        if ends[True] and len(chart.labels) <= _LABELED_BARS:
            yield _value(spelled(ends[True]), scale.x(place), scale.y(ends[True]) - 4)


def _lines(chart: Chart, scale: _Scale, brand: str) -> Iterator[SafeString]:
    for at, series in enumerate(chart.series):
        css, color = colors.series_class(series, at), colors.series_color(series, at, brand)
        points = list(enumerate(series.values[: scale.labels]))
        for is_known, run in groupby(points, key=lambda point: point[1] is not None):
            if is_known:
                yield _run(scale, css, color, [(place, value) for place, value in run if value is not None])
        for place, value in points:
            if value is not None and scale.labels <= _MOST_SAID:
                words = f"{series.name}, {chart.labels[place]}: {spelled(value)}{_unit(chart)}"
                yield _dot(scale, css, color, place, value, words)
        last = next(((place, value) for place, value in reversed(points) if value is not None), None)
        if last and last[1] is not None and len(chart.series) == 1:
            yield _text(
                spelled(last[1]), scale.x(last[0]), scale.y(last[1]) - 9, anchor="middle", css="value", fill=colors.INK
            )


def _run(scale: _Scale, css: str, color: str, run: Sequence[tuple[int, Decimal]]) -> SafeString:
    points = " ".join(f"{scale.x(place):.1f},{scale.y(value):.1f}" for place, value in run)
    return markup(
        '<polyline class="line {}" fill="none" stroke="{}" stroke-width="2.2" stroke-linejoin="round"'
        ' stroke-linecap="round" points="{}"/>',
        css,
        color,
        points,
    )


def _dot(scale: _Scale, css: str, color: str, place: int, value: Decimal, words: str) -> SafeString:
    return markup(
        '<circle class="{}" fill="{}" cx="{}" cy="{}" r="3"><title>{}</title></circle>',
        css,
        color,
        f"{scale.x(place):.1f}",
        f"{scale.y(value):.1f}",
        words,
    )


def _legend(chart: Chart, scale: _Scale, brand: str) -> Iterator[SafeString]:
    """The names of the series above the drawing, each with an equal share where they do not fit otherwise."""
    share = (scale.wide - _LEFT - _RIGHT) / len(chart.series)
    x = float(_LEFT)
    for at, series in enumerate(chart.series):
        name = shortened(series.name, _TEXT, share - 26)
        yield markup(
            '<rect class="{}" fill="{}" x="{}" y="3" width="10" height="10" rx="2"/>',
            colors.series_class(series, at),
            colors.series_color(series, at, brand),
            f"{x:.1f}",
        )
        yield _text(name, x + 15, 12, anchor="start", css="name", fill=colors.INK)
        x += width(name, _TEXT) + 30


def _nothing(chart: Chart, size: tuple[int, int]) -> SafeString:
    return _text(shortened(in_words(chart), _TEXT, size[0] - 20), size[0] / 2, size[1] / 2, anchor="middle")
