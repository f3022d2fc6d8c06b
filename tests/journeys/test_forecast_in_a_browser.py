"""Launches, plans, load and the quality of forecasts in a real browser: phone and desk, light and dark."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, expect

from common.scope import Scope, scoped
from partners.models import Organization
from partners.services import forecast_runs
from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.partners import make_partner
from tests.factories.tasks import make_task
from tests.partners.test_forecast_pages import foreseen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Vereinigte Präzisionswerkzeugmaschinenfabriken Obersulzbach-Niederschönhausen Aktiengesellschaft & Co. KG"
PAGES = {
    "max": ("/launches/", "/launches/?risk=none", "/launches/quality/", "/load/", "/load/?role=tpm"),
    "petra": ("/launches/plans/", "{northwind}plan/check/", "{northwind}journey/", "/launches/?whose=mine"),
    "otto": ("/launches/", "/launches/plans/", "/load/"),
    "paul": ("/",),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> None:
    foreseen(cast.northwind)
    make_task(cast.northwind, title=LONG, due_on=None)
    for number in range(4):
        foreseen(make_partner("gate_1", name=f"{LONG} {number}", owners={"pdm": cast.paul}), buffer=number * 9 - 9)


def signed_in(browser: Browser, url: str, cast: Cast, who: str, **options: bool) -> BrowserContext:
    context = context_of(browser, url, **options)
    client = Client()
    client.force_login(getattr(cast, who))
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
    return context


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_pages_are_accessible_and_fit(browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool) -> None:
    furnish(cast)
    own = f"/organizations/{cast.northwind.public_id}/"
    faults: dict[str, list[str]] = {}
    for who, addresses in PAGES.items():
        context = signed_in(browser, live_server.url, cast, who, phone=phone, dark=dark)
        page = context.new_page()
        for address in addresses:
            page.goto(address.format(northwind=own))
            found = violations(page) + (["wider than the window"] if overflows(page) else [])
            if found:
                faults[f"{who} {address}"] = found
        context.close()
    assert faults == {}


def test_a_manager_has_all_forecast_and_watches(browser: Browser, live_server: Any, cast: Cast) -> None:
    """From the button over the progress to the launch on the list and its receipt on the journey."""
    Organization.objects.filter(pk=cast.northwind.pk).update(target_launch_on=timezone.localdate())
    context = signed_in(browser, live_server.url, cast, "max")
    page = context.new_page()
    page.goto("/launches/")
    expect(page.get_by_text("No launch is at risk")).to_be_visible()
    page.get_by_role("link", name="How good they are").click()
    page.get_by_role("button", name="Forecast all now").click()
    expect(page.get_by_text("0 of 1.")).to_be_visible()
    work()
    expect(page.get_by_text("0 of 1.")).to_be_hidden()
    page.get_by_role("link", name="Launches").last.click()
    page.get_by_role("link", name="Northwind").click()
    expect(page.get_by_text("in 1 of 2 courses")).to_be_visible()
    page.get_by_text("Where these days come from").click()
    expect(page.get_by_text("100% usual days of the journey")).to_be_visible()
    context.close()


def work() -> None:
    """What a worker does with the messages of a run."""
    now = timezone.now()
    with scoped(Scope.all()):
        run = forecast_runs.keep_going(now=now)
    assert run is not None
    while True:
        with scoped(Scope.all()):
            run.refresh_from_db()
            if not forecast_runs.go_on(run_id=run.pk, after=run.last_id, now=now):
                return
