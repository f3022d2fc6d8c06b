"""The end of a past day as the moment that a list or report is read at. Pure: no Django, no clock."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = timedelta(microseconds=1)
EARLIEST = date(1990, 1, 1)
"""Periods of reports begin here, and calendars have no days before all time."""


class NoSuchDay(StrEnum):
    """Why there is nothing to read of a day."""

    UNREADABLE = "unreadable"
    AHEAD = "ahead"
    TOO_EARLY = "too_early"


@dataclass(frozen=True, kw_only=True)
class PastDay:
    """A day that is over, in the zone whose midnight ends it."""

    day: date
    zone: tzinfo

    @property
    def until(self) -> datetime:
        """The first instant that is no longer of the day."""
        return datetime.combine(self.day + timedelta(days=1), time.min, tzinfo=self.zone)

    @property
    def last(self) -> datetime:
        """The last instant of the day: what holds then holds at its end."""
        return self.until - _MOMENT


def asked_day(text: str, *, today: date, first: date | None, zone: tzinfo) -> PastDay | NoSuchDay | None:
    """The day that `text` names (2026-06-30); None for no text and for today, which is the present.

    `first` is the first day of which anything is kept; without one, days from EARLIEST on are read.
    """
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        return NoSuchDay.UNREADABLE
    if day > today:
        return NoSuchDay.AHEAD
    if day == today:
        return None
    return NoSuchDay.TOO_EARLY if day < max(first or EARLIEST, EARLIEST) else PastDay(day=day, zone=zone)
