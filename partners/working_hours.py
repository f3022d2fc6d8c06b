"""The working hours that days and deadlines are counted by: a person's own calendar, or that of a country.

A calendar that never opens from now on would keep people waiting for ever, so office hours stand in for it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from accounts.models import CalendarVersion, User
from accounts.selectors.calendars import HoursPeriod, hours_at, period_at, periods_of_calendars
from common.errors import Missing
from common.workhours import LocalInterval, WorkHours, WorktimeError
from common.worktime import next_opening

_OFFICE_DAY = (LocalInterval(start=9 * 3600, end=17 * 3600),)
_CLOSED: tuple[LocalInterval, ...] = ()


@lru_cache(maxsize=512)
def office_hours(zone: str) -> WorkHours:
    """Monday to Friday, 9 to 17 on the clock of the zone."""
    return WorkHours(timezone=zone, weekly=(_OFFICE_DAY,) * 5 + (_CLOSED,) * 2)


def hours_of_person(person: User, now: datetime) -> WorkHours:
    """The calendar of a person as it is at `now`; office hours in their zone for who has none that opens again."""
    if person.calendar_id is None:
        return office_hours(person.timezone)
    return _opening(person.calendar_id, now) or office_hours(person.timezone)


def hours_by_country(countries: Iterable[str], now: datetime) -> Mapping[str, WorkHours]:
    """The working calendar of each country, that with the lowest number where there are several. Two statements.

    Countries without a calendar are left out: `office_hours` of the organization's own zone serve there.
    """
    wanted = {country for country in countries if country}
    rows = CalendarVersion.objects.filter(country__in=wanted, calendar__archived_at__isnull=True)
    calendars = dict(rows.order_by("country", "-calendar_id").values_list("country", "calendar_id"))
    found = ((country, _opening(calendar_id, now)) for country, calendar_id in calendars.items())
    return {country: hours for country, hours in found if hours is not None}


def hours_of_calendars(calendar_ids: Iterable[int], now: datetime) -> Mapping[int, WorkHours]:
    """The hours of each calendar as they are at `now`, without those that never open again. One statement."""
    wanted = set(calendar_ids)
    found = {pk: that_opens(period_at(periods, now).hours, now) for pk, periods in _periods(wanted).items()}
    return {pk: hours for pk, hours in found.items() if hours is not None}


def _periods(calendar_ids: set[int]) -> Mapping[int, tuple[HoursPeriod, ...]]:
    return periods_of_calendars(calendar_ids) if calendar_ids else {}


def that_opens(hours: WorkHours, now: datetime) -> WorkHours | None:
    """The same hours; None for those that never open from `now` on."""
    try:
        next_opening(hours, now)
    except WorktimeError:
        return None
    return hours


def _opening(calendar_id: int, now: datetime) -> WorkHours | None:
    try:
        return that_opens(hours_at(calendar_id, now), now)
    except (Missing, WorktimeError):
        return None
