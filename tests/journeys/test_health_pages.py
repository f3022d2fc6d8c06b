"""Pages of health in a real browser: on a phone and on a desk, light and dark, axe finds nothing, nothing overflows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from health.models import BandOverride, Pulse
from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.health import make_health
from tests.factories.partners import make_customer, make_partner
from tests.journeys.test_every_page import LONG, session_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES: dict[str, tuple[str, ...]] = {
    "tom": (
        "/",
        "/health/?all=1",
        "/health/?card=partner_launch",
        "/health/?q=nothing-like-this",
        "/health/at-risk/",
        "/health/moves/",
        "/organizations/{northwind}/",
        "/organizations/{northwind}/health/",
        "/organizations/{northwind}/health/?day={day}",
        "/organizations/{northwind}/health/?day=2020-01-01",
        "/organizations/{northwind}/health/replay/",
    ),
    "otto": ("/health/", "/health/at-risk/"),
    "max": ("/", "/health/?day={day}", "/health/?day=2020-01-01", "/health/?day=never"),
    "carl": ("/organizations/{birch}/health/",),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> None:
    """Every band, long names, a season of one organization with pulses and a band set by hand."""
    now, today = timezone.now(), timezone.localdate()
    owners = {"tam": cast.tom, "psm": cast.petra}
    make_health(make_partner("post_launch", name=LONG, owners=owners), day=today, open_criticals=1, error_rate=4)
    make_health(make_partner("gate_3", name=f"{LONG} red", owners=owners), day=today, owner_pulse=0)
    make_health(
        make_customer("live", name=f"{LONG} grey", owners={"tam": cast.tom}), day=today, without=("active_use",)
    )
    for ago in range(40, 0, -4):
        make_health(cast.northwind, day=today - timedelta(days=ago), plan_progress=100 - ago)
    make_health(cast.northwind, day=today, plan_progress=10, gate_progress=5, stale=("csat",), override="yellow")
    make_health(cast.northwind, day=today, card="technical", without=("milestones",))
    BandOverride.objects.create(
        organization=cast.northwind,
        band="yellow",
        reason=LONG,
        set_by=cast.max,
        started_at=now - timedelta(days=2),
        until=now + timedelta(days=9),
    )
    for value in ("green", "yellow", "red"):
        Pulse.objects.create(
            organization=cast.northwind, value=value, note=LONG, given_by=cast.tom, given_at=now - timedelta(days=9)
        )


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_pages_of_health_are_accessible_and_fit(
    browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool
) -> None:
    furnish(cast)
    day = timezone.localdate() - timedelta(days=4)
    faults: dict[str, list[str]] = {}
    for person, addresses in PAGES.items():
        context = context_of(browser, live_server.url, phone=phone, dark=dark)
        context.add_cookies([{"name": "sessionid", "value": session_of(cast, person), "url": live_server.url}])
        page = context.new_page()
        for address in addresses:
            path = address.format(northwind=cast.northwind.public_id, birch=cast.birch.public_id, day=day)
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, f"{person} {path}"
            for details in page.locator("details.disclosure").all():
                details.evaluate("one => one.open = true")
            if found := violations(page) + (["wider than the window"] if overflows(page) else []):
                faults[f"{person} {path}"] = found
        context.close()
    assert faults == {}
