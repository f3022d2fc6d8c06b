"""The interface in a real browser, under the strict content security policy: the style guide shows every component.

The pages are rendered here and handed to the browser by a route, so that nothing but the interface is under test.
"""

import mimetypes
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from hub.styleguide import styleguide_context

pytestmark = pytest.mark.browser

SITE = "http://hub.test"
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOW = datetime(2026, 3, 14, 12, 5, tzinfo=UTC)

TABBED = '{% extends "base.html" %}{% block page_tabs %}{% tabs items %}{% endblock %}'
TABS = [{"label": f"Section {n}", "url": f"/s/{n}/", "is_active": False} for n in range(9)]
LAST_TAB = {"label": "The last one", "url": "/s/last/", "is_active": True}
GROUPS = [
    {"label": "Go to", "items": [{"label": "Home", "url": "/home/", "icon": "home"}]},
    {
        "label": "Partners",
        "items": [{"label": f"Northwind {n}", "url": f"/o/{n}/", "icon": "building"} for n in range(4)],
    },
]
ANA = SimpleNamespace(name="Ana Silva")
NAVIGATION = [{"label": "Work", "items": [{"label": "Partners", "url": "/partners/", "icon": "building", "key": "o"}]}]

Open = Callable[..., Page]


def shell() -> dict[str, Any]:
    """What the context processors would give."""
    request = SimpleNamespace(
        method="GET",
        get_full_path=lambda: "/",
        path="/",
        user=SimpleNamespace(pk=7, email="ana@vendor.example", is_authenticated=True),
        actor=ANA,
    )
    return {
        "request": request,
        "navigation": NAVIGATION,
        "unread_count": 3,
        "request_id": "7f3a",
        "csrf_token": "token",
    }


def pages() -> dict[str, str]:
    """Address and markup of everything that the browser may ask for, beside static files."""
    messages = [
        Message(constants.SUCCESS, "Moved to Gate 3.", "undo:/undo/"),
        Message(constants.ERROR, "The invitation could not be sent."),
    ]
    guide = styleguide_context(NOW) | shell()
    found = {
        "/": render_to_string("hub/styleguide.html", guide),
        "/messages/": render_to_string("hub/styleguide.html", guide | {"messages": messages}),
        "/palette/": render_to_string("components/_palette_results.html", {"groups": GROUPS}),
        "/portal/": render_to_string("base_portal.html", shell() | {"brand": {"name": "Acme", "color": "#b0307a"}}),
        "/sign-in/": render_to_string("base_auth.html", {"brand": {"name": "Acme"}}),
        "/tabs/": engines["django"].from_string(TABBED).render(shell() | {"items": [*TABS, LAST_TAB]}),
    }
    for name in ("400", "403", "403_csrf", "404", "409", "500"):
        found[f"/{name}/"] = render_to_string(f"{name}.html", {"request_id": "7f3a", "exception": "Only for leads."})
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    """Open an address at a width and in a theme; the browser's complaints fail the test at its end."""
    answers = pages()
    complaints: list[str] = []
    contexts = []

    def answer(route: Route) -> None:
        address = route.request.url.removeprefix(SITE).split("?")[0].split("#")[0]
        if address.startswith("/static/"):
            found = finders.find(address.removeprefix("/static/"))
            assert isinstance(found, str), address
            kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
            route.fulfill(body=Path(found).read_bytes(), content_type=kind)
            return
        body = answers.get(address, "<!doctype html><title>elsewhere</title>")
        route.fulfill(body=body, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})

    def open_address(address: str = "/", *, width: int = 1440, theme: str = "light", scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.route("**/*", answer)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(SITE + address, wait_until="networkidle")
        return page

    yield open_address
    for context in contexts:
        context.close()
    assert complaints == []


def violations(page: Page) -> list[str]:
    """What axe finds, as lines to read."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 768, 1440, 1920])
def test_every_component_is_accessible_and_fits(open_page: Open, width: int, theme: str) -> None:
    page = open_page(width=width, theme=theme)
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "address", ["/portal/", "/sign-in/", "/400/", "/403/", "/403_csrf/", "/404/", "/409/", "/500/"]
)
def test_other_frames_are_accessible_and_fit(open_page: Open, address: str, theme: str) -> None:
    page = open_page(address, width=375, theme=theme)
    assert overflow(page) == 0
    # The frames are empty here: a page brings its own heading and title.
    assert [line for line in violations(page) if "empty-heading" not in line and "document-title" not in line] == []


def test_palette_finds_moves_and_goes(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    expect(page.locator("#palette").get_by_role("option")).to_have_count(5)
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#palette").get_by_role("option", selected=True)
    expect(chosen).to_have_text("Northwind 0")
    assert page.locator("#palette-q").get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#palette").get_by_role("option", selected=True)).to_have_text("Northwind 3")
    page.keyboard.press("Enter")
    page.wait_for_url("**/o/3/")


def test_escape_closes_the_palette_whatever_was_typed(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(5)
    with page.expect_response("**/palette/**"):
        page.keyboard.type("n")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_palette_remembers_until_sign_out(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Control+k")
    page.locator("#palette").get_by_role("option", name="Northwind 2").click()
    page.goto(SITE + "/", wait_until="networkidle")
    page.keyboard.press("Control+k")
    recent = page.locator("#palette").get_by_role("group", name="Recent")
    expect(recent.get_by_role("option")).to_have_text(["Northwind 2"])
    page.keyboard.press("Escape")
    page.get_by_label("Account menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(SITE + "/", wait_until="networkidle")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(5)
    expect(recent).to_have_count(0)


def test_keys_move_through_rows_and_can_be_switched_off(open_page: Open) -> None:
    page = open_page()
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    row = page.locator("tr[data-row]").first
    expect(row).to_be_focused()
    page.keyboard.press("x")
    expect(row).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-bulk]")).to_contain_text("1 selected")
    page.keyboard.press("?")
    help_dialog = page.locator("#keys-help")
    expect(help_dialog).to_be_visible()
    assert violations(page) == []
    help_dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(help_dialog).to_be_hidden()


def test_g_and_a_letter_go_somewhere_but_not_while_typing(open_page: Open) -> None:
    page = open_page()
    page.get_by_label("Search partners").click()
    page.keyboard.type("go")
    expect(page.get_by_label("Search partners")).to_have_value("go")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/partners/")


def test_theme_is_chosen_and_kept_in_a_cookie(open_page: Open) -> None:
    page = open_page()
    page.get_by_label("Account menu").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert page.evaluate("document.cookie") == "theme=dark"
    page.get_by_role("button", name="As the system").click()
    assert page.evaluate("document.cookie") == ""


def test_without_scripts_the_theme_follows_the_system(open_page: Open) -> None:
    canvas = {}
    for theme in ("light", "dark"):
        page = open_page(theme=theme, scripts=False)
        canvas[theme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert canvas["light"] != canvas["dark"]


def test_danger_asks_in_a_dialog_and_gives_the_focus_back(open_page: Open) -> None:
    page = open_page()
    archive = page.locator(".page-actions .confirm > summary")
    archive.click()
    dialog = page.get_by_role("dialog", name="Archive Northwind?")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(archive).to_be_focused()


def test_danger_asks_without_scripts_too(open_page: Open) -> None:
    page = open_page(width=375, scripts=False)
    page.locator(".page-actions .confirm > summary").click()
    expect(page.get_by_text("Archive Northwind?")).to_be_in_viewport(ratio=1)
    expect(page.locator(".confirm-actions").get_by_role("button", name="Archive")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_menu_of_the_phone_opens_and_closes(open_page: Open, scripts: bool) -> None:
    page = open_page(width=375, scripts=scripts)
    sidebar = page.get_by_role("navigation", name="Main")
    expect(sidebar).to_be_hidden()
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(sidebar.get_by_role("link", name="Partners")).to_be_visible()
    page.get_by_role("button", name="Close menu").click()
    expect(sidebar).to_be_hidden()


def test_the_open_one_of_many_tabs_is_in_view(open_page: Open) -> None:
    page = open_page("/tabs/", width=375)
    expect(page.get_by_role("link", name="The last one")).to_be_in_viewport(ratio=0.9)
    assert overflow(page) <= 0


def test_toasts_can_be_dismissed_and_undone(open_page: Open) -> None:
    page = open_page("/messages/")
    toasts = page.locator("#toasts")
    toasts.get_by_role("button", name="Dismiss").last.click()
    expect(toasts).not_to_contain_text("could not be sent")
    with page.expect_request(SITE + "/undo/") as undone:
        toasts.get_by_role("button", name="Undo").click()
    assert undone.value.method == "POST"


def test_first_tab_stop_skips_to_the_content(open_page: Open) -> None:
    page = open_page("/portal/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize(("color", "ink"), [("#b0307a", "#ffffff"), ("#ffd400", "#10131a")])
def test_brand_color_gets_the_ink_that_reads_on_it(open_page: Open, color: str, ink: str) -> None:
    page = open_page("/portal/")
    page.evaluate("color => { document.documentElement.dataset.brand = color; }", color)
    page.add_script_tag(url=SITE + "/static/js/theme.js")
    assert page.evaluate("document.documentElement.style.getPropertyValue('--brand-ink')") == ink
