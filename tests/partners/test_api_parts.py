"""The API of what belongs to one organization: people, story, context, classes."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.models import (
    Assignment,
    Contact,
    ContextGrant,
    Interaction,
    Organization,
    OrganizationFacts,
    StagePeriod,
)
from partners.services import classification
from tests.cast import Cast
from tests.factories.partners import make_assignment, make_contact, make_entry, make_interaction, make_partner
from tests.hub.api_world import BASE, call, token_of
from tests.partners.page_world import counting, signed_in


def home(cast: Cast, tail: str = "") -> str:
    return f"{BASE}/organizations/{cast.northwind.public_id}/{tail}"


def test_contacts_are_added_edited_archived_and_brought_back(cast: Cast) -> None:
    made = call(
        cast.tom, "post", home(cast, "contacts/"), {"name": "Kim", "email": "KIM@x.example", "role": "champion"}
    )
    assert (made.status_code, made.json()["email"]) == (201, "kim@x.example")
    one = home(cast, f"contacts/{made.json()['id']}/")
    assert call(cast.tom, "get", one, **{"If-None-Match": made["ETag"]}).status_code == 304
    edited = call(cast.tom, "patch", one, {"job_title": "CTO"}, **{"If-Match": made["ETag"]})
    assert (edited.status_code, edited.json()["job_title"], edited.json()["version"]) == (200, "CTO", 2)
    late = call(cast.ana, "patch", one, {"job_title": "CEO"}, **{"If-Match": made["ETag"]})
    assert (late.status_code, late.json()["current"]) == (412, {"job_title": "CTO"})
    first = call(cast.tom, "post", f"{one}primary/").json()
    assert first["is_primary"]
    assert call(cast.tom, "delete", one).status_code == 204
    assert call(cast.tom, "get", one).status_code == 404
    assert call(cast.tom, "post", f"{one}restore/").status_code == 200
    assert Contact.objects.get(name="Kim").archived_at is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"name": "N\0ul"}, "name"),
        ({"name": "\ud800"}, ""),
        ({"name": "Kim", "email": "nope"}, "email"),
        ({"name": "Kim", "role": "king"}, "role"),
        ({"name": "Kim", "timezone": "Mars/Base"}, "timezone"),
        ({}, "name"),
    ],
)
def test_bad_contacts_are_refused_at_their_field(cast: Cast, body: dict[str, Any], field: str) -> None:
    answer = call(cast.tom, "post", home(cast, "contacts/"), body)
    assert answer.status_code == 400
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_names_in_all_letters(cast: Cast) -> None:
    for name in ("🦊 Fox", "x" * 150, "İpek Ünal"):
        assert call(cast.tom, "post", home(cast, "contacts/"), {"name": name}).json()["name"] == name


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"x"', b"{", b"\xff", b'{"name": {"a": 1}}'])
def test_bodies_that_are_no_object(cast: Cast, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {token_of(cast.tom)}"}
    answer = Client().generic("POST", home(cast, "contacts/"), body, "application/json", headers=headers)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    wrong = Client().generic("POST", home(cast, "contacts/"), b"<a/>", "application/xml", headers=headers)
    assert wrong.status_code == 415


def test_owners_are_assigned_promoted_and_ended(cast: Cast) -> None:
    body = {"user": str(cast.otto.public_id), "role": "tam", "is_primary": False, "reason": "Takes over"}
    assert call(cast.tom, "post", home(cast, "assignments/"), body).status_code == 403
    made = call(cast.ana, "post", home(cast, "assignments/"), body)
    assert (made.status_code, made.json()["is_primary"]) == (201, False)
    one = home(cast, f"assignments/{made.json()['id']}/")
    primary = call(cast.ana, "post", f"{one}primary/", {"reason": "Now"}).json()
    assert (primary["user_name"], primary["is_primary"]) == ("Otto Brandt", True)
    again = home(cast, f"assignments/{primary['id']}/")
    ended = call(cast.ana, "post", f"{again}end/", {"reason": "Done"})
    assert ended.status_code == 200
    assert ended.json()["ended_at"] is not None
    last = Assignment.objects.active().get(organization=cast.northwind, role="tam")
    asks = call(cast.ana, "post", home(cast, f"assignments/{last.public_id}/end/"), {})
    assert asks.status_code == 400
    sure = call(cast.ana, "post", home(cast, f"assignments/{last.public_id}/end/"), {"confirm_last": True})
    assert sure.status_code == 200
    assert call(cast.ana, "get", home(cast, f"assignments/{last.public_id}/")).json()["ended_at"] is not None


def test_interactions_are_logged_edited_and_archived(cast: Cast) -> None:
    kim = make_contact(cast.northwind, name="Kim")
    body = {
        "kind": "call",
        "happened_at": (timezone.now() - timedelta(hours=1)).isoformat(),
        "summary": "Spoke",
        "contact_ids": [str(kim.public_id)],
    }
    made = call(cast.tom, "post", home(cast, "interactions/"), body)
    assert (made.status_code, made.json()["contact_ids"]) == (201, [str(kim.public_id)])
    one = home(cast, f"interactions/{made.json()['id']}/")
    seen = call(cast.ana, "get", one)
    assert call(cast.ana, "patch", one, {"summary": "x"}, **{"If-Match": seen["ETag"]}).status_code == 403
    edited = call(cast.tom, "patch", one, {"summary": "Spoke again", "contact_ids": []}, **{"If-Match": seen["ETag"]})
    assert (edited.status_code, edited.json()["summary"], edited.json()["contact_ids"]) == (200, "Spoke again", [])
    late = call(cast.tom, "patch", one, {"summary": "Late"}, **{"If-Match": seen["ETag"]})
    assert (late.status_code, late.json()["current"]) == (412, {"summary": "Spoke again"})
    future = {**body, "happened_at": (timezone.now() + timedelta(days=2)).isoformat()}
    assert call(cast.tom, "post", home(cast, "interactions/"), future).json()["errors"][0]["field"] == "happened_at"
    assert call(cast.tom, "delete", one).status_code == 204
    assert call(cast.tom, "get", one).status_code == 404
    assert Interaction.objects.get().archived_at is not None


def test_the_story_hides_bodies_of_closed_classes(cast: Cast) -> None:
    make_entry(cast.northwind, title="Amount", body="180,000", field_class="commercial")
    for who, body in (("tom", "180,000"), ("petra", ""), ("sam", "")):
        rows = call(getattr(cast, who), "get", home(cast, "timeline/")).json()["results"]
        assert [row["body"] for row in rows if row["title"] == "Amount"] == [body]


def test_stages_are_told_to_participants_too(cast: Cast) -> None:
    for who in ("tom", "sam"):
        [row] = call(getattr(cast, who), "get", home(cast, "stages/")).json()["results"]
        assert (row["stage"], row["left_at"]) == ("gate_3", None)


@pytest.mark.parametrize("part", ["stages/", "assignments/"])
def test_reasons_are_for_those_who_open_it_in_full(cast: Cast, part: str) -> None:
    for rows in (StagePeriod.objects, Assignment.objects):
        rows.filter(organization=cast.northwind).update(reason="They threatened to leave")
    for who, reason in (("tom", "They threatened to leave"), ("sam", "")):
        found = call(getattr(cast, who), "get", home(cast, part)).json()["results"]
        assert {row["reason"] for row in found} == {reason}


def test_context_is_asked_for_given_and_ended(cast: Cast) -> None:
    grants = home(cast, "context-grants/")
    asked = call(cast.tom, "post", grants, {"reason": "To understand the beta"})
    assert (asked.status_code, asked.json()["state"], asked.json()["user_name"]) == (201, "asked", "Tom Okafor")
    one = f"{grants}{asked.json()['id']}/"
    assert call(cast.petra, "get", one).status_code == 404
    assert call(cast.petra, "get", grants).json()["results"] == []
    assert [row["id"] for row in call(cast.ana, "get", grants).json()["results"]] == [asked.json()["id"]]
    until = (timezone.now() + timedelta(days=5)).isoformat()
    assert call(cast.tom, "post", f"{one}give/", {"expires_at": until}).status_code == 403
    far = (timezone.now() + timedelta(days=500)).isoformat()
    assert call(cast.ana, "post", f"{one}give/", {"expires_at": far}).json()["code"] == "expires_at"
    given = call(cast.ana, "post", f"{one}give/", {"expires_at": until})
    assert (given.json()["state"], given.json()["decided_by_name"]) == ("given", "Ana Silva")
    assert call(cast.ana, "post", f"{one}refuse/", {"note": "no"}).json()["code"] == "decided"
    assert call(cast.tom, "post", f"{one}end/").json()["state"] == "ended"
    again = call(cast.tom, "post", grants, {"reason": "Once more"}).json()
    refused = call(cast.ana, "post", f"{grants}{again['id']}/refuse/", {"note": "Not needed"})
    assert refused.json()["state"] == "refused"
    assert ContextGrant.objects.filter(user=cast.tom).count() == 2


def test_classes_are_told_with_their_rule_and_set_by_admins(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.northwind.pk).update(ccv="180000", currency="USD")
    classification.recompute([Organization.objects.get(pk=cast.northwind.pk)], now=timezone.now())
    values = {row["dimension"]: row for row in call(cast.tom, "get", home(cast, "classification/")).json()}
    assert not values["partner_tier"]["is_overridden"]
    assert values["partner_tier"]["rule"]
    assert call(cast.sam, "get", home(cast, "classification/")).json() == []
    tier = home(cast, "classification/partner_tier/")
    other = next(value for value in values["partner_tier"]["choices"] if value != values["partner_tier"]["value"])
    body = {"value": other, "reason": "Agreed with the board"}
    assert call(cast.tom, "put", tier, body).status_code == 403
    changed = {row["dimension"]: row for row in call(cast.adam, "put", tier, body).json()}
    assert (changed["partner_tier"]["value"], changed["partner_tier"]["is_overridden"]) == (other, True)
    assert str(OrganizationFacts.objects.get(organization=cast.northwind).partner_tier) == other
    assert call(cast.adam, "put", tier, {"value": "17", "reason": "x"}).json()["errors"][0]["field"] == "value"
    assert call(cast.adam, "put", home(cast, "classification/nothing/"), body).status_code == 404
    back = {row["dimension"]: row for row in call(cast.adam, "delete", f"{tier}?reason=Back").json()}
    assert back["partner_tier"]["value"] == values["partner_tier"]["value"]
    assert call(cast.adam, "delete", tier).json()["code"] == "no_override"


def test_an_archived_organization_comes_back(cast: Cast) -> None:
    assert call(cast.adam, "post", home(cast, "archive/"), {"reason": "Gone"}).status_code == 204
    assert call(cast.ana, "post", home(cast, "restore/")).status_code == 403
    assert call(cast.adam, "post", home(cast, "restore/")).json()["is_archived"] is False


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"expected_adoption": 150}, "expected_adoption"),
        ({"licenses": -1}, "licenses"),
        ({"licenses": 10**12}, "licenses"),
        ({"arr": "1e40"}, "arr"),
        ({"arr": "-5"}, "arr"),
        ({"arr": "NaN"}, "arr"),
        ({"country": "Germany"}, "country"),
        ({"currency": "euro"}, "currency"),
        ({"timezone": "Nowhere"}, "timezone"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"target_launch_on": "2026-02-30"}, "target_launch_on"),
        ({"name": "   "}, "name"),
    ],
)
def test_bad_fields_of_an_organization(cast: Cast, body: dict[str, Any], field: str) -> None:
    tag = call(cast.ana, "get", home(cast))["ETag"]
    answer = call(cast.ana, "patch", home(cast), body, **{"If-Match": tag})
    assert answer.status_code == 400
    assert field in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("tag", ["*", "x", '"-1"', '"99999999999"', '"\u0661"', '"1', "W/"])
def test_conditions_that_are_none(cast: Cast, tag: str) -> None:
    answer = call(cast.ana, "patch", home(cast), {"industry": "x"}, **{"If-Match": tag})
    assert answer.status_code == (200 if tag == '"1' else 412)


def _fill(cast: Cast, count: int) -> None:
    now = timezone.now()
    for number in range(count):
        make_contact(cast.northwind)
        make_interaction(cast.northwind, cast.tom)
        make_entry(cast.northwind)
        begun = now - timedelta(days=2 * number + 200 * count)
        ended = begun + timedelta(days=1)
        make_assignment(cast.northwind, cast.otto, "sales", is_primary=False, started_at=begun, ended_at=ended)


@pytest.mark.parametrize(
    ("part", "most"),
    # Session, person, scope, organization, rows; and what one row of each needs more.
    [("contacts", 5), ("assignments", 5), ("interactions", 6), ("timeline", 6), ("stages", 5), ("context-grants", 6)],
)
def test_lists_of_parts_cost_the_same_however_long(cast: Cast, part: str, most: int) -> None:
    client = signed_in(cast.tom)
    path = home(cast, f"{part}/?page_size=200")
    costs = []
    for count in (3, 30):
        _fill(cast, count)
        client.get(path)
        with counting() as statements:
            assert client.get(path).status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1] <= most


@pytest.mark.parametrize(("who", "most"), [("tom", 4), ("max", 3), ("lena", 4)])
def test_the_list_of_organizations_costs_the_same_however_long(cast: Cast, who: str, most: int) -> None:
    client = signed_in(getattr(cast, who))
    headers = {"Authorization": f"Bearer {token_of(getattr(cast, who))}"}
    path = f"{BASE}/organizations/?page_size=200"
    costs = []
    for count in (3, 30):
        for _number in range(count):
            make_partner("gate_3", owners={"tam": cast.tom, "pam": cast.ana})
        for ask in ({}, headers):
            client.get(path, headers=ask)
            with counting() as statements:
                assert len(client.get(path, headers=ask).json()["results"]) >= count
            costs.append(len(statements))
    assert set(costs) == {most}
