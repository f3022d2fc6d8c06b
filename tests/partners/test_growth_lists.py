"""The ledger as a list, and what of growth stands on homes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import Opportunity, Renewal, RevenueChange
from partners.selectors.growth_home import growth_by_person, own_growth
from tests.cast import Cast
from tests.factories.partners import NOW

pytestmark = pytest.mark.django_db


def test_every_figure_leads_to_its_lines(cast: Cast, client: Client) -> None:
    today = timezone.localdate()
    for days, kind, amount in ((500, "new", 900), (100, "expansion", 90), (40, "contraction", -30), (5, "loss", -10)):
        RevenueChange.objects.create(
            organization=cast.birch, on=today - timedelta(days=days), kind=kind, amount=amount, currency="USD",
            note=f"By {kind}", recorded_at=NOW,
        )  # fmt: skip
    client.force_login(cast.carl)
    page = client.get("/growth/").content.decode()
    year = f"since={today - timedelta(days=364)}&amp;until={today}"
    for query in (f"?kind=less&amp;{year}", f"?{year}", f"?kind=expansion&amp;{year}", f"?until={today}"):
        assert f"/growth/ledger/{query}" in page
    shown = client.get(f"/growth/ledger/?kind=less&since={today - timedelta(days=364)}").content.decode()
    assert [f"By {kind}" in shown for kind in ("new", "expansion", "contraction", "loss")] == [False, False, True, True]
    assert "No line fits" in client.get("/growth/ledger/?kind=return").content.decode()
    exported = client.post("/growth/ledger/export/?kind=expansion")
    assert exported.status_code == 200
    client.force_login(cast.otto)
    assert "No revenue is written down" in client.get("/growth/ledger/").content.decode()


def test_what_waits_on_a_home(cast: Cast, client: Client) -> None:
    today = timezone.localdate()

    def due(days: int, owner: object, verdict: str = "", organization: object = cast.birch) -> Renewal:
        made: Renewal = Renewal.objects.create(
            organization=organization, due_on=today + timedelta(days=days), amount=1000, currency="USD",
            owner=owner, owner_verdict=verdict,
        )  # fmt: skip
        return made

    near, _watched = due(10, cast.carl), due(60, cast.carl, "monitor")
    due(20, cast.carl, "at_risk")
    due(120, cast.carl)
    due(30, cast.otto, organization=cast.northwind)
    Opportunity.objects.create(
        organization=cast.birch, title="Seats", amount=500, currency="USD", expected_on=date(2027, 1, 1),
        owner=cast.carl, probability=50,
    )  # fmt: skip
    rates = {"USD": Decimal(1)}
    own = own_growth(cast.actor("carl"), today, rates)
    assert (own.shown[0].public_id, len(own.waiting), own.due) == (str(near.public_id), 2, 3)
    assert (own.pipeline.amount, own.pipeline.weighted) == (Decimal(500), Decimal(250))
    first, second = growth_by_person(cast.actor("max"), today, rates)
    assert (first.name, first.due, first.missing, first.endangered) == (cast.carl.name, 3, 2, 1)
    assert (second.name, second.missing) == (cast.otto.name, 1)
    client.force_login(cast.carl)
    home = client.get("/").content.decode()
    assert 'hx-get="/growth/mine/"' in home
    fragment = client.get("/growth/mine/").content.decode()
    assert f"/renewals/{near.public_id}/" in fragment
    client.force_login(cast.max)
    assert 'hx-get="/growth/people/"' in client.get("/").content.decode()
    assert cast.carl.name in client.get("/growth/people/").content.decode()
    client.force_login(cast.otto)
    assert "No renewal of yours" in client.get("/growth/mine/").content.decode()
