"""When a report is due by mail: a weekday, a day of the month or of the quarter, at an hour of the reader. Pure.

A slot is the local day that a mail is meant for, at its hour. An hour that a clock change skips comes as much later as
the change skips; one that it repeats is taken at its first reading.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK, MONTH, QUARTER = "week", "month", "quarter"
LAST_DAY = {WEEK: 7, MONTH: 31, QUARTER: 92}
"""The greatest day of each rhythm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """`day` is the ISO weekday, or the day of the month or quarter: one that a month lacks is its last."""

    every: str
    day: int
    hour: int
    zone: str

    def slot_on(self, day: date) -> datetime:
        """The instant of a local day, in UTC."""
        return datetime.combine(day, time(self.hour), tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def following(self, after: datetime) -> datetime:
        """The first slot later than `after`."""
        return next(slot for slot in self._around(after) if slot > after)

    def newest(self, at: datetime) -> datetime:
        """The last slot that has come at `at`."""
        return max(slot for slot in self._around(at) if slot <= at)

    def moved(self, pending: datetime, zone: str) -> datetime:
        """The slot of the local day that `pending` had in another zone: whoever moves gets the mail of a day once."""
        return self.slot_on(pending.astimezone(ZoneInfo(zone)).date())

    def _around(self, at: datetime) -> Iterator[datetime]:
        """The slots of the span that `at` lies in, of the one before and of the one after."""
        first = self._first_day(at.astimezone(ZoneInfo(self.zone)).date())
        before = self._first_day(first - timedelta(days=1))
        after = first + timedelta(days=self._length(first))
        for start in (before, first, after):
            yield self.slot_on(start + timedelta(days=min(self.day, self._length(start)) - 1))

    def _first_day(self, day: date) -> date:
        if self.every == WEEK:
            return day - timedelta(days=day.weekday())
        return day.replace(month=day.month if self.every == MONTH else (day.month - 1) // 3 * 3 + 1, day=1)

    def _length(self, first: date) -> int:
        if self.every == WEEK:
            return 7
        months = 1 if self.every == MONTH else 3
        return sum(monthrange(first.year, first.month + number)[1] for number in range(months))
