"""A second, slow statement of business time: a row of minutes, each open or closed.

It shares no line with ``common.workhours``. A window of UTC minutes is written out with what the wall
clock shows in each; opening hours are painted onto it, and questions are answered by counting along.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from common.worktime import LocalInterval, WorkHours

MINUTE = timedelta(minutes=1)
DAY_MINUTES = 1_440


@lru_cache(maxsize=64)
def wall_clock(timezone: str, start: datetime, minutes: int) -> list[datetime]:
    """What the clock on the wall shows (naive) in each minute from ``start`` on."""
    zone = ZoneInfo(timezone)
    return [(start + index * MINUTE).astimezone(zone).replace(tzinfo=None) for index in range(minutes)]


class BusinessClock:
    """``days`` days of a calendar whose hours begin and end at whole minutes, from a UTC midnight on."""

    def __init__(self, hours: WorkHours, first: date, days: int) -> None:
        self.hours = hours
        self.start = datetime(first.year, first.month, first.day, tzinfo=UTC)
        self.shown = wall_clock(hours.timezone, self.start, days * DAY_MINUTES)
        self.minute_of: dict[datetime, int] = {}
        for index, wall in enumerate(self.shown):
            self.minute_of.setdefault(wall.replace(second=0), index)
        self.open = [False] * len(self.shown)
        self.open_dates: set[date] = set()
        for offset in range(2, days - 2):
            self._paint(first + timedelta(days=offset))

    def _paint(self, day: date) -> None:
        if day in self.hours.holidays:
            return
        intervals = self.hours.shifts[day] if day in self.hours.shifts else self.hours.weekly[day.weekday()]
        painted = self._minutes(day, intervals) - self._minutes(day, self.hours.breaks.get(day, ()))
        for index in painted:
            self.open[index] = True
        if painted:
            self.open_dates.add(day)

    def _minutes(self, day: date, intervals: tuple[LocalInterval, ...]) -> set[int]:
        wanted = {minute for part in intervals for minute in range(part.start // 60, part.end // 60)}
        found: set[int] = set()
        for minute in sorted(wanted):
            if minute - 1 in wanted:
                continue
            end = minute
            while end in wanted:
                end += 1
            found |= set(range(self.index_of(day, minute), self.index_of(day, end)))
        return found

    def index_of(self, day: date, minute: int) -> int:
        """The first minute whose clock shows this local time; where it is skipped, as late as it is after the gap."""
        wall = datetime.combine(day, time.min) + minute * MINUTE
        if wall in self.minute_of:
            return self.minute_of[wall]
        before = next(index for index, shown in enumerate(self.shown[1:]) if self.shown[index] < wall < shown)
        return before + int((wall - self.shown[before]) / MINUTE)

    def is_open(self, at: datetime) -> bool:
        return self.open[int((at - self.start) // MINUTE)]

    def between(self, start: datetime, end: datetime) -> timedelta:
        total = timedelta(0)
        moment = start
        while moment < end:
            following = min(self._next_minute(moment), end)
            if self.is_open(moment):
                total += following - moment
            moment = following
        return total

    def next_opening(self, at: datetime) -> datetime:
        while not self.is_open(at):
            at = self._next_minute(at)
        return at

    def add(self, at: datetime, budget: timedelta) -> tuple[datetime, datetime]:
        """(due, breach)."""
        moment = at
        while budget:
            following = self._next_minute(moment)
            if self.is_open(moment):
                following = min(following, moment + budget)
                budget -= following - moment
            moment = following
        return moment, self.next_opening(moment)

    def subtract(self, at: datetime, budget: timedelta) -> datetime:
        if not budget and self.is_open(at):
            return at
        moment = at
        while True:
            before = self._minute_before(moment)
            if self.is_open(before):
                before = max(before, moment - budget)
                budget -= moment - before
                if not budget:
                    return before
            moment = before

    def due_business_days(self, at: datetime, days: int) -> tuple[datetime, time, timedelta, datetime, datetime]:
        """(start, budget, due, breach)."""
        start = self.next_opening(at)
        local = self.shown[int((start - self.start) // MINUTE)]
        day = local.date()
        for _ in range(days):
            day += timedelta(days=1)
            while day not in self.open_dates:
                day += timedelta(days=1)
                if day > self.shown[-1].date():
                    raise IndexError(day)
        index = self.index_of(day, local.hour * 60 + local.minute)
        target = self.start + index * MINUTE + (start - self._minute_of(start))
        budget = self.between(start, target) if days else timedelta(0)
        return start, budget, *self.add(start, budget)

    def _minute_of(self, at: datetime) -> datetime:
        return self.start + (at - self.start) // MINUTE * MINUTE

    def _next_minute(self, at: datetime) -> datetime:
        return self._minute_of(at) + MINUTE

    def _minute_before(self, at: datetime) -> datetime:
        before = self._minute_of(at)
        before = before if before < at else before - MINUTE
        if before < self.start:
            raise IndexError(at)
        return before
