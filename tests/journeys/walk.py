"""People who walk a partner through its journey in a browser: their sign-ins, and what hands do on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.models import User
from partners.models import Organization
from partners.rules.journeys import Field, Questionnaire
from tests.browser import context_of, sign_in
from tests.cast import Cast
from tests.partners.journey_world import good_answers

PASSWORD = "a-long-enough-password"
TODAY = timezone.localdate()


class Walk:
    """The people of the journey in one browser, each in a context of their own, around one partner."""

    def __init__(self, browser: Browser, base_url: str, cast: Cast, partner: Organization, elsa: User) -> None:
        self.cast, self.partner, self.address = cast, partner, f"/organizations/{partner.public_id}/"
        self._elsa = elsa
        self._browser, self._base_url, self._pages = browser, base_url, dict[str, Page]()

    def of(self, name: str) -> Page:
        """The page of a person, signed in with the first use."""
        if name not in self._pages:
            user = self._elsa if name == "elsa" else getattr(self.cast, name)
            user.set_password(PASSWORD)
            user.save()
            page = context_of(self._browser, self._base_url).new_page()
            sign_in(page, user.email, PASSWORD)
            self._pages[name] = page
        return self._pages[name]

    def status(self, name: str, path: str = "") -> int:
        """What a person gets for a page of the partner."""
        answer = self.of(name).goto(f"{self.address}{path}")
        assert answer is not None
        return answer.status

    def sees(self, *names: str) -> set[str]:
        """Those of `names` to whom the partner is open now; to the others it does not exist.

        Asked with their cookies, without drawing the page.
        """
        answers = {name: self.of(name).request.get(self.address).status for name in names}
        assert set(answers.values()) <= {200, 404}
        return {name for name, status in answers.items() if status == 200}

    def stage(self) -> str:
        return Organization.objects.get(pk=self.partner.pk).stage


def answers_for(questionnaire: Questionnaire, **changes: str) -> dict[str, str]:
    """Answers that let every automatic section pass today."""
    days = {
        "expected-closure-date": TODAY + timedelta(days=30),
        "target-launch-date": TODAY + timedelta(days=150),
        "go-live-date": TODAY + timedelta(days=7),
    }
    answers = good_answers(questionnaire, **changes)
    for asked in questionnaire.fields:
        if asked.type == "date" and asked.computed is None:
            answers[asked.id] = days.get(asked.id, TODAY - timedelta(days=1)).isoformat()
    return answers


def give(page: Page, asked: Field, value: str) -> None:
    """Answer a question as a person does."""
    box = f"#q-{asked.id}"
    if asked.type == "radio":
        number = [option.value for option in asked.options].index(value)
        page.locator(f"{box}-{number}").check()
    elif asked.type == "select":
        page.locator(box).select_option(value)
    elif asked.type == "checkbox":
        page.locator(box).set_checked(value == "yes")
    else:
        page.locator(box).fill(value)


def fill_in(page: Page, questionnaire: Questionnaire, answers: Mapping[str, str]) -> None:
    """All sections, one after the other; ends on the review."""
    for section in questionnaire.sections:
        page.wait_for_url(f"**/sections/{section.id}/**")
        for asked in section.fields:
            if asked.computed is None and asked.id in answers:
                give(page, asked, answers[asked.id])
        page.get_by_role("button", name="Save and").click()
    page.wait_for_url("**/review/")


def sign(page: Page, name: str) -> None:
    page.get_by_role("link", name="Sign", exact=True).first.click()
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Sign", exact=True).click()


def open_journey(walk: Walk, name: str) -> Page:
    page = walk.of(name)
    page.goto(f"{walk.address}journey/")
    return page


def start(walk: Walk, name: str) -> Page:
    page = open_journey(walk, name)
    page.get_by_role("button", name="Start", exact=True).click()
    return page


def submit(page: Page) -> None:
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/versions/*/")


def choose(page: Page, filter_name: str, offer: str) -> None:
    """Narrow a list by one of its filters."""
    page.locator(".filters summary", has_text=filter_name).click()
    page.locator(".filters .menu[open]").get_by_role("link", name=offer, exact=True).click()
