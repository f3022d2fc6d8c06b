"""Satisfaction, quality reviews and training in a real browser: phone and desk, light and dark, and one click."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from accounts.models import TrainingModule, TrainingRecord
from accounts.services import training
from partners.models import SurveyResponse
from partners.survey_links import token_of
from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.surveys import make_survey
from tests.factories.tickets import make_desk, make_ticket
from tests.journeys.test_house_pages import LONG, signed_in
from tickets.models import QualityReview
from tickets.services import quality
from tickets.services.changes import change

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES: dict[str, tuple[str, ...]] = {
    "connie": ("/portal/tickets/{number}/",),
    "sue": ("/training/", "/training/modules/{module}/done/", "/tickets/quality/mine/"),
    "sven": ("/tickets/quality/{review}/", "/tickets/{number}/"),
    "sara": (
        "/",
        "/surveys/",
        "/surveys/?by=organization",
        "/surveys/?since=2020-01-01&until=2020-01-02",
        "/surveys/list/",
        "/tickets/quality/",
        "/tickets/quality/tickets/{fresh}/",
        "/training/everybody/",
        "/training/modules/",
        "/training/modules/new/",
    ),
    "tom": ("/organizations/{northwind}/",),
    "": ("/survey/{token}/", "/survey/{token}/?score=5", "/survey/{token}/stop/", "/survey/nonsense/"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> dict[str, str]:
    """A solved ticket with its survey and a review, another to be reviewed, answers with long words, a module."""
    now = timezone.now()
    desk = make_desk(cast.sue, cast.sven)
    solved, fresh = (
        make_ticket(desk, cast.northwind, contact=cast.connie_contact, subject=LONG, now=now - timedelta(hours=3))
        for _number in range(2)
    )
    for ticket in (solved, fresh):
        values = {"assignee": cast.sven, "status": "solved"}
        change(by=cast.actor("sue"), ticket=ticket, values=values, now=now - timedelta(hours=2))
    request = make_survey(
        cast.connie_contact, at=now, agent=cast.sven, subject_id=solved.pk, subject_key=str(solved.number)
    )
    for score in (5, 4, 2):
        make_survey(cast.connie_contact, at=now, score=score, agent=cast.sven, comment=f"{LONG} {'x' * 90}")
    points = dict.fromkeys((one.id for one in quality.card_in_force().criteria), 3)
    sent: dict[str, Any] = {"agent": cast.sven, "points": points, "comment": LONG, "now": now}
    review = quality.review(by=cast.actor("sara"), ticket=solved, **sent)
    month = timezone.localdate(now).replace(day=1)
    done = TrainingModule.objects.create(name="Done", roles=["support"], since=month, is_required=False)
    training.complete(
        by=cast.actor("sue"), module=done, month=month, note=LONG, certificate="https://learn.example/1", now=now
    )
    module = TrainingModule.objects.create(name=LONG[:100], roles=["support", "senior"], since=month)
    return {
        "number": str(solved.number),
        "fresh": str(fresh.number),
        "review": str(review.public_id),
        "module": str(module.public_id),
        "token": token_of(request),
        "northwind": str(cast.northwind.public_id),
    }


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_pages_are_accessible_and_fit(browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool) -> None:
    names, kept_in = furnish(cast), os.environ.get("HUB_SCREENSHOTS")
    faults: dict[str, list[str]] = {}
    for person, addresses in PAGES.items():
        if person:
            context = signed_in(browser, live_server.url, cast, person, phone=phone, dark=dark)
        else:
            context = context_of(browser, live_server.url, phone=phone, dark=dark)
        page = context.new_page()
        for place, address in enumerate(addresses):
            answer = page.goto(address.format(**names))
            assert answer is not None
            assert answer.status == (404 if "nonsense" in address else 200), f"{person} {address} {answer.status}"
            if found := violations(page) + (["wider than the window"] if overflows(page) else []):
                faults[f"{person} {address}"] = found
            if kept_in:
                shot = f"quality-{person}-{place}-{'phone' if phone else 'desk'}-{'dark' if dark else 'light'}.png"
                page.screenshot(path=Path(kept_in) / shot, full_page=True)
        context.close()
    assert faults == {}


def test_one_click_in_the_mail_is_an_answer_and_a_machine_gives_none(
    browser: Browser, live_server: Any, cast: Cast
) -> None:
    names = furnish(cast)
    before = SurveyResponse.objects.count()
    machine = context_of(browser, live_server.url)
    looked = machine.new_page()
    looked.goto(f"/survey/{names['token']}/?score=1")
    person = context_of(browser, live_server.url)
    person.add_init_script("Object.defineProperty(navigator, 'webdriver', {get: () => false})")
    page = person.new_page()
    page.goto(f"/survey/{names['token']}/?score=4")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    # The machine had as long as the person.
    expect(looked.get_by_role("button", name="Send this answer")).to_be_visible()
    page.get_by_label("What should we know?").fill("Quick.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("We have your words")).to_be_visible()
    assert SurveyResponse.objects.count() == before + 1
    given = SurveyResponse.objects.latest("pk")
    assert (given.score, given.comment) == (4, "Quick.")
    portal = signed_in(browser, live_server.url, cast, "connie").new_page()
    portal.goto(f"/portal/tickets/{names['number']}/")
    portal.get_by_label("5 · Very satisfied").check()
    portal.get_by_role("button", name="Change the answer").click()
    expect(portal.get_by_text("Your answer: 5 of 5")).to_be_visible()
    given.refresh_from_db()
    assert (given.score, given.comment, given.channel) == (5, "Quick.", "portal")


def test_a_review_and_a_training_by_hand(browser: Browser, live_server: Any, cast: Cast) -> None:
    names = furnish(cast)
    page = signed_in(browser, live_server.url, cast, "sara").new_page()
    page.goto("/tickets/quality/")
    page.get_by_role("link", name=f"Review #{names['fresh']}").click()
    for group in page.locator("fieldset.quality-criterion").all():
        group.get_by_label("4", exact=True).check()
    page.get_by_role("button", name="Give the review").click()
    expect(page.get_by_text("100 %")).to_be_visible()
    assert QualityReview.objects.filter(ticket__number=names["fresh"], is_passed=True).count() == 1
    own = signed_in(browser, live_server.url, cast, "sue", phone=True).new_page()
    own.goto("/training/")
    own.get_by_role("link", name="Mark as done").first.click()
    own.get_by_label("Passed", exact=True).check()
    own.get_by_role("button", name="Write it down").click()
    expect(own.get_by_text("1 of 1 done")).to_be_visible()
    assert TrainingRecord.objects.latest("pk").result == "passed"
