"""A clock's calendar through its versions: each moment counts under the version then in force (sla.md R12). Pure.

A timeline is immutable. A version that is announced becomes part of a new timeline, from its effective instant on
and never from before the announcement ("a past one changes nothing"); of versions that are in force at a moment the
one with the latest effective instant holds, of those with the same instant the one that was announced last. The
name "24x7" stands for absolute seconds (R7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from common import worktime
from common.workhours import NOTHING, WorkHours

ROUND_THE_CLOCK = "24x7"


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """The hours in force from ``effective_at`` on; the first version of a timeline has no beginning (None)."""

    name: str
    hours: WorkHours
    effective_at: datetime | None = None


class Window(NamedTuple):
    """A stretch of time under one version; None is no bound."""

    version: Version
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """The versions of one calendar in the order of their instants, the first without one."""

    name: str
    versions: tuple[Version, ...]

    @property
    def is_round_the_clock(self) -> bool:
        """Whether this clock counts absolute seconds."""
        return self.name == ROUND_THE_CLOCK

    def announced(self, version: Version, at: datetime) -> Timeline:
        """The timeline after ``version`` was announced at ``at``."""
        effective_at = max(version.effective_at or at, at)
        version = Version(name=version.name, hours=version.hours, effective_at=effective_at)
        later = [other for other in self.versions if other.effective_at and other.effective_at > effective_at]
        earlier = [other for other in self.versions if other.effective_at is None or other.effective_at < effective_at]
        return Timeline(name=self.name, versions=(*earlier, version, *later))

    def version_at(self, at: datetime) -> Version:
        """The version in force at an instant."""
        for version in reversed(self.versions):
            if version.effective_at is None or version.effective_at <= at:
                return version
        return self.versions[0]

    def windows(self, start: datetime, end: datetime | None) -> Iterator[tuple[Version, datetime, datetime | None]]:
        """The stretches of ``[start, end)``, each under one version; without ``end`` the last one has none."""
        for version, first, last in self._windows():
            low = start if first is None else max(start, first)
            high = last if end is None else end if last is None else min(end, last)
            if high is None or low < high:
                yield version, low, high

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Business time in ``[start, end)``. Raises ``TooFar``."""
        if end <= start:
            return NOTHING
        if self.is_round_the_clock:
            return end - start
        if len(self.versions) == 1:
            return worktime.between(self.versions[0].hours, start, end)
        pieces = self.windows(start, end)
        return sum((worktime.between(version.hours, low, high or end) for version, low, high in pieces), NOTHING)

    def used_up(self, at: datetime, budget: timedelta) -> datetime:
        """The earliest instant by which ``budget`` of business time has passed since ``at``: R5's due instant.

        Raises ``NeverOpens``, ``TooFar``.
        """
        if budget <= NOTHING:
            return at
        if self.is_round_the_clock:
            return _shifted(at, budget)
        left = budget
        for version, low, high in self.windows(at, None):
            if high is None:
                return worktime.add(version.hours, low, left).due_at
            passed = worktime.between(version.hours, low, high)
            if left <= passed:
                return worktime.add(version.hours, low, left).due_at
            left -= passed
        raise AssertionError("the last version of a timeline has no end")

    def next_opening(self, at: datetime) -> datetime:
        """The instant itself when it is open, else the next one that is. Raises ``NeverOpens``, ``TooFar``."""
        if self.is_round_the_clock:
            return at
        for version, low, high in self.windows(at, None):
            if high is None or worktime.between(version.hours, low, high):
                return worktime.next_opening(version.hours, low)
        raise AssertionError("the last version of a timeline has no end")

    def business_days(self, at: datetime, days: int) -> tuple[datetime, timedelta]:
        """R6: the next opening S, and the business time from S to its local clock time on the Nth later open date.

        The local clock is that of the version in force at S; whether a date has open time is asked of the version
        in force then. No days are no budget. Raises ``NeverOpens``, ``TooFar``.
        """
        if len(self.versions) == 1:
            due = worktime.due_business_days(self.versions[0].hours, at, days)
            return due.start, due.budget
        start = self.next_opening(at)
        hours = self.version_at(start).hours
        local = start.astimezone(hours.zone)
        clock = datetime.combine(local.date(), local.time()) - datetime.combine(local.date(), time.min)
        target = hours.instant(self._later_open_date(local.date(), days), clock) if days else start
        return start, self.between(start, target)

    def _windows(self) -> Iterator[Window]:
        for index, version in enumerate(self.versions):
            following = self.versions[index + 1].effective_at if index + 1 < len(self.versions) else None
            yield Window(version, version.effective_at, following)

    def _later_open_date(self, day: date, count: int) -> date:
        for offset in range(1, worktime.MAX_DAYS):
            later = day + timedelta(days=offset)
            count -= self._has_open_time(later)
            if not count:
                return later
        raise worktime.NeverOpens(f"the calendar has too few open days after {day.isoformat()}")

    def _has_open_time(self, day: date) -> bool:
        """Whether a local date has open time under the versions in force on it."""
        for version, first, last in self._windows():
            for span in version.hours.spans_of_date(day):
                low = span.start if first is None else max(span.start, first)
                high = span.end if last is None else min(span.end, last)
                if low < high:
                    return True
        return False


def timeline_of(name: str, hours: WorkHours) -> Timeline:
    """A calendar that has one version so far."""
    return Timeline(name=name, versions=(Version(name=name, hours=hours),))


ALWAYS = timeline_of(ROUND_THE_CLOCK, worktime.ALWAYS_OPEN)


def in_utc(at: datetime) -> datetime:
    """An instant in UTC; it must carry its offset."""
    if at.tzinfo is None:
        raise worktime.WorktimeError("an instant must carry its offset")
    return at.astimezone(UTC)


def _shifted(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        raise worktime.TooFar("the answer lies outside the years that can be written") from None
