"""Handoffs, the cadence and the guides in a real browser: phone and desk, light and dark; items written in place."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from partners.models import Handoff, HandoffItem, Organization
from partners.services import handoff_items, handoffs, touchpoints
from tests.browser import MODES, chromium, overflows, violations
from tests.cast import Cast
from tests.factories.handoffs import accepted, do_everything, offered, prepared
from tests.factories.partners import make_partner
from tests.journeys.test_house_pages import LONG, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES: dict[str, tuple[str, ...]] = {
    "petra": ("{prepared}", "{offered}", "{launched}", "{northwind}handoffs/new/", "/handoffs/?show=given"),
    "tom": (
        "{offered}",
        "{launched}",
        "/handoffs/",
        "/handoffs/portfolio/",
        "{live}cadence/",
        "{live}handoffs/",
        "/guides/",
        "/guides/?q=nothing+like+it",
        "/",
    ),
    "ana": ("/guides/executive_sponsorship_validation/", "{offered}", "{live}cadence/"),
    "otto": ("/handoffs/",),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> dict[str, str]:
    """Handoffs in several states with long names and notes, and a launched partner with its meetings."""
    today, now = timezone.localdate(), timezone.now()
    owners = {"psm": cast.petra, "tam": cast.tom, "pam": cast.ana}
    back = offered(make_partner("gate_3", name=LONG, owners=owners), cast.petra, cast.tom)
    why = {"reasons": f"Who answers at night? {LONG}", "items": ["support_processes"]}
    handoffs.give_back(by=cast.actor("tom"), handoff=back, now=now, **why)
    waiting = offered(cast.northwind, cast.petra, cast.tom)
    HandoffItem.objects.filter(handoff=waiting, key="people").update(note=f"Careful people.\n{LONG}")
    live = make_partner("post_launch", name="Live One", launched_on=today - timedelta(days=9), owners=owners)
    done = accepted(live, cast.petra, cast.tom)
    handoff_items.add_results(by=cast.actor("petra"), handoff=done, results="Twelve orders", now=now)
    touchpoints.generate(organization=live, now=now - timedelta(days=8))
    touchpoints.generate(organization=live, now=now)
    return {
        "prepared": _page(back),
        "offered": _page(waiting),
        "launched": _page(done),
        "live": f"/organizations/{live.public_id}/",
        "northwind": f"/organizations/{cast.northwind.public_id}/",
    }


def _page(handoff: Handoff) -> str:
    return f"/organizations/{handoff.organization.public_id}/handoffs/{handoff.public_id}/"


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_pages_are_accessible_and_fit(browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool) -> None:
    places, faults = furnish(cast), {}
    kept_in = os.environ.get("HUB_SCREENSHOTS")
    for who, addresses in PAGES.items():
        context = signed_in(browser, live_server.url, cast, who, phone=phone, dark=dark)
        page = context.new_page()
        for number, address in enumerate(addresses):
            answer = page.goto(address.format(**places))
            assert answer is not None
            assert answer.status == 200, f"{who} {address} answered {answer.status}"
            for details in page.locator("details.touchpoint-more").all()[:2]:
                details.evaluate("element => element.open = true")
            if kept_in:
                name = f"{who}-{number}-{'phone' if phone else 'desk'}-{'dark' if dark else 'light'}.png"
                page.screenshot(path=Path(kept_in) / name, full_page=True)
            found = violations(page) + (["wider than the window"] if overflows(page) else [])
            if found:
                faults[f"{who} {address}"] = found
        context.close()
    assert faults == {}


def test_a_handoff_goes_from_hand_to_hand(browser: Browser, live_server: Any, cast: Cast) -> None:
    """Petra writes and offers, Tom returns it once, reads and accepts."""
    handoff = prepared(cast.northwind, cast.petra, cast.tom)
    context = signed_in(browser, live_server.url, cast, "petra")
    page = context.new_page()
    page.goto(_page(handoff))
    expect(page.get_by_role("button", name="Offer it")).to_be_disabled()
    for item in HandoffItem.objects.filter(handoff=handoff):
        box = page.locator(f"#item-{item.key}")
        if not item.gathered:
            box.get_by_label("Your note").fill("Nothing to add")
        box.get_by_label("Complete: I stand by it").check()
        box.get_by_role("button", name="Save").click()
        expect(page.locator(f"#item-{item.key}").get_by_text("Complete", exact=True)).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Offer it").click()
    expect(page.get_by_text("Offered to Tom Okafor.")).to_be_visible()
    context.close()
    context = signed_in(browser, live_server.url, cast, "tom")
    page = context.new_page()
    page.goto("/handoffs/")
    page.get_by_role("link", name="Northwind").click()
    page.locator("#item-people").get_by_role("button", name="I have read it").click()
    expect(page.locator("#item-people").get_by_text("Read", exact=True)).to_be_visible()
    do_everything(Handoff.objects.get(), now=timezone.now())
    page.reload()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("Accepted: Northwind is yours.")).to_be_visible()
    assert Organization.objects.get(pk=cast.northwind.pk).handoffs.get().state == "accepted"
    context.close()
