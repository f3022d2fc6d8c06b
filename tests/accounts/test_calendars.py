"""Calendars change by new versions only, and every moment keeps the hours that held then (sla.md R12)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Activity, CalendarVersion, WorkCalendar
from accounts.rules.workcalendar import VersionBody
from accounts.services import calendar_impacts, calendars
from accounts.services.calendar_impacts import CalendarChange, Impact
from common import worktime
from common.errors import DomainError, Missing, NotAllowed
from tests.cast import Cast

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEEK: dict[str, Any] = {key: [["09:00", "17:00"]] for key in ("mon", "tue", "wed", "thu", "fri")}
BODY = VersionBody(timezone="Europe/Berlin", country="DE", subdivision="BE", weekly=WEEK)
LONGER = replace(BODY, weekly={key: [["08:00", "18:00"]] for key in WEEK})


@pytest.fixture
def calendar(cast: Cast) -> WorkCalendar:
    return calendars.create(name="Support Berlin", body=BODY, by=cast.actor("sara"), now=NOW)


def test_a_new_calendar_counts_for_all_time(calendar: WorkCalendar) -> None:
    long_ago = datetime(2019, 3, 4, 10, 0, tzinfo=UTC)
    assert worktime.is_open(calendars.hours_at(calendar.pk, long_ago), long_ago)
    assert Activity.objects.get(verb="calendar.created").target_id == calendar.pk


def test_each_moment_keeps_the_hours_that_held_then(calendar: WorkCalendar, cast: Cast) -> None:
    begins = NOW + timedelta(days=7)
    calendars.add_version(calendar=calendar, body=LONGER, effective_at=begins, by=cast.actor("sara"), now=NOW)
    early = timedelta(hours=-1, minutes=-30)
    assert not worktime.is_open(calendars.hours_at(calendar.pk, NOW), NOW + early)
    assert worktime.is_open(calendars.hours_at(calendar.pk, begins), begins + early)
    assert [period.number for period in calendars.hours_periods(calendar.pk)] == [1, 2]


def test_of_two_versions_from_one_instant_the_later_holds(calendar: WorkCalendar, cast: Cast) -> None:
    begins = NOW + timedelta(days=7)
    for body in (LONGER, replace(BODY, subdivision="")):
        calendars.add_version(calendar=calendar, body=body, effective_at=begins, by=cast.actor("adam"), now=NOW)
    assert [period.number for period in calendars.hours_periods(calendar.pk)] == [1, 3]


@pytest.mark.parametrize(
    ("body", "effective_at", "field"),
    [
        (LONGER, NOW - timedelta(days=1), "effective_at"),
        (BODY, NOW + timedelta(days=1), None),
        (replace(BODY, timezone="Mars/Olympus"), NOW, "timezone"),
        (replace(BODY, country="ZZ"), NOW, "country"),
        (replace(BODY, subdivision="ZZ"), NOW, "subdivision"),
        (replace(BODY, country="", subdivision="BE"), NOW, "subdivision"),
        (replace(BODY, weekly={"mon": [["17:00", "09:00"]]}), NOW, "weekly.mon"),
    ],
)
def test_refused_versions_name_their_field(
    calendar: WorkCalendar, cast: Cast, body: VersionBody, effective_at: datetime, field: str | None
) -> None:
    with pytest.raises(DomainError) as caught:
        calendars.add_version(calendar=calendar, body=body, effective_at=effective_at, by=cast.actor("sara"), now=NOW)
    assert caught.value.field == field
    assert calendar.versions.count() == 1


@pytest.mark.parametrize("name", ["Support Berlin", "support berlin", "  "])
def test_names_are_given_and_once(calendar: WorkCalendar, cast: Cast, name: str) -> None:
    with pytest.raises(DomainError) as caught:
        calendars.create(name=name, body=BODY, by=cast.actor("sara"), now=NOW)
    assert caught.value.field == "name"


@pytest.mark.parametrize("who", ["tom", "ana", "max", "connie", "nora"])
def test_others_do_not_edit_calendars(calendar: WorkCalendar, cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        calendars.create(name="Mine", body=BODY, by=cast.actor(who), now=NOW)
    with pytest.raises(NotAllowed):
        calendars.add_version(calendar=calendar, body=LONGER, effective_at=NOW, by=cast.actor(who), now=NOW)


def test_the_database_refuses_to_change_a_version(calendar: WorkCalendar) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        CalendarVersion.objects.filter(calendar=calendar).update(timezone="UTC")
    with pytest.raises(DatabaseError), transaction.atomic():
        CalendarVersion.objects.filter(calendar=calendar).delete()


def test_a_calendar_without_versions_has_no_hours(cast: Cast) -> None:
    empty = WorkCalendar.objects.create(name="Empty")
    with pytest.raises(Missing):
        calendars.hours_at(empty.pk, NOW)


def test_the_preview_ends_where_a_planned_version_begins(calendar: WorkCalendar, cast: Cast) -> None:
    calendars.add_version(
        calendar=calendar, body=LONGER, effective_at=NOW + timedelta(days=14), by=cast.actor("sara"), now=NOW
    )
    shorter = calendars.read_body(replace(BODY, weekly={key: [["10:00", "16:00"]] for key in WEEK}))
    found = calendars.preview(calendars.hours_periods(calendar.pk), shorter, effective_at=NOW)
    assert len(found) == 10
    assert found[0].before.hours == (("09:00", "17:00"),)


def test_modules_say_what_a_change_would_move(calendar: WorkCalendar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_impacts, "_providers", {})
    calendar_impacts.register_impact_provider("b", lambda change: [Impact(text=f"{change.calendar_id} b")])
    calendar_impacts.register_impact_provider("a", lambda change: [])
    hours = calendars.hours_at(calendar.pk, NOW)
    change = CalendarChange(calendar_id=calendar.pk, effective_at=NOW, hours=hours, now=NOW)
    assert [impact.text for impact in calendar_impacts.impacts_of(change)] == [f"{calendar.pk} b"]
