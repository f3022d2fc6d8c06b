"""Sessions: listed with device and address, ended one by one, all at once, and by those who may dismiss people."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, User
from accounts.services import people
from tests.cast import Cast
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"
PAGE = "/accounts/sessions/"


def browser(user: User, agent: str = FIREFOX, address: str = "203.0.113.7") -> Client:
    """Somebody's browser, signed in by the form."""
    cache.clear()
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


@pytest.fixture
def tom(db: None) -> User:
    return make_user("tam", name="Thomas", email="thomas@vendor.example", password=PASSWORD)


def test_the_list_names_device_and_address(tom: User) -> None:
    desk = browser(tom)
    browser(tom, PHONE, "198.51.100.4")
    browser(make_user("tam", password=PASSWORD), "Mozilla/5.0 (Windows NT 10.0) Firefox/1")
    page = desk.get(PAGE).content.decode()
    assert "Firefox on macOS" in page
    assert "Chrome on Android" in page
    assert "198.51.100.4" in page
    assert "Windows" not in page
    assert page.index("This one") < page.index("Chrome on Android")


def test_one_session_is_ended(tom: User) -> None:
    desk, phone = browser(tom), browser(tom, PHONE)
    row = UserSession.objects.get(session_key=phone.session.session_key)
    assert desk.post(reverse("usersessions_end", args=[row.pk])).status_code == 302
    assert not is_in(phone)
    assert is_in(desk)
    assert Activity.objects.filter(verb="session.ended", actor_id=tom.pk).exists()


def test_nobody_ends_sessions_of_others(tom: User) -> None:
    desk, other = browser(tom), browser(make_user("admin", password=PASSWORD))
    row = UserSession.objects.get(session_key=other.session.session_key)
    foreign = desk.post(reverse("usersessions_end", args=[row.pk]))
    missing = desk.post(reverse("usersessions_end", args=[row.pk + 1000]))
    assert foreign.status_code == missing.status_code == 404
    assert is_in(other)
    assert desk.get(reverse("usersessions_end", args=[row.pk])).status_code == 405


def test_all_others_are_ended(tom: User) -> None:
    desk, phone, tablet = browser(tom), browser(tom, PHONE), browser(tom, PHONE)
    assert desk.post(PAGE).status_code == 302
    assert "2 other sessions ended" in desk.get(PAGE).content.decode()
    assert [is_in(client) for client in (desk, phone, tablet)] == [True, False, False]


def test_a_dismissed_person_is_out_everywhere(tom: User, cast: Cast) -> None:
    desk, phone = browser(tom), browser(tom, PHONE)
    people.deactivate(user=tom, by=cast.actor("adam"), now=timezone.now())
    assert [is_in(client) for client in (desk, phone)] == [False, False]
    assert not UserSession.objects.filter(user=tom).exists()


def test_an_invited_person_is_listed_too(cast: Cast) -> None:
    """The page of invitations signs in by itself, not by the form."""
    from accounts.services import invitations

    row = invitations.invite(by=cast.actor("adam"), email="new@vendor.example", name="New", now=timezone.now())
    client = Client(headers={"User-Agent": PHONE})
    link = invitations.link_of(row).removeprefix("http://localhost:8000")
    client.post(link, {"name": "New", "timezone": "UTC", "password": PASSWORD})
    assert "Chrome on Android" in client.get(PAGE).content.decode()


def test_use_is_noted_once_in_a_while(tom: User, time_machine: Any) -> None:
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    time_machine.move_to(start, tick=False)
    desk = browser(tom)
    row = UserSession.objects.get(user=tom)
    time_machine.move_to(start + timedelta(minutes=4), tick=False)
    desk.get(PAGE)
    row.refresh_from_db()
    assert row.last_seen_at == start
    time_machine.move_to(start + timedelta(minutes=6), tick=False)
    desk.get(PAGE, REMOTE_ADDR="198.51.100.9")
    row.refresh_from_db()
    assert (row.last_seen_at, row.ip) == (start + timedelta(minutes=6), "198.51.100.9")
