"""Selecting tasks: by phase, by stage, from one to another, with the mouse, with keys, and what does nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from partners.models import Task
from tests.browser import chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.partners import NOW
from tests.factories.tasks import make_task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def page_of(browser: Browser, base_url: str, cast: Cast, **how: bool) -> Page:
    client = Client()
    client.force_login(cast.tom)
    context = context_of(browser, base_url, **how)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}])
    return context.new_page()


def furnish(cast: Cast) -> None:
    """Four to do in 3A, two in 3B, one done, one left over."""
    own: dict[str, Any] = {"owner": cast.tom, "source": "checklist"}
    for number in range(4):
        make_task(cast.northwind, title=f"A{number}", phase="3A", source_key=f"a{number}", **own)
    for number in range(2):
        make_task(cast.northwind, title=f"B{number}", phase="3B", source_key=f"b{number}", **own)
    make_task(cast.northwind, title="Done", phase="3B", source_key="d", state="done", done_at=NOW, **own)
    make_task(cast.northwind, title="Old", stage="gate_2", source_key="o", **own)


def test_selecting(browser: Browser, live_server: Any, cast: Cast) -> None:
    furnish(cast)
    page = page_of(browser, live_server.url, cast)
    page.goto(f"/organizations/{cast.northwind.public_id}/tasks/")
    bar, count = page.locator("[data-bulk]"), page.locator("[data-bulk-count]")
    stage, phase = page.get_by_label("Select all of this stage"), page.get_by_label("Select all of Phase 3A")
    expect(bar).to_be_hidden()
    page.keyboard.press("d")
    assert not Task.objects.filter(state="done").exclude(title="Done").exists()

    phase.check()
    expect(count).to_have_text("4")
    assert stage.evaluate("box => box.indeterminate")
    page.get_by_role("checkbox", name="A1", exact=True).uncheck()
    assert phase.evaluate("box => box.indeterminate")
    page.get_by_role("checkbox", name="A3", exact=True).click()
    page.get_by_role("checkbox", name="B1", exact=True).click(modifiers=["Shift"])
    expect(count).to_have_text("5")
    page.keyboard.press("Shift+X")
    expect(count).to_have_text("6")
    expect(stage).to_be_checked()
    expect(page.get_by_role("checkbox", name="Old", exact=True)).not_to_be_checked()

    page.get_by_label("Note for each, kept as evidence").fill("Minutes")
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="A0", exact=True).press("Enter")
    page.get_by_text("More…").click()
    page.get_by_label("Due", exact=True).press("Enter")
    assert not Task.objects.filter(state="done").exclude(title="Done").exists()
    page.get_by_label("Whose move", exact=True).select_option("partner")
    page.get_by_label("Note for each, kept as evidence").fill("")
    page.get_by_role("button", name="Change them").click()
    expect(page.get_by_text("6 tasks are changed.")).to_be_visible()


def test_enter_in_the_bar_of_a_list_finishes_no_task(browser: Browser, live_server: Any, cast: Cast) -> None:
    furnish(cast)
    page = page_of(browser, live_server.url, cast)
    page.goto("/tasks/")
    page.get_by_label("Select all on this page").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("7")
    page.get_by_label("Note for each, kept as evidence").press("Enter")
    page.locator("[name=chosen]").first.press("Enter")
    page.get_by_role("button", name="Mark done").click()
    expect(page.get_by_text("7 tasks are done.")).to_be_visible()


def test_without_scripts_the_same_is_done(browser: Browser, live_server: Any, cast: Cast) -> None:
    furnish(cast)
    signed_in = page_of(browser, live_server.url, cast).context
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=signed_in.storage_state(), locale="en-US"
    )
    page = context.new_page()
    page.goto(f"/organizations/{cast.northwind.public_id}/tasks/")
    expect(page.get_by_label("Select all of this stage")).to_be_hidden()
    page.get_by_role("checkbox", name="A0", exact=True).check()
    page.get_by_role("checkbox", name="B0", exact=True).check()
    page.get_by_label("Note for each, kept as evidence").fill("Minutes")
    page.get_by_role("button", name="Mark done").click()
    expect(page.get_by_text("2 tasks are done.")).to_be_visible()
    assert set(Task.objects.filter(state="done").values_list("title", flat=True)) == {"A0", "B0", "Done"}


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("is_phone", [False, True], ids=["desk", "phone"])
def test_the_open_bar_is_accessible_and_fits(
    browser: Browser, live_server: Any, cast: Cast, is_phone: bool, is_dark: bool
) -> None:
    furnish(cast)
    page = page_of(browser, live_server.url, cast, phone=is_phone, dark=is_dark)
    found = {}
    for path in (f"/organizations/{cast.northwind.public_id}/tasks/", "/tasks/"):
        page.goto(path)
        page.locator("[name=chosen]").first.check()
        # Nothing may lie half under the bar on top.
        page.evaluate("scrollTo(0, 0)")
        faults = violations(page)
        page.get_by_text("More…").click()
        expect(page.get_by_role("button", name="Change them")).to_be_in_viewport(ratio=1)
        if faults := faults + (["wider than its window"] if overflows(page) else []):
            found[path] = faults
    assert found == {}
