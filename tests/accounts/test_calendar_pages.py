"""Calendar pages: read by colleagues, edited by those who manage them, always shown before it counts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import CalendarVersion, WorkCalendar
from accounts.rules.workcalendar import VersionBody
from accounts.services import calendar_impacts, calendars
from accounts.services.calendar_impacts import Impact
from tests.cast import Cast

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEEK: dict[str, Any] = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
BODY = VersionBody(timezone="Europe/Berlin", country="DE", subdivision="BE", weekly=WEEK)
FORM = {
    "timezone": "Europe/Berlin",
    "country": "DE",
    "subdivision": "be",
    **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00"),
    "sat": "closed",
    "sun": "",
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def calendar(cast: Cast) -> WorkCalendar:
    return calendars.create(name="Support Berlin", body=BODY, by=cast.actor("sara"), now=NOW)


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(f"accounts:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_colleagues_read_calendars_and_are_not_offered_to_edit(
    cast: Cast, client: Client, calendar: WorkCalendar
) -> None:
    client.force_login(cast.tom)
    listed = page(client, "calendars")
    assert "Support Berlin" in listed
    assert "Mon-Fri 09:00-17:00" in listed
    shown = page(client, "calendar", calendar.public_id)
    assert reverse("accounts:calendar_version_new", args=[calendar.public_id]) not in shown
    assert reverse("accounts:calendar_new") not in listed


@pytest.mark.parametrize("who", ["tom", "max", "ana"])
def test_editing_needs_the_right(cast: Cast, client: Client, calendar: WorkCalendar, who: str) -> None:
    client.force_login(getattr(cast, who))
    for url in (reverse("accounts:calendar_new"), reverse("accounts:calendar_version_new", args=[calendar.public_id])):
        assert client.get(url).status_code == 403
        assert client.post(url, {**FORM, "action": "save"}).status_code == 403
    assert calendar.versions.count() == 1


def test_to_contacts_there_are_no_calendars(cast: Cast, client: Client, calendar: WorkCalendar) -> None:
    client.force_login(cast.connie)
    assert client.get(reverse("accounts:calendars")).status_code == 404
    assert client.get(reverse("accounts:calendar", args=[calendar.public_id])).status_code == 404


def test_the_year_names_holidays_and_special_days(cast: Cast, client: Client) -> None:
    body = VersionBody(**{**BODY.__dict__, "special_days": {"2026-12-24": [["09:00", "12:00"]]}})
    calendar = calendars.create(name="Berlin", body=body, by=cast.actor("sara"), now=NOW)
    client.force_login(cast.tom)
    shown = page(client, "calendar", calendar.public_id, year=2026)
    assert "Christmas Day" in shown
    assert 'class="day-special"' in shown
    assert "day-today" in shown
    assert "Monday, March 2" not in page(client, "calendar", calendar.public_id, year=2027)


@pytest.mark.parametrize("year", ["1800", "9999", "20x6", "-1", "२०२६"])
def test_odd_years_give_no_error(cast: Cast, client: Client, calendar: WorkCalendar, year: str) -> None:
    client.force_login(cast.tom)
    answer = client.get(reverse("accounts:calendar", args=[calendar.public_id]), {"year": year})
    assert answer.status_code in {200, 404}


def test_a_missing_calendar_is_missing(cast: Cast, client: Client) -> None:
    client.force_login(cast.sara)
    assert client.get(reverse("accounts:calendar", args=[uuid4()])).status_code == 404
    assert client.get(reverse("accounts:calendar_version_new", args=[uuid4()])).status_code == 404


def test_new_hours_are_shown_before_they_are_saved(
    cast: Cast, client: Client, calendar: WorkCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_impacts, "_providers", {})
    calendar_impacts.register_impact_provider(
        "tickets", lambda change: [Impact(text="3 deadlines move", tone="warning")]
    )
    client.force_login(cast.sara)
    url = reverse("accounts:calendar_version_new", args=[calendar.public_id])
    data = {**FORM, "fri": "09:00-12:00", "effective_on": "2026-03-09", "effective_time": "00:00"}
    shown = client.post(url, {**data, "action": "preview"}).content.decode()
    assert "What would change" in shown
    assert "09:00–12:00" in shown
    # 52 Fridays, without the four that are holidays.
    assert "48 days change within a year" in shown
    assert "3 deadlines move" in shown
    assert calendar.versions.count() == 1
    answer = client.post(url, {**data, "action": "save", "reason": "Early weekend"})
    assert answer["Location"] == reverse("accounts:calendar", args=[calendar.public_id])
    version = calendar.versions.get(number=2)
    assert version.effective_at == datetime(2026, 3, 8, 23, 0, tzinfo=UTC)
    assert version.subdivision == "BE"
    assert "Early weekend" not in page(client, "calendar", calendar.public_id)
    history = page(client, "calendar", calendar.public_id)
    assert "Mon-Thu 09:00-17:00; Fri 09:00-12:00" in history
    assert "Planned" in history


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mon": "nine to five"}, "Write hours like"),
        ({"mon": "22:00-06:00"}, "A night shift is two"),
        ({"mon": "09:00-25:00"}, "There is no such time of day"),
        ({"special_days": "2026-12-24 09:00-12:00\n24.12.2026 closed"}, "Line 2: Write a day like"),
        ({"breaks": "2026-12-24 12:00-13:00\n2026-12-24 14:00-15:00"}, "Line 2: This day is there twice"),
        ({"subdivision": "XX"}, "There is no such subdivision; known are: BB, BE"),
        ({"effective_on": "2026-02-01"}, "Hours that have passed cannot be changed"),
        ({"effective_on": "0001-01-01", "action": "preview"}, "greater than or equal to"),
        ({"effective_on": "9999-12-31", "action": "preview"}, "less than or equal to"),
        ({"timezone": "Mars/Olympus"}, "Mars/Olympus is not one of the available choices"),
        ({}, "nothing would change"),
    ],
)
def test_what_cannot_be_is_said_at_its_place(
    cast: Cast, client: Client, calendar: WorkCalendar, change: dict[str, str], words: str
) -> None:
    client.force_login(cast.sara)
    data = {**FORM, "effective_on": "2026-03-09", "effective_time": "00:00", "action": "save", **change}
    answer = client.post(reverse("accounts:calendar_version_new", args=[calendar.public_id]), data)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert CalendarVersion.objects.count() == 1


def test_a_new_calendar_is_made_with_its_hours(cast: Cast, client: Client) -> None:
    client.force_login(cast.adam)
    url = reverse("accounts:calendar_new")
    preview = client.post(url, {**FORM, "name": "Lisbon", "timezone": "Europe/Lisbon", "action": "preview"})
    assert "What would change" in preview.content.decode()
    assert not WorkCalendar.objects.exists()
    client.post(url, {**FORM, "name": "Lisbon", "timezone": "Europe/Lisbon", "action": "save"})
    assert WorkCalendar.objects.get().versions.get().timezone == "Europe/Lisbon"
    again = client.post(url, {**FORM, "name": "lisbon", "action": "save"})
    assert "There is a calendar with this name" in again.content.decode()


def test_without_calendars_the_list_says_what_to_do(cast: Cast, client: Client) -> None:
    client.force_login(cast.sara)
    assert "Business time needs at least one" in page(client, "calendars")


def test_a_year_costs_no_statement_a_day(cast: Cast, client: Client, calendar: WorkCalendar) -> None:
    client.force_login(cast.tom)
    page(client, "calendar", calendar.public_id)
    with CaptureQueriesContext(connection) as one:
        page(client, "calendar", calendar.public_id)
    calendars.add_version(
        calendar=calendar,
        body=VersionBody(**{**BODY.__dict__, "country": "FR", "subdivision": ""}),
        effective_at=NOW + timedelta(days=40),
        by=cast.actor("sara"),
        now=NOW,
    )
    page(client, "calendar", calendar.public_id)
    with CaptureQueriesContext(connection) as both:
        page(client, "calendar", calendar.public_id)
    assert len(both) == len(one)


def test_the_administration_site_shows_calendars_and_changes_none(
    cast: Cast, client: Client, calendar: WorkCalendar
) -> None:
    client.force_login(cast.adam)
    shown = client.get(reverse("admin:accounts_workcalendar_change", args=[calendar.pk]))
    assert shown.status_code == 200
    assert "Europe/Berlin" in shown.content.decode()
    assert client.get(reverse("admin:accounts_workcalendar_add")).status_code == 403
    assert client.post(reverse("admin:accounts_workcalendar_delete", args=[calendar.pk])).status_code == 403
