"""The import as a person goes through it, on a phone and on a desk, light and dark, with axe and no overflow."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from common.models import ImportRun
from partners.imports import execution
from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.partners.import_world import table

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEADER = (
    "customer_id",
    "company name",
    "lifecycle stage",
    "signup date",
    "country code",
    "sector",
    "website",
    "plan",
    "seats",
    "annual_recurring_revenue_in_the_currency_of_the_contract",
    *(f"custom field {number}" for number in range(1, 11)),
)
ROWS = [
    (
        f"C-{number:04}",
        f"Präzisionswerkzeuge Obersulzbach-Niederschönhausen {number} GmbH & Co. KG",
        "live" if number != 3 else "somewhere else entirely",
        "2025-11-03" if number != 5 else "2025-02-30",
        "DE" if number != 7 else "Germany",
        "Energy",
        f"https://a-rather-long-host-name-{number}.example/with/a/path",
        "growth",
        str(number * 10),
        f"{number * 1000}.50",
        *(f"something in field {column}, which may be longer than its cell" for column in range(10)),
    )
    for number in range(1, 40)
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "customers of the crm.csv"
    path.write_bytes(table(HEADER, *ROWS))
    return path


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_a_person_imports_a_file(
    browser: Browser, live_server: Any, cast: Cast, file: Path, phone: bool, dark: bool
) -> None:
    context = context_of(browser, live_server.url, phone=phone, dark=dark)
    context.add_cookies([{"name": "sessionid", "value": _session(cast), "url": live_server.url}])
    page = context.new_page()
    look = _Look(page, f"{'phone' if phone else 'desk'}-{'dark' if dark else 'light'}")

    page.goto("/organizations/imports/")
    look("1-empty")
    page.get_by_role("link", name="Import a file").first.click()
    page.get_by_label("Organizations").check()
    page.locator("input[name=file]").set_input_files(file)
    look("2-upload")
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Which column is which?")
    expect(page.get_by_label("company name", exact=True)).to_have_value("name")
    expect(page.get_by_label("signup date", exact=True)).to_have_value("stage_entered_on")
    page.get_by_label("Kind", exact=True).select_option(label="Customer")
    look("3-map")
    page.get_by_role("button", name="Check, write nothing").click()
    look("4-working")
    _work()

    page.goto(page.url)
    expect(page.get_by_role("button", name="Import now")).to_be_visible()
    look("5-checked")
    page.get_by_label("Leave rows with faults out").check()
    page.get_by_role("button", name="Import now").click()
    _work()
    page.get_by_role("link", name="Show the import").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(file.name)
    look("6-done")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rows with faults").click()
    assert Path(download.value.path()).read_bytes().count(b"\n") == 4
    page.goto("/organizations/imports/")
    look("7-list")
    page.goto("/api/docs/")
    for call in ("imports_create", "organizations_partial_update"):
        page.locator(f"#{call} > summary").click()
    look("8-api")
    context.close()


class _Look:
    """Holds every step to axe and to its width; keeps a picture of it where LOOK_AT names a folder."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name

    def __call__(self, step: str) -> None:
        if folder := os.environ.get("LOOK_AT"):
            self.page.screenshot(path=f"{folder}/{step}-{self.name}.png")
        assert not overflows(self.page), step
        assert violations(self.page) == [], step


def _session(cast: Cast) -> str:
    client = Client()
    client.force_login(cast.adam, backend="accounts.auth.HubBackend")
    return client.cookies["sessionid"].value


def _work() -> None:
    for run in ImportRun.objects.filter(state__in=["checking", "running"]):
        execution.run_queued(run_id=run.pk, now=timezone.now())
