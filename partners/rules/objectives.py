"""Whether an objective is reached, how it moves, and what a success plan came to (journey.md, Success plan). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

MARGIN = 0.10
"""So far from the even pace something may be and still be on track."""


class Pace(StrEnum):
    """How an open objective moves: the way behind it against the time behind it."""

    AHEAD = "ahead"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What a day's measuring says of an open objective."""

    ACHIEVED = "achieved"
    MISSED = "missed"
    OPEN = "open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """An open objective with what is known of it. `value` is None while nothing was measured."""

    starts_on: date
    target_on: date
    direction: str
    baseline: Decimal | None
    target: Decimal | None
    value: Decimal | None


def is_reached(one: Measured) -> bool:
    """Whether the value has come to the target, the better way."""
    if one.value is None or one.target is None:
        return False
    return one.value <= one.target if one.direction == "less" else one.value >= one.target


def verdict(one: Measured, today: date) -> Verdict:
    """Achieved as soon as it is reached; missed from the day after the agreed one."""
    if is_reached(one):
        return Verdict.ACHIEVED
    return Verdict.MISSED if today > one.target_on else Verdict.OPEN


def moved(one: Measured) -> float | None:
    """How much of the way from baseline to target is behind it, 0 to 1; None where there is no such way."""
    if is_reached(one):
        return 1.0
    if one.value is None or one.target is None or one.baseline is None or one.baseline == one.target:
        return None
    share = float((one.value - one.baseline) / (one.target - one.baseline))
    return min(max(share, 0.0), 1.0)


def elapsed(starts_on: date, ends_on: date, today: date) -> float:
    """How much of the time is behind, 0 to 1."""
    days = (ends_on - starts_on).days
    return 1.0 if days <= 0 else min(max((today - starts_on).days / days, 0.0), 1.0)


def pace(one: Measured, today: date) -> Pace:
    """Ahead, on track or behind the even pace; behind in any case once its day is over."""
    if is_reached(one):
        return Pace.AHEAD
    if today > one.target_on:
        return Pace.BEHIND
    way = moved(one)
    return Pace.UNKNOWN if way is None else _against(way, elapsed(one.starts_on, one.target_on, today))


def pace_of_plan(paces: Iterable[Pace], *, done: int, tasks: int, tasks_done: int, time: float) -> Pace:
    """Of a plan: behind as soon as an objective is; else objectives and tasks done against the time behind.

    `done` counts objectives that were reached, and `paces` those still open.
    """
    opened = list(paces)
    if Pace.BEHIND in opened:
        return Pace.BEHIND
    total = len(opened) + done + tasks
    if not total or (not tasks and not done and all(each is Pace.UNKNOWN for each in opened)):
        return Pace.UNKNOWN
    if not opened and tasks_done == tasks:
        return Pace.AHEAD
    if not tasks:
        return Pace.AHEAD if all(each is Pace.AHEAD for each in opened) else Pace.ON_TRACK
    return _against(tasks_done / tasks, time)


def _against(way: float, time: float) -> Pace:
    if way > time + MARGIN:
        return Pace.AHEAD
    return Pace.BEHIND if way < time - MARGIN else Pace.ON_TRACK
