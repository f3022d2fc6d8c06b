"""Pages of the relationship say on themselves what they are for, how their numbers come about, and what to do."""

import re
from pathlib import Path

import pytest
from django.test import Client

from partners.help_words import HELP
from tests.cast import Cast

PAGES = Path(__file__).parents[2] / "templates" / "partners"
_USE = re.compile(r'{% how_it_works "(\w+)" %}')
LISTS = {
    "/calendar/": "calendar",
    "/commitments/": "commitments",
    "/reviews/": "reviews",
    "/success-plans/": "plans",
    "/renewals/": "renewals",
    "/references/": "references",
    "/feedback/": "feedback",
}


def test_words_and_pages_belong_together() -> None:
    used = {name for page in PAGES.glob("*.html") for name in _USE.findall(page.read_text(encoding="utf-8"))}
    assert used == set(HELP)
    for words in HELP.values():
        assert all(20 <= len(str(text)) <= 420 for text in (words.purpose, words.numbers, words.todo))


@pytest.mark.django_db
def test_a_page_says_how_it_works(cast: Cast) -> None:
    client, place = Client(), f"/organizations/{cast.northwind.public_id}"
    client.force_login(cast.tom)
    tabs = {f"{place}/cadence/": "touchpoints", f"{place}/enablement/": "trainings", f"{place}/people/": "stakeholders"}
    for address, name in (LISTS | tabs).items():
        page = client.get(address)
        assert (page.status_code, "How this works" in page.content.decode()) == (200, True), address
        assert str(HELP[name].todo)[:40] in page.content.decode(), address
