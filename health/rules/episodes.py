"""The course of an episode: open, acknowledged, acting, closed with an outcome (health.md, Alerts). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from common.workhours import WorkHours
from common.worktime import add


class State(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ACTED = "acted"
    CLOSED = "closed"


class Move(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    ACT = "act"
    CLOSE = "close"
    REOPEN = "reopen"


MOVES: Mapping[Move, Mapping[State, State]] = MappingProxyType(
    {
        Move.ACKNOWLEDGE: {State.OPEN: State.ACKNOWLEDGED},
        Move.ACT: {State.OPEN: State.ACTED, State.ACKNOWLEDGED: State.ACTED},
        Move.CLOSE: {State.OPEN: State.CLOSED, State.ACKNOWLEDGED: State.CLOSED, State.ACTED: State.CLOSED},
        Move.REOPEN: {State.CLOSED: State.ACKNOWLEDGED},
    }
)
"""What was closed has been answered: opened again it waits for somebody to act, not for an answer."""


def after(move: Move, state: State) -> State:
    """The state that a move leads to. Raises ValueError where the state does not know it."""
    try:
        return MOVES[move][state]
    except KeyError:
        raise ValueError(f"{state} does not know {move}") from None


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """Until when somebody answers, and when the owner is warned."""

    due_at: datetime
    warn_at: datetime


def clock(hours: WorkHours, told_at: datetime, *, within: timedelta, warn_before: timedelta) -> Clock:
    """The clock of an episode that is told at an instant, in the working time of who owns it then.

    Raises WorktimeError for hours that do not open for so long.
    """
    due = add(hours, told_at, within).due_at
    return Clock(due_at=due, warn_at=add(hours, told_at, within - warn_before).due_at)


def is_in_time(due_at: datetime, answered_at: datetime | None, now: datetime) -> bool | None:
    """Whether an answer came in time; None while there is time left."""
    if answered_at is not None:
        return answered_at <= due_at
    return None if now <= due_at else False
