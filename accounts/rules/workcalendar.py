"""Working calendars: from the rows of a version to business hours, and what differs between two. Pure.

A holiday beats a special day, a break cuts both (sla.md R7). The library of holidays is asked through a function, so
that nothing here needs it: (country, subdivision, year) -> {day: name}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from common import reading
from common.reading import MalformedInput
from common.workhours import Intervals, WorkHours
from common.worktime_parse import WEEKDAYS, parse_intervals, parse_zone

HolidayNames = Callable[[str, str, int], Mapping[date, str]]

MAX_DAYS = 400
"""So many special days, breaks or holidays by hand a version may carry; more would be a mistake."""


@dataclass(frozen=True, kw_only=True)
class HolidayDays:
    """The holidays of one version, for every year there is: those of the country, changed by hand.

    `removed` takes away what the country has; what is in `extra` is a holiday in any case.
    """

    country: str
    subdivision: str
    extra: tuple[tuple[date, str], ...] = ()
    removed: frozenset[date] = frozenset()
    names: HolidayNames = field(repr=False)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.name_of(day) is not None

    def name_of(self, day: date) -> str | None:
        """What the holiday is called, or None for a day that is none. One without a name is called ""."""
        for extra, name in self.extra:
            if extra == day:
                return name
        if not self.country or day in self.removed:
            return None
        return self.names(self.country, self.subdivision, day.year).get(day)


@dataclass(frozen=True, kw_only=True)
class VersionBody:
    """What a version says, in the shape in which it is stored (see accounts.models.CalendarVersion).

    `extra_holidays` are texts that begin with their day: "2026-12-31 Company day".
    """

    timezone: str
    country: str = ""
    subdivision: str = ""
    weekly: Mapping[str, object] = field(default_factory=dict)
    special_days: Mapping[str, object] = field(default_factory=dict)
    breaks: Mapping[str, object] = field(default_factory=dict)
    extra_holidays: tuple[str, ...] = ()
    removed_holidays: tuple[str, ...] = ()


def work_hours(body: VersionBody, names: HolidayNames) -> WorkHours:
    """The business hours of a version. Raises MalformedInput whose place begins with the field at fault."""
    weekly = reading.mapping(body.weekly, "weekly", known=WEEKDAYS)
    return WorkHours(
        timezone=parse_zone(body.timezone, "timezone"),
        weekly=tuple(parse_intervals(weekly.get(day, []), f"weekly.{day}") for day in WEEKDAYS),
        holidays=holiday_days(body, names),
        breaks=_by_day(body.breaks, "breaks"),
        shifts=_by_day(body.special_days, "special_days"),
    )


def holiday_days(body: VersionBody, names: HolidayNames) -> HolidayDays:
    """The holidays of a version. Raises MalformedInput."""
    extra = [_named_day(text, f"extra_holidays[{index}]") for index, text in enumerate(body.extra_holidays)]
    removed = (reading.day(text, f"removed_holidays[{index}]") for index, text in enumerate(body.removed_holidays))
    _refuse_too_many(body.extra_holidays, "extra_holidays")
    _refuse_too_many(body.removed_holidays, "removed_holidays")
    return HolidayDays(
        country=body.country,
        subdivision=body.subdivision,
        extra=tuple(sorted(extra)),
        removed=frozenset(removed),
        names=names,
    )


def _named_day(text: str, place: str) -> tuple[date, str]:
    written, _, name = text.strip().partition(" ")
    return reading.day(written, place), name.strip()


def _by_day(body: Mapping[str, object], place: str) -> dict[date, Intervals]:
    _refuse_too_many(body, place)
    return {
        reading.day(day, f"{place}.{day}"): parse_intervals(intervals, f"{place}.{day}")
        for day, intervals in reading.mapping(body, place).items()
    }


def _refuse_too_many(entries: Mapping[str, object] | tuple[str, ...], place: str) -> None:
    if len(entries) > MAX_DAYS:
        raise MalformedInput(place, f"more than {MAX_DAYS} days")


class DayKind(StrEnum):
    """What a day of a calendar is, for the year view."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    SPECIAL = "special"


@dataclass(frozen=True, kw_only=True)
class Day:
    """One local date: its kind, its local hours as ("09:00", "17:00") pairs, and the holiday's name if it is one."""

    on: date
    kind: DayKind
    hours: tuple[tuple[str, str], ...]
    holiday: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.hours)


def day_of(hours: WorkHours, on: date) -> Day:
    """What `on` is in a calendar, its hours on the local clock of the calendar's zone."""
    name = hours.holidays.name_of(on) if isinstance(hours.holidays, HolidayDays) else None
    if name is not None or on in hours.holidays:
        return Day(on=on, kind=DayKind.HOLIDAY, hours=(), holiday=name or "")
    spans = hours.spans_of_date(on)
    shown = tuple((_clock(hours, on, span.start), _clock(hours, on, span.end)) for span in spans)
    if on in hours.shifts or on in hours.breaks:
        return Day(on=on, kind=DayKind.SPECIAL, hours=shown)
    return Day(on=on, kind=DayKind.OPEN if shown else DayKind.CLOSED, hours=shown)


def _clock(hours: WorkHours, on: date, at: datetime) -> str:
    local = at.astimezone(hours.zone)
    # The end of a day belongs to the day it ends.
    return "24:00" if local.date() > on and local.hour == local.minute == 0 else f"{local:%H:%M}"


@dataclass(frozen=True, kw_only=True)
class DayChange:
    """A date that another version sees otherwise."""

    before: Day
    after: Day


def changed_days(
    before: Callable[[date], WorkHours | None], after: WorkHours, *, start: date, days: int
) -> Iterator[DayChange]:
    """The dates of the `days` days from `start` on whose business time differs, or whose holiday does.

    `before(day)` gives the hours in force on a date until now, None where there are none yet.
    """
    for offset in range(days):
        on = start + timedelta(days=offset)
        new = day_of(after, on)
        hours = before(on)
        old = day_of(hours, on) if hours is not None else Day(on=on, kind=DayKind.CLOSED, hours=())
        moved = hours is not None and hours.spans_of_date(on) != after.spans_of_date(on)
        if moved or (old.hours, old.holiday, old.kind == DayKind.HOLIDAY) != (
            new.hours,
            new.holiday,
            new.kind == DayKind.HOLIDAY,
        ):
            yield DayChange(before=old, after=new)
