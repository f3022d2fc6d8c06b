"""Who is on call at an instant, where nobody is, and weeks taken in turn. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

MAX_WEEKS = 104


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """One person in the half-open stretch `[start, end)`; `number` grows with the moment at which it was made."""

    user_id: int
    start: datetime
    end: datetime
    number: int = 0
    is_override: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """A stretch `[start, end)` with who is on call in it; nobody where `shift` is None: a hole."""

    start: datetime
    end: datetime
    shift: Shift | None

    @property
    def is_hole(self) -> bool:
        return self.shift is None


def on_call_at(shifts: Sequence[Shift], at: datetime) -> Shift | None:
    """The shift that holds at an instant: an override before the others, the one made last before the rest."""
    covering = [shift for shift in shifts if shift.start <= at < shift.end]
    return max(covering, key=lambda shift: (shift.is_override, shift.number), default=None)


def duties(shifts: Sequence[Shift], start: datetime, end: datetime) -> tuple[Duty, ...]:
    """`[start, end)` as stretches, each with the shift that holds in it; together they are the whole of it."""
    edges = sorted({start, end, *(at for shift in shifts for at in (shift.start, shift.end) if start < at < end)})
    found: list[Duty] = []
    for low, high in pairwise(edges):
        shift = on_call_at(shifts, low)
        if found and found[-1].shift == shift:
            found[-1] = Duty(start=found[-1].start, end=high, shift=shift)
        else:
            found.append(Duty(start=low, end=high, shift=shift))
    return tuple(found)


def holes(shifts: Sequence[Shift], start: datetime, end: datetime) -> tuple[Duty, ...]:
    """The stretches of `[start, end)` in which nobody is on call."""
    return tuple(duty for duty in duties(shifts, start, end) if duty.is_hole)


def weekly(user_ids: Sequence[int], *, first_on: date, weeks: int, handover: time, zone: ZoneInfo) -> Iterator[Shift]:
    """People in turn, a week each, from `handover` of `first_on` on; handed over at the same local time every week.

    Raises ValueError for nobody, and for weeks outside of 1 to 104.
    """
    if not user_ids or not 1 <= weeks <= MAX_WEEKS:
        raise ValueError("a rotation has people and between 1 and 104 weeks")
    for week in range(weeks):
        start, end = (
            datetime.combine(first_on + timedelta(weeks=week + later), handover, tzinfo=zone).astimezone(UTC)
            for later in (0, 1)
        )
        yield Shift(user_id=user_ids[week % len(user_ids)], start=start, end=end)
