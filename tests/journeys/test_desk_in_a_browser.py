"""The desk in a real browser: every page on a phone and on a desk, light and dark; an answer by the keyboard alone."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.tickets import make_category, make_desk, make_ticket
from tickets.models import Macro, Message, ReplyDraft, Ticket
from tickets.services.composing import Written, write
from tickets.services.following import add_link, look, watch
from tickets.services.merging import merge
from tickets.services.messages import Letter, note, receive, reply

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Vereinigte Präzisionswerkzeugmaschinenfabriken Obersulzbach-Niederschönhausen meldet einen Druckauftragsfehler"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> Ticket:
    """A queue with all that may stand in it, and a ticket with all that may hang on it."""
    now = timezone.now()
    desk = make_desk(cast.sue, cast.sven, leads=[cast.sara], is_default=True, name="Support")
    sue, sven = cast.actor("sue"), cast.actor("sven")
    category = make_category(name="Printing")
    for place in range(8):
        make_ticket(desk, cast.birch, subject=f"{LONG} {place}", tags=["printing", "vip"], now=now - place * 9 * HOUR)
    contact = cast.connie_contact
    values: dict[str, Any] = {"urgency": "high", "impact": "high", "category": category, "tags": ["printing"]}
    ticket = make_ticket(desk, cast.northwind, contact=contact, subject=LONG, now=now - 30 * HOUR, **values)
    other = make_ticket(desk, cast.northwind, contact=contact, subject="The same once more", now=now - 29 * HOUR)
    reply(by=sue, ticket=ticket, body="Which **version**?\n\n```\nlog " + "x" * 300 + "\n```", now=now - 28 * HOUR)
    receive(by=None, ticket=ticket, contact=contact, body="17.2", letter=Letter(quoted="> Which?"), now=now - 5 * HOUR)
    note(by=sven, ticket=ticket, body="It is the cache, @sue.", now=now - 4 * HOUR)
    merge(by=sue, source=other, target=ticket, now=now - 3 * HOUR)
    add_link(by=sue, ticket=ticket, url="https://github.com/vendor/hub/issues/7", now=now)
    watch(by=sue, ticket=ticket, user=cast.sven, now=now)
    Macro.objects.create(name="Ask for the version", body="Dear {name}, which version?", changes={"status": "pending"})
    write(by=sven, ticket=ticket, written=Written(body="We have it.", is_note=False), now=now)
    look(by=sven, ticket=ticket, is_writing=True, now=now + HOUR)
    return ticket


def session_of(cast: Cast, person: str) -> str:
    client = Client()
    client.force_login(getattr(cast, person))
    return client.cookies["sessionid"].value


def pages_of(ticket: Ticket) -> dict[str, tuple[str, ...]]:
    here, organization = f"/tickets/{ticket.number}/", ticket.organization.public_id
    said = Message.objects.filter(ticket=ticket, side="customer").latest("written_at")
    return {
        "sue": (
            "/",
            "/tickets/",
            "/tickets/?columns=breaches,status,organization,requester,category,tags,opened&density=dense",
            "/tickets/?tag=nothing&priority=low",
            "/tickets/filters/",
            f"{here}?list=",
            f"{here}edit/",
            f"{here}merge/",
            f"{here}messages/{said.public_id}/split/",
            "/tickets/new/?q=northwind",
            "/tickets/macros/",
            "/tickets/macros/new/",
        ),
        "petra": ("/tickets/", here),
        "sara": ("/", "/tickets/promises/"),
        "tom": (
            "/",
            f"/organizations/{organization}/",
            f"/organizations/{organization}/tickets/",
            f"/organizations/{organization}/tickets/?priority=low",
            f"/why/?q=%23{ticket.number}",
        ),
    }


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_every_page_is_accessible_and_fits(
    browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool
) -> None:
    ticket = furnish(cast)
    faults: dict[str, list[str]] = {}
    for person, addresses in pages_of(ticket).items():
        context = context_of(browser, live_server.url, phone=phone, dark=dark)
        context.add_cookies([{"name": "sessionid", "value": session_of(cast, person), "url": live_server.url}])
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda message, found=errors: found.append(message.text))
        for place, address in enumerate(addresses):
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, f"{person} {address}"
            page.wait_for_load_state("networkidle")
            if folder := os.environ.get("HUB_SHOTS"):
                name = f"{person}-{place}-{'phone' if phone else 'desk'}-{'dark' if dark else 'light'}.png"
                page.screenshot(path=Path(folder) / name, full_page=True)
            found = violations(page) + (["wider than the window"] if overflows(page) else [])
            found += [text for text in errors if "Content Security Policy" in text or "Uncaught" in text]
            errors.clear()
            if found:
                faults[f"{person} {address}"] = found
        context.close()
    assert faults == {}


def test_an_answer_by_the_keyboard(browser: Browser, live_server: Any, cast: Cast) -> None:
    ticket = furnish(cast)
    context = context_of(browser, live_server.url)
    context.add_cookies([{"name": "sessionid", "value": session_of(cast, "sue"), "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/tickets/?q={ticket.number}")
    expect(page.locator("#count-all")).to_have_text("9")
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.wait_for_url(f"**/tickets/{ticket.number}/**")
    expect(page.get_by_text("Sven Aalto is writing on this ticket.")).to_be_visible()
    text = page.get_by_label("Public reply")
    expect(text).to_be_focused()
    with page.expect_response("**/reply/draft/"):
        page.keyboard.type("Fixed with 17.3.")
    assert ReplyDraft.objects.get().body == "Fixed with 17.3."
    page.reload()
    expect(page.get_by_label("Public reply")).to_have_value("Fixed with 17.3.")
    page.get_by_role("button", name="Send reply to Connie Contact").click()
    expect(page.get_by_text("The reply leaves in 10 seconds.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back before it left.")).to_be_visible()
    assert Message.objects.get(body="Fixed with 17.3.").state == "withdrawn"
    page.locator("body").press("n")
    page.keyboard.type("Wait for 17.4.")
    page.get_by_role("button", name="Leave internal note").click()
    expect(page.locator(".said-note", has_text="Wait for 17.4.")).to_be_visible()
    context.close()


def test_from_a_number_at_home_to_its_rows(browser: Browser, live_server: Any, cast: Cast) -> None:
    ticket = furnish(cast)
    context = context_of(browser, live_server.url, phone=True)
    context.add_cookies([{"name": "sessionid", "value": session_of(cast, "tom"), "url": live_server.url}])
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Critical and open 1").click()
    expect(page.locator("#tickets tbody tr")).to_have_count(1)
    page.goto(f"/organizations/{cast.northwind.public_id}/")
    page.get_by_role("link", name="1, 1 critical").click()
    expect(page.locator("#tickets tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Solved", exact=True).click()
    expect(page.get_by_text("No ticket fits these filters")).to_be_visible()
    page.get_by_role("link", name="Clear filters").click()
    page.get_by_role("link", name=f"#{ticket.number}").click()
    page.wait_for_url(f"**/tickets/{ticket.number}/?list=**")
    context.close()
