"""Promises of both sides: whether they were kept, and how reliable a side is (journey.md, Commitments). Pure.

A day that was agreed anew counts from then on, if that was before the old day was over; afterwards it is too late to
make a promise good by moving it. Days are local days of the organization: `local_day` turns a moment into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from partners.rules.small_samples import Share, share

FEW = 8
"""Below so many judged promises a rate is a hint, and is shown as one."""


class Side(StrEnum):
    US = "us"
    THEM = "them"


class CommitmentState(StrEnum):
    """A renegotiated one is open, with another day; the days before are its history."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class CommitmentMove(StrEnum):
    KEEP = "keep"
    BREAK = "break"
    RENEGOTIATE = "renegotiate"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


MOVES: Mapping[CommitmentMove, Mapping[CommitmentState, CommitmentState]] = MappingProxyType(
    {
        # What was given up as broken may still be done, late.
        CommitmentMove.KEEP: {
            CommitmentState.OPEN: CommitmentState.KEPT,
            CommitmentState.BROKEN: CommitmentState.KEPT,
        },
        CommitmentMove.BREAK: {CommitmentState.OPEN: CommitmentState.BROKEN},
        CommitmentMove.RENEGOTIATE: {CommitmentState.OPEN: CommitmentState.OPEN},
        CommitmentMove.WITHDRAW: {CommitmentState.OPEN: CommitmentState.WITHDRAWN},
        CommitmentMove.REOPEN: {
            CommitmentState.KEPT: CommitmentState.OPEN,
            CommitmentState.BROKEN: CommitmentState.OPEN,
            CommitmentState.WITHDRAWN: CommitmentState.OPEN,
        },
    }
)


class Verdict(StrEnum):
    """What a promise counts as; None of them while it is open and not due, and once it was withdrawn."""

    ON_TIME = "on_time"
    LATE = "late"
    BROKEN = "broken"
    OVERDUE = "overdue"


@dataclass(frozen=True, kw_only=True, slots=True)
class DayChange:
    """A day that was agreed anew, on the local day `agreed_on`."""

    was_due_on: date
    due_on: date
    agreed_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Commitment:
    """A promise. `closed_on`: the local day on which it was kept or broken; `changes` in the order they were agreed."""

    side: Side
    due_on: date
    state: CommitmentState = CommitmentState.OPEN
    closed_on: date | None = None
    changes: Sequence[DayChange] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reliability:
    """How many promises of a side were kept on time, of those that can be judged; and how many days were moved."""

    on_time: Share
    late: int
    broken: int
    overdue: int
    renegotiated: int

    @property
    def is_hint(self) -> bool:
        """Whether there are too few to say much."""
        return self.on_time.total < FEW


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The day that a moment is in a zone: the one in which a promise made for a day is judged."""
    return at.astimezone(zone).date()


def after(move: CommitmentMove, state: CommitmentState) -> CommitmentState:
    """The state that a move leads to. Raises ValueError where the state does not know it."""
    try:
        return MOVES[move][state]
    except KeyError:
        raise ValueError(f"a commitment that is {state} cannot be moved by {move}") from None


def judged_day(commitment: Commitment) -> date:
    """The day by which a promise is judged: the last one that was agreed before the one before it was over."""
    if not commitment.changes:
        return commitment.due_on
    due_on = commitment.changes[0].was_due_on
    for change in commitment.changes:
        if change.agreed_on > due_on:
            break
        due_on = change.due_on
    return due_on


def days_of(commitment: Commitment) -> tuple[date, ...]:
    """Every day that was ever agreed, first to last."""
    return (*(change.was_due_on for change in commitment.changes), commitment.due_on)


def is_overdue(commitment: Commitment, today: date) -> bool:
    """Open past the day that stands now; the day itself is not late."""
    return commitment.state is CommitmentState.OPEN and today > commitment.due_on


def verdict(commitment: Commitment, today: date) -> Verdict | None:
    """What a promise counts as today. One renegotiated too late is late, whatever its day is now."""
    due_on = judged_day(commitment)
    match commitment.state:
        case CommitmentState.KEPT:
            closed_on = commitment.closed_on or today
            return Verdict.ON_TIME if closed_on <= due_on else Verdict.LATE
        case CommitmentState.BROKEN:
            return Verdict.BROKEN
        case CommitmentState.OPEN:
            return Verdict.OVERDUE if today > due_on else None
    return None


def reliability(commitments: Iterable[Commitment], *, side: Side, today: date) -> Reliability:
    """How a side keeps its word: what is broken or overdue counts against it; what is not due or withdrawn does not."""
    mine = [commitment for commitment in commitments if commitment.side is side]
    found = [verdict(commitment, today) for commitment in mine]
    judged = [one for one in found if one is not None]
    return Reliability(
        on_time=share(judged.count(Verdict.ON_TIME), len(judged)),
        late=judged.count(Verdict.LATE),
        broken=judged.count(Verdict.BROKEN),
        overdue=judged.count(Verdict.OVERDUE),
        renegotiated=sum(bool(commitment.changes) for commitment in mine),
    )
