"""The key of another system is unique among all organizations, and tells nobody of one that they do not see."""

from typing import Any

import pytest
from django.test import Client

from common.errors import DomainError, NotAllowed
from common.scope import scoped
from partners.models import Organization
from partners.scope import scope_of
from partners.services import organizations
from tests.cast import Cast
from tests.factories.partners import NOW, make_partner
from tests.hub.api_world import BASE, call
from tests.partners.import_world import table, uploaded

pytestmark = pytest.mark.django_db
TAKEN = {"source": "crm", "external_key": "7"}
FREE = {"source": "crm", "external_key": "8"}


@pytest.fixture
def elsewhere(cast: Cast) -> Organization:
    """An organization that Ana does not see, with a key."""
    return make_partner("pre_contract", name="Elsewhere", owners={"pam": cast.olga}, **TAKEN)


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name))
    return client


def edit(cast: Cast, by: str, values: dict[str, str]) -> Organization:
    actor = cast.actor(by)
    with scoped(scope_of(actor)):
        return organizations.edit_organization(by=actor, organization=cast.northwind, values=values, version=1, now=NOW)


def create(cast: Cast, by: str, values: dict[str, str]) -> Organization:
    actor, sent = cast.actor(by), {"name": "Newcomer", **values}
    with scoped(scope_of(actor)):
        return organizations.create_organization(by=actor, kind="partner", values=sent, now=NOW)


@pytest.mark.parametrize("write", [create, edit])
def test_who_does_not_see_all_gets_one_answer_for_taken_and_free(
    cast: Cast, elsewhere: Organization, write: Any
) -> None:
    told = []
    for values in (TAKEN, FREE):
        with pytest.raises(NotAllowed) as refused:
            write(cast, "ana", values)
        told.append(refused.value.message)
    assert told[0] == told[1]


@pytest.mark.parametrize("write", [create, edit])
def test_who_sees_all_is_told_at_the_field(cast: Cast, elsewhere: Organization, write: Any) -> None:
    with pytest.raises(DomainError) as refused:
        write(cast, "adam", TAKEN)
    assert (refused.value.field, refused.value.code) == ("external_key", "taken")
    assert write(cast, "adam", FREE).external_key == "8"


def test_a_key_that_is_there_stays_when_somebody_else_edits(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.northwind.pk).update(**FREE)
    assert edit(cast, "ana", {"name": "Northwind Traders", **FREE}).external_key == "8"


@pytest.mark.parametrize(("who", "count"), [("ana", 0), ("adam", 2)])
def test_the_form_offers_it_to_those_who_see_all(cast: Cast, who: str, count: int) -> None:
    page = signed_in(cast, who).get(f"/organizations/{cast.northwind.public_id}/edit/")
    assert len({"source", "external_key"} & set(page.context["form"].fields)) == count


def test_a_key_slipped_into_the_form_is_passed_over(cast: Cast, elsewhere: Organization) -> None:
    client, answers = signed_in(cast, "ana"), []
    for number, values in enumerate((TAKEN, FREE)):
        address = "/organizations/new/?kind=partner"
        form = client.get(address).context["form"]
        sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
        owner = {"first-owner": "Ana Silva"}
        answers.append(client.post(address, {**sent, **owner, **values, "name": f"Newcomer {number}"}).status_code)
    assert answers == [302, 302]
    assert set(Organization.objects.filter(name__startswith="Newcomer").values_list("external_key", flat=True)) == {""}


def test_the_form_says_that_a_key_is_taken(cast: Cast, elsewhere: Organization) -> None:
    client, address = signed_in(cast, "adam"), f"/organizations/{cast.northwind.public_id}/edit/"
    page = client.get(address)
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = client.post(address, {**sent, "version": page.context["version"], **TAKEN})
    assert answer.status_code == 422
    assert "Another organization has this key of this source." in answer.content.decode()


def test_the_api_takes_no_key(cast: Cast, elsewhere: Organization) -> None:
    answers = []
    for values in (TAKEN, FREE):
        path = f"{BASE}/organizations/{cast.northwind.public_id}/"
        tag = call(cast.ana, "get", path)["ETag"]
        answers.append(call(cast.ana, "patch", path, values, **{"If-Match": tag}))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert not Organization.objects.get(pk=cast.northwind.pk).external_key


def test_the_api_finds_no_foreign_key(cast: Cast, elsewhere: Organization) -> None:
    found = [call(cast.ana, "get", f"{BASE}/organizations/?external_key={key}").json() for key in ("7", "none")]
    assert found[0] == found[1]


@pytest.mark.parametrize("who", ["ana", "max"])
def test_files_are_matched_for_those_alone_who_work_on_all(cast: Cast, elsewhere: Organization, who: str) -> None:
    with pytest.raises(NotAllowed):
        uploaded(cast.actor(who), "organizations", table(("id", "name"), ("7", "Elsewhere")))
