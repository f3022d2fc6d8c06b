"""Tickets of the portal and the pages around intake in a real browser: phone and desk, light and dark."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, expect

from partners.models import Contact
from tests.browser import MODES, chromium, overflows, violations
from tests.cast import Cast
from tests.factories.tickets import make_category, make_desk, make_ticket
from tests.journeys.test_house_pages import LONG, signed_in
from tests.tickets.mails import file_part, mixed, plain
from tickets.models import Firing, Ticket
from tickets.services import webhooks
from tickets.services.mail_intake import take
from tickets.services.messages import reply

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES: dict[str, tuple[str, ...]] = {
    "connie": (
        "/portal/",
        "/portal/tickets/",
        "/portal/tickets/?show=done",
        "/portal/tickets/new/",
        "/portal/tickets/{waiting}/",
        "/portal/tickets/{solved}/",
    ),
    "sara": ("/tickets/mail/", "/tickets/routing/", "/tickets/automation/"),
    "adam": ("/tickets/webhooks/", "/tickets/webhooks/new/", "/tickets/webhooks/{hook}/"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> dict[str, str]:
    """A waiting ticket with a long text, a solved one, mails taken in and rejected, a webhook with a call."""
    now = timezone.now()
    Contact.objects.filter(pk=cast.connie_contact.pk).update(is_ticket_manager=True)
    desk = make_desk(cast.sue, is_default=True, address="help@acme.example")
    make_category(name="Ordering")
    sue = cast.actor("sue")
    waiting, solved = (
        make_ticket(
            desk, cast.northwind, contact=cast.connie_contact, subject=subject, body=body, now=now - timedelta(days=4)
        )
        for subject, body in ((LONG, f"`{'x' * 200}`\n\n| a | b |\n|---|---|\n| {LONG} | 2 |"), ("Solved one", "Help"))
    )
    reply(by=sue, ticket=waiting, body="Which version?\n\n- 17\n- 18", status="pending", now=now - timedelta(days=2))
    reply(by=sue, ticket=solved, body="Done", status="solved", now=now - timedelta(days=1))
    take(mixed(("Content-Type: text/plain", b"Hi"), file_part(f"{LONG}.exe", b"MZ\0")), now=now)
    take(plain("Away", Auto_Submitted="auto-replied", key="away@x"), now=now)
    Firing.objects.create(ticket=solved, rule="close_solved", occasion="x", pack_version=1, fired_at=now, fault=LONG)
    events = ["ticket.opened", "ticket.status"]
    url = "https://tool.example/" + "x" * 200
    hook, _secret = webhooks.add_endpoint(by=cast.actor("adam"), name=LONG[:100], url=url, events=events, now=now)
    with transaction.atomic():
        webhooks.queue(solved.events.first(), now=now)
    return {"waiting": str(waiting.number), "solved": str(solved.number), "hook": str(hook.public_id)}


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_pages_are_accessible_and_fit(browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool) -> None:
    places, faults = furnish(cast), {}
    kept_in = os.environ.get("HUB_SCREENSHOTS")
    for who, addresses in PAGES.items():
        context = signed_in(browser, live_server.url, cast, who, phone=phone, dark=dark)
        page = context.new_page()
        for place, address in enumerate(addresses):
            answer = page.goto(address.format(**places))
            assert answer is not None
            assert answer.status == 200, f"{who} {address} answered {answer.status}"
            found = violations(page) + (["wider than the window"] if overflows(page) else [])
            if found:
                faults[address] = found
            if kept_in:
                shot = f"portal-{who}-{place}-{'phone' if phone else 'desk'}-{'dark' if dark else 'light'}.png"
                page.screenshot(path=Path(kept_in) / shot, full_page=True)
        context.close()
    assert faults == {}


def test_a_contact_asks_and_says_that_it_is_not_fixed(browser: Browser, live_server: Any, cast: Cast) -> None:
    make_desk(cast.sue, is_default=True)
    context = signed_in(browser, live_server.url, cast, "connie", phone=True)
    page = context.new_page()
    page.goto("/portal/")
    page.get_by_role("link", name="Tickets", exact=True).click()
    page.get_by_role("link", name="New ticket").first.click()
    page.get_by_label("What is it about?").fill("Orders are lost")
    page.get_by_label("Nobody can work").check()
    page.get_by_label("It cannot wait").check()
    page.get_by_label("What happened?").fill("Nothing arrives.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Orders are lost")).to_be_visible()
    ticket = Ticket.objects.get()
    assert ticket.priority == "critical"
    reply(by=cast.actor("sue"), ticket=ticket, body="Fixed now.", status="solved", now=timezone.now())
    page.reload()
    page.get_by_label("Your message").fill("Still nothing")
    page.get_by_role("button", name="Not fixed, open it again").click()
    expect(page.get_by_text("Open again. We look at it.")).to_be_visible()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopened) == ("open", 1)
    context.close()
