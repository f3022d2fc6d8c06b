"""An administrator writes a journey in forms, in a real browser: both widths, light and dark, axe finds nothing."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from common.models import PolicyVersion, PolicyWorkingCopy
from hub import journey_editing as editing
from partners.rules import journey_edits as edits
from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.accounts import actor, make_user
from tests.journeys.test_every_page import session_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "partner_journey"
COPY = f"/policies/{NAME}/copy"
GATE_0 = "questionnaires/gate-0-kickoff"
SECTION = f"{GATE_0}/sections/contract-execution"
LONG = "Vereinigte Präzisionswerkzeugmaschinenfabrikationsvertragsunterzeichnungsbestätigung"
PAGES = (
    "/policies/partner_journey/",
    f"{COPY}/",
    f"{COPY}/publish/",
    f"{COPY}/preview/gate-0-kickoff/",
    f"{COPY}/preview/gate-1-ready-to-sell/",
    f"{COPY}/parts/stages/gate_2/",
    f"{COPY}/parts/stages/gate_2/checklist/test_performance/",
    f"{COPY}/parts/stages/gate_3/criteria/handed_over_to_tam/",
    f"{COPY}/parts/{GATE_0}/",
    f"{COPY}/parts/{SECTION}/",
    f"{COPY}/parts/{SECTION}/fields/contract-type/",
    f"{COPY}/parts/{GATE_0}/sections/financial-bar/fields/meets-financial-bar/",
    f"{COPY}/parts/{SECTION}/rules/0/",
    f"{COPY}/parts/options/yes_no_partly/",
    f"{COPY}/parts/options/yes_no_partly/1/",
    f"{COPY}/add/stages/gate_0/checklist/",
    f"{COPY}/add/{SECTION}/fields/",
    f"{COPY}/add/{SECTION}/rules/",
    f"{COPY}/add/{SECTION}/rules/?field=contract-signature-date",
    f"{COPY}/add/options/",
    "/policies/customer_journey/copy/",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> None:
    """A copy that somebody else has changed, with a long name, a fault, and a version that overtook it."""
    other, now = actor(make_user("admin", name="Bea Root")), timezone.now()
    body = editing.begin(name=NAME, by=other, now=now).body
    entry = edits.look_up(body, SECTION)
    own = {**edits.own_part(SECTION, entry), "title": {"en": LONG, "de": LONG}}
    seen = editing.seal_of(edits.own_part(SECTION, entry))
    editing.save_part(name=NAME, place=SECTION, own=own, seen=seen, by=other, now=now)
    place = f"{GATE_0}/sections/partner-team/fields/team-commitment-confirmed"
    editing.remove_part(name=NAME, place=place, seen=editing.seal_of(edits.look_up(body, place)), by=other, now=now)
    PolicyVersion.objects.filter(name=NAME).update(is_active=False)
    PolicyVersion.objects.create(name=NAME, kind=NAME, version=2, body=body, checksum="other", is_active=True)


@pytest.mark.parametrize(("is_phone", "is_dark"), MODES)
def test_pages_are_accessible_and_fit(
    browser: Browser, live_server: Any, cast: Cast, is_phone: bool, is_dark: bool
) -> None:
    furnish(cast)
    context = context_of(browser, live_server.url, phone=is_phone, dark=is_dark)
    context.add_cookies([{"name": "sessionid", "value": session_of(cast, "adam"), "url": live_server.url}])
    page, faults = context.new_page(), {}
    for number, path in enumerate(PAGES):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        found = violations(page) + (["wider than the window"] if overflows(page) else [])
        if found:
            faults[path] = found
        if folder := os.environ.get("HUB_SHOTS"):
            page.screenshot(path=Path(folder) / f"{number:02}-{is_phone}-{is_dark}.png", full_page=True)
    context.close()
    assert faults == {}, "\n".join(f"{path}: {found}" for path, found in faults.items())


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "plain"])
def test_a_question_is_written_previewed_and_published(
    browser: Browser, live_server: Any, cast: Cast, has_scripts: bool
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=has_scripts, locale="en-US")
    context.add_cookies([{"name": "sessionid", "value": session_of(cast, "adam"), "url": live_server.url}])
    page = context.new_page()
    page.goto("/policies/partner_journey/")
    page.get_by_role("link", name="Edit in forms").click()
    page.get_by_role("button", name="Begin a working copy").click()
    page.get_by_role("link", name="Readiness for the kickoff").click()
    page.get_by_role("link", name="Contract", exact=True).click()
    add_question(page)
    page.get_by_role("button", name="Move up: Who signed for the partner?").click()
    page.get_by_role("button", name="Remove: Type of contract").click()
    expect(page.get_by_role("link", name="Type of contract")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="Readiness for the kickoff").click()
    page.get_by_role("link", name="Preview").click()
    expect(page.get_by_label("Who signed for the partner?")).to_be_visible()
    page.goto(f"{COPY}/")
    page.get_by_role("link", name="Changes and publishing").click()
    expect(page.get_by_role("main")).to_contain_text("who-signed-for-the-partner")
    page.get_by_label("Why").fill("Audit asked for it")
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_role("main")).to_contain_text("Audit asked for it")
    context.close()
    row = PolicyVersion.objects.get(name=NAME, is_active=True)
    fields = [entry["id"] for entry in edits.look_up(row.body, f"{SECTION}/fields")]
    assert (row.version, fields.index("who-signed-for-the-partner")) == (2, 3)
    assert "contract-type" in fields
    assert not PolicyWorkingCopy.objects.exists()


def add_question(page: Page) -> None:
    page.get_by_role("link", name="Add a question").click()
    page.get_by_label("Question", exact=False).first.fill("Who signed for the partner?")
    page.get_by_label("Hint", exact=True).fill("As it stands below the contract.")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("link", name="Who signed for the partner?")).to_be_visible()
