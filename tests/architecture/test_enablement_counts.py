"""How many SQL statements the pages of enablement take: the same for few rows and for many."""

import pytest
from django.test import Client

from tests.architecture.test_query_counts import MOST, statements
from tests.cast import Cast
from tests.factories.enablement import enablement_rows
from tests.factories.partners import make_contact

pytestmark = pytest.mark.django_db

PAGES: dict[str, tuple[str, str]] = {
    "training": ("/organizations/{northwind}/enablement/", "page"),
    "advice": ("/organizations/{northwind}/enablement/advice/", "page"),
    "integrations": ("/organizations/{northwind}/enablement/integrations/", "page"),
    "services": ("/organizations/{northwind}/enablement/services/", "page"),
    "wins": ("/organizations/{northwind}/enablement/wins/", "page"),
    "references": ("/references/", "list"),
    "API: trainings": ("/api/v1/organizations/{northwind}/trainings/", "page"),
    "API: integrations": ("/api/v1/organizations/{northwind}/integrations/", "page"),
    "API: wins": ("/api/v1/wins/", "list"),
}


def test_statements_do_not_grow_and_keep_to_the_bars(cast: Cast) -> None:
    client, at_birch = Client(), make_contact(cast.birch)
    client.force_login(cast.tom)

    def measured(more: int) -> dict[str, int]:
        for contact in [cast.connie_contact, at_birch] * more:
            enablement_rows(contact)
        return {
            name: statements(client, path.format(northwind=cast.northwind.public_id))
            for name, (path, _kind) in PAGES.items()
        }

    few, many = measured(2), measured(18)
    assert few == many
    assert {name: count for name, count in few.items() if count > MOST[PAGES[name][1]]} == {}
