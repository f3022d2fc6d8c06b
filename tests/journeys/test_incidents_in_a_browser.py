"""Incidents in a real browser: from the declaration to what the partner reads; every page fits and is accessible."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.incidents import make_incident, written
from tests.factories.tickets import make_desk, make_ticket
from tickets.models import Incident, Message
from tickets.services import incident_parts, incidents, post_mortems
from tickets.services.incident_updates import Said, post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Vereinigte Präzisionswerkzeugmaschinenfabriken Obersulzbach-Niederschönhausen können nicht bestellen"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> tuple[Incident, Incident]:
    """One that goes on and is late, one that is over with all that was learned, one of the same cause before it."""
    now, desk, sara, sue = timezone.now(), make_desk(cast.sue, is_default=True), cast.actor("sara"), cast.actor("sue")
    ticket = make_ticket(desk, cast.northwind, contact=cast.connie_contact, subject=LONG, now=now)
    begun = now - timedelta(minutes=95)
    running = make_incident(
        sue, desk, severity="s1", tickets=[ticket], now=begun, takes_command=True, title=LONG, summary=LONG
    )
    incident_parts.add_organization(by=sara, incident=running, organization=cast.birch, now=begun)
    incident_parts.subscribe(by=sara, incident=running, contact=cast.connie_contact, now=begun)
    said = Said(body="The **cause** is known.\n\n```\n" + "x" * 200 + "\n```", is_public=True, state="identified")
    post(by=sue, incident=running, said=said, now=begun + timedelta(minutes=20))
    post(by=sara, incident=running, said=Said(body=LONG, is_public=False), now=begun + timedelta(minutes=30))
    for days in (20, 9):
        over = make_incident(
            sara, desk, organizations=[cast.northwind], cause="certificate", now=now - timedelta(days=days)
        )
        incidents.move(by=sue, incident=over, state="resolved", now=now - timedelta(days=days - 1))
    sent: dict[str, Any] = {"incident": over, "organization": cast.northwind, "due_on": now.date()}
    post_mortems.add_action(by=cast.actor("tom"), owner=cast.tom, title=LONG, now=now, **sent)
    written(over, sue, now=now)
    post_mortems.publish(by=sara, incident=over, now=now)
    post_mortems.share(by=sara, incident=over, sections=["summary", "root_cause"], now=now)
    post_mortems.add_action(by=cast.actor("tom"), title="Watch it", now=now, **sent)
    post_mortems.write(by=sue, incident=over, texts={"impact": LONG}, now=now)
    return running, over


def page_of(browser: Browser, server: Any, cast: Cast, person: str, **looks: bool) -> Page:
    client = Client()
    client.force_login(getattr(cast, person))
    context = context_of(browser, server.url, **looks)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}
    context.add_cookies([cookie])  # type: ignore[list-item]
    return context.new_page()


PAGES = {
    "sara": (
        *("/incidents/", "/incidents/?show=over", "/incidents/?q=nothing-like-this", "/incidents/declare/"),
        *("/incidents/recurring/", "/incidents/{running}/", "/incidents/{running}/edit/", "/"),
        *("/incidents/{over}/", "/incidents/{over}/post-mortem/", "/incidents/{over}/post-mortem/?newest=1"),
        *("/incidents/{over}/post-mortem/edit/", "/incidents/{over}/post-mortem/compare/1/"),
        "/incidents/{running}/post-mortem/",
    ),
    "max": ("/incidents/{running}/",),
    "tom": ("/organizations/{northwind}/",),
    "connie": ("/portal/incidents/", "/portal/incidents/{running}/", "/portal/incidents/{over}/", "/portal/"),
}


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_every_page_is_accessible_and_fits(
    browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool
) -> None:
    running, over = furnish(cast)
    named = {"running": running.number, "over": over.number, "northwind": cast.northwind.public_id}
    faults: dict[str, list[str]] = {}
    for person, addresses in PAGES.items():
        page = page_of(browser, live_server, cast, person, phone=phone, dark=dark)
        errors: list[str] = []
        page.on("console", lambda message, found=errors: found.append(message.text))
        for place, address in enumerate(addresses):
            answer = page.goto(address.format(**named))
            assert answer is not None
            assert answer.status == 200, f"{person} {address}"
            if folder := os.environ.get("HUB_SHOTS"):
                name = f"inc-{person}-{place:02}-{'phone' if phone else 'desk'}-{'dark' if dark else 'light'}.png"
                page.screenshot(path=Path(folder) / name, full_page=True)
            found = violations(page) + (["wider than the window"] if overflows(page) else [])
            found += [text for text in errors if "Content Security Policy" in text or "Uncaught" in text]
            errors.clear()
            if found:
                faults[f"{person} {address}"] = found
        page.context.close()
    assert faults == {}


def test_from_a_ticket_to_the_partner(browser: Browser, live_server: Any, cast: Cast) -> None:
    desk = make_desk(cast.sue, is_default=True)
    ticket = make_ticket(desk, cast.northwind, contact=cast.connie_contact, now=timezone.now())
    page = page_of(browser, live_server, cast, "sue")
    page.goto(f"/tickets/{ticket.number}/")
    page.get_by_text("More", exact=True).first.click()
    page.get_by_role("link", name="Declare an incident").click()
    page.get_by_label("S1, critical").check()
    page.get_by_role("button", name="Declare it").click()
    expect(page.get_by_text("Investigating").first).to_be_visible()
    page.get_by_label("Public update").fill("We know **why**.")
    page.get_by_label("It is now").first.select_option("identified")
    page.get_by_label("Answer 1 linked ticket").check()
    page.get_by_role("button", name="Post publicly").click()
    expect(page.get_by_text("the linked tickets are answered with it")).to_be_visible()
    page.get_by_text("Only colleagues read it").click()
    page.get_by_label("Internal update").fill("The disk was full.")
    page.get_by_role("button", name="Leave for colleagues").click()
    expect(page.locator(".said-note")).to_contain_text("The disk was full.")
    assert Message.objects.get(side="agent").body == "We know **why**."
    portal = page_of(browser, live_server, cast, "connie")
    portal.goto("/portal/incidents/")
    portal.locator(".rows a").first.click()
    expect(portal.locator(".timeline strong", has_text="why")).to_be_visible()
    expect(portal.get_by_text("The disk was full.")).to_have_count(0)
    portal.get_by_role("button", name="Mail me each update").click()
    expect(portal.get_by_role("button", name="No more mails")).to_be_visible()
    for one in (page, portal):
        one.context.close()
