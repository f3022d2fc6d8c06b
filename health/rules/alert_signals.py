"""What a rule of alerts may watch: each signal says from the facts of an organization whether it holds. Pure.

A signal that holds is told once. What was told is remembered as a text (its level) until the signal has recovered;
then it may be told again. What is not known (grey, no sample) neither tells nor recovers anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from common import reading
from common.reading import MalformedInput
from health.rules.metric_packs import number
from partners.rules import pack_reading as packs

COLORS = ("red", "yellow", "green")
_RANK = {color: rank for rank, color in enumerate(COLORS)}
_LONGEST_DAYS = 365
_HALF = Decimal("0.5")
DAYS_TO_RENEWAL = "days_to_renewal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of an organization at one hearing.

    `band` is the one shown, `color` the last one shown that was not grey. `highs`: by number of days the best daily
    score of the days before, by the same version of the same scorecard. `metrics`: the last known values. `left`:
    contacts that were archived lately, as (id, role, days ago).
    """

    day: date
    band: str
    color: str | None
    score: Decimal | None
    coverage: Decimal
    stale: frozenset[str] = frozenset()
    highs: Mapping[int, Decimal] = field(default_factory=dict)
    metrics: Mapping[str, Decimal] = field(default_factory=dict)
    left: tuple[tuple[int, str, int], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What a signal makes of the facts: `level` to remember (None: nothing holds), `facts` if it is to be told."""

    level: str | None
    facts: Mapping[str, Any] | None = None


class Signal(Protocol):
    """What a rule watches; `kind` names it in the pack and in words."""

    @property
    def kind(self) -> str: ...

    def hear(self, previous: Facts | None, present: Facts, level: str | None) -> Heard:
        """`previous` None: never heard before; then only what is true by itself is told, no fall and no loss."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BandFell:
    """The band shown is worse than the one before, and one of `to`."""

    to: frozenset[str]
    kind: str = "band_fell"

    def hear(self, previous: Facts | None, present: Facts, level: str | None) -> Heard:
        now = present.color if present.band in _RANK else None
        before = level or (previous.color if previous is not None else None)
        if now is None or before is None:
            return Heard(level=level)
        if _RANK[now] >= _RANK[before]:
            return Heard(level=level if level == now else None)
        if now not in self.to:
            return Heard(level=level)
        return Heard(level=now, facts={"from": before, "to": now, "score": _said(present.score)})


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreFell:
    """The score lies `points` below the best of the last `days` days; half of that is a recovery."""

    points: Decimal
    days: int
    kind: str = "score_fell"

    def hear(self, previous: Facts | None, present: Facts, level: str | None) -> Heard:
        high = present.highs.get(self.days)
        if present.score is None or high is None:
            return Heard(level=level)
        drop = high - present.score
        facts = {"from": _said(high), "to": _said(present.score), "days": self.days}
        if level is not None:
            if present.score <= Decimal(level) - self.points:
                return Heard(level=_said(present.score), facts=facts)
            return Heard(level=None if drop < self.points * _HALF else level)
        if drop >= self.points:
            return Heard(level=_said(present.score), facts=facts)
        return Heard(level=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricCrossed:
    """The last value of a metric lies at or beyond a line; it has recovered when it is back across `clears_at`."""

    metric: str
    line: Decimal
    is_floor: bool
    clears_at: Decimal
    kind: str = "metric_crossed"

    def hear(self, previous: Facts | None, present: Facts, level: str | None) -> Heard:
        value = present.metrics.get(self.metric)
        if value is None:
            return Heard(level=level)
        across = value >= self.line if self.is_floor else value <= self.line
        if level is not None:
            back = value < self.clears_at if self.is_floor else value > self.clears_at
            return Heard(level=None if back and not across else level)
        if not across:
            return Heard(level=None)
        side = "at_least" if self.is_floor else "at_most"
        return Heard(level="told", facts={"metric": self.metric, "value": _said(value), side: _said(self.line)})


@dataclass(frozen=True, kw_only=True, slots=True)
class WentStale:
    """Evidence of measures has become too old, or the coverage has fallen below a share. Empty `measures`: of any."""

    measures: frozenset[str]
    coverage_below: Decimal | None
    kind: str = "went_stale"

    def hear(self, previous: Facts | None, present: Facts, level: str | None) -> Heard:
        if self.coverage_below is not None:
            return self._coverage(previous, present, level)
        gone = present.stale & self.measures if self.measures else present.stale
        told = frozenset(level.split(",")) if level else frozenset()
        lost = gone - told - (previous.stale if previous is not None else gone)
        kept = sorted((gone & told) | lost)
        return Heard(level=",".join(kept) or None, facts={"measures": sorted(lost)} if lost else None)

    def _coverage(self, previous: Facts | None, present: Facts, level: str | None) -> Heard:
        line = self.coverage_below or Decimal(0)
        if present.coverage >= line:
            return Heard(level=None)
        if level is not None or previous is None or previous.coverage < line:
            return Heard(level=level)
        facts = {"from": _said(previous.coverage), "to": _said(present.coverage), "line": _said(line)}
        return Heard(level="told", facts=facts)


@dataclass(frozen=True, kw_only=True, slots=True)
class SponsorLeft:
    """A contact in one of `roles` was archived within the last `days` days."""

    roles: frozenset[str]
    days: int
    kind: str = "sponsor_left"

    def hear(self, previous: Facts | None, present: Facts, level: str | None) -> Heard:
        gone = {pk for pk, role, ago in present.left if role in self.roles and ago <= self.days}
        told = {int(pk) for pk in level.split(",")} if level else set()
        new = sorted(gone - told)
        kept = ",".join(str(pk) for pk in sorted(gone)) or None
        return Heard(level=kept, facts={"contacts": new} if new else None)


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalNear:
    """A renewal is due within so many days, and the band shown is one of `bands`."""

    days: int
    bands: frozenset[str]
    kind: str = "renewal_near"

    def hear(self, previous: Facts | None, present: Facts, level: str | None) -> Heard:
        left = present.metrics.get(DAYS_TO_RENEWAL)
        if left is None or present.band not in _RANK:
            return Heard(level=level)
        if left > self.days or present.band not in self.bands:
            return Heard(level=None)
        if level == present.band:
            return Heard(level=level)
        return Heard(level=present.band, facts={"days": _said(left), "band": present.band})


def _said(value: Decimal | None) -> str:
    """A figure as it is kept: without needless zeros."""
    if value is None:
        return ""
    return f"{value.normalize():f}" if value else "0"


Parse = Callable[[object, str], Signal]


def _band_fell(found: object, place: str) -> BandFell:
    row = reading.mapping(found, place, known=("to",))
    to = packs.words(row, "to", place, ("red", "yellow"))
    if not to:
        raise MalformedInput(reading.at(place, "to"), "must name at least one band")
    return BandFell(to=frozenset(to))


def _score_fell(found: object, place: str) -> ScoreFell:
    row = reading.mapping(found, place, known=("points", "days"))
    points = number(reading.member(row, "points", place), reading.at(place, "points"))
    if not 0 < points <= 100:
        raise MalformedInput(reading.at(place, "points"), f"must be more than 0 and at most 100, found {points}")
    return ScoreFell(points=points, days=_days(row, place))


def _metric_crossed(found: object, place: str) -> MetricCrossed:
    row = reading.mapping(found, place, known=("metric", "at_least", "at_most", "clears_at"))
    if ("at_least" in row) == ("at_most" in row):
        raise MalformedInput(place, "must say either at_least or at_most")
    side = "at_least" if "at_least" in row else "at_most"
    line = number(row[side], reading.at(place, side))
    clears = number(row["clears_at"], reading.at(place, "clears_at")) if "clears_at" in row else line
    if clears > line if side == "at_least" else clears < line:
        raise MalformedInput(reading.at(place, "clears_at"), f"must lie on the good side of {line}")
    metric = packs.identifier(row, place, "metric")
    return MetricCrossed(metric=metric, line=line, is_floor=side == "at_least", clears_at=clears)


def _went_stale(found: object, place: str) -> WentStale:
    row = reading.mapping(found, place, known=("measures", "coverage_below"))
    if ("measures" in row) == ("coverage_below" in row):
        raise MalformedInput(place, "must say either measures or coverage_below")
    if "measures" in row:
        return WentStale(measures=frozenset(packs.names(row, "measures", place)), coverage_below=None)
    where = reading.at(place, "coverage_below")
    line = number(row["coverage_below"], where)
    if not 0 < line <= 100:
        raise MalformedInput(where, f"must be more than 0 and at most 100, found {line}")
    return WentStale(measures=frozenset(), coverage_below=line)


def _sponsor_left(found: object, place: str) -> SponsorLeft:
    row = reading.mapping(found, place, known=("roles", "days"))
    roles = packs.words(row, "roles", place, packs.CONTACT_ROLES)
    if not roles:
        raise MalformedInput(reading.at(place, "roles"), "must name at least one role")
    return SponsorLeft(roles=frozenset(roles), days=_days(row, place))


def _renewal_near(found: object, place: str) -> RenewalNear:
    row = reading.mapping(found, place, known=("days", "bands"))
    bands = packs.words(row, "bands", place, ("red", "yellow"))
    if not bands:
        raise MalformedInput(reading.at(place, "bands"), "must name at least one band")
    return RenewalNear(days=_days(row, place), bands=frozenset(bands))


def _days(row: packs.Row, place: str) -> int:
    days = packs.whole(row, "days", place, least=1)
    if days > _LONGEST_DAYS:
        raise MalformedInput(reading.at(place, "days"), f"must be {_LONGEST_DAYS} or less, found {days}")
    return days


SIGNALS: dict[str, Parse] = {
    "band_fell": _band_fell,
    "score_fell": _score_fell,
    "metric_crossed": _metric_crossed,
    "went_stale": _went_stale,
    "sponsor_left": _sponsor_left,
    "renewal_near": _renewal_near,
}
"""By name in the pack; a module with facts of its own adds its parser when the app is ready."""
