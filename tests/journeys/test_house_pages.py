"""Inbox, calendars, audit trail and directory in a real browser: phone and desk, light and dark; htmx at work."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, expect

from accounts.models import Notification, WorkCalendar
from accounts.rules.workcalendar import VersionBody
from accounts.services import activity, calendars
from accounts.services.notifications import ROLES_CHANGED, notify
from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.accounts import make_team

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Vereinigte Präzisionswerkzeugmaschinenfabriken Obersulzbach-Niederschönhausen Aktiengesellschaft & Co. KG"
WEEK: dict[str, Any] = {day: [["09:00", "12:30"], ["13:15", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
PAGES: dict[str, tuple[str, ...]] = {
    "tom": (
        "/notifications/",
        "/notifications/?show=unread",
        "/notifications/{notice}/",
        "/notifications/preferences/",
        "/people/directory/",
        "/people/directory/?q=nobody",
        "/calendars/",
        "/calendars/{calendar}/",
    ),
    "sara": ("/calendars/new/", "/calendars/{calendar}/hours/", "/notifications/"),
    "adam": ("/people/audit/", "/people/audit/?verb=nothing", "/people/audit/?since=2026-05-01&until=2026-01-01"),
    "connie": ("/notifications/", "/notifications/preferences/"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> dict[str, Any]:
    """Long names, many rows, a calendar with everything in it."""
    now = timezone.now()
    for number in range(8):
        notify(
            user_ids=[cast.tom.pk, cast.connie.pk],
            kind=ROLES_CHANGED,
            title=f"You are now TAM of {LONG if number == 3 else number}",
            body="Because Ana is on leave." if number % 2 else "",
            key=str(number),
            now=now - timedelta(hours=number * 7),
            target_type="organization",
            target_id=cast.birch.pk if number else 10**9,
        )
    newest = Notification.objects.get(user=cast.tom, key="0")
    make_team(name="Sales desk", kind="sales", leads=[cast.sam], members=[cast.olga], purpose="Quotes and contracts")
    calendar = a_calendar(cast)
    activity.record(
        verb="organization.edited",
        target=cast.northwind,
        now=now,
        actor_id=cast.tom.pk,
        actor_name=cast.tom.name,
        changes={"name": [LONG, "Northwind"], "summary": [None, LONG * 5]},
        reason="A typo",
    )
    return {"notice": newest.public_id, "calendar": calendar.public_id}


def a_calendar(cast: Cast) -> WorkCalendar:
    now = timezone.now()
    body = VersionBody(
        timezone="Europe/Berlin",
        country="DE",
        subdivision="BE",
        weekly=WEEK,
        special_days={f"{now.year}-12-24": [["09:00", "12:00"]]},
        extra_holidays=(f"{now.year}-12-31 Company day",),
    )
    calendar = calendars.create(name="Support Berlin", body=body, by=cast.actor("sara"), now=now)
    later = VersionBody(**{**body.__dict__, "weekly": {**WEEK, "sat": [["10:00", "14:00"]]}})
    calendars.add_version(
        calendar=calendar, body=later, effective_at=now + timedelta(days=30), by=cast.actor("sara"), now=now
    )
    return calendar


def signed_in(browser: Browser, url: str, cast: Cast, who: str, **options: bool) -> BrowserContext:
    context = context_of(browser, url, **options)
    client = Client()
    client.force_login(getattr(cast, who))
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
    return context


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_pages_are_accessible_and_fit(browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool) -> None:
    places = furnish(cast)
    faults: dict[str, list[str]] = {}
    for who, addresses in PAGES.items():
        context = signed_in(browser, live_server.url, cast, who, phone=phone, dark=dark)
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda message, found=errors: found.append(message.text))
        for address in addresses:
            answer = page.goto(address.format(**places))
            assert answer is not None
            assert answer.status in {200, 400}, f"{who} {address} answered {answer.status}"
            for details in page.locator(".trail details").all()[:3]:
                details.evaluate("element => element.open = true")
            found = violations(page) + (["wider than the window"] if overflows(page) else [])
            found += [text for text in errors if "Content Security Policy" in text or "Uncaught" in text]
            errors.clear()
            if found:
                faults[f"{who} {address}"] = found
        context.close()
    assert faults == {}


def test_the_inbox_is_read_and_undone_without_leaving_it(browser: Browser, live_server: Any, cast: Cast) -> None:
    furnish(cast)
    context = signed_in(browser, live_server.url, cast, "tom")
    page = context.new_page()
    page.goto("/notifications/")
    bell = page.locator("#bell")
    expect(bell).to_contain_text("8")
    page.get_by_role("button", name="Mark read: You are now TAM of 1", exact=True).click()
    expect(bell).to_contain_text("7")
    page.get_by_role("button", name="Mark all read").click()
    expect(bell).not_to_contain_text("7")
    expect(page.locator(".is-unread")).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(".is-unread")).to_have_count(7)
    context.close()


def test_new_hours_are_previewed_and_put_in_force(browser: Browser, live_server: Any, cast: Cast) -> None:
    calendar = a_calendar(cast)
    context = signed_in(browser, live_server.url, cast, "sara")
    page = context.new_page()
    page.goto(f"/calendars/{calendar.public_id}/hours/")
    page.get_by_label("Friday").fill("09:00-25:00")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator("#id_fri_error")).to_contain_text("There is no such time of day")
    page.get_by_label("Friday").fill("09:00-12:00")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("Version 3 is saved.")).to_be_visible()
    context.close()
