"""The portal: one's own organization in plain words, and nothing internal."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import User
from partners.models import Contact, Organization
from tests.partners.page_world import NOW, assign, contact, counting, entry, organization, person, signed_in

pytestmark = pytest.mark.django_db

URL = "/portal/"


@pytest.fixture
def acme() -> Organization:
    return organization("Acme", "gate_2", ccv=1_000, facts={"partner_tier": 1, "gemstone": "ruby"})


@pytest.fixture
def carla(acme: Organization) -> User:
    user = person("Carla Contact", audience="contact")
    contact(acme, "Carla Contact", user=user)
    return user


def test_the_own_organization_in_plain_words(carla: User, acme: Organization) -> None:
    pam = person("Pia Pam", "pam", "tam", job_title="Partnerships")
    assign(pam, "pam", acme)
    assign(pam, "tam", acme)
    assign(person("Sue Sales", "sales"), "sales", acme)
    entry(acme, "Minutes of our call", body="Who sends what", audience="shared")
    page = signed_in(carla).get(URL).content.decode()
    for words in ("Acme", "Getting ready to order", "Pia Pam", "Partner Account Manager, Technical Account Manager"):
        assert words in page
    assert "Minutes of our call" in page
    assert "Who sends what" in page
    assert "Sue Sales" not in page


def test_nothing_internal(carla: User, acme: Organization) -> None:
    organization("Foreign")
    entry(acme, "What we think of them", body="Unfriendly words")
    entry(acme, "Shared amounts", audience="shared", field_class="commercial", body="1,000")
    page = signed_in(carla).get(URL).content.decode()
    internal = ("What we think", "Unfriendly", "Shared amounts", "Gate 2", "Ruby", "Tier 1", "1000", "Foreign")
    assert [words for words in internal if words in page] == []
    assert "sidebar" not in page
    assert "/organizations/" not in page


def test_the_pages_of_colleagues_do_not_exist(carla: User, acme: Organization) -> None:
    client = signed_in(carla)
    paths = (
        "",
        "board/",
        "filters/",
        "new/",
        f"{acme.public_id}/",
        f"{acme.public_id}/timeline/",
        "suggest/colleagues/",
    )
    assert [client.get(f"/organizations/{path}").status_code for path in paths] == [404] * len(paths)
    assert client.post("/organizations/export/").status_code == 404


def test_the_portal_does_not_exist_for_colleagues() -> None:
    assert signed_in(person("Ada Admin", "admin")).get(URL).status_code == 404


def test_switching_between_own_organizations(carla: User, acme: Organization) -> None:
    second, foreign = organization("Second", "live"), organization("Foreign")
    contact(second, "Carla Contact", user=carla)
    client = signed_in(carla)
    page = client.get(URL)
    assert [(one.name, one.is_open) for one in page.context["organizations"]] == [("Acme", True), ("Second", False)]
    assert client.post(f"{URL}open/{second.public_id}/").status_code == 302
    opened = client.get(URL)
    assert opened.context["home"].name == "Second"
    assert opened.context["home"].stage_title == "Live"
    for public_id in (foreign.public_id, uuid4()):
        assert client.post(f"{URL}open/{public_id}/").status_code == 404
    assert client.get(URL).context["home"].name == "Second"


def test_access_ends_with_the_contact(carla: User, acme: Organization) -> None:
    client = signed_in(carla)
    assert client.get(URL).status_code == 200
    Contact.objects.filter(user=carla).update(archived_at=NOW)
    assert client.get(URL).status_code == 302
    assert client.post(f"{URL}open/{acme.public_id}/").status_code in (302, 404)


def test_what_was_shared_goes_on(carla: User, acme: Organization) -> None:
    for number in range(20):
        entry(acme, f"News {number:02}", at=NOW - timedelta(days=number), audience="shared")
    client = signed_in(carla)
    first = client.get(URL)
    assert "News 14" in first.content.decode()
    assert "News 15" not in first.content.decode()
    more = client.get(URL, {"cursor": first.context["shared"].next}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in more
    assert "News 19" in more


def test_every_page_of_a_contact_leads_back_to_their_work(carla: User, acme: Organization) -> None:
    client = signed_in(carla)
    for path in ("/portal/", "/notifications/", "/notifications/preferences/", "/me/"):
        page = client.get(path).content.decode()
        assert f'href="{reverse("partners:portal_tasks")}"' in page, path


def test_an_empty_portal_says_what_will_come(carla: User) -> None:
    page = signed_in(carla).get(URL).content.decode()
    assert "Nothing yet" in page
    assert "Nobody is named yet" in page


def test_statements_do_not_grow(carla: User, acme: Organization) -> None:
    client = signed_in(carla)
    client.get(URL)
    with counting() as few:
        client.get(URL)
    for number in range(12):
        entry(acme, f"News {number}", audience="shared")
        assign(person(f"Tam {number}", "tam"), "tam", acme, is_primary=number == 0)
    with counting() as many:
        client.get(URL)
    assert len(few) == len(many) <= 10, "\n".join(many)
