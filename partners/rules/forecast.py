"""When an organization will pass its gates and launch (journey.md, Forecast). Pure.

A simulation with a fixed seed: each stage that is left lasts as long as it lasted like organizations, times the
organization's own pace, and the present one longer than it has lasted already. The same facts give the same figures,
and waiting never makes a date earlier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from math import ceil, exp, log, sqrt
from random import Random

from partners.rules.durations import POINTS, Durations, History, Pool

SEED = 20_260_101
MEDIUM_BELOW_DAYS = 14
"""A buffer below this many days is a medium risk, below none a high one (journey.md, Forecast)."""

PACE_LEAN = 3
"""So many stages at the usual pace are thought to stand behind the few that an organization has passed."""

SLOWEST, FASTEST = 2.0, 0.5
MAX_DAYS = 3_650
"""No forecast looks further than this: what would take ten years has no date worth showing."""


class Risk(StrEnum):
    """What the buffer says of the target."""

    NONE = "none"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """An organization under way. `passed`: the days that it was in each stage it has left."""

    kind: str
    stage: str
    entered_on: date
    tier: str = ""
    gemstone: str = ""
    passed: Mapping[str, int] = field(default_factory=dict)
    target_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """What the days of one stage were drawn from; the days are those of like organizations, before the pace."""

    stage: str
    pools: tuple[Pool, ...]
    median_days: int
    p80_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What a forecast was made from. `pace` above 1: slower than like organizations, by `pace_from` stages."""

    pace: float
    pace_from: int
    days_in_stage: int
    bases: tuple[Basis, ...]
    draws: int = POINTS
    seed: int = SEED


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """The day on which a stage is left through its gate: as likely before as after, and the day for four of five."""

    stage: str
    p50_on: date
    p80_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """The gates that are left, in order, and the launch among them; None where it cannot be foreseen.

    Without a target, or without a launch in sight, there is neither a buffer nor a risk to speak of.
    """

    gates: tuple[Expected, ...]
    launch: Expected | None
    target_on: date | None
    buffer_days: int | None
    risk: Risk | None
    receipt: Receipt

    @property
    def is_at_risk(self) -> bool:
        """The day for four of five lies past the target."""
        return self.risk is Risk.HIGH


def forecast(
    subject: Subject, history: History, *, journey: Sequence[str], launch_stage: str | None = None, today: date
) -> Forecast:
    """The expected day of each gate from the subject's stage on.

    `journey` are the stages of its kind in order, of which nobody leaves the last; `launch_stage` is the one whose
    gate is the launch, by default the last but one. Raises ValueError for a stage that is not of the journey.
    """
    first = list(journey).index(subject.stage)
    launch_stage = launch_stage or journey[-2]
    spent = max((today - subject.entered_on).days, 0)
    pace, pace_from = _pace(subject, history)
    gates: list[Expected] = []
    bases: list[Basis] = []
    totals: list[float] = []
    for position, stage in enumerate(journey[first:-1]):
        durations = _durations(subject, history, stage)
        if durations is None:
            break
        if not totals:
            totals = [pace * days for days in durations.draws_beyond(spent / pace)]
        else:
            days_of_draws = _shuffled(durations.grid, position, pace_from)
            totals = [total + pace * days for total, days in zip(totals, days_of_draws, strict=True)]
        gates.append(_expected(stage, subject.entered_on, totals, today))
        bases.append(_basis(stage, durations))
    receipt = Receipt(pace=round(pace, 4), pace_from=pace_from, days_in_stage=spent, bases=tuple(bases))
    launch = next((gate for gate in gates if gate.stage == launch_stage), None)
    buffer_days = (subject.target_on - launch.p80_on).days if launch and subject.target_on else None
    return Forecast(
        gates=tuple(gates),
        launch=launch,
        target_on=subject.target_on,
        buffer_days=buffer_days,
        risk=risk_of(buffer_days),
        receipt=receipt,
    )


def risk_of(buffer_days: int | None) -> Risk | None:
    """Below none high, below 14 days medium."""
    if buffer_days is None:
        return None
    if buffer_days < 0:
        return Risk.HIGH
    return Risk.MEDIUM if buffer_days < MEDIUM_BELOW_DAYS else Risk.NONE


def _pace(subject: Subject, history: History) -> tuple[float, int]:
    """How much slower (above 1) or faster the organization was than like ones, drawn towards 1 while it has passed few.

    The mean is taken of logarithms, so that twice and half as long make up for each other.
    """
    ratios = []
    for stage, days in subject.passed.items():
        durations = _durations(subject, history, stage)
        if durations is not None:
            ratios.append(log(max(days, 1) / durations.median))
    pace = exp(sum(ratios) / (len(ratios) + PACE_LEAN))
    return min(max(pace, FASTEST), SLOWEST), len(ratios)


def _durations(subject: Subject, history: History, stage: str) -> Durations | None:
    return history.durations(kind=subject.kind, stage=stage, tier=subject.tier, gemstone=subject.gemstone)


def _expected(stage: str, entered_on: date, totals: Sequence[float], today: date) -> Expected:
    ordered = sorted(totals)
    return Expected(
        stage=stage,
        p50_on=max(_day(entered_on, ordered[POINTS // 2]), today),
        p80_on=max(_day(entered_on, ordered[POINTS * 4 // 5]), today),
    )


def _day(entered_on: date, days: float) -> date:
    """The day after so many days, a part of one counted as a whole; far ones are cut off."""
    # Rounded first, so that the last digits of a sum cannot move a date by a day.
    ahead = min(ceil(round(days, 6)), MAX_DAYS, (date.max - entered_on).days)
    return entered_on + timedelta(days=ahead)


def _basis(stage: str, durations: Durations) -> Basis:
    return Basis(
        stage=stage,
        pools=durations.pools,
        median_days=round(durations.median),
        p80_days=round(durations.quantile(0.8)),
    )


@lru_cache(maxsize=4_096)
def _shuffled(grid: tuple[float, ...], position: int, passed: int) -> tuple[float, ...]:
    """The grid in the order of the draws of a later stage; the present one, at position 0, is in ascending order."""
    return tuple(grid[rank] for rank in _ranks(position, passed))


@lru_cache(maxsize=256)
def _ranks(position: int, passed: int) -> tuple[int, ...]:
    """The rank that each draw has in a later stage.

    Stages of one organization go together a little, since it has a pace of its own: as much as `PACE_LEAN` says, and
    the less the more stages have shown that pace already.
    """
    together = 1 / (1 + PACE_LEAN + passed)
    # A simulation wants the same draws every time, not ones that nobody can guess.
    common, present, later = (Random(SEED + offset) for offset in (0, 1, 1 + position))  # noqa: S311
    paces = [common.gauss(0, 1) for _ in range(POINTS)]

    def scores(random: Random) -> list[float]:
        return [sqrt(together) * pace + sqrt(1 - together) * random.gauss(0, 1) for pace in paces]

    by_present = _order(scores(present))
    rank_of = {draw: rank for rank, draw in enumerate(_order(scores(later)))}
    return tuple(rank_of[draw] for draw in by_present)


def _order(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=scores.__getitem__)
