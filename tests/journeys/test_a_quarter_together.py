"""From launch to the quarter's review: a calendar that fills itself, promises, a pack, and growth in sight."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from partners.models import (
    BusinessReview,
    Commitment,
    Interaction,
    Opportunity,
    Organization,
    OrganizationFacts,
    Renewal,
    ReviewDocument,
    StagePeriod,
    Touchpoint,
)
from tests.browser import chromium
from tests.cast import Cast
from tests.factories.partners import make_contact, make_partner
from tests.journeys.test_house_pages import signed_in
from tests.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ZONE = "Asia/Tokyo"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def office(transactional_db: None, tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path, jobs=())
    try:
        yield opened
    finally:
        opened.close()


def test_a_quarter_together(browser: Browser, live_server: Any, cast: Cast, office: Office) -> None:
    partner = launched(cast.northwind, days_ago=80)
    make_contact(partner, name="Ito Executive", email="ito@northwind.example", role="executive")
    fresh = launched(make_partner("gate_3", name="Aurora", owners={"tam": cast.tom}), days_ago=0)
    office.jobs = ("partners.plan_touchpoints",)
    reviews = Touchpoint.objects.filter(organization__in=[partner, fresh], kind="business_review")
    office.until(lambda: reviews.values("organization").distinct().count() == 2)
    the_calendar_is_full(fresh)

    tom = signed_in(browser, live_server.url, cast, "tom").new_page()
    tom_reads_his_calendar(tom, live_server.url, partner)
    tom_logs_the_call(tom, partner)
    the_talk_kept_its_day(office, partner)

    the_review_is_there(office, partner)
    tom_presents(tom, office, partner)
    connie_reads_what_is_released(signed_in(browser, live_server.url, cast, "connie").new_page(), partner)

    carl = signed_in(browser, live_server.url, cast, "carl").new_page()
    carl_looks_ahead(carl, office, cast)


def launched(partner: Organization, *, days_ago: int) -> Organization:
    """Live since so many days, where it is Tokyo's day."""
    on = timezone.localdate(timezone=ZoneInfo(ZONE)) - timedelta(days=days_ago)
    since = timezone.now() - timedelta(days=days_ago)
    Organization.objects.filter(pk=partner.pk).update(
        stage="post_launch", launched_on=on, timezone=ZONE, country="JP", stage_entered_at=since
    )
    StagePeriod.objects.filter(organization=partner).update(stage="post_launch", entered_at=since)
    partner.refresh_from_db()
    return partner


def the_calendar_is_full(partner: Organization) -> None:
    """Weekly for a month, every two weeks to the third, monthly after, a review a quarter: each on a working day."""
    planned = list(Touchpoint.objects.filter(organization=partner, state="planned").order_by("slot_on", "kind"))
    assert {row.planned_on.weekday() for row in planned} <= {0, 1, 2, 3, 4}
    assert {row.owner.email for row in planned if row.owner} == {"tom@vendor.example"}
    launch = partner.launched_on
    assert launch is not None
    checks = [row.slot_on for row in planned if row.kind == "check_in" and row.slot_on]
    month, quarter = months_after(launch, 1), months_after(launch, 3)
    weekly = [day for day in checks if day < month]
    assert {(day - launch).days % 7 for day in weekly} == {0}
    assert len(weekly) >= 4
    fortnights = [day for day in checks if month <= day < quarter]
    assert {(day - fortnights[0]).days % 14 for day in fortnights} == {0}
    assert len(fortnights) in (4, 5)
    assert [day for day in checks if day >= quarter] == [quarter]
    assert [row.slot_on for row in planned if row.kind == "business_review"] == [quarter]


def months_after(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def tom_reads_his_calendar(page: Page, url: str, partner: Organization) -> None:
    """On a page, and in the program of his choice by a secret address that ends when he says so."""
    planned = Touchpoint.objects.filter(organization=partner, state="planned", owner__email="tom@vendor.example")
    page.goto(f"/calendar/?from={planned.order_by('planned_on').values_list('planned_on', flat=True)[0]}")
    expect(page.get_by_role("main")).to_contain_text("Northwind")
    page.goto("/calendar/feed/")
    page.get_by_role("button", name="Make an address").click()
    address = page.locator(".notice code").inner_text().strip()
    assert ".ics" in address
    path = address[address.index("/calendar/") :]
    events = list(Calendar.from_ical(read(url + path)).walk("VEVENT"))
    days = {event.decoded("DTSTART") for event in events if "Northwind" in str(event.get("SUMMARY"))}
    assert set(planned.values_list("planned_on", flat=True)) <= days
    page.locator("summary", has_text="Revoke").click()
    page.get_by_role("button", name="Revoke").last.click()
    expect(page.get_by_role("button", name="Make an address")).to_be_visible()
    with pytest.raises(OSError, match="404"):
        read(url + path)


def read(address: str) -> bytes:
    with urlopen(Request(address), timeout=20) as answer:
        found: bytes = answer.read()
    return found


def tom_logs_the_call(page: Page, partner: Organization) -> None:
    """Three fields and a promise of each side, in one form."""
    page.goto(f"/organizations/{partner.public_id}/log/")
    page.locator("[name=summary]").fill("Rollout to the second region")
    until = timezone.localdate() + timedelta(days=7)
    page.locator("summary", has_text="A promise was made").click()
    page.locator("[name=promise-title]").fill("Send the sizing sheet")
    page.locator("[name=promise-due_on]").fill(until.isoformat())
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Rollout to the second region").first).to_be_visible()
    talk = Interaction.objects.get(organization=partner)
    assert talk.is_two_way
    promised = Commitment.objects.get(organization=partner)
    assert (promised.title, promised.due_on, promised.source_id) == ("Send the sizing sheet", until, talk.pk)
    assert promised.owner is not None
    assert promised.owner.email == "tom@vendor.example"
    page.goto("/commitments/")
    expect(page.get_by_role("main")).to_contain_text("Send the sizing sheet")


def the_talk_kept_its_day(office: Office, partner: Organization) -> None:
    """The check-in that was near is done by the talk, and no other has moved."""
    office.jobs = ()
    kept = Touchpoint.objects.filter(organization=partner, kind="check_in", state="done", interaction__isnull=False)
    office.until(kept.exists)


def the_review_is_there(office: Office, partner: Organization) -> None:
    """Nobody has asked for it."""
    office.jobs = ("partners.open_reviews",)
    built = BusinessReview.objects.filter(organization=partner, kind="business_review", built_at__isnull=False)
    office.until(lambda: built.filter(sections__key="commitments").exists())


def tom_presents(page: Page, office: Office, partner: Organization) -> None:
    """Frozen when presented; a PDF and slides are made of it, once each."""
    review = BusinessReview.objects.get(organization=partner, kind="business_review")
    page.goto(f"/reviews/{review.public_id}/")
    page.get_by_role("button", name="Bring up to date").click()
    expect(page.get_by_role("main")).to_contain_text("Send the sizing sheet")
    page.locator("summary", has_text="Presented: freeze it").click()
    page.get_by_role("button", name="Freeze it").click()
    expect(page.get_by_role("main")).to_contain_text("Frozen as SHA-256")
    review.refresh_from_db()
    assert (review.state, len(review.content_hash)) == ("presented", 64)
    for name in ("PDF", "PowerPoint"):
        page.goto(f"/reviews/{review.public_id}/")
        page.get_by_role("button", name=name).click()
        expect(page.locator("#review-documents")).to_contain_text(name)
    # Nothing else is asked of the worker meanwhile: what waits in its queue comes first.
    office.jobs = ()
    made = ReviewDocument.objects.filter(review=review, state="done", file__isnull=False)
    office.until(lambda: set(made.values_list("format", flat=True)) == {"pdf", "pptx"})


def connie_reads_what_is_released(page: Page, partner: Organization) -> None:
    """In the portal: the edition for her side, and the promise; of money and of our own notes nothing."""
    page.goto("/portal/reviews/")
    page.get_by_role("link", name=BusinessReview.objects.get(organization=partner).title).first.click()
    expect(page.get_by_role("main")).to_contain_text("Send the sizing sheet")


def carl_looks_ahead(page: Page, office: Office, cast: Cast) -> None:
    """Renewals with three verdicts, the pipeline, who counts, and who has gone quiet."""
    birch, long_ago = cast.birch, timezone.now() - timedelta(days=200)
    Organization.objects.filter(pk=birch.pk).update(created_at=long_ago)
    OrganizationFacts.objects.filter(pk=birch.pk).update(arr_segment="enterprise")
    make_contact(birch, name="Nora Sponsor", email="nora@birch.example", role="executive")
    day = timezone.localdate() + timedelta(days=60)
    Renewal.objects.create(organization=birch, due_on=day, amount=Decimal(120_000), owner=cast.carl)
    office.jobs = ("partners.judge_renewals",)
    office.until(lambda: Renewal.objects.exclude(machine_verdict="").exists())
    page.goto("/renewals/")
    expect(page.get_by_role("main")).to_contain_text("Birch")
    page.goto(f"/organizations/{birch.public_id}/opportunities/new/")
    page.locator("[name=title]").fill("Second region")
    page.locator("[name=amount]").fill("50000")
    page.locator("[name=expected_on]").fill(date.fromordinal(day.toordinal() + 30).isoformat())
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Second region")
    assert Opportunity.objects.get().organization_id == birch.pk
    page.goto("/opportunities/")
    expect(page.get_by_role("main")).to_contain_text("Second region")
    page.goto(f"/organizations/{birch.public_id}/record/")
    expect(page.get_by_role("main")).to_contain_text("Nora Sponsor")
    page.goto("/quiet/")
    expect(page.get_by_role("main")).to_contain_text("Birch")
