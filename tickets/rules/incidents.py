"""Incidents: which state follows which, when the next update is due, how long each part took. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED, CLOSED = (
    *("investigating", "identified", "monitoring"),
    *("resolved", "closed"),
)
OPEN = frozenset({INVESTIGATING, IDENTIFIED, MONITORING})
MOVES: Mapping[str, frozenset[str]] = {
    INVESTIGATING: frozenset({IDENTIFIED, MONITORING, RESOLVED}),
    IDENTIFIED: frozenset({INVESTIGATING, MONITORING, RESOLVED}),
    MONITORING: frozenset({INVESTIGATING, IDENTIFIED, RESOLVED}),
    # Whoever opens it again begins anew: what was thought to be the cause was not, or not all.
    RESOLVED: frozenset({INVESTIGATING, CLOSED}),
    CLOSED: frozenset({INVESTIGATING}),
}
MOST_URGENT_FIRST = ("s1", "s2", "s3", "s4")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One thing that happened: `state` is where the incident stood after it.

    `has_commander`: somebody was put in charge by it, or said something: the incident was taken up.
    """

    at: datetime
    state: str
    has_commander: bool = False


@dataclass(frozen=True, kw_only=True)
class Measures:
    """How long it took from its beginning, None for what has not come about.

    To detect: until it was declared. To acknowledge: from there until somebody took it up. To mitigate: until it was
    watched after a remedy, to resolve: until it was over for the last time. `open_for`: until then, or until now.
    """

    to_detect: timedelta
    to_acknowledge: timedelta | None
    to_mitigate: timedelta | None
    to_resolve: timedelta | None
    open_for: timedelta


def may_move(before: str, after: str) -> bool:
    """Whether an incident in the state `before` may come into the state `after`."""
    return after in MOVES.get(before, frozenset())


def is_reopening(before: str, after: str) -> bool:
    return before not in OPEN and after in OPEN


def next_update_due(*, state: str, minutes: int, said_at: datetime) -> datetime | None:
    """When the next update is due, counted around the clock from the last one; None where none is promised.

    `minutes` 0: incidents of this severity have no rhythm.
    """
    return said_at + timedelta(minutes=minutes) if state in OPEN and minutes > 0 else None


def due_after_severity(
    *, state: str, due_at: datetime | None, minutes: int, said_at: datetime, now: datetime
) -> datetime | None:
    """When the next update is due once the severity has changed.

    A slower rhythm counts from the last update. A quicker one never breaks a promise backwards: it counts from the
    change, unless the old promise comes first.
    """
    counted = next_update_due(state=state, minutes=minutes, said_at=said_at)
    if counted is None or (due_at is not None and counted >= due_at):
        return counted
    fresh = now + timedelta(minutes=minutes)
    return fresh if due_at is None else min(due_at, fresh)


def overdue_by(due_at: datetime | None, now: datetime) -> timedelta | None:
    """How late the next update is; None while it is not."""
    return now - due_at if due_at is not None and now > due_at else None


def measures(marks: Iterable[Mark], *, started_at: datetime, declared_at: datetime, now: datetime) -> Measures:
    """The times of an incident from what happened, in whatever order it is given."""
    course = sorted(marks, key=lambda mark: mark.at)
    taken_up = next((mark.at for mark in course if mark.has_commander), None)
    over_at = _settled(course, frozenset({RESOLVED, CLOSED}))
    mitigated_at = _settled(course, frozenset({MONITORING, RESOLVED, CLOSED}))
    return Measures(
        to_detect=max(declared_at - started_at, timedelta(0)),
        to_acknowledge=_since(declared_at, taken_up),
        to_mitigate=_since(started_at, mitigated_at),
        to_resolve=_since(started_at, over_at),
        open_for=max((over_at or now) - started_at, timedelta(0)),
    )


def _settled(course: Iterable[Mark], states: frozenset[str]) -> datetime | None:
    """Since when it has stood in one of `states` without leaving them again."""
    since: datetime | None = None
    for mark in course:
        since = (since or mark.at) if mark.state in states else None
    return since


def _since(start: datetime, end: datetime | None) -> timedelta | None:
    return None if end is None else max(end - start, timedelta(0))
