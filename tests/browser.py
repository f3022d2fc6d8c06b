"""A real browser for tests: the distribution's Chromium, quiet, with axe at hand."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Every width and every scheme once, as (phone, dark); with HUB_EVERY_MODE in the environment each with each.
_EVERY = [(True, False), (True, True), (False, False), (False, True)]
MODES = _EVERY if os.environ.get("HUB_EVERY_MODE") else [(True, True), (False, False)]
# What passes is not counted up and not sent here: that took longer than finding what does not.
_ASKED = {
    "runOnly": {"type": "tag", "values": RULES},
    "resultTypes": ["violations"],
    "selectors": False,
    "preload": False,
}
# A busy machine is no failure.
MOST_MS = 15_000
PHONE, DESK = {"width": 375, "height": 812}, {"width": 1440, "height": 900}


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser; contexts of it share nothing."""
    # Playwright keeps an event loop in this thread; the tests use the database beside it, never inside of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # While that loop runs Django keeps other connections than before and after it. Those of the other side would stay
    # behind, open to a database that is dropped after the test.
    connections.close_all()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()
            connections.close_all()


def context_of(browser: Browser, base_url: str, *, phone: bool = False, dark: bool = False) -> BrowserContext:
    """A fresh context: nobody is signed in."""
    context: BrowserContext = browser.new_context(
        base_url=base_url,
        viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
        color_scheme="dark" if dark else "light",
        locale="en-US",
        reduced_motion="reduce",  # axe measures contrast: nothing may be half faded in
    )
    context.set_default_timeout(MOST_MS)
    expect.set_options(timeout=MOST_MS)
    return context


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in by the form, as a person does."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def violations(page: Page) -> list[str]:
    """What axe finds: rule and the first place."""
    found = Axe().run(page, options=_ASKED).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in found]


def overflows(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"))
