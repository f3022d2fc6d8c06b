"""The list of the pages and that of the API narrow by the same words: what one finds, the other finds."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners import filters
from partners.api.filters import CRITERION, OrganizationFilter
from partners.models import Organization, OrganizationFacts
from partners.selectors.past import AS_OF
from tests.cast import Cast
from tests.factories.partners import make_contact, make_customer, make_partner
from tests.hub.api_world import BASE, call

pytestmark = pytest.mark.django_db
# A query of the pages, and the same question to the API.
SAME = [
    ("kind=customer", "kind=customer"),
    ("stage=gate_1&stage=gate_3", "stage=gate_1&stage=gate_3"),
    ("country=de", "country=de"),
    ("market=smb&market=large", "market_segment=smb&market_segment=large"),
    ("gemstone=ruby", "gemstone=ruby"),
    ("health=red&health=yellow", "health=red&health=yellow"),
    ("health=none", "health=none"),
    ("tier=0", "partner_tier=0"),
    ("engagement=2", "engagement_tier=2"),
    ("segment=small", "arr_segment=small"),
    ("quiet=30", "quiet_days=30"),
    ("role=csm", "role=csm"),
    ("owner={tom}", "owner={tom}"),
    ("owner={tom}&role=tam", "owner={tom}&role=tam"),
    ("archived=1", "archived=true"),
    ("", "archived=false"),
    ("q=nortwind", "q=nortwind"),
    ("kind=partner&country=DE&tier=0", "kind=partner&country=DE&partner_tier=0"),
]


@pytest.fixture(autouse=True)
def world(cast: Cast) -> None:
    now = timezone.now()
    owners = {"tam": cast.tom, "pam": cast.ana}
    first = make_partner("gate_1", name="Alder", country="DE", market_segment="smb", owners=owners)
    OrganizationFacts.objects.filter(organization=first).update(
        partner_tier=0, gemstone="ruby", health_band="yellow", last_interaction_at=now
    )
    second = make_customer("live", name="Cedar", country="DE", owners={"csm": cast.carl, "tam": cast.tom})
    long_ago = now - timedelta(days=40)
    OrganizationFacts.objects.filter(organization=second).update(
        engagement_tier=2, arr_segment="small", last_interaction_at=long_ago
    )
    make_partner("gate_3", name="Dogwood", archived_at=now, owners=owners)
    make_contact(second)


def on_the_page(cast: Cast, who: str, query: str) -> set[str]:
    client = Client()
    client.force_login(getattr(cast, who))
    page = client.get(f"/organizations/?{query}&all=1")
    return {line.row.name for line in page.context["lines"]}


def by_the_api(cast: Cast, who: str, query: str) -> set[str]:
    answer = call(getattr(cast, who), "get", f"{BASE}/organizations/?{query}")
    assert answer.status_code == 200, answer.content
    return {row["name"] for row in answer.json()["results"]}


@pytest.mark.parametrize("who", ["max", "tom", "sam"])
@pytest.mark.parametrize(("by_page", "by_api"), SAME)
def test_both_find_the_same(cast: Cast, who: str, by_page: str, by_api: str) -> None:
    words = {"tom": str(cast.tom.public_id)}
    found = by_the_api(cast, who, by_api.format(**words))
    assert found == on_the_page(cast, who, by_page.format(**words))
    if who == "max":
        assert 0 < len(found) < Organization.objects.count()


@pytest.mark.parametrize(
    "query", ["gemstone=coal", "country=12", "partner_tier=1.5", "quiet_days=0", "engagement_tier=9", "owner=me"]
)
def test_a_value_that_means_nothing_is_refused(cast: Cast, query: str) -> None:
    answer = call(cast.max, "get", f"{BASE}/organizations/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == query.split("=")[0]


def test_every_parameter_is_a_word_of_the_one_vocabulary() -> None:
    known: set[Any] = {*filters.EVERY, *filters.SWITCHES, AS_OF}
    assert {CRITERION.get(name, name) for name in OrganizationFilter.base_filters} <= known
    assert set(filters.BY_KEY) <= {CRITERION.get(name, name) for name in OrganizationFilter.base_filters}
