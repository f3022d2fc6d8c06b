"""Working calendars at work: new ones, new versions, and which hours hold at a moment (sla.md R7, R12)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.holiday_names import countries, holiday_names
from accounts.models import CalendarVersion, WorkCalendar
from accounts.rules.access import Actor
from accounts.rules.workcalendar import VersionBody, work_hours
from accounts.selectors.calendar_words import said
from accounts.selectors.calendars import (
    BODY_FIELDS,
    HoursPeriod,
    body_of,
    differences,
    hours_at,
    hours_periods,
    period_at,
    preview,
)
from accounts.services import activity
from accounts.services.calendar_impacts import version_added
from common.errors import DomainError, NotAllowed
from common.reading import MalformedInput
from common.workhours import WorkHours, WorktimeError

# Upper floors find what they need of calendars here.
__all__ = [
    "HoursPeriod",
    "add_version",
    "body_of",
    "create",
    "hours_at",
    "hours_periods",
    "period_at",
    "preview",
    "read_body",
]

CAPABILITY = "manage_calendars"
# A page that stands open for a while before it is sent must not be refused for it.
_GRACE = timedelta(hours=1)


def read_body(body: VersionBody) -> WorkHours:
    """The hours of a version that is not saved yet. Raises DomainError that names the field at fault."""
    if body.country and body.country not in countries():
        raise DomainError(_("No holidays are known for this country."), field="country")
    if body.subdivision and body.subdivision not in countries().get(body.country, ()):
        known = ", ".join(countries().get(body.country, ())) or "-"
        raise DomainError(
            _("There is no such subdivision; known are: %(known)s") % {"known": known}, field="subdivision"
        )
    try:
        return work_hours(body, holiday_names)
    except MalformedInput as error:
        raise DomainError(error.problem, field=error.place.partition("[")[0]) from error
    except WorktimeError as error:
        raise DomainError(str(error), field="weekly") from error


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
    _record("calendar.created", calendar, {"version": [None, version.number], **_said(None, body)}, by, now)
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
    changes = _said(body_of(latest) if latest is not None else None, body)
    changes |= {"version": [latest.number if latest else None, number], "effective_at": [None, effective_at]}
    _record("calendar.version_added", calendar, changes, by, now, reason)
    version_added(calendar.pk)
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
    return ((name, getattr(body, name)) for name in BODY_FIELDS)


def _said(before: VersionBody | None, body: VersionBody) -> dict[str, list[Any]]:
    """What a version changes, as one types it, in one language: the trail is read by other people."""
    with override("en"):
        return {
            name: [said(name, old) if before is not None else None, said(name, new)]
            for name, (old, new) in differences(before, body).items()
        }


def _record(
    verb: str, calendar: WorkCalendar, changes: Mapping[str, Any], by: Actor, now: datetime, reason: str = ""
) -> None:
    activity.record(
        verb=verb, target=calendar, now=now, actor_id=by.user_id, actor_name=by.name, changes=changes, reason=reason
    )
