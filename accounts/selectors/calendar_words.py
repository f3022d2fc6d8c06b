"""Calendars in words for their pages: hours of a week, years, and what a version changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import CalendarVersion, WorkCalendar
from accounts.rules.hours_text import write_days, write_hours
from accounts.rules.workcalendar import HolidayDays
from accounts.selectors.calendars import HoursPeriod, body_of, differences, holidays_of, period_at, state_at, year_of
from common.workhours import Intervals
from common.worktime_parse import WEEKDAYS

_LABELS: Mapping[str, Any] = {
    "timezone": gettext_lazy("Time zone"),
    "country": gettext_lazy("Holidays of"),
    "subdivision": gettext_lazy("Subdivision"),
    "weekly": gettext_lazy("Week"),
    "special_days": gettext_lazy("Special days"),
    "breaks": gettext_lazy("Breaks"),
    "extra_holidays": gettext_lazy("Further holidays"),
    "removed_holidays": gettext_lazy("Holidays on which you work"),
}
_SHORT_DAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field of a version beside that of the version before it, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """A version: who made it, whether it holds now, and what it changed."""

    version: CalendarVersion
    is_in_force: bool
    is_planned: bool
    changes: tuple[FieldChange, ...]


def calendar_row(calendar: WorkCalendar, periods: Sequence[HoursPeriod], now: datetime) -> dict[str, Any]:
    """A calendar for the list: whether it is open now, its week, zone and holidays."""
    hours = period_at(periods, now).hours
    days = hours.holidays if isinstance(hours.holidays, HolidayDays) else None
    return {
        "calendar": calendar,
        "now": state_at(periods, now),
        "hours": said_week([_pairs(intervals) for intervals in hours.weekly]),
        "zone": hours.timezone,
        "holidays_of": " ".join((days.country, days.subdivision)).strip() if days is not None else "",
    }


def history(versions: Iterable[CalendarVersion], *, now: datetime) -> list[HistoryRow]:
    """The versions of a calendar, newest instant first, each with what it says otherwise than the one before it."""
    ordered = sorted(versions, key=lambda version: (version.effective_at, version.number))
    begun = [version for version in ordered if version.effective_at <= now]
    in_force = (begun or ordered)[-1 if begun else 0] if ordered else None
    rows, before = [], None
    for version in ordered:
        body = body_of(version)
        changes = tuple(
            FieldChange(label=str(_LABELS[name]), before=said(name, old), after=said(name, new))
            for name, (old, new) in differences(before, body).items()
            if before is not None
        )
        rows.append(
            HistoryRow(
                version=version, is_in_force=version is in_force, is_planned=version.effective_at > now, changes=changes
            )
        )
        before = body
    return rows[::-1]


def said(name: str, value: Any) -> str:
    """A field of a version in words: "Mon-Fri 09:00-17:00"."""
    if name == "weekly":
        return said_week([value.get(day, []) for day in WEEKDAYS])
    if isinstance(value, Mapping):
        return write_days(value).replace("\n", ", ") or _("none")
    if isinstance(value, tuple):
        return ", ".join(value) or _("none")
    return str(value) or _("none")


def said_week(week: Sequence[Sequence[Sequence[str]]]) -> str:
    """A week in a line, days with the same hours together: "Mon-Fri 09:00-17:00"."""
    groups: list[tuple[int, int, str]] = []
    for index, pairs in enumerate(week):
        hours = write_hours(pairs)
        if groups and groups[-1][2] == hours:
            groups[-1] = (groups[-1][0], index, hours)
        else:
            groups.append((index, index, hours))
    return "; ".join(
        f"{_SHORT_DAYS[first]}{f'-{_SHORT_DAYS[last]}' if last > first else ''} {hours}"
        for first, last, hours in groups
        if hours != write_hours([])
    ) or _("never open")


def _pairs(intervals: Intervals) -> list[tuple[str, str]]:
    return [(_clock(interval.start), _clock(interval.end)) for interval in intervals]


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def year_context(periods: Sequence[HoursPeriod], year: int) -> dict[str, Any]:
    """What the year view needs: months, holidays by name, and the weekdays' heads."""
    months = year_of(periods, year)
    return {
        "year": year,
        "months": months,
        "weekdays": [str(day) for day in _SHORT_DAYS],
        "holidays": holidays_of(months),
        "previous_year": year - 1,
        "next_year": year + 1,
    }
