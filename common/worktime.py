"""Business time: how much of it passes, when a budget of it is used up, and when a calendar opens.

Pure: no database and no clock of its own. Instants go in with any offset and come out in UTC; durations
are exact to the microsecond ("seconds are never truncated"). What a calendar means on a date is the
matter of ``common.workhours``; the rules of the answers are those of sla.md R5 to R7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from common.workhours import (
    BLOCK_DAYS,
    DAY_SECONDS,
    NOTHING,
    LocalInterval,
    Span,
    WorkHours,
    WorktimeError,
)

__all__ = [
    "ALWAYS_OPEN",
    "BusinessDaysDue",
    "Deadline",
    "LocalInterval",
    "NeverOpens",
    "Span",
    "TooFar",
    "WorkHours",
    "WorktimeError",
    "add",
    "between",
    "due_business_days",
    "is_holiday",
    "is_open",
    "next_opening",
    "open_stretches",
    "subtract",
]

MAX_DAYS = 200 * 366
"""No question looks further than this (200 years): a longer one is a mistake, not a deadline."""

ALWAYS_OPEN = WorkHours(timezone="UTC", weekly=((LocalInterval(start=0, end=DAY_SECONDS),),) * 7)
"""The clock that counts absolute seconds ("24x7")."""

_FIRST_YEAR, _LAST_YEAR = 2, 9_997
_FIRST_DAY, _LAST_DAY = date(_FIRST_YEAR, 1, 1).toordinal(), date(_LAST_YEAR, 12, 31).toordinal()


class NeverOpens(WorktimeError):
    """The calendar has not that much open time on that side of the instant."""


class TooFar(WorktimeError):
    """The answer lies more than ``MAX_DAYS`` away, or outside the years 2 to 9997."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """The two instants of a budget (sla.md R5): used up at ``due_at``, answered in time until ``breach_at``."""

    due_at: datetime
    breach_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class BusinessDaysDue:
    """A budget in business days (sla.md R6) as the plain duration that it stands for from ``start`` on."""

    start: datetime
    budget: timedelta
    due_at: datetime
    breach_at: datetime


def is_open(hours: WorkHours, at: datetime) -> bool:
    """Whether the instant is inside business time: a start is, an end is not."""
    at = _utc(at)
    return any(span.start <= at < span.end for span in hours.spans_of_utc_day(at.date()))


def is_holiday(hours: WorkHours, at: datetime) -> bool:
    """Whether the local date of the instant is a holiday."""
    return _utc(at).astimezone(hours.zone).date() in hours.holidays


def between(hours: WorkHours, start: datetime, end: datetime) -> timedelta:
    """Business time in ``[start, end)``; none when ``end <= start``. Raises ``TooFar``."""
    start, end = _utc(start), _utc(end)
    if end <= start:
        return NOTHING
    _check_distance(end - start)
    first, last = start.date(), end.date()
    total = _clipped(hours, first, start, end)
    if first < last:
        total += hours.total_of_utc_days(first.toordinal() + 1, last.toordinal())
        total += _clipped(hours, last, start, end)
    return total


def next_opening(hours: WorkHours, at: datetime) -> datetime:
    """The instant itself when it is open, else the next start of business time.

    Raises ``NeverOpens`` when there is none and ``TooFar`` when it is out of reach.
    """
    at = _utc(at)
    for day in _days_from(hours, at, may_skip=lambda total: total == NOTHING):
        for span in hours.spans_of_utc_day(day):
            if span.end > at:
                return max(span.start, at)
    raise NeverOpens(f"the calendar never opens at or after {_written(at)}")


def add(hours: WorkHours, at: datetime, budget: timedelta) -> Deadline:
    """When ``budget`` of business time counted from ``at`` is used up (sla.md R5).

    ``due_at`` is the earliest instant of any kind with that property, ``breach_at`` the first open one.
    Raises ``NeverOpens``, ``TooFar``, and ``WorktimeError`` for a negative budget.
    """
    at = _utc(at)
    due_at = _used_up(hours, at, _checked(budget)) if budget else at
    return Deadline(due_at=due_at, breach_at=next_opening(hours, due_at))


def subtract(hours: WorkHours, at: datetime, budget: timedelta) -> datetime:
    """The latest instant from which exactly ``budget`` of business time leads to ``at``.

    With no budget: ``at`` when it is open, else the end of the last open stretch before it.
    Raises ``NeverOpens``, ``TooFar``, and ``WorktimeError`` for a negative budget.
    """
    at = _utc(at)
    left = _checked(budget)
    if not left and is_open(hours, at):
        return at

    def may_skip(total: timedelta) -> bool:
        nonlocal left
        is_passed = total < left or total == NOTHING
        left -= total if is_passed else NOTHING
        return is_passed

    for day in _days_back_from(hours, at, may_skip=may_skip):
        for span in reversed(hours.spans_of_utc_day(day)):
            end = min(span.end, at)
            if end <= span.start:
                continue
            if left <= end - span.start:
                return end - left
            left -= end - span.start
    raise NeverOpens(f"the calendar has too little open time before {_written(at)}")


def due_business_days(hours: WorkHours, at: datetime, days: int) -> BusinessDaysDue:
    """The deadline of ``days`` business days (sla.md R6), with the duration that they stand for.

    The start moves to the next opening; its local clock time on the Nth later date with open time sets
    the budget; from then on it is plain duration arithmetic. No days are no budget. Raises as ``add``.
    """
    if days < 0:
        raise WorktimeError("a number of business days must not be negative")
    start = next_opening(hours, at)
    budget = _business_days_budget(hours, start, days) if days else NOTHING
    deadline = add(hours, start, budget)
    return BusinessDaysDue(start=start, budget=budget, due_at=deadline.due_at, breach_at=deadline.breach_at)


def open_stretches(hours: WorkHours, start: datetime, end: datetime) -> Iterator[Span]:
    """The open stretches within ``[start, end)``, in order, each as long as it lasts. Raises ``TooFar``."""
    start, end = _utc(start), _utc(end)
    _check_distance(end - start)
    held: Span | None = None
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        for span in hours.spans_of_utc_day(date.fromordinal(ordinal)):
            piece = Span(max(span.start, start), min(span.end, end))
            if piece.start >= piece.end:
                continue
            if held is None:
                held = piece
            elif held.end == piece.start:
                held = Span(held.start, piece.end)
            else:
                yield held
                held = piece
    if held is not None:
        yield held


def _business_days_budget(hours: WorkHours, start: datetime, days: int) -> timedelta:
    """Business time from an open ``start`` to its local clock time on the ``days``-th later open date."""
    local = start.astimezone(hours.zone)
    clock = datetime.combine(local.date(), local.time()) - datetime.combine(local.date(), time.min)
    target = hours.instant(_later_open_date(hours, local.date(), days), clock)
    return between(hours, start, target)


def _used_up(hours: WorkHours, at: datetime, left: timedelta) -> datetime:
    """The earliest instant by which ``left`` (more than nothing) has passed since ``at``."""

    def may_skip(total: timedelta) -> bool:
        nonlocal left
        is_passed = total < left
        left -= total if is_passed else NOTHING
        return is_passed

    for day in _days_from(hours, at, may_skip=may_skip):
        for span in hours.spans_of_utc_day(day):
            start = max(span.start, at)
            if span.end <= start:
                continue
            if left <= span.end - start:
                return start + left
            left -= span.end - start
    raise NeverOpens(f"the calendar has too little open time after {_written(at)}")


def _clipped(hours: WorkHours, day: date, start: datetime, end: datetime) -> timedelta:
    total = NOTHING
    for span in hours.spans_of_utc_day(day):
        first, last = max(span.start, start), min(span.end, end)
        if first < last:
            total += last - first
    return total


def _days_from(hours: WorkHours, at: datetime, *, may_skip: Callable[[timedelta], bool]) -> Iterator[date]:
    """UTC days from that of ``at`` on, as far as the calendar can be open.

    Before a whole block of days is entered, ``may_skip`` hears its business time and may pass it by.
    """
    latest = hours.last_open_date
    if latest is None:
        return
    ordinal = first = at.toordinal()
    # A local date reaches at most into the UTC day after it.
    last = min(latest.toordinal() + 1, date.max.toordinal())
    while ordinal <= last:
        _check_reach(ordinal, first)
        is_whole = ordinal % BLOCK_DAYS == 0 and ordinal > first
        if is_whole and may_skip(hours.total_of_block(ordinal)):
            ordinal += BLOCK_DAYS
            continue
        yield date.fromordinal(ordinal)
        ordinal += 1


def _days_back_from(hours: WorkHours, at: datetime, *, may_skip: Callable[[timedelta], bool]) -> Iterator[date]:
    """As ``_days_from``, towards the past."""
    earliest = hours.first_open_date
    if earliest is None:
        return
    ordinal = first = at.toordinal()
    last = max(earliest.toordinal() - 1, date.min.toordinal())
    while ordinal >= last:
        _check_reach(ordinal, first)
        block = ordinal - BLOCK_DAYS + 1
        is_whole = block % BLOCK_DAYS == 0 and ordinal < first
        if is_whole and may_skip(hours.total_of_block(block)):
            ordinal = block - 1
            continue
        yield date.fromordinal(ordinal)
        ordinal -= 1


def _later_open_date(hours: WorkHours, day: date, count: int) -> date:
    """The ``count``-th local date after ``day`` that has open time."""
    latest = hours.last_open_date or day
    ordinal = first = day.toordinal()
    while count:
        ordinal += 1
        if ordinal > latest.toordinal():
            raise NeverOpens(f"the calendar has too few open days after {day.isoformat()}")
        _check_reach(ordinal, first)
        if hours.spans_of_date(date.fromordinal(ordinal)):
            count -= 1
    return date.fromordinal(ordinal)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise WorktimeError("an instant must carry its offset")
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise TooFar(f"an instant must lie in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return at.astimezone(UTC)


def _checked(budget: timedelta) -> timedelta:
    if budget < NOTHING:
        raise WorktimeError("a budget of business time must not be negative")
    _check_distance(budget)
    return budget


def _check_distance(distance: timedelta) -> None:
    if distance.days > MAX_DAYS:
        raise TooFar("more than 200 years are out of reach")


def _check_reach(ordinal: int, start: int) -> None:
    if abs(ordinal - start) > MAX_DAYS or not _FIRST_DAY <= ordinal <= _LAST_DAY:
        raise TooFar("the answer lies more than 200 years away")


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
