"""Working calendars at work: new ones, new versions, and which hours hold at a moment (sla.md R7, R12)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.holiday_names import countries, holiday_names
from accounts.models import CalendarVersion, WorkCalendar
from accounts.rules.access import Actor
from accounts.rules.workcalendar import DayChange, VersionBody, changed_days, work_hours
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed
from common.reading import MalformedInput
from common.workhours import WorkHours, WorktimeError

CAPABILITY = "manage_calendars"
PREVIEW_DAYS = 366
# A page that stands open for a while before it is sent must not be refused for it.
_GRACE = timedelta(hours=1)
_FIELDS = tuple(VersionBody.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True)
class HoursPeriod:
    """The hours in force from `start` on, until the next period begins."""

    start: datetime
    number: int
    hours: WorkHours


def body_of(version: CalendarVersion) -> VersionBody:
    """What a stored version says."""
    values = {name: getattr(version, name) for name in _FIELDS}
    return VersionBody(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def read_body(body: VersionBody) -> WorkHours:
    """The hours of a version that is not saved yet. Raises DomainError that names the field at fault."""
    if body.country and body.country not in countries():
        raise DomainError(_("No holidays are known for this country."), field="country")
    if body.subdivision and body.subdivision not in countries().get(body.country, ()):
        raise DomainError(_("This country has no such subdivision."), field="subdivision")
    try:
        return work_hours(body, holiday_names)
    except MalformedInput as error:
        raise DomainError(error.problem, field=error.place.partition("[")[0]) from error
    except WorktimeError as error:
        raise DomainError(str(error), field="weekly") from error


@lru_cache(maxsize=256)
def _hours_of_version(version_id: int) -> WorkHours:
    """Versions are immutable: one set of hours (with all the days it has resolved) serves a whole process."""
    return work_hours(body_of(CalendarVersion.objects.get(pk=version_id)), holiday_names)


def hours_periods(calendar_id: int) -> tuple[HoursPeriod, ...]:
    """The versions of a calendar as periods in order of time. Raises Missing for a calendar without any.

    Of versions with the same instant the later number holds; time before the first counts under the first.
    """
    rows = CalendarVersion.objects.filter(calendar_id=calendar_id).order_by("effective_at", "number")
    found: dict[datetime, HoursPeriod] = {}
    for pk, number, effective_at in rows.values_list("pk", "number", "effective_at"):
        found[effective_at] = HoursPeriod(start=effective_at, number=number, hours=_hours_of_version(pk))
    if not found:
        raise Missing(_("This calendar has no hours yet."))
    return tuple(found.values())


def hours_at(calendar_id: int, moment: datetime) -> WorkHours:
    """The hours in force at `moment`. Raises Missing for a calendar without versions."""
    return period_at(hours_periods(calendar_id), moment).hours


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


@transaction.atomic
def create(*, name: str, body: VersionBody, by: Actor, now: datetime) -> WorkCalendar:
    """A new calendar with its first version, which counts for all time. Raises NotAllowed and DomainError."""
    _check_right(by)
    read_body(body)
    name = name.strip()
    if not name:
        raise DomainError(_("Give the calendar a name."), field="name")
    if WorkCalendar.objects.filter(name__iexact=name).exists():
        raise DomainError(_("There is a calendar with this name."), field="name")
    calendar: WorkCalendar = WorkCalendar.objects.create(name=name[:120])
    version = _write(calendar, number=1, body=body, effective_at=now, by=by)
    _record("calendar.created", calendar, {"version": [None, version.number], **_said({}, body)}, by, now)
    return calendar


@transaction.atomic
def add_version(
    *, calendar: WorkCalendar, body: VersionBody, effective_at: datetime, by: Actor, now: datetime, reason: str = ""
) -> CalendarVersion:
    """Other hours from `effective_at` on; nothing that was is changed (sla.md R12).

    Raises NotAllowed, and DomainError for an instant in the past, for hours that cannot be, and when nothing differs.
    """
    _check_right(by)
    read_body(body)
    if effective_at < now - _GRACE:
        raise DomainError(
            _("Hours that have passed cannot be changed: choose a moment from now on."), field="effective_at"
        )
    # The calendar's row is what two editors wait for each other on.
    WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    before = list(calendar.versions.order_by("effective_at", "number"))
    in_force = [version for version in before if version.effective_at <= effective_at]
    latest = in_force[-1] if in_force else None
    if latest is not None and body_of(latest) == body:
        raise DomainError(_("These are the hours that hold at that moment already: nothing would change."))
    number = max((version.number for version in before), default=0) + 1
    version = _write(calendar, number=number, body=body, effective_at=effective_at, by=by)
    changes = _said(asdict(body_of(latest)) if latest is not None else {}, body)
    changes |= {"version": [latest.number if latest else None, number], "effective_at": [None, effective_at]}
    _record("calendar.version_added", calendar, changes, by, now, reason)
    return version


def _check_right(by: Actor) -> None:
    if not by.has(CAPABILITY):
        raise NotAllowed(_("Calendars are edited by the Support Manager and administrators."))


def _write(
    calendar: WorkCalendar, *, number: int, body: VersionBody, effective_at: datetime, by: Actor
) -> CalendarVersion:
    version: CalendarVersion = CalendarVersion.objects.create(
        calendar=calendar, number=number, effective_at=effective_at, created_by_id=by.user_id, **_stored(body)
    )
    return version


def _stored(body: VersionBody) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in _values(body)}


def _values(body: VersionBody) -> Iterable[tuple[str, Any]]:
    return ((name, getattr(body, name)) for name in _FIELDS)


def _said(before: Mapping[str, Any], body: VersionBody) -> dict[str, list[Any]]:
    return activity.changes_between(before, dict(_values(body)))


def _record(
    verb: str, calendar: WorkCalendar, changes: Mapping[str, Any], by: Actor, now: datetime, reason: str = ""
) -> None:
    activity.record(
        verb=verb, target=calendar, now=now, actor_id=by.user_id, actor_name=by.name, changes=changes, reason=reason
    )
