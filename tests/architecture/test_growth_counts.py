"""How many SQL statements the pages of growth take: the same for few rows and for many."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import Opportunity, Renewal, RevenueChange
from tests.architecture.test_query_counts import MOST, statements
from tests.cast import Cast
from tests.factories.partners import make_partner

PAGES: dict[str, tuple[str, str, str]] = {
    "figures of growth": ("tom", "/growth/", "page"),
    "ledger of revenue": ("tom", "/growth/ledger/", "list"),
    "pipeline": ("tom", "/opportunities/", "page"),
    "renewals": ("tom", "/renewals/", "page"),
    "growth on a home": ("tom", "/growth/mine/", "page"),
    "growth by person on a home": ("max", "/growth/people/", "page"),
    "API: opportunities": ("tom", "/api/v1/opportunities/", "list"),
    "API: renewals": ("tom", "/api/v1/renewals/", "list"),
}


def fill(cast: Cast, count: int) -> None:
    """`count` more organizations with all that these pages show."""
    now = timezone.now()
    today = timezone.localdate(now)
    for number in range(count):
        place = make_partner("post_launch", owners={"tam": cast.tom})
        common = {"organization": place, "amount": 10 + number, "currency": "USD"}
        Opportunity.objects.create(**common, title="More", expected_on=today, owner=cast.tom)
        Renewal.objects.create(**common, due_on=today + timedelta(days=number), owner=cast.tom)
        RevenueChange.objects.create(**common, on=today - timedelta(days=400), kind="new", recorded_at=now)


@pytest.mark.django_db
def test_statements_do_not_grow(cast: Cast) -> None:
    def round_of() -> dict[str, int]:
        found = {}
        for name, (person, path, _kind) in PAGES.items():
            client = Client()
            client.force_login(getattr(cast, person))
            found[name] = statements(client, path)
        return found

    fill(cast, 3)
    few = round_of()
    fill(cast, 12)
    many = round_of()
    assert {name: (few[name], many[name]) for name in PAGES if few[name] != many[name]} == {}
    assert {name: count for name, count in few.items() if count > MOST[PAGES[name][2]]} == {}
