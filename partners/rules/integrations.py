"""Steps of technical integrations: which come late, and how many were done by the day first planned. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from partners.rules.small_samples import Share, share


class StepVerdict(StrEnum):
    """How a step stands to the day first planned for it."""

    ON_TIME = "on_time"
    LATE = "late"
    OVERDUE = "overdue"
    AHEAD = "ahead"
    UNPLANNED = "unplanned"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """The three days of a step; None where there is none."""

    first_planned_on: date | None
    planned_on: date | None
    done_on: date | None


def verdict(step: Step, today: date) -> StepVerdict:
    """Done is judged by the day first planned; what is still to do, by the day now planned."""
    if step.done_on is not None:
        is_late = step.first_planned_on is not None and step.done_on > step.first_planned_on
        return StepVerdict.LATE if is_late else StepVerdict.ON_TIME
    if step.planned_on is None:
        return StepVerdict.UNPLANNED
    return StepVerdict.OVERDUE if step.planned_on < today else StepVerdict.AHEAD


def on_time(steps: Iterable[Step], today: date) -> Share:
    """Of the steps whose first planned day is over or that are done: those done by then."""
    due = [
        step
        for step in steps
        if step.first_planned_on is not None and (step.done_on is not None or step.first_planned_on < today)
    ]
    kept = sum(step.done_on is not None and step.done_on <= (step.first_planned_on or today) for step in due)
    return share(kept, len(due))
