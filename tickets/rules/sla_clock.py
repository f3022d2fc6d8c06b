"""One clock: when it runs, how much it has counted, and what that makes of its promise (sla.md R5, R8 to R11). Pure.

A clock keeps the stretches in which it runs ("runs"), whatever its terms are; terms count the business time of
their calendar inside the runs from their origin on. Everything else follows from that, at any instant, so that no
sweep is ever needed (R15).

Readings of the text:
- A budget used up exactly at the second of a pause, or between due and breach, is not breached by the pause: the
  breach instant is the first open instant at which the clock runs again. The due instant stays where the budget
  was used up, even if that was before the pause (R5).
- A clock that is stopped out of a pause (solved from pending) reports the instants it would have had, resumed then.
- A breach is strictly after the breach instant: an event of that very instant still comes in time.
- A breached clock that ends without an answer (merge, no target) keeps its breach and is stopped then (R11, R14).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from common.workhours import NOTHING
from tickets.rules.sla_calendar import Timeline
from tickets.rules.sla_terms import Metric, Target, Terms


class State(StrEnum):
    """What a clock is at an instant."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


class Run(NamedTuple):
    """A stretch ``[start, end)`` in which a clock runs; without an end it still does."""

    start: datetime
    end: datetime | None


class Reached(NamedTuple):
    """When a share of business time is used up, and the first open instant of a run from then on."""

    at: datetime | None
    open_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Era:
    """The terms that a clock took at ``taken_at``, and the calendar that they count by."""

    taken_at: datetime
    terms: Terms
    timeline: Timeline


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockState:
    """A clock at an instant.

    ``due_at`` and ``breach_at`` are None while it is paused or cancelled; of a stopped clock they are the values in
    force when it stopped. ``elapsed`` and ``budget`` count under ``terms``, the last of ``eras``. ``runs`` end at
    ``stopped_at``; ``acked_at`` is the first acknowledgement since the clock began.
    """

    metric: Metric
    cycle: int
    started_at: datetime
    asof: datetime
    state: State
    due_at: datetime | None
    breach_at: datetime | None
    breached_at: datetime | None
    stopped_at: datetime | None
    elapsed: timedelta
    budget: timedelta
    eras: tuple[Era, ...]
    runs: tuple[Run, ...]
    statuses: tuple[tuple[datetime, str], ...]
    acked_at: datetime | None

    @property
    def terms(self) -> Terms:
        """The terms in force."""
        return self.eras[-1].terms

    @property
    def left(self) -> timedelta:
        """What is left of the budget, for "paused, X left"; nothing is the least."""
        return max(self.budget - self.elapsed, NOTHING)


@dataclass(slots=True, kw_only=True)
class Clock:
    """A clock while events are folded into it; ``timelines`` are the calendars as they are known now."""

    metric: Metric
    cycle: int
    started_at: datetime
    runs: list[Run]
    terms: list[tuple[datetime, Terms]]
    stopped_at: datetime | None = None
    is_cancelled: bool = False
    acked_at: datetime | None = None
    settled: dict[str, Timeline] = field(default_factory=dict)

    @property
    def is_paused(self) -> bool:
        """Whether it stands still (or was stopped while it did)."""
        return not self.runs or self.runs[-1].end is not None

    @property
    def in_force(self) -> Terms:
        """The terms that it runs under."""
        return self.terms[-1][1]

    def set_paused(self, is_paused: bool, at: datetime) -> None:
        """Freeze at that second, or run on (R8)."""
        if is_paused and not self.is_paused:
            run = self.runs.pop()
            if run.start < at:
                self.runs.append(Run(run.start, at))
        elif not is_paused and self.is_paused:
            self.runs.append(Run(at, None))

    def stop(self, at: datetime, timelines: dict[str, Timeline]) -> None:
        """Answered or solved: the calendars stay for it as they are known now (R11)."""
        self.stopped_at = at
        self.settled = {terms.clock: timelines[terms.clock] for _, terms in self.terms}

    def end(self, at: datetime, timelines: dict[str, Timeline]) -> None:
        """End without an answer: cancelled, unless it has breached (R11, R13, R14)."""
        self.is_cancelled = not self.is_breached(at, timelines)
        self.stop(at, timelines)

    def reopen(self, at: datetime, *, is_paused: bool) -> None:
        """The same clock resumes with what was left; the time stopped does not count (R9)."""
        stopped_at, self.stopped_at, self.settled = self.stopped_at or at, None, {}
        self.set_paused(True, stopped_at)
        self.set_paused(is_paused, at)

    def is_breached(self, at: datetime, timelines: dict[str, Timeline]) -> bool:
        """Whether the promise is broken at ``at``, seen from now (R5)."""
        terms = self.in_force
        if at - terms.counts_from <= terms.budget:
            return False
        reached = reach(timelines[terms.clock], self.runs, terms.counts_from, terms.budget, floor=terms.floor)
        return reached.open_at is not None and reached.open_at < at

    def retarget(self, target: Target, at: datetime, timelines: dict[str, Timeline], *, from_start: bool) -> None:
        """R10: changed terms. Recomputed from the original start, or from now, or none; see the rule.

        A clock that is paused compares the dues that there would be if it resumed now.
        """
        runs = resumed(self.runs, at)
        timeline = timelines[target.clock]
        recomputed = target.terms(self.started_at, timeline, floor=at if from_start else None)
        if from_start:
            self.terms.append((at, recomputed))
            return
        old_due = due(self.in_force, runs, timelines[self.in_force.clock])
        if due(recomputed, runs, timeline) >= old_due:
            self.terms.append((at, recomputed))
            return
        candidate = target.terms(at, timeline)
        if due(candidate, runs, timeline) < old_due:
            self.terms.append((at, candidate))

    def at(
        self, asof: datetime, timelines: dict[str, Timeline], statuses: tuple[tuple[datetime, str], ...]
    ) -> ClockState:
        """The clock as it stands at ``asof``. Raises ``NeverOpens``, ``TooFar``."""
        timelines = self.settled or timelines
        until = asof if self.stopped_at is None else self.stopped_at
        terms, timeline = self.in_force, timelines[self.in_force.clock]
        reached = Reached(None, None)
        state = State.CANCELLED
        if not self.is_cancelled:
            runs = self.runs if self.stopped_at is None else resumed(self.runs, until)
            reached = reach(timeline, runs, terms.counts_from, terms.budget, floor=terms.floor)
            state = self._state(reached, until)
        is_shown = state not in (State.PAUSED, State.CANCELLED)
        runs = clipped(self.runs, self.stopped_at)
        return ClockState(
            metric=self.metric,
            cycle=self.cycle,
            started_at=self.started_at,
            asof=asof,
            state=state,
            due_at=reached.at if is_shown else None,
            breach_at=reached.open_at if is_shown else None,
            breached_at=reached.open_at if state is State.BREACHED else None,
            stopped_at=self.stopped_at,
            elapsed=used(timeline, runs, terms.counts_from, until),
            budget=terms.budget,
            eras=tuple(
                Era(taken_at=taken_at, terms=each, timeline=timelines[each.clock]) for taken_at, each in self.terms
            ),
            runs=tuple(runs),
            statuses=statuses,
            acked_at=self.acked_at,
        )

    def _state(self, reached: Reached, until: datetime) -> State:
        if reached.open_at is not None and reached.open_at < until:
            return State.BREACHED
        if self.stopped_at is not None:
            return State.MET
        return State.PAUSED if self.is_paused else State.RUNNING


def resumed(runs: Sequence[Run], at: datetime) -> list[Run]:
    """The runs of a clock if it runs on from ``at``."""
    if runs and runs[-1].end is None:
        return list(runs)
    return [*runs, Run(at, None)]


def clipped(runs: Sequence[Run], end: datetime | None) -> list[Run]:
    """The runs up to ``end``."""
    if end is None or not runs or runs[-1].end is not None:
        return list(runs)
    last = runs[-1]
    return [*runs[:-1], Run(last.start, end)] if last.start < end else list(runs[:-1])


def used(timeline: Timeline, runs: Sequence[Run], origin: datetime, until: datetime) -> timedelta:
    """Business time inside the runs, from ``origin`` to ``until``."""
    total = NOTHING
    for start, end in runs:
        low, high = max(start, origin), until if end is None else min(end, until)
        if low < high:
            total += timeline.between(low, high)
    return total


def due(terms: Terms, runs: Sequence[Run], timeline: Timeline) -> datetime:
    """The due instant of terms; the last of the runs must be open."""
    reached = reach(timeline, runs, terms.counts_from, terms.budget, floor=terms.floor)
    if reached.at is None:
        raise AssertionError("a clock that runs on reaches every share of its budget")
    return reached.at


def reach(
    timeline: Timeline, runs: Sequence[Run], origin: datetime, share: timedelta, *, floor: datetime | None = None
) -> Reached:
    """When ``share`` of business time, counted from ``origin`` inside the runs, is used up (R5).

    ``at`` is the earliest instant of any kind, ``open_at`` the first open one of a run; None when the runs end
    before. With ``floor`` neither lies before it. Raises ``NeverOpens``, ``TooFar``.
    """
    at = origin if share <= NOTHING else None
    left = share
    for start, end in runs:
        low = max(start, origin)
        if end is not None and end <= low:
            continue
        if at is None:
            passed = NOTHING if end is None else timeline.between(low, end)
            if end is not None and passed < left:
                left -= passed
                continue
            at = timeline.used_up(low, left)
        low = max(low, at)
        if end is not None and not timeline.between(low, end):
            continue
        return _not_before(floor, Reached(at, timeline.next_opening(low)))
    return _not_before(floor, Reached(at, None))


def _not_before(floor: datetime | None, reached: Reached) -> Reached:
    if floor is None:
        return reached
    return Reached(*(instant if instant is None else max(instant, floor) for instant in reached))
