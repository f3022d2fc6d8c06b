"""The main job: a TAM signs in, finds a partner, sees why it is there, fails to open a foreign one, asks why."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium, context_of, sign_in, violations
from tests.cast import Cast
from tests.factories.partners import make_partner

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a-long-enough-password"


@pytest.fixture
def page(live_server: Any) -> Iterator[Page]:
    with chromium() as browser:
        context = context_of(browser, live_server.url)
        yield context.new_page()
        context.close()


def test_tam_finds_a_partner_and_learns_why_another_is_closed(page: Page, cast: Cast) -> None:
    cast.tom.set_password(PASSWORD)
    cast.tom.save()
    foreign = make_partner("gate_3", name="Foreign Works", owners={"tam": cast.otto, "pam": cast.olga})
    early = make_partner("gate_2", name="Early Harbor", owners={"tam": cast.tom, "pam": cast.ana})

    sign_in(page, cast.tom.email, PASSWORD)
    expect(page.get_by_role("heading", name="Hello, Tom Okafor")).to_be_visible()
    expect(page.get_by_role("link", name="Northwind").first).to_be_visible()
    expect(page.get_by_text("Early Harbor")).to_have_count(0)
    expect(page.get_by_text("Foreign Works")).to_have_count(0)
    assert violations(page) == []

    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("north")
    page.get_by_role("option", name="Northwind").first.click()
    page.wait_for_url(f"**/organizations/{cast.northwind.public_id}/**")
    expect(page.get_by_role("heading", name="Northwind").first).to_be_visible()
    assert violations(page) == []

    answer = page.goto(f"/organizations/{foreign.public_id}/")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_text("Foreign Works")).to_have_count(0)
    page.get_by_role("link", name="Why can I not see this?").click()
    page.wait_for_url("**/why/**")

    page.get_by_label("Organization").fill("Foreign Works")
    page.get_by_role("button", name="Ask").click()
    unknown = page.locator(".why-answer").inner_text()
    page.get_by_label("Organization").fill("No Such Company At All")
    page.get_by_role("button", name="Ask").click()
    assert page.locator(".why-answer").inner_text() == unknown

    page.get_by_label("Organization").fill(f"/organizations/{early.public_id}/")
    page.get_by_role("button", name="Ask").click()
    words = page.locator(".why-answer").inner_text()
    assert "You are TAM of Early Harbor" in words
    assert "a TAM sees a partner from Gate 3 on" in words
    assert "Ana Silva" in words
    assert violations(page) == []
