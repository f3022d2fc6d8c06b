"""How long a stage takes, from how long it took like organizations (journey.md, Forecast). Pure.

A distribution is a grid of quantiles. Small samples lean on wider ones: the organizations of the same tier and
gemstone, then of the same tier, then of the kind, and at last the fallback of the policy. Its last twentieth is a
Pareto tail: however long a stage has lasted, there is a next day, and the longer it has lasted the further off.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from math import exp
from statistics import NormalDist

POINTS = 512
"""Quantiles of a grid, and draws of a simulation."""

LEAN = 8
"""A sample of so many counts as much as the wider one that stands behind it."""

FALLBACK_SPREAD = 0.4
"""Standard deviation of the logarithm where nothing is known: four of five within 1.4 times the usual days."""

TAIL_FROM = 0.95
TAIL_POWER = 3.0

Stay = tuple[int, bool]
"""Days in a stage, and whether they go on."""

LEVELS = ("like", "same_tier", "same_kind", "fallback")
_SHARES = tuple((index + 0.5) / POINTS for index in range(POINTS))
_FALLBACK = tuple(exp(FALLBACK_SPREAD * NormalDist().inv_cdf((index + 0.5) / 41)) for index in range(41))


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """One organization that left a stage after so many days, or (`is_over` False) that has been in it for so many.

    Those that are still there count: a history of those alone that are done would be one of the fast.
    """

    kind: str
    stage: str
    days: int
    tier: str = ""
    gemstone: str = ""
    is_over: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """How many ended passages of one level there are, and the weight that they have among all (0 to 1)."""

    level: str
    count: int
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Durations:
    """The distribution of the days that a stage takes, and what it was made from."""

    grid: tuple[float, ...]
    pools: tuple[Pool, ...]

    @property
    def median(self) -> float:
        return self.quantile(0.5)

    def quantile(self, share: float) -> float:
        """The days that this share of organizations needs at most; beyond the grid along the tail."""
        position = share * POINTS - 0.5
        if position <= 0:
            return self.grid[0]
        lower = int(position)
        if lower >= POINTS - 1:
            return self.grid[-1] * (0.5 / POINTS / max(1 - share, 1e-9)) ** (1 / TAIL_POWER)
        return self.grid[lower] + (self.grid[lower + 1] - self.grid[lower]) * (position - lower)

    def share_within(self, days: float) -> float:
        """The share of organizations that need at most so many days; the inverse of `quantile`."""
        if days < self.grid[0]:
            return 0.0
        if days >= self.grid[-1]:
            return 1 - 0.5 / POINTS * (self.grid[-1] / days) ** TAIL_POWER
        upper = bisect_left(self.grid, days)
        if self.grid[upper] == days:
            return (upper + 0.5) / POINTS
        below, above = self.grid[upper - 1], self.grid[upper]
        return (upper - 0.5 + (days - below) / (above - below)) / POINTS

    def draws_beyond(self, days: float) -> list[float]:
        """As many durations as the grid has, in order, all beyond `days`: what is left once so many have passed."""
        begin = self.share_within(days) if days > 0 else 0.0
        if not begin:
            return list(self.grid)
        rest = 1 - begin
        return [max(days, self.quantile(begin + rest * share)) for share in _SHARES]


@dataclass(frozen=True, kw_only=True)
class History:
    """The passages of the past by stage and likeness, and the usual days of the policy where there are too few.

    Distributions are made once and kept: the whole is immutable.
    """

    samples: Mapping[tuple[str, ...], Sequence[Stay]]
    fallback_days: Mapping[str, int]
    _made: dict[tuple[str, ...], Durations | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, passages: Iterable[Passage], *, fallback_days: Mapping[str, int]) -> History:
        """The history of these passages. A stage takes a day at least."""
        samples: dict[tuple[str, ...], list[Stay]] = {}
        for passage in passages:
            stay = (max(passage.days, 1), not passage.is_over)
            for key in _keys(passage.kind, passage.stage, passage.tier, passage.gemstone):
                samples.setdefault(key, []).append(stay)
        for sample in samples.values():
            sample.sort()
        return cls(samples=samples, fallback_days=dict(fallback_days))

    def durations(self, *, kind: str, stage: str, tier: str = "", gemstone: str = "") -> Durations | None:
        """The days that the stage takes an organization like this; None where nothing at all is known of it."""
        key = (kind, stage, tier, gemstone)
        if key not in self._made:
            self._made[key] = self._make(kind, stage, tier, gemstone)
        return self._made[key]

    def _make(self, kind: str, stage: str, tier: str, gemstone: str) -> Durations | None:
        left = 1.0
        pools: list[Pool] = []
        weighted: list[tuple[float, float]] = []
        for level, key in zip(LEVELS, _keys(kind, stage, tier, gemstone), strict=False):
            found = _weighted(self.samples.get(key, ()))
            weight = left * len(found) / (len(found) + LEAN)
            left -= weight
            pools.append(Pool(level=level, count=len(found), weight=weight))
            weighted += [(days, weight * part) for days, part in found]
        usual = self.fallback_days.get(stage)
        if usual is not None:
            weighted += [(max(usual, 1) * factor, left / len(_FALLBACK)) for factor in _FALLBACK]
            pools.append(Pool(level=LEVELS[-1], count=0, weight=left))
        elif weighted:
            # With nothing behind the samples they share what would be the fallback's.
            pools = [replace(pool, weight=pool.weight / (1 - left)) for pool in pools]
        return Durations(grid=_grid(sorted(weighted)), pools=tuple(pools)) if weighted else None


def _weighted(sample: Sequence[Stay]) -> list[tuple[float, float]]:
    """The ended stays of a sorted sample with weights that sum up to 1, after Kaplan and Meier.

    The weight of one that goes on passes to those that lasted longer; what is left at the end to the longest ended one.
    """
    found: list[tuple[float, float]] = []
    left = 1.0
    for still_there, (days, goes_on) in zip(range(len(sample), 0, -1), sample, strict=True):
        if not goes_on:
            found.append((float(days), left / still_there))
            left -= left / still_there
    if found:
        found[-1] = (found[-1][0], found[-1][1] + left)
    return found


def _keys(kind: str, stage: str, tier: str, gemstone: str) -> tuple[tuple[str, ...], ...]:
    """Where a passage is kept, from the most alike to the widest."""
    return (kind, stage, tier, gemstone), (kind, stage, tier), (kind, stage)


def _grid(weighted: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Quantiles of weighted days in ascending order, the end of them along a tail from the last but one twentieth."""
    ends = list(accumulate(weight for _, weight in weighted))
    middles = [(end - weight / 2) / ends[-1] for end, (_, weight) in zip(ends, weighted, strict=True)]
    grid = [_between(share, middles, weighted) for share in _SHARES if share <= TAIL_FROM]
    reach = grid[-1]
    begin = 1 - _SHARES[len(grid) - 1]
    grid += [reach * (begin / (1 - share)) ** (1 / TAIL_POWER) for share in _SHARES[len(grid) :]]
    return tuple(grid)


def _between(share: float, middles: Sequence[float], weighted: Sequence[tuple[float, float]]) -> float:
    upper = bisect_left(middles, share)
    if upper == 0:
        return weighted[0][0]
    if upper == len(middles):
        return weighted[-1][0]
    below, above = middles[upper - 1], middles[upper]
    part = (share - below) / (above - below) if above > below else 1.0
    return weighted[upper - 1][0] + (weighted[upper][0] - weighted[upper - 1][0]) * part
