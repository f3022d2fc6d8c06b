"""Opening hours for the oracle: whether an instant is open, and counting by stepping. Nothing from `common.worktime`.

Instants are whole seconds since 1970, UTC. A step is a number of seconds that divides every instant of the case, so
that a stretch between two steps is open or closed as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON = 120 * 86400
ALWAYS = "24x7"

Body = dict[str, Any]


def read_instant(text: str) -> int:
    """Seconds since 1970 of an ISO 8601 instant with an offset."""
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    assert at.microsecond == 0, "the oracle counts whole seconds"
    return round(at.timestamp())


def write_instant(at: int | None) -> str | None:
    """The instant in UTC with Z."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def local_instant(zone: str, day: date, wall: str) -> int:
    """R7: a wall time of a date with fold=0; one the clocks skip moves forward by the gap, as zoneinfo reads it."""
    hour, minute = (int(part) for part in wall.split(":")[:2])
    midnight = datetime.combine(day, time.min, ZoneInfo(zone))
    return round((midnight + timedelta(hours=hour, minutes=minute)).timestamp())


class Hours:
    """One body of opening hours: weekly hours, holidays, breaks, shifts."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.zone: str = body["timezone"]
        self.around = lru_cache(maxsize=None)(self._around)
        self.is_open = lru_cache(maxsize=None)(self._is_open)

    def _stretches(self, day: date) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """What a local date opens, and what its breaks close."""
        key = day.isoformat()
        if key in self.body.get("holidays", []):
            return [], []
        weekly = self.body.get("weekly", {}).get(DAY_NAMES[day.weekday()], [])
        opens = self.body.get("shifts", {}).get(key, weekly)
        breaks = self.body.get("breaks", {}).get(key, [])
        return self._instants(day, opens), self._instants(day, breaks)

    def _instants(self, day: date, intervals: list[list[str]]) -> list[tuple[int, int]]:
        return [(local_instant(self.zone, day, start), local_instant(self.zone, day, end)) for start, end in intervals]

    def _is_open(self, at: int) -> bool:
        """Start included, end excluded."""
        for opens, breaks in self.around(at // 86400):
            if any(start <= at < end for start, end in opens):
                return not any(start <= at < end for start, end in breaks)
        return False

    def _around(self, utc_day: int) -> list[tuple[list[tuple[int, int]], list[tuple[int, int]]]]:
        """The local dates that can touch a day of UTC: it, its neighbors, and one more whose 24:00 lies beyond."""
        day = date(1970, 1, 1) + timedelta(days=utc_day)
        return [self._stretches(day + timedelta(days=offset)) for offset in (-2, -1, 0, 1)]


class Timeline:
    """The calendars by name, each with its versions: every moment counts under the one then in force (R12)."""

    def __init__(self, bodies: dict[str, Body], step: int) -> None:
        self.step = step
        self.hours = {name: Hours(body) for name, body in bodies.items()}
        self.versions: dict[str, list[tuple[int, str]]] = {}

    def publish(self, calendar: str, body: str, effective: int) -> None:
        """A new version of the calendar, in force from its effective instant until a later one."""
        self.versions.setdefault(calendar, []).append((effective, body))

    def in_force(self, calendar: str, at: int) -> Hours:
        """The hours of a calendar at a moment: of the versions in force the one with the latest effective instant."""
        name, since = calendar, None
        for effective, body in self.versions.get(calendar, []):
            if effective <= at and (since is None or effective >= since):
                name, since = body, effective
        return self.hours[name]

    def is_open(self, calendar: str, at: int) -> bool:
        """Whether the moment is business time."""
        return calendar == ALWAYS or self.in_force(calendar, at).is_open(at)

    def count(self, calendar: str, start: int, end: int, counts: Callable[[int], bool] = lambda _: True) -> int:
        """Seconds of business time in [start, end) that also satisfy ``counts``."""
        moments = range(start, end, self.step)
        return sum(self.step for at in moments if self.is_open(calendar, at) and counts(at))

    def used_up(
        self, calendar: str, start: int, seconds: int, counts: Callable[[int], bool] = lambda _: True
    ) -> tuple[int, int]:
        """R5: (earliest instant by which the seconds are used, first instant from there on at which time runs)."""
        at, used, due = start, 0, None
        while at - start < HORIZON:
            if due is None and used >= seconds:
                due = at
            runs = self.is_open(calendar, at) and counts(at)
            if runs and due is not None:
                return due, at
            used += self.step if runs else 0
            at += self.step
        raise AssertionError("the case runs longer than the oracle steps")

    def business_days(self, calendar: str, start: int, days: int) -> tuple[int, int]:
        """R6: (the start moved to the next opening, the budget in seconds of N business days)."""
        if calendar == ALWAYS:
            return start, days * 86400
        opening = self.used_up(calendar, start, 0)[1]
        zone = ZoneInfo(self.in_force(calendar, opening).zone)
        local = datetime.fromtimestamp(opening, zone)
        day = local.date()
        while days:
            day += timedelta(days=1)
            midnight, next_one = (local_instant(zone.key, day + timedelta(days=more), "00:00") for more in (0, 1))
            assert midnight - opening < HORIZON, "the case runs longer than the oracle steps"
            days -= any(self.is_open(calendar, at) for at in range(midnight, next_one, self.step))
        target = datetime.combine(day, local.time().replace(fold=0), zone)
        return opening, self.count(calendar, opening, round(target.timestamp()))
