"""The knowledge base in a real browser: every page on a phone and on a desk, light and dark; help before a ticket."""

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
from tests.factories.articles import make_article, make_draft, make_shelf
from tests.factories.tickets import make_desk, make_ticket
from tickets.models import Article, ArticleFeedback, HelpSearch
from tickets.services import article_usage, articles
from tickets.services.articles import Text
from tickets.services.changes import change

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Vereinigte Präzisionswerkzeugmaschinenfabriken Obersulzbach-Niederschönhausen melden sich an"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> Article:
    """Shelves, articles in two languages and several versions, a draft that waits, readers, gaps."""
    now, shelf = timezone.now(), make_shelf(name="Signing in")
    desk = make_desk(cast.sue, is_default=True, name="Support")
    texts = {"de": ("Ein Passwort zurücksetzen", "Im Profil.\n\n| a | b |\n|---|---|\n| c | d |")}
    body = "Open **Profile**.\n\n1. One\n2. Two\n\n```\n" + "x" * 200 + "\n```"
    article = make_article("Reset a password", body, category=shelf, texts=texts, by=cast.sue, summary="In a minute.")
    sue, connie = cast.actor("sue"), cast.actor("connie")
    text = Text(language="en", title="Reset a password", body=body.replace("Two", "Three"))
    articles.edit(by=sue, article=article, text=text, now=now)
    waiting = make_draft(LONG, by=cast.sue, audience="partner")
    articles.submit(by=sue, article=waiting, language="en", now=now)
    for days in range(3):
        article_usage.read(by=connie, article=article, now=now - timedelta(days=days + 9))
    article_usage.say(by=connie, article=article, language="en", is_helpful=False, comment=LONG, now=now)
    article_usage.searched(by=connie, text="dark mode", language="en", results=0, now=now)
    for number in range(3):
        ticket = make_ticket(desk, cast.northwind, subject=f"Orders arrive twice {number}", now=now)
        change(by=sue, ticket=ticket, values={"status": "solved"}, now=now)
    return article


def session_of(cast: Cast, person: str) -> str:
    client = Client()
    client.force_login(getattr(cast, person))
    return client.cookies["sessionid"].value


PAGES = {
    "sara": (
        "/kb/",
        "/kb/?q=profile",
        "/kb/?state=retired",
        "/kb/reset-a-password/",
        "/kb/reset-a-password/?lang=en&draft=1",
        "/kb/reset-a-password/en/edit/",
        "/kb/reset-a-password/en/compare/1/",
        "/kb/reset-a-password/facts/",
        "/kb/new/",
        "/kb/categories/",
        "/kb/gaps/",
    ),
    "connie": ("/portal/help/", "/portal/help/?q=profile", "/portal/help/?q=zebra", "/portal/help/reset-a-password/"),
}


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_every_page_is_accessible_and_fits(
    browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool
) -> None:
    furnish(cast)
    faults: dict[str, list[str]] = {}
    for person, addresses in PAGES.items():
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
                name = f"kb-{person}-{place}-{'phone' if phone else 'desk'}-{'dark' if dark else 'light'}.png"
                page.screenshot(path=Path(folder) / name, full_page=True)
            found = violations(page) + (["wider than the window"] if overflows(page) else [])
            found += [text for text in errors if "Content Security Policy" in text or "Uncaught" in text]
            errors.clear()
            if found:
                faults[f"{person} {address}"] = found
        context.close()
    assert faults == {}


def test_help_is_found_before_a_ticket_is_sent(browser: Browser, live_server: Any, cast: Cast) -> None:
    furnish(cast)
    context = context_of(browser, live_server.url)
    context.add_cookies([{"name": "sessionid", "value": session_of(cast, "connie"), "url": live_server.url}])
    page = context.new_page()
    page.goto("/portal/help/")
    with page.expect_response("**/results/?q=pasword"):
        page.get_by_placeholder("What are you looking for?").press_sequentially("pasword")
    expect(page.locator("#help-results").get_by_role("link", name="Reset a password")).to_be_visible()
    page.goto("/portal/tickets/new/")
    page.get_by_label("What is it about?").press_sequentially("Nobody can reset the password")
    suggested = page.locator("#help-suggestions").get_by_role("link", name="Reset a password")
    expect(suggested).to_be_visible()
    with context.expect_page() as opened:
        suggested.click()
    opened.value.get_by_role("button", name="Yes").click()
    expect(opened.value.get_by_text("You said that it helped.")).to_be_visible()
    assert ArticleFeedback.objects.get().is_helpful
    assert HelpSearch.objects.latest("at").term == "pasword"
    context.close()


def test_a_preview_follows_what_is_written(browser: Browser, live_server: Any, cast: Cast) -> None:
    context = context_of(browser, live_server.url)
    context.add_cookies([{"name": "sessionid", "value": session_of(cast, "sue"), "url": live_server.url}])
    page = context.new_page()
    page.goto("/kb/new/")
    page.get_by_label("Title").fill("Close the books")
    page.get_by_label("Text").press_sequentially("Do it **now**.")
    expect(page.locator("#article-preview strong")).to_have_text("now")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_text("A draft. Readers do not see it.")).to_be_visible()
    context.close()
