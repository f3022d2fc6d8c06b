"""How well predictions would have told: Brier score beside the base rate's, AUC, bins, intervals, and the verdict.

Every prediction looked at here was made from what was known at its cut-off, by a model that had learned from cut-offs
whose 90 days were over by then. Pure; the draws of the intervals are the same each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

LEAST_LOSSES, LEAST_CUTOFFS = 30, 4
# An AUC of a half is a coin; below 0.6 nobody should be called because of it.
LEAST_AUC = 0.6
DRAWS = 200
BINS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True, slots=True)
class Told:
    """One prediction of the past and what became of it."""

    organization_id: int
    cutoff: int
    probability: float
    lost: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Over some predictions: how many, how many lost, Brier, that of saying each cut-off's own share, AUC or None."""

    n: int
    losses: int
    brier: float
    base_brier: float
    auc: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """Predictions between two probabilities: their mean, and the share that was lost."""

    low: float
    high: float
    n: int
    losses: int
    mean: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """Lower and upper ends of the 95 % intervals over draws of organizations."""

    auc_low: float
    auc_high: float
    gain_low: float
    gain_high: float


def figures(told: Sequence[Told]) -> Figures:
    """Of all of them. The base rate is that of each cut-off itself, which no forecaster could have known better."""
    return _weighed(_by_cutoff(told), None)


def auc(pairs: Iterable[tuple[float, bool]]) -> float | None:
    """The chance that a lost one was given more than a kept one; ties count half. None without both."""
    found = _auc_parts([(probability, lost, 1) for probability, lost in sorted(pairs)])
    return found[0] / found[1] if found[1] else None


def bins(told: Sequence[Told]) -> list[Bin]:
    """Bins of calibration, without empty ones."""
    edges = (0.0, *BINS, 1.0)
    found = []
    for low, high in pairwise(edges):
        inside = [one for one in told if low <= one.probability < high]
        if inside:
            mean = sum(one.probability for one in inside) / len(inside)
            lost = sum(one.lost for one in inside)
            found.append(Bin(low=low, high=high, n=len(inside), losses=lost, mean=mean))
    return found


def bounds(told: Sequence[Told], *, draws: int = DRAWS, seed: int = 90) -> Bounds:
    """Intervals over draws of organizations: one that comes at many cut-offs is one witness."""
    people = sorted({one.organization_id for one in told})
    by_cutoff, random = _by_cutoff(told), Random(seed)  # noqa: S311 - draws, not secrets
    aucs, gains = [], []
    for _draw in range(draws):
        weights = Counter(random.choices(people, k=len(people)))
        found = _weighed(by_cutoff, weights)
        aucs.append(0.5 if found.auc is None else found.auc)
        gains.append(found.base_brier - found.brier)
    aucs.sort()
    gains.sort()
    low, high = int(draws * 0.025), int(draws * 0.975)
    return Bounds(auc_low=aucs[low], auc_high=aucs[high], gain_low=gains[low], gain_high=gains[high])


def verdict(told: Sequence[Told], found: Bounds | None) -> str:
    """`speaks` only if it surely beats the base rate and surely ranks better than `LEAST_AUC`; else why not."""
    losers = {one.organization_id for one in told if one.lost}
    if len(losers) < LEAST_LOSSES or len({one.cutoff for one in told}) < LEAST_CUTOFFS or found is None:
        return "too_few"
    return "speaks" if found.gain_low > 0 and found.auc_low > LEAST_AUC else "no_signal"


_Rows = list[list[Told]]


def _by_cutoff(told: Sequence[Told]) -> _Rows:
    """By cut-off, each in the order of its probabilities."""
    parts: dict[int, list[Told]] = {}
    for one in told:
        parts.setdefault(one.cutoff, []).append(one)
    return [sorted(parts[key], key=lambda one: one.probability) for key in sorted(parts)]


def _weighed(by_cutoff: _Rows, weights: Counter[int] | None) -> Figures:
    """Ranking is judged within a cut-off: how many are lost in a season is not what it is asked for."""
    count = losses = 0
    squares = base = right = pairs = 0.0
    for rows in by_cutoff:
        weighed = [(one.probability, one.lost, 1 if weights is None else weights[one.organization_id]) for one in rows]
        n = sum(weight for _p, _lost, weight in weighed)
        lost = sum(weight for _p, is_lost, weight in weighed if is_lost)
        if not n:
            continue
        squares += sum(weight * (probability - is_lost) ** 2 for probability, is_lost, weight in weighed)
        base += lost * (1 - lost / n)
        won, of = _auc_parts(weighed)
        count, losses, right, pairs = count + n, losses + lost, right + won, pairs + of
    return Figures(
        n=count,
        losses=losses,
        brier=squares / count if count else 0.0,
        base_brier=base / count if count else 0.0,
        auc=right / pairs if pairs else None,
    )


def _auc_parts(weighed: Sequence[tuple[float, bool, int]]) -> tuple[float, float]:
    """Pairs ranked rightly, and all pairs, of rows in the order of their probabilities."""
    kept = 0.0
    right = 0.0
    lost_all = kept_all = 0.0
    place = 0
    while place < len(weighed):
        probability, kept_here, lost_here = weighed[place][0], 0, 0
        while place < len(weighed) and weighed[place][0] == probability:
            if weighed[place][1]:
                lost_here += weighed[place][2]
            else:
                kept_here += weighed[place][2]
            place += 1
        right += lost_here * (kept + kept_here / 2)
        kept += kept_here
        lost_all, kept_all = lost_all + lost_here, kept_all + kept_here
    return right, lost_all * kept_all
