"""When the steps of an escalation fire (sla.md R16). Pure.

A step is a share of the budget (rounded up to a second) or business minutes after it. It fires at the first open
instant of a run by which so much is used, at most once in a cycle. What follows from the text:

- An event of the very instant at which a step would fire comes first: an answer, a pause, a cancellation or an
  acknowledgement then holds it back. A step due during a pause fires when the clock runs again, at an open instant.
- Under changed terms (R10) what has not fired yet counts by the terms in force; what they have used up already
  fires at the change, or the first open instant after it. The same holds for a clock whose target arrived late.
- Under ``from_start`` a due instant that became the change instant is where minutes after it begin.
- An acknowledgement ends the steps of the clocks that there are then; a later cycle needs its own.
- A step with an empty target counts as fired, is reported, and the next step that can fire does so at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from common.workhours import NOTHING
from tickets.rules.sla_calendar import Timeline
from tickets.rules.sla_clock import ClockState, Era, Run, State, reach, used
from tickets.rules.sla_terms import SlaError, Terms

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step: at a percentage of the budget, or business time after it; one of the two. Raises ``SlaError``.

    ``has_target``: whether anybody is to be told now. Ending by an acknowledgement is for steps that ask for it.
    """

    id: str
    at_percent: Fraction | None = None
    overdue: timedelta | None = None
    ends_at_ack: bool = False
    has_target: bool = True

    def __post_init__(self) -> None:
        if (self.at_percent is None) == (self.overdue is None):
            raise SlaError("a step is at a percentage or a time after the budget, one of the two")
        if (self.at_percent or 0) < 0 or (self.overdue or NOTHING) < NOTHING:
            raise SlaError("a step must not be negative")


@dataclass(frozen=True, kw_only=True, slots=True)
class Firing:
    """A step that fires at ``at``; ``fell_from`` is the step whose target was empty, if that is why."""

    cycle: int
    step: Step
    at: datetime
    fell_from: str = ""

    @property
    def is_reported(self) -> bool:
        """Whether an administrator must hear that nobody could be told."""
        return not self.step.has_target


def fired(state: ClockState, steps: Sequence[Step]) -> tuple[Firing, ...]:
    """The steps that have fired by ``state.asof``, in order. Raises ``NeverOpens``, ``TooFar``."""
    return tuple(firing for firing in planned(state, steps) if firing.at <= state.asof)


def planned(state: ClockState, steps: Sequence[Step]) -> tuple[Firing, ...]:
    """The steps that have fired and those that will if nothing happens, in order. Raises as ``fired``."""
    own = [(at, place) for place, step in enumerate(steps) if (at := step_at(state, step)) is not None]
    gone: set[int] = set()
    found: list[Firing] = []
    for at, place in sorted(own):
        fell_from = ""
        for next_place in range(place, len(steps)):
            step = steps[next_place]
            if next_place in gone or not _may_fire(state, step, at):
                if next_place == place:
                    break
                continue
            gone.add(next_place)
            found.append(Firing(cycle=state.cycle, step=step, at=at, fell_from=fell_from))
            if step.has_target:
                break
            fell_from = step.id
    return tuple(found)


def next_instants(state: ClockState, steps: Sequence[Step] = ()) -> tuple[datetime, ...]:
    """The instants after ``asof`` at which the clock itself changes something: what timers are set for.

    Due and breach of a running clock, and its steps to come; none for a clock that stands still or is over.
    """
    if state.stopped_at is not None or state.state is State.PAUSED:
        return ()
    instants = {state.due_at, state.breach_at, *(firing.at for firing in planned(state, steps))}
    return tuple(sorted(instant for instant in instants if instant is not None and instant > state.asof))


def step_at(state: ClockState, step: Step) -> datetime | None:
    """When the step fires by its own condition; None if the clock stops or stands still before."""
    for place, era in enumerate(state.eras):
        until = state.eras[place + 1].taken_at if place + 1 < len(state.eras) else state.stopped_at
        share = _share(era, step, state.runs)
        at = reach(era.timeline, state.runs, era.terms.counts_from, share).open_at
        if at is not None and at < era.taken_at:
            at = _first_open(era.timeline, state.runs, era.taken_at)
        if at is not None and (until is None or at < until):
            return at
    return None


def _share(era: Era, step: Step, runs: Sequence[Run]) -> timedelta:
    """The business time, counted under the terms, by which the step fires."""
    terms = era.terms
    if step.at_percent is not None:
        return _rounded_up(terms.budget, step.at_percent)
    return max(terms.budget, _used_at_floor(terms, era.timeline, runs)) + (step.overdue or NOTHING)


def _used_at_floor(terms: Terms, timeline: Timeline, runs: Sequence[Run]) -> timedelta:
    return NOTHING if terms.floor is None else used(timeline, runs, terms.counts_from, terms.floor)


def _rounded_up(budget: timedelta, percent: Fraction) -> timedelta:
    share = Fraction(budget // timedelta(microseconds=1)) * percent / 100
    return -(-share // 1_000_000) * _SECOND


def _first_open(timeline: Timeline, runs: Sequence[Run], at: datetime) -> datetime | None:
    """The first open instant of a run from ``at`` on."""
    return reach(timeline, runs, at, NOTHING).open_at


def _may_fire(state: ClockState, step: Step, at: datetime) -> bool:
    is_ended = step.ends_at_ack and state.acked_at is not None and state.acked_at <= at
    return not is_ended
