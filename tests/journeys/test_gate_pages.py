"""The pages of gates in a browser: axe and widths in both themes; saving as one types, two at one answer, drawing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from partners.models import Draft, DraftAnswer, Organization, Signature
from partners.services import drafts, judgments, submissions
from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.partners.gate_world import fill, partner_at, questionnaire_of, review_of, sign_all
from tests.partners.journey_world import good_answers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ASKED = "gates/gate_0/questionnaires/gate-0-kickoff"
PAGES: dict[str, tuple[str, ...]] = {
    "paul": (
        "journey/",
        "gates/gate_0/",
        "gates/gate_2/",
        f"{ASKED}/sections/contract-execution/",
        f"{ASKED}/sections/financial-bar/",
        f"{ASKED}/sections/operational-readiness/?check=1",
        f"{ASKED}/sections/contract-execution/evidence/contract-signed/",
        f"{ASKED}/review/",
        f"{ASKED}/versions/",
        f"{ASKED}/versions/1/",
        f"{ASKED}/versions/2/",
        f"{ASKED}/versions/2/changes/",
        f"{ASKED}/versions/2/judge/strategic-value/",
        f"{ASKED}/versions/2/sign/",
    ),
    "carl": (f"{ASKED}/sections/financial-bar/",),
    "adam": ("gates/gate_0/", "gates/gate_0/waive/section:partner-team/", "gates/gate_0/override/"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def answers(**changes: str) -> dict[str, str]:
    """Answers that pass today."""
    today = timezone.localdate()
    days = {"target-launch-date": today + timedelta(days=100), "contract-signature-date": today}
    return good_answers(questionnaire_of("gate_0"), **changes) | {name: day.isoformat() for name, day in days.items()}


def drafted(cast: Cast, partner: Organization, **changes: str) -> Draft:
    now, by = timezone.now(), cast.actor("paul")
    draft = drafts.begin(review=review_of(partner), questionnaire="gate-0-kickoff", by=by, now=now)
    fill(draft, by, answers(**changes), now=now)
    return draft


def context_for(browser: Browser, live_server: Any, cast: Cast, name: str, **looks: bool) -> BrowserContext:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(getattr(cast, name))
    context = context_of(browser, live_server.url, **looks)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return context


def value_of(field: str) -> str:
    return str(DraftAnswer.objects.get(field=field).value)


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_pages_are_accessible_and_fit(browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool) -> None:
    partner = partner_at(cast, "gate_0", name="Aurora Telecom", currency="USD")
    by, now = cast.actor("paul"), timezone.now()
    draft = drafted(cast, partner, contract_signed="no", team_commitment_confirmed="no")
    submissions.submit(draft=draft, by=by, now=now)
    fill(draft, by, answers(technical_infrastructure="partially", technical_infrastructure__="Racks in May"), now=now)
    submissions.submit(draft=draft, by=by, now=now)
    fill(draft, by, {"support-capabilities": "no", "sales-team-size": "a few"}, now=now)
    faults: dict[str, list[str]] = {}
    for name, addresses in PAGES.items():
        context = context_for(browser, live_server, cast, name, phone=phone, dark=dark)
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda message, found=errors: found.append(message.text))
        for address in addresses:
            answer = page.goto(f"/organizations/{partner.public_id}/{address}")
            assert answer is not None
            assert answer.status == 200, f"{name} {address} answered {answer.status}"
            found = violations(page) + (["wider than the window"] if overflows(page) else [])
            found += [text for text in errors if "Content Security Policy" in text or "Uncaught" in text]
            errors.clear()
            if found:
                faults[f"{name} {address}"] = found
        context.close()
    assert faults == {}


def test_decided_gates_are_accessible_too(browser: Browser, live_server: Any, cast: Cast) -> None:
    partner = partner_at(cast, "gate_0", currency="USD")
    now = timezone.now()
    submission = submissions.submit(draft=drafted(cast, partner), by=cast.actor("paul"), now=now)
    arguments = {"submission": submission, "section": "strategic-value", "is_passed": True, "reason": "North."}
    judgments.judge(by=cast.actor("paul"), now=now, **arguments)
    sign_all(cast, submission, now=now)
    page = context_for(browser, live_server, cast, "ines", phone=True).new_page()
    for address in ("journey/", "gates/gate_0/", f"{ASKED}/versions/1/"):
        page.goto(f"/organizations/{partner.public_id}/{address}")
        assert violations(page) == []
        assert not overflows(page)


class TestFillingIn:
    @pytest.fixture
    def partner(self, cast: Cast) -> Organization:
        partner = partner_at(cast, "gate_0", currency="USD")
        drafted(cast, partner)
        return partner

    def open(self, browser: Browser, live_server: Any, cast: Cast, name: str, partner: Organization, path: str) -> Page:
        page = context_for(browser, live_server, cast, name).new_page()
        page.goto(f"/organizations/{partner.public_id}/{ASKED}/{path}")
        return page

    def test_answers_save_themselves_and_what_follows_changes(
        self, browser: Browser, live_server: Any, cast: Cast, partner: Organization
    ) -> None:
        page = self.open(browser, live_server, cast, "paul", partner, "sections/financial-bar/")
        page.locator("#q-ccv-amount").fill("200,000,000")
        expect(page.locator("#q-ccv-amount-state")).to_contain_text("Saved")
        expect(page.locator("#q-tier-classification")).to_contain_text("Tier 0")
        assert value_of("ccv-amount") == "200000000"
        page.locator("#q-ccv-amount").fill("much")
        expect(page.locator("#q-ccv-amount-state")).to_contain_text("Write a number")
        expect(page.locator("#q-ccv-amount")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#gate-nav")).to_contain_text("Has errors")
        page.locator("#q-ccv-amount").fill("20000000")
        expect(page.locator("#q-ccv-amount-state")).to_contain_text("Saved")
        expect(page.locator("#q-ccv-amount")).not_to_have_attribute("aria-invalid", "true")
        page.reload()
        expect(page.locator("#q-ccv-amount")).to_have_value("20000000")

    def test_a_note_appears_where_an_answer_is_negative(
        self, browser: Browser, live_server: Any, cast: Cast, partner: Organization
    ) -> None:
        page = self.open(browser, live_server, cast, "paul", partner, "sections/operational-readiness/")
        note = page.locator("#q-support-capabilities-note")
        expect(note).to_be_hidden()
        page.get_by_role("group", name="Can the partner support its customers?").get_by_label("No").check()
        expect(note).to_be_visible()
        note.fill("They hire until June.")
        expect(page.locator("#gate-nav")).to_contain_text("Operational readinessComplete")
        assert value_of("support-capabilities--note") == "They hire until June."

    def test_two_people_at_one_answer(
        self, browser: Browser, live_server: Any, cast: Cast, partner: Organization
    ) -> None:
        paul, ana = (
            self.open(browser, live_server, cast, name, partner, "sections/contract-execution/")
            for name in ("paul", "ana")
        )
        field = "#q-contract-reference-number"
        ana.locator(field).fill("Hers")
        expect(ana.locator(f"{field}-state")).to_contain_text("Saved")
        paul.locator(field).fill("His")
        clash = paul.locator(f"{field}-state")
        expect(clash).to_contain_text("Ana Silva answered this differently")
        expect(clash).to_contain_text("Hers")
        assert value_of("contract-reference-number") == "Hers"
        paul.get_by_role("button", name="Take theirs").click()
        expect(paul.locator(field)).to_have_value("Hers")
        expect(clash).not_to_contain_text("differently")
        paul.locator(field).fill("Agreed")
        expect(paul.locator(f"{field}-state")).to_contain_text("Paul Novak")
        ana.locator(field).fill("Hers again")
        expect(ana.locator(f"{field}-state")).to_contain_text("Paul Novak answered this differently")
        ana.get_by_role("button", name="Keep mine").click()
        expect(ana.locator(f"{field}-state")).not_to_contain_text("differently")
        expect(ana.locator(f"{field}-state")).to_contain_text("Saved")
        assert value_of("contract-reference-number") == "Hers again"

    def test_without_scripts_a_section_is_saved_by_its_button(
        self, browser: Browser, live_server: Any, cast: Cast, partner: Organization
    ) -> None:
        client = Client()
        client.force_login(cast.paul)
        context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"/organizations/{partner.public_id}/{ASKED}/sections/contract-execution/")
        page.locator("#q-contract-reference-number").fill("By hand")
        page.get_by_role("button", name="Save and next section").click()
        page.wait_for_url("**/sections/partner-team/")
        assert value_of("contract-reference-number") == "By hand"
        context.close()

    def test_a_signature_is_drawn(self, browser: Browser, live_server: Any, cast: Cast, partner: Organization) -> None:
        draft = Draft.objects.get(review=review_of(partner))
        submissions.submit(draft=draft, by=cast.actor("paul"), now=timezone.now())
        page = self.open(browser, live_server, cast, "paul", partner, "versions/1/sign/")
        pad = page.locator("canvas").bounding_box()
        assert pad is not None
        page.mouse.move(pad["x"] + 40, pad["y"] + 90)
        page.mouse.down()
        for step in range(12):
            page.mouse.move(pad["x"] + 40 + 20 * step, pad["y"] + 90 + (25 if step % 2 else -25))
        page.mouse.up()
        page.get_by_label("Your name").fill("Paul Novak")
        page.get_by_role("button", name="Sign", exact=True).click()
        page.wait_for_url("**/journey/")
        assert Signature.objects.get().kind == "drawn"
        page.goto(f"/organizations/{partner.public_id}/{ASKED}/versions/1/")
        picture = page.get_by_role("img", name="Drawn signature of Paul Novak")
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
