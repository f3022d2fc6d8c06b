"""Every page in a real browser: on a phone and on a desk, light and dark, axe finds nothing and nothing overflows."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.models import Export
from health.models import Feature
from health.services import lab
from tests.browser import MODES, chromium, context_of, overflows, violations
from tests.cast import Cast
from tests.factories.partners import make_contact, make_customer, make_entry, make_grant, make_interaction, make_partner
from tests.factories.plans import make_objective, make_plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Vereinigte Präzisionswerkzeugmaschinenfabriken Obersulzbach-Niederschönhausen Aktiengesellschaft & Co. KG"
PAGES: dict[str, tuple[str, ...]] = {
    "": ("/accounts/login/", "/accounts/password/reset/", "/welcome/nonsense/"),
    "tom": (
        "/",
        "/organizations/",
        "/organizations/?q=nothing-like-this",
        "/organizations/board/",
        "/?as_of=2026-06-30",
        "/organizations/?as_of=2026-06-30",
        "/organizations/board/?as_of=2026-06-30",
        "/organizations/{northwind}/?as_of=2026-06-30",
        "/reports/tam/?as_of=2026-06-30",
        "/organizations/{northwind}/",
        "/organizations/{northwind}/journey/",
        "/organizations/{northwind}/timeline/",
        "/organizations/{northwind}/people/",
        "/organizations/{northwind}/commercial/",
        "/organizations/{northwind}/losses/new/",
        "/losses/",
        "/commitments/",
        "/commitments/kept/",
        "/feedback/",
        "/feedback/board/",
        "/feedback/release-notes/",
        "/feedback/betas/",
        "/organizations/{northwind}/feedback/",
        "/organizations/{northwind}/feedback/new/",
        "/surveys/campaigns/",
        "/success-plans/",
        "/success-plans/coverage/",
        "/success-plans/coverage/accounts/",
        "/success-plans/value/",
        "/organizations/{northwind}/success-plans/",
        "/reports/",
        "/reports/tam/",
        "/reports/onboarding/",
        "/reports/support/",
        "/reports/executive/",
        "/reports/tam/save/",
        "/reports/tam/mail/",
        "/reports/mails/",
        "/reports/tam/figures/partners_live/",
        "/reports/surveys/?as_of=2026-06-30",
        "/reports/policies/?as_of=2026-06-30",
        "/reports/surveys/answers/",
        "/reports/surveys/outside/",
        "/capacity/",
        "/health/prediction/?kind=partner",
        "/organizations/{northwind}/health/adoption/",
        "/organizations/{northwind}/history/",
        "/organizations/{northwind}/log/",
        "/organizations/00000000-0000-7000-8000-000000000000/",
        "/why/?q=Northwind",
        "/search/?q=north",
        "/notifications/",
        "/me/",
        "/me/tokens/",
        "/me/exports/",
        "/api/docs/",
    ),
    "ana": ("/", "/organizations/new/?kind=partner", "/organizations/{northwind}/edit/"),
    "sam": ("/organizations/{northwind}/",),
    "sue": ("/",),
    "lena": ("/",),
    "max": ("/", "/organizations/", "/organizations/board/?kind=customer"),
    "adam": (
        "/",
        "/people/",
        "/people/invite/",
        "/people/{tom}/",
        "/organizations/imports/",
        "/organizations/imports/new/",
        "/policies/",
        "/policies/access/",
        "/policies/tiers/edit/",
        "/policies/tiers/compare/",
        "/health/features/",
        "/health/features/new/",
        "/health/samples/",
        "/health/samples/new/",
        "/health/monitors/",
        "/health/monitors/new/",
        "/health/lab/",
        "/health/lab/partner_steady/",
        "/health/lab/partner_steady/measures/uptime/",
        "/health/lab/partner_steady/publish/",
        "/jobs/",
        "/organizations/{northwind}/people/",
    ),
    "nora": ("/no-role/",),
    "connie": ("/portal/", "/portal/plans/"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def furnish(cast: Cast) -> None:
    """Long names, many rows, empty places."""
    owners = {"pam": cast.ana, "tam": cast.tom, "psm": cast.petra}
    for number in range(12):
        make_partner("gate_3", name=f"Partner {number:02}", owners=owners)
        make_customer("adopt", name=f"Account {number:02}", owners={"csm": cast.carl, "tam": cast.tom})
    make_partner("post_launch", name=LONG, owners=owners)
    for number in range(30):
        make_entry(cast.northwind, title=f"{LONG} {number}", at=timezone.now() - timedelta(hours=number))
    make_interaction(cast.northwind, cast.tom, body="We spoke.")
    make_contact(cast.northwind, name=LONG)
    make_grant(cast.northwind, cast.petra)
    make_objective(make_plan(cast.northwind, title=LONG, is_shared=True, owner=cast.tom), title=LONG)
    Feature.objects.create(key="orders", name=LONG[:120], module="Orders", released_on=date(2026, 1, 1))
    asked: dict[str, Any] = {
        "user": cast.tom,
        "what": "tickets",
        "title": LONG,
        "format": "csv",
        "created_at": timezone.now(),
    }
    Export.objects.create(**asked)
    Export.objects.create(**asked, state="failed", failure=LONG)
    lab.begin(card="partner_steady", by=cast.actor("adam"), now=timezone.now())


@pytest.mark.parametrize(("phone", "dark"), MODES)
def test_every_page_is_accessible_and_fits(
    browser: Browser, live_server: Any, cast: Cast, phone: bool, dark: bool
) -> None:
    furnish(cast)
    faults: dict[str, list[str]] = {}
    for person, addresses in PAGES.items():
        context = context_of(browser, live_server.url, phone=phone, dark=dark)
        if person:
            context.add_cookies([{"name": "sessionid", "value": session_of(cast, person), "url": live_server.url}])
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda message, found=errors: found.append(message.text))
        for address in addresses:
            path = address.format(northwind=cast.northwind.public_id, tom=cast.tom.public_id)
            answer = page.goto(path)
            assert answer is not None
            assert answer.status in (200, 404), f"{person} {path} answered {answer.status}"
            found = violations(page) + (["wider than the window"] if overflows(page) else [])
            found += [text for text in errors if "Content Security Policy" in text or "Uncaught" in text]
            errors.clear()
            if found:
                faults[f"{person or 'nobody'} {path}"] = found
        context.close()
    assert faults == {}


def session_of(cast: Cast, person: str) -> str:
    """The key of a session, as sign-in makes it."""
    client = Client()
    client.force_login(getattr(cast, person))
    return client.cookies["sessionid"].value
