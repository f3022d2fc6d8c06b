"""One's calendar: the page, the debt beside it, and the feed as calendar programs read it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Activity
from partners.models import Assignment, BusinessReview, CalendarFeed, Organization, Renewal, Touchpoint
from partners.rules.calendar_feed import FeedEvent, written
from partners.services import calendar_feeds
from tests.cast import Cast
from tests.factories.partners import make_partner
from tests.factories.tasks import make_commitment
from tests.hub.api_world import call

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
PAGE = "/calendar/"


@pytest.fixture
def partner(cast: Cast) -> Organization:
    return make_partner("post_launch", name="Live One", launched_on=TODAY, owners={"tam": cast.tom, "pam": cast.ana})


@pytest.fixture
def full(cast: Cast, partner: Organization) -> dict[str, Any]:
    """One of everything on Tom's days, and a call that is late."""
    shared: dict[str, Any] = {"organization": partner, "owner": cast.tom}
    at = timezone.now().replace(microsecond=0) + timedelta(hours=1)
    return {
        "call": Touchpoint.objects.create(kind="check_in", planned_on=TODAY, topic="Sizing", **shared),
        "timed": Touchpoint.objects.create(
            kind="workshop", planned_on=TODAY + timedelta(days=1), starts_at=at + timedelta(days=1),
            meeting_url="https://meet.example/room", **shared,
        ),
        "late": Touchpoint.objects.create(kind="training", planned_on=TODAY - timedelta(days=20), **shared),
        "review": BusinessReview.objects.create(
            title="Autumn review", period_from=TODAY - timedelta(days=90), period_to=TODAY, planned_on=TODAY, **shared
        ),
        "renewal": Renewal.objects.create(due_on=TODAY, amount=1, **shared),
        "promise": make_commitment(partner, title="Send the plan", owner=cast.tom, due_on=TODAY),
    }  # fmt: skip


def feed_of(cast: Cast, name: str = "tom") -> str:
    secret = calendar_feeds.renew(by=cast.actor(name), now=timezone.now())
    return reverse("partners:calendar_feed", args=[secret])


def events(client: Client, address: str) -> dict[str, Any]:
    found = Calendar.from_ical(client.get(address).content)
    return {str(event["SUMMARY"]): event for event in found.walk("VEVENT")}


def test_the_same_days_through_the_api(cast: Cast, full: dict[str, Any]) -> None:
    base = "/api/v1/calendar/"
    found = call(cast.tom, "get", base).json()
    kinds = {row["id"]: row["kind"] for row in found}
    assert kinds[str(full["call"].public_id)] == "touchpoint"
    assert {str(full[name].public_id) for name in ("timed", "review", "promise")} <= kinds.keys()
    assert str(full["late"].public_id) not in kinds
    assert call(cast.tom, "get", f"{base}?since={TODAY + timedelta(days=2)}").json() == []
    assert [row["title"] for row in call(cast.ana, "get", base).json()] == []
    for query in (f"until={TODAY - timedelta(days=1)}", f"until={TODAY + timedelta(days=93)}", "since=x", "whose=all"):
        assert call(cast.tom, "get", f"{base}?{query}").status_code == 400, query


class TestPage:
    def test_what_is_on_ones_days_and_what_is_late(self, client: Client, cast: Cast, full: dict[str, Any]) -> None:
        client.force_login(cast.tom)
        page = client.get(PAGE).content.decode()
        for words in ("Check-in: Live One", "Sizing", "Autumn review", "Send the plan", "Training: Live One"):
            assert words in page, words
        assert "20 days" in page
        # Tom reads no commercial fields of a partner: the renewal is for those who do.
        assert ("Renewal due" in page) == Renewal.objects.visible_to(cast.actor("tom")).exists()
        only = client.get(PAGE, {"kind": "commitment"}).content.decode()
        assert "Send the plan" in only
        assert "Autumn review" not in only
        client.force_login(cast.ana)
        assert "Send the plan" not in client.get(PAGE).content.decode()

    @pytest.mark.parametrize(
        "query",
        [
            {"span": "month", "from": "2026-02-28"},
            {"span": "x", "from": "nonsense", "whose": "team", "kind": "x"},
            {"from": "0001-01-01"},
            {"from": "9999-12-31", "span": "month"},
        ],
    )
    def test_any_address_is_answered(self, client: Client, cast: Cast, query: dict[str, str]) -> None:
        client.force_login(cast.tom)
        assert client.get(PAGE, query).status_code == 200

    def test_a_lead_sees_the_team(self, client: Client, cast: Cast, full: dict[str, Any]) -> None:
        lead = next(name for name in cast.staff if cast.tom.pk in cast.actor(name).led_user_ids)
        client.force_login(getattr(cast, lead))
        assert "Sizing" not in client.get(PAGE).content.decode()
        assert "Sizing" in client.get(PAGE, {"whose": "team"}).content.decode()

    def test_contacts_have_none(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.connie)
        assert client.get(PAGE).status_code == 404


class TestFeed:
    def test_days_and_times(self, client: Client, cast: Cast, full: dict[str, Any]) -> None:
        found = events(client, feed_of(cast))
        call, timed = found["Check-in: Live One"], found["Workshop: Live One"]
        assert (call["DTSTART"].dt, call["DTEND"].dt) == (TODAY, TODAY + timedelta(days=1))
        assert call["UID"] == f"touchpoint-{full['call'].public_id}@onboarding-hub"
        assert (call["SEQUENCE"], call["STATUS"], call["TRANSP"]) == (1, "CONFIRMED", "TRANSPARENT")
        assert timed["DTSTART"].dt == full["timed"].starts_at
        assert timed["DTEND"].dt - timed["DTSTART"].dt == timedelta(minutes=180)
        assert timed["LOCATION"] == "https://meet.example/room"
        assert "Send the plan: Live One" in found
        assert "Autumn review: Live One" in found

    def test_headers_and_what_did_not_change(self, client: Client, cast: Cast, full: dict[str, Any]) -> None:
        address = feed_of(cast)
        answer = client.get(address)
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert "private" in answer["Cache-Control"]
        again = client.get(address, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        Touchpoint.objects.filter(pk=full["call"].pk).update(topic="Other", version=2)
        assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 200

    def test_what_fell_away_is_said_for_thirty_days(self, client: Client, cast: Cast, full: dict[str, Any]) -> None:
        address, now = feed_of(cast), timezone.now()
        rows = Touchpoint.objects.filter(pk=full["call"].pk)
        rows.update(state="skipped", skip_reason="Fair", updated_at=now, version=2)
        gone = events(client, address)["Check-in: Live One"]
        assert (gone["STATUS"], gone["SEQUENCE"]) == ("CANCELLED", 2)
        rows.update(updated_at=now - timedelta(days=31))
        assert "Check-in: Live One" not in events(client, address)

    def test_it_shows_what_its_owner_sees_now(self, client: Client, cast: Cast, full: dict[str, Any]) -> None:
        address = feed_of(cast)
        Assignment.objects.filter(user=cast.tom, organization=full["call"].organization).update(ended_at=timezone.now())
        assert events(client, address) == {}
        cast.tom.is_active = False
        cast.tom.save(update_fields=["is_active"])
        assert client.get(address).status_code == 404

    def test_revoked_and_renewed(self, client: Client, cast: Cast) -> None:
        first = feed_of(cast)
        second = feed_of(cast)
        assert [client.get(address).status_code for address in (first, second)] == [404, 200]
        calendar_feeds.revoke(by=cast.actor("tom"), now=timezone.now())
        assert client.get(second).status_code == 404
        assert client.get("/calendar/feed/nonsense.ics").status_code == 404
        secrets = [address.rsplit("/", 1)[1].removesuffix(".ics") for address in (first, second)]
        kept = str(list(CalendarFeed.objects.values())) + str(list(Activity.objects.values()))
        assert not [secret for secret in secrets if secret in kept]

    def test_too_many_reads(self, client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        cache.clear()
        monkeypatch.setattr(calendar_feeds, "READS_AN_HOUR", 2)
        address = feed_of(cast)
        assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]

    def test_made_on_its_page_and_shown_once(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.tom)
        page = reverse("partners:calendar_feed_page")
        shown = client.post(page).content.decode()
        assert "/calendar/feed/" in shown
        assert ".ics" in shown
        assert ".ics" not in client.get(page).content.decode()
        client.post(reverse("partners:calendar_feed_revoke"))
        assert not CalendarFeed.objects.filter(revoked_at__isnull=True).exists()
        client.force_login(cast.connie)
        assert client.post(page).status_code == 404


def test_the_text_is_what_programs_expect() -> None:
    moment = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    event = FeedEvent(
        uid="x", sequence=3, changed_at=moment, title="Gespräch; mit, 株式会社 " * 9, on=moment.date(),
        starts_at=moment, minutes=45, description="First\nSecond",
    )  # fmt: skip
    text = written([event], name="Hub: Tom")
    assert text.count(b"\n") == text.count(b"\r\n")
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert b"X-WR-CALNAME:Hub: Tom" in text
    assert b"DTSTART:20260329T003000Z" in text
    read = Calendar.from_ical(text).walk("VEVENT")[0]
    assert (str(read["SUMMARY"]), str(read["DESCRIPTION"])) == (event.title, event.description)
    assert written([event], name="Hub: Tom") == text
