"""Which hours a calendar has at a moment, and how its days look: for pages, clocks and upper floors (sla.md R12)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from accounts.holiday_names import holiday_names
from accounts.models import CalendarVersion
from accounts.rules.workcalendar import Day, DayChange, VersionBody, changed_days, day_of, work_hours
from common.errors import Missing
from common.workhours import WorkHours
from common.worktime import open_stretches

PREVIEW_DAYS = 366
BODY_FIELDS = tuple(VersionBody.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True)
class HoursPeriod:
    """The hours in force from `start` on, until the next period begins."""

    start: datetime
    number: int
    hours: WorkHours


def body_of(version: CalendarVersion) -> VersionBody:
    """What a stored version says."""
    values: dict[str, Any] = {name: getattr(version, name) for name in BODY_FIELDS}
    settled: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return VersionBody(**settled)


@lru_cache(maxsize=256)
def _hours_of_version(version_id: int) -> WorkHours:
    """Versions are immutable: one set of hours (with all the days it has resolved) serves a whole process."""
    return work_hours(body_of(CalendarVersion.objects.get(pk=version_id)), holiday_names)


def hours_periods(calendar_id: int) -> tuple[HoursPeriod, ...]:
    """The versions of a calendar as periods in order of time. Raises Missing for a calendar without any.

    Of versions with the same instant the later number holds; time before the first counts under the first.
    """
    found = periods_of_calendars([calendar_id])
    if not found:
        raise Missing(_("This calendar has no hours yet."))
    return found[calendar_id]


def periods_of_calendars(calendar_ids: Iterable[int]) -> dict[int, tuple[HoursPeriod, ...]]:
    """The same of several calendars; those without versions are left out. One statement."""
    rows = CalendarVersion.objects.filter(calendar_id__in=sorted(set(calendar_ids))).order_by("effective_at", "number")
    found: dict[int, dict[datetime, HoursPeriod]] = {}
    for calendar_id, pk, number, effective_at in rows.values_list("calendar_id", "pk", "number", "effective_at"):
        period = HoursPeriod(start=effective_at, number=number, hours=_hours_of_version(pk))
        found.setdefault(calendar_id, {})[effective_at] = period
    return {calendar_id: tuple(periods.values()) for calendar_id, periods in found.items()}


def hours_at(calendar_id: int, moment: datetime) -> WorkHours:
    """The hours in force at `moment`. Raises Missing for a calendar without versions."""
    return period_at(hours_periods(calendar_id), moment).hours


def hours_of_version(version_id: int) -> WorkHours:
    """The hours that one version of a calendar says; no statement once a process knows them."""
    return _hours_of_version(version_id)


def period_at(periods: Sequence[HoursPeriod], moment: datetime) -> HoursPeriod:
    """The period that `moment` lies in; the first one also before it began."""
    return max((period for period in periods if period.start <= moment), key=_start, default=periods[0])


def _start(period: HoursPeriod) -> datetime:
    return period.start


def preview(
    periods: Sequence[HoursPeriod], after: WorkHours, *, effective_at: datetime, days: int = PREVIEW_DAYS
) -> list[DayChange]:
    """The dates whose hours a new version would change, in the `days` days from its first day on.

    A later version that is planned already goes on to hold from its own instant.
    """
    first = effective_at.astimezone(after.zone).date()
    planned = [period.start for period in periods if period.start > effective_at]
    if planned:
        last = min(planned).astimezone(after.zone).date()
        days = min(days, (last - first).days)
    return list(changed_days(lambda on: _hours_on(periods, on), after, start=first, days=days))


def _hours_on(periods: Sequence[HoursPeriod], on: date) -> WorkHours | None:
    if not periods:
        return None
    noon = datetime.combine(on, time(12), tzinfo=periods[0].hours.zone)
    return period_at(periods, noon).hours


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month as weeks from Monday on; None fills the days of its neighbors."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]


def year_of(periods: Sequence[HoursPeriod], year: int) -> list[Month]:
    """The twelve months of a year, each day by the version in force on it."""
    return [_month(periods, year, month) for month in range(1, 13)]


def _month(periods: Sequence[HoursPeriod], year: int, month: int) -> Month:
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    days: list[Day | None] = [None] * first.weekday()
    days += [day_at(periods, first + timedelta(days=offset)) for offset in range((following - first).days)]
    days += [None] * (-len(days) % 7)
    weeks = tuple(tuple(days[start : start + 7]) for start in range(0, len(days), 7))
    return Month(first=first, weeks=weeks)


def day_at(periods: Sequence[HoursPeriod], on: date) -> Day:
    """A day by the version in force at its noon."""
    hours = _hours_on(periods, on)
    if hours is None:
        raise Missing(_("This calendar has no hours yet."))
    return day_of(hours, on)


def next_days(periods: Sequence[HoursPeriod], *, now: datetime, count: int = 14) -> list[Day]:
    """Today and the days after it, on the calendar's own clock."""
    today = now.astimezone(period_at(periods, now).hours.zone).date()
    return [day_at(periods, today + timedelta(days=offset)) for offset in range(count)]


def holidays_of(months: Sequence[Month]) -> list[Day]:
    """The holidays of a year in order."""
    return [
        day for month in months for week in month.weeks for day in week if day is not None and day.kind == "holiday"
    ]


def differences(before: VersionBody | None, after: VersionBody) -> Mapping[str, tuple[Any, Any]]:
    """What a version says otherwise than the one before it, by field: (before, after)."""
    return {
        name: (getattr(before, name) if before is not None else None, getattr(after, name))
        for name in BODY_FIELDS
        if before is None or getattr(before, name) != getattr(after, name)
    }


@dataclass(frozen=True, kw_only=True)
class OpenState:
    """Whether a calendar is open at a moment, and when that changes next (None: not within a year)."""

    is_open: bool
    changes_at: datetime | None


def state_at(periods: Sequence[HoursPeriod], now: datetime) -> OpenState:
    """Open or closed now, and until when."""
    hours = period_at(periods, now).hours
    end = now + timedelta(days=PREVIEW_DAYS)
    for span in open_stretches(hours, now, end):
        return OpenState(is_open=span.start <= now, changes_at=span.end if span.start <= now else span.start)
    return OpenState(is_open=False, changes_at=None)
