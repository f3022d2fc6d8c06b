"""Absences, rotas, the escalation drill and service levels in a real browser: phone and desk, light and dark."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.models import Absence, OnCallRota, OnCallShift, Team
from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.service_levels import load_tighter
from tests.factories.tickets import make_desk, make_ticket
from tickets.models import QueueTeam
from tickets.selectors.drill import Drill
from tickets.selectors.sla_book import pack_in_force
from tickets.services import drills

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES: dict[str, tuple[str, ...]] = {
    "sue": ("/people/away/", "/people/on-call/", "/people/on-call/{rota}/"),
    "sara": (
        "/people/away/",
        "/people/on-call/",
        "/people/on-call/{rota}/",
        "/tickets/drill/",
        "/tickets/drill/{drill}/",
        "/tickets/service-levels/",
        "/tickets/service-levels/try/?version={version}",
    ),
    "adam": ("/tickets/service-levels/",),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> dict[str, str]:
    """A rota with a hole and an override, somebody away, a ticket under older policies."""
    now = timezone.now()
    desk = make_desk(cast.sue, leads=[cast.sven])
    team: Team = QueueTeam.objects.get(queue=desk).team
    rota = OnCallRota.objects.create(name="Escalations out of hours", team=team, timezone="Europe/Berlin")
    week = timedelta(weeks=1)
    for user, start in ((cast.sue, now - week / 2), (cast.sven, now + week)):
        OnCallShift.objects.create(rota=rota, user=user, starts_at=start, ends_at=start + week, made_at=now)
    OnCallShift.objects.create(
        rota=rota, user=cast.sven, starts_at=now, ends_at=now + week / 7, is_override=True, made_at=now
    )
    today = now.date()
    Absence.objects.create(user=cast.sue, first_on=today, last_on=today + week, reason="Move", recorded_at=now)
    make_ticket(desk, cast.northwind, urgency="high", assignee=cast.sue, now=now - timedelta(minutes=5))
    version = load_tighter(now).version
    found = pack_in_force()
    assert found is not None
    policy = found[1].policy("technical_escalation")
    assert policy is not None
    thought_of = Drill(policy=policy, version_id=found[0], priority="high", queue=desk, start=now)
    played = drills.play(by=cast.actor("sara"), drill=thought_of, now=now)
    return {"rota": str(rota.public_id), "drill": str(played.public_id), "version": str(version)}


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_pages_are_accessible_and_fit(browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool) -> None:
    places, faults = furnish(cast), {}
    for who, addresses in PAGES.items():
        context = context_of(browser, live_server.url, phone=phone, dark=dark)
        client = Client()
        client.force_login(getattr(cast, who))
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        for address in addresses:
            answer = page.goto(address.format(**places))
            found = violations(page) + (["wider than the window"] if overflows(page) else [])
            if answer is None or answer.status != 200 or found:
                faults[f"{who} {address}"] = [answer.status if answer else 0, *found]
        context.close()
    assert faults == {}
