"""Bands: from a score to green, yellow, red or grey, firmly (health.md, Bands). Pure.

A veto outranks grey, grey outranks hysteresis. Under all three the color by the score goes on, so that neither lost
evidence nor a veto that ends can leave a band higher than the score by then allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from health.rules.scorecard_packs import BandRules, Scorecard
from health.rules.scoring import FiredVeto, Scored

GREEN, YELLOW, RED, GREY = "green", "yellow", "red", "grey"
COLORS = (RED, YELLOW, GREEN)
"""From the worst on; grey is beside them."""

_RANK = {color: rank for rank, color in enumerate(COLORS)}


@dataclass(frozen=True, kw_only=True, slots=True)
class BandState:
    """A band, and what the next day needs to know of it.

    `last_color`: by the score alone, under hysteresis, whatever covers it (None: there never was a score).
    `across_since`: the day since which the score has been across the line to `across_to` without changing the color.
    """

    band: str
    last_color: str | None = None
    across_since: date | None = None
    across_to: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As stored between two days."""
        since = self.across_since.isoformat() if self.across_since else None
        return {
            "band": self.band,
            "last_color": self.last_color,
            "across_since": since,
            "across_to": self.across_to,
        }

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> BandState | None:
        """What `to_json` wrote; None of nothing."""
        if not body:
            return None
        since = body.get("across_since")
        return BandState(
            band=body["band"],
            last_color=body.get("last_color"),
            across_since=date.fromisoformat(since) if since else None,
            across_to=body.get("across_to"),
        )


def band_of(score: Decimal | None, card: Scorecard) -> str:
    """The band of a score alone: without coverage, vetoes and hysteresis; grey where there is none."""
    return GREY if score is None else _color(score, card.bands)


def raw_band(scored: Scored, card: Scorecard) -> str:
    """The band without hysteresis."""
    return _covered(None if scored.score is None else _color(scored.score, card.bands), scored, card)


def settle(previous: BandState | None, scored: Scored, card: Scorecard, day: date) -> BandState:
    """The band on a day, from the state after the last daily snapshot before it (None: there was none)."""
    last = previous.last_color if previous is not None else None
    if scored.score is None:
        return BandState(band=_covered(last, scored, card), last_color=last)
    target = _color(scored.score, card.bands)
    if last is None or target == last:
        return BandState(band=_covered(target, scored, card), last_color=target)
    color = _at_once(last, scored.score, card.bands)
    since, goal = _waiting(previous, color, target, day)
    if color != target and (day - since).days + 1 >= card.bands.days:
        color, since = goal, day
    if color == target:
        return BandState(band=_covered(color, scored, card), last_color=color)
    nearer = goal if since != day else target
    return BandState(band=_covered(color, scored, card), last_color=color, across_since=since, across_to=nearer)


def worst(colors: Iterable[str]) -> str:
    """The worst of some colors, grey not among them."""
    return min(colors, key=_RANK.__getitem__)


def is_fall(before: str, after: str) -> bool:
    """Whether a band fell; from and to grey is neither a fall nor a rise."""
    return before in _RANK and after in _RANK and _RANK[after] < _RANK[before]


def biting(scored: Scored, color: str | None) -> tuple[FiredVeto, ...]:
    """The vetoes that make the band lower than this color, stale ones among them."""
    return tuple(veto for veto in scored.vetoes if color is None or _RANK[veto.cap] < _RANK[color])


def _color(score: Decimal, rules: BandRules) -> str:
    return GREEN if score >= rules.green else YELLOW if score >= rules.yellow else RED


def _at_once(last: str, score: Decimal, rules: BandRules) -> str:
    """The color to which a score moves at once: past every line that it lies across by the margin."""
    color = last
    for line, above in ((rules.yellow, YELLOW), (rules.green, GREEN)):
        if _RANK[above] > _RANK[color] and score >= line + rules.margin:
            color = above
    for line, below in ((rules.green, YELLOW), (rules.yellow, RED)):
        if _RANK[below] < _RANK[color] and score < line and score <= line - rules.margin:
            color = below
    return color


def _waiting(previous: BandState | None, color: str, target: str, day: date) -> tuple[date, str]:
    """Since when the score has been across, and across to which color it has been all that time."""
    if previous is None or previous.across_since is None or previous.last_color != color or previous.across_since > day:
        return day, target
    goal = previous.across_to or target
    if (_RANK[goal] > _RANK[color]) != (_RANK[target] > _RANK[color]):
        return day, target
    return previous.across_since, min(goal, target, key=lambda one: abs(_RANK[one] - _RANK[color]))


def _covered(color: str | None, scored: Scored, card: Scorecard) -> str:
    """The color under vetoes and coverage."""
    fresh = [veto.cap for veto in scored.vetoes if not veto.is_stale]
    if fresh:
        band = worst([*fresh, *([color] if color else [])])
    elif color is None or scored.score is None or scored.coverage < card.coverage_minimum:
        return GREY
    else:
        band = color
    return GREY if any(veto.is_stale and _RANK[veto.cap] < _RANK[band] for veto in scored.vetoes) else band
