"""The calibration plot, drawn by the server: what was said against what came true, with intervals.

Both axes are square roots: losses are rare, and what matters happens below 20 %. The table below holds the figures.
"""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.markup import joined, markup
from common.templatetags.format import spell_percent
from health.selectors.predictions import BinRow

WIDTH, HEIGHT = 760, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 12, 44
_TICKS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)


def calibration_chart(bins: Sequence[BinRow]) -> SafeString | str:
    """The plot; empty without bins."""
    if not bins:
        return ""
    parts = [*_grid(), _diagonal(), *(part for one in bins for part in _bin(one)), _names()]
    return markup(
        '<svg class="health-chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        HEIGHT,
        _("What was predicted against what came true; on the dashed line both are the same"),
        joined(parts),
    )


def _x(share: float) -> str:
    return f"{_LEFT + share**0.5 * (WIDTH - _LEFT - _RIGHT):.1f}"


def _y(share: float) -> str:
    return f"{HEIGHT - _BOTTOM - share**0.5 * (HEIGHT - _TOP - _BOTTOM):.1f}"


def _grid() -> list[SafeString]:
    line = '<line class="grid" x1="{}" y1="{}" x2="{}" y2="{}"></line>'
    word = '<text class="axis {}" x="{}" y="{}">{}</text>'
    parts = []
    for tick in (0.0, *_TICKS):
        label = spell_percent(tick)
        parts += [
            markup(line, _x(0), _y(tick), _x(1), _y(tick)),
            markup(line, _x(tick), _y(0), _x(tick), _y(1)),
            markup(word, "axis-y", _LEFT - 6, float(_y(tick)) + 4, label),
        ]
        if tick:
            parts.append(markup(word, "axis-middle", _x(tick), HEIGHT - _BOTTOM + 16, label))
    return parts


def _diagonal() -> SafeString:
    return markup('<line class="version" x1="{}" y1="{}" x2="{}" y2="{}"></line>', _x(0), _y(0), _x(1), _y(1))


def _bin(one: BinRow) -> list[SafeString]:
    fits = one.share_low <= one.mean <= one.share_high
    said = _("said %(mean)s, came true %(share)s of %(n)s") % {
        "mean": spell_percent(one.mean, 1),
        "share": spell_percent(one.share, 1),
        "n": one.n,
    }
    return [
        markup(
            '<line class="score" x1="{}" y1="{}" x2="{}" y2="{}"></line>',
            _x(one.mean),
            _y(one.share_low),
            _x(one.mean),
            _y(one.share_high),
        ),
        markup(
            '<circle class="dot {}" cx="{}" cy="{}" r="5"><title>{}</title></circle>',
            "mark-green" if fits else "mark-yellow",
            _x(one.mean),
            _y(one.share),
            said,
        ),
    ]


def _names() -> SafeString:
    return markup(
        '<text class="axis axis-middle" x="{}" y="{}">{}</text>',
        (_LEFT + WIDTH - _RIGHT) / 2,
        HEIGHT - 8,
        _("predicted (across), came true (up)"),
    )
