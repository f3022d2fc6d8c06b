"""The history of a score as a chart, drawn by the server: band zones, the line, marks of versions, overrides, pulses.

Colors come from classes (static/css/health.css), since no style may stand in markup. The table behind the chart holds
the same figures; its links are the way for keyboards, so that those in the chart are left out of the order of tabs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.markup import joined, markup
from common.templatetags.format import spell_day
from health.rules.scorecard_packs import BandRules
from health.selectors.receipt import GivenPulse, HistoryPoint, SetBand
from health.words import band_label, spell_score

WIDTH, HEIGHT = 760, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 12, 14, 42
_PLOT_WIDTH, _PLOT_HEIGHT = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
_TICKS = 5
_LEAST_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class ChartInput:
    """What the chart shows; `base_url` is the page that a day is opened on."""

    points: Sequence[HistoryPoint]
    bands: BandRules | None
    overrides: Sequence[SetBand]
    pulses: Sequence[GivenPulse]
    base_url: str
    chosen: date | None


def history_chart(asked: ChartInput) -> SafeString | str:
    """The chart; empty where no snapshot has a score."""
    scored = [point for point in asked.points if point.score is not None]
    if not scored:
        return ""
    scale = _Scale.of(asked.points)
    parts = [
        *_zones(asked.bands),
        *_grid(asked.bands),
        *_ticks(scale),
        *_overrides(asked.overrides, scale),
        *_versions(asked.points, scale),
        _line(asked.points, scale),
        *_dots(asked, scale),
        *_pulses(asked.pulses, scale),
    ]
    return markup(
        '<svg class="health-chart" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>',
        WIDTH,
        HEIGHT,
        _("Score by day, 0 to 100"),
        joined(parts),
    )


@dataclass(frozen=True)
class _Scale:
    """Days and points as places in the drawing."""

    first: date
    days: int

    @classmethod
    def of(cls, points: Sequence[HistoryPoint]) -> _Scale:
        first, last = points[0].day, points[-1].day
        days = max((last - first).days, _LEAST_DAYS)
        return cls(last - timedelta(days=days), days)

    def x(self, day: date) -> str:
        share = min(max((day - self.first).days / self.days, 0), 1)
        return f"{_LEFT + share * _PLOT_WIDTH:.1f}"


def _y(score: Decimal | int) -> str:
    return f"{_TOP + (100 - float(score)) / 100 * _PLOT_HEIGHT:.1f}"


def _zones(bands: BandRules | None) -> Iterable[SafeString]:
    if bands is None:
        return
    for name, low, high in (
        ("red", Decimal(0), bands.yellow),
        ("yellow", bands.yellow, bands.green),
        ("green", bands.green, Decimal(100)),
    ):
        height = float(high - low) / 100 * _PLOT_HEIGHT
        yield markup(
            '<rect class="zone zone-{}" x="{}" y="{}" width="{}" height="{}"/>',
            name,
            _LEFT,
            _y(high),
            _PLOT_WIDTH,
            f"{height:.1f}",
        )


def _grid(bands: BandRules | None) -> Iterable[SafeString]:
    lines = sorted({Decimal(0), Decimal(100), *((bands.yellow, bands.green) if bands else ())})
    for value in lines:
        yield markup(
            '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="axis axis-y" x="{}" y="{}">{}</text>',
            _LEFT,
            WIDTH - _RIGHT,
            _y(value),
            _y(value),
            _LEFT - 6,
            f"{float(_y(value)) + 4:.1f}",
            spell_score(value),
        )


def _ticks(scale: _Scale) -> Iterable[SafeString]:
    for step in range(_TICKS):
        day = scale.first + timedelta(days=round(step * scale.days / (_TICKS - 1)))
        anchor = "start" if step == 0 else "end" if step == _TICKS - 1 else "middle"
        yield markup(
            '<text class="axis axis-{}" x="{}" y="{}">{}</text>', anchor, scale.x(day), HEIGHT - 6, spell_day(day)
        )


def _overrides(overrides: Sequence[SetBand], scale: _Scale) -> Iterable[SafeString]:
    """A bar on top for as long as a band was set by hand."""
    for one in overrides:
        end = (one.ended_at or one.until).date()
        if end < scale.first:
            continue
        start, stop = scale.x(one.started_at.date()), scale.x(end)
        width = max(float(stop) - float(start), 3)
        words = _("Set to %(band)s by hand by %(name)s") % {"band": one.label, "name": one.by}
        yield markup(
            '<rect class="by-hand mark-{}" x="{}" y="{}" width="{}" height="5"><title>{}</title></rect>',
            one.band,
            start,
            _TOP - 9,
            f"{width:.1f}",
            words,
        )


def _versions(points: Sequence[HistoryPoint], scale: _Scale) -> Iterable[SafeString]:
    """A dashed line where another version, or another scorecard, took over."""
    for before, after in pairwise(points):
        if (before.card, before.card_version) == (after.card, after.card_version):
            continue
        words = _("From here on by version %(version)s of the scorecard") % {"version": after.card_version}
        yield markup(
            '<line class="version" x1="{0}" x2="{0}" y1="{1}" y2="{2}"><title>{3}</title></line>',
            scale.x(after.day),
            _TOP,
            _TOP + _PLOT_HEIGHT,
            words,
        )


def _line(points: Sequence[HistoryPoint], scale: _Scale) -> SafeString:
    """One path; it breaks off where there is no score."""
    commands, is_open = [], False
    for point in points:
        if point.score is None:
            is_open = False
            continue
        commands.append(f"{'L' if is_open else 'M'}{scale.x(point.day)} {_y(point.score)}")
        is_open = True
    return markup('<path class="score" d="{}"/>', " ".join(commands))


def _dots(asked: ChartInput, scale: _Scale) -> Iterable[SafeString]:
    for point in asked.points:
        if point.score is None:
            continue
        figures = {"day": spell_day(point.day), "score": spell_score(point.score), "band": band_label(point.band)}
        words = _("%(day)s: %(score)s, %(band)s") % figures
        yield markup(
            '<a href="{}?day={}" tabindex="-1" aria-label="{}"><circle class="dot mark-{}{}" cx="{}" cy="{}" r="{}">'
            "<title>{}</title></circle></a>",
            asked.base_url,
            point.day.isoformat(),
            words,
            point.band,
            " chosen" if point.day == asked.chosen else "",
            scale.x(point.day),
            _y(point.score),
            5 if point.day == asked.chosen else 3,
            words,
        )


def _pulses(pulses: Sequence[GivenPulse], scale: _Scale) -> Iterable[SafeString]:
    """A square below the axis for each pulse."""
    for one in pulses:
        if one.at.date() < scale.first:
            continue
        words = _("Pulse of %(name)s: %(word)s") % {"name": one.by, "word": one.label}
        yield markup(
            '<rect class="pulse mark-{}" x="{}" y="{}" width="8" height="8" rx="2"><title>{}</title></rect>',
            one.value,
            f"{float(scale.x(one.at.date())) - 4:.1f}",
            HEIGHT - _BOTTOM + 8,
            words,
        )
