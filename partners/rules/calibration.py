"""Whether forecasts were worth anything: how often the day came by when it was said to (journey.md, Forecast). Pure.

A well calibrated forecast is kept by half of the organizations on its P50 day and by four of five on its P80 day. Each
past organization is asked about as it was then: with the history that was known on that day and no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from partners.rules.durations import History, Passage
from partners.rules.forecast import Subject, forecast
from partners.rules.small_samples import Share, share

P50, P80 = 0.5, 0.8
HISTORY_DAYS = 31
"""How old the history may be with which a past organization is asked about: made anew so often, for speed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What was expected, and what came."""

    p50_on: date
    p80_on: date
    actual_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """The shares of days that came by the expected ones, each with its 95 % interval."""

    within_p50: Share
    within_p80: Share

    @property
    def is_compatible(self) -> bool:
        """Whether nothing is shown against the forecasts: both intervals hold what they should."""
        return self.within_p50.is_compatible_with(P50) and self.within_p80.is_compatible_with(P80)


@dataclass(frozen=True, kw_only=True, slots=True)
class PastJourney:
    """A finished way: the day on which each stage was entered, in order, and the day of the launch."""

    kind: str
    entered: Mapping[str, date]
    launched_on: date
    tier: str = ""
    gemstone: str = ""


def calibrate(outcomes: Iterable[Outcome]) -> Calibration:
    """How often the actual day was the expected one or an earlier one."""
    found = list(outcomes)
    return Calibration(
        within_p50=share(sum(one.actual_on <= one.p50_on for one in found), len(found)),
        within_p80=share(sum(one.actual_on <= one.p80_on for one in found), len(found)),
    )


def backtest(
    past: Sequence[PastJourney],
    *,
    journey: Sequence[str],
    launch_stage: str,
    fallback_days: Mapping[str, int],
    least_known: int = 0,
) -> Mapping[str, Calibration]:
    """For each stage: how well the launch was foreseen on the day on which organizations entered it.

    Those entered while fewer than `least_known` passages of the past were known are left out.
    """
    histories = _Histories(past=past, journey=journey, fallback_days=fallback_days)
    outcomes: dict[str, list[Outcome]] = {stage: [] for stage in journey[: list(journey).index(launch_stage) + 1]}
    for one in past:
        for stage in outcomes:
            asked_on = one.entered.get(stage)
            if asked_on is None or asked_on > one.launched_on:
                continue
            known, history = histories.on(asked_on)
            if known < least_known:
                continue
            found = forecast(
                _as_of(one, stage, journey), history, journey=journey, launch_stage=launch_stage, today=asked_on
            )
            if found.launch:
                outcomes[stage].append(
                    Outcome(p50_on=found.launch.p50_on, p80_on=found.launch.p80_on, actual_on=one.launched_on)
                )
    return {stage: calibrate(found) for stage, found in outcomes.items()}


@dataclass(frozen=True, kw_only=True)
class _Histories:
    """The history as it was known at the beginning of each stretch of days."""

    past: Sequence[PastJourney]
    journey: Sequence[str]
    fallback_days: Mapping[str, int]
    _made: dict[int, tuple[int, History]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def on(self, day: date) -> tuple[int, History]:
        """How many passages had ended, and the history made of them."""
        stretch = day.toordinal() // HISTORY_DAYS
        if stretch not in self._made:
            begins_on = date.fromordinal(max(stretch * HISTORY_DAYS, 1))
            known = [passage for one in self.past for passage in _passages(one, self.journey, begins_on)]
            ended = sum(passage.is_over for passage in known)
            self._made[stretch] = ended, History.of(known, fallback_days=self.fallback_days)
        return self._made[stretch]


def _passages(one: PastJourney, journey: Sequence[str], today: date) -> list[Passage]:
    """The stays of a journey as they were known at the beginning of a day; the last of them may go on."""
    stages = [stage for stage in journey[:-1] if stage in one.entered]
    ends = [*(one.entered[stage] for stage in stages[1:]), one.launched_on]
    return [
        Passage(
            kind=one.kind,
            stage=stage,
            days=(min(left_on, today) - one.entered[stage]).days,
            tier=one.tier,
            gemstone=one.gemstone,
            is_over=left_on < today,
        )
        for stage, left_on in zip(stages, ends, strict=True)
        if one.entered[stage] < today
    ]


def _as_of(one: PastJourney, stage: str, journey: Sequence[str]) -> Subject:
    """The organization as it was on the day it entered the stage."""
    known = _passages(one, journey, one.launched_on + timedelta(days=1))
    before = journey[: list(journey).index(stage)]
    passed = {passage.stage: passage.days for passage in known if passage.stage in before}
    return Subject(
        kind=one.kind,
        stage=stage,
        entered_on=one.entered[stage],
        tier=one.tier,
        gemstone=one.gemstone,
        passed=passed,
    )
