"""Team contacts: for colleagues, searchable, without those who left."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Team
from tests.cast import Cast
from tests.factories.accounts import make_team

pytestmark = pytest.mark.django_db


def page(client: Client, text: str = "") -> str:
    answer = client.get(reverse("accounts:directory"), {"q": text} if text else {})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture(autouse=True)
def _teams(cast: Cast) -> None:
    make_team(
        name="Sales desk",
        kind="sales",
        leads=[cast.sam],
        members=[cast.olga],
        purpose="Quotes and contracts",
        email="sales@vendor.example",
    )


@pytest.mark.parametrize("who", ["tom", "sue", "adam", "sam"])
def test_colleagues_find_whom_to_ask(cast: Cast, client: Client, who: str) -> None:
    client.force_login(getattr(cast, who))
    shown = page(client)
    for words in ("Sales desk", "Quotes and contracts", "mailto:sales@vendor.example", "Sam Whitlock", "Olga Petrenko"):
        assert words in shown
    assert "Technical success" in shown


def test_to_contacts_it_does_not_exist(cast: Cast, client: Client) -> None:
    client.force_login(cast.connie)
    assert client.get(reverse("accounts:directory")).status_code == 404


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("contracts", True),
        ("SALES@", True),
        ("petrenko", True),
        ("olga@vendor", True),
        ("sales desk", True),
        ("nobody of this name", False),
        ("%", False),
        ("\0sales", True),
    ],
)
def test_search_knows_teams_and_people(cast: Cast, client: Client, text: str, finds: bool) -> None:
    client.force_login(cast.tom)
    shown = page(client, text)
    assert ("Sales desk" in shown) == finds
    assert ("No team or person like that" in shown) == (not finds)


def test_who_left_and_what_was_archived_is_gone(cast: Cast, client: Client) -> None:
    Membership.objects.filter(user=cast.olga).update(ended_at=timezone.now())
    cast.sam.is_active = False
    cast.sam.save(update_fields=["is_active"])
    client.force_login(cast.tom)
    shown = page(client)
    assert "Olga Petrenko" not in shown
    assert "Sam Whitlock" not in shown
    Team.objects.update(archived_at=timezone.now())
    assert "No teams yet" in page(client)


def test_it_costs_the_same_with_many_teams(cast: Cast, client: Client) -> None:
    client.force_login(cast.tom)
    page(client)
    with CaptureQueriesContext(connection) as few:
        page(client)
    for number in range(12):
        make_team(name=f"Team {number}", leads=[cast.tom], members=[cast.ana])
    with CaptureQueriesContext(connection) as many:
        page(client)
    assert len(many) == len(few)
