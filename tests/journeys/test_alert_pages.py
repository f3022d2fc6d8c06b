"""Pages of alerts in a real browser: both widths, light and dark, axe finds nothing; the board by keys."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from health.models import Episode, RuleStanding
from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.alerts import make_episode
from tests.factories.health import make_health
from tests.factories.partners import make_partner
from tests.journeys.test_every_page import session_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Vereinigte Präzisionswerkzeugmaschinenfabriken Obersulzbach-Niederschönhausen Aktiengesellschaft"
PAGES: dict[str, tuple[str, ...]] = {
    "tom": (
        "/",
        "/health/triage/",
        "/health/triage/?whose=mine&q=nothing-like-this",
        "/health/triage/?whose=mine&view=list",
        "/health/triage/?whose=mine&show=held",
        "/health/alerts/{new}/",
        "/health/alerts/{late}/",
        "/health/alerts/{closed}/",
    ),
    "otto": ("/health/triage/",),
    "max": ("/health/triage/", "/health/alerts/{new}/"),
    "adam": ("/health/alerts/quality/",),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> dict[str, Episode]:
    """Episodes in every state, long names, an organization at risk without one, a rule that was demoted."""
    now, day = timezone.now(), timedelta(days=1)
    rows: dict[str, dict[str, Any]] = {
        "late": {"now": now - 8 * day},
        "acked": {"state": "acknowledged"},
        "acting": {"state": "acted"},
        "asleep": {"snoozed_until": now + 3 * day, "snooze_reason": LONG},
        "held": {"route": "digest", "held_back": "budget", "due_at": None, "warn_at": None},
        "closed": {"state": "closed", "outcome": "false", "outcome_note": "A planned outage."},
    }
    owners = {"tam": cast.tom, "psm": cast.petra}
    made = {
        name: make_episode(
            make_partner("gate_3", name=f"{LONG} {name}", owners=owners),
            owner=cast.tom,
            **{"now": now, **fields},
        )
        for name, fields in rows.items()
    }
    make_health(make_partner("gate_3", name=f"{LONG} quiet", owners=owners), override="red")
    RuleStanding.objects.create(rule="band_red", is_demoted=True, demoted_at=now, hits=1, total=12)
    return made | {"new": make_episode(cast.northwind, owner=cast.tom, now=now)}


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_pages_of_alerts_are_accessible_and_fit(
    browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool
) -> None:
    made = {name: episode.public_id for name, episode in furnish(cast).items()}
    faults: dict[str, list[str]] = {}
    for person, addresses in PAGES.items():
        context = context_of(browser, live_server.url, phone=phone, dark=dark)
        context.add_cookies([{"name": "sessionid", "value": session_of(cast, person), "url": live_server.url}])
        page = context.new_page()
        for address in addresses:
            answer = page.goto(address.format(**made))
            assert answer is not None
            assert answer.status == 200, address
            for details in page.locator(".alert-forms > details").all():
                details.evaluate("one => one.open = true")
            found = violations(page) + (["wider than the window"] if overflows(page) else [])
            if found:
                faults[f"{person} {address}"] = found
        context.close()
    assert faults == {}


def test_the_board_is_worked_by_keys(browser: Browser, live_server: Any, cast: Cast) -> None:
    furnish(cast)
    context = context_of(browser, live_server.url)
    context.add_cookies([{"name": "sessionid", "value": session_of(cast, "tom"), "url": live_server.url}])
    page = context.new_page()
    page.goto("/health/triage/?whose=mine&show=open")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("[data-bulk-count]", has_text="1").wait_for()
    page.get_by_role("button", name="Acknowledge the selected").click()
    page.get_by_text("1 alert acknowledged.").wait_for()
    assert Episode.objects.filter(state="acknowledged").count() == 2
    context.close()
