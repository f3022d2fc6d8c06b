"""The API of organizations: the same access as the pages, one way to edit, clear answers."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.services import people as people_service
from accounts.services.tokens import create_token
from partners.models import Organization
from partners.services import organizations
from tests.cast import Cast
from tests.factories.partners import make_partner

LIST = "/api/v1/organizations/"


def token_of(user: User, scope: str = "write") -> str:
    _token, secret = create_token(
        user=user, name="test", scope=scope, expires_at=timezone.now() + timedelta(days=1), now=timezone.now()
    )
    return secret


def call(
    user: User, method: str, path: str, body: dict[str, Any] | None = None, *, scope: str = "write", **headers: str
) -> Any:
    """A call with a personal token."""
    return Client().generic(
        method,
        path,
        data=b"" if body is None else json.dumps(body).encode(),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token_of(user, scope)}", **headers},
    )


def names(response: Any) -> set[str]:
    return {row["name"] for row in response.json()["results"]}


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("ana", {"Northwind"}),
        ("petra", {"Northwind"}),
        ("tom", {"Northwind", "Birch"}),
        ("lena", {"Northwind", "Birch"}),
        ("sam", {"Northwind"}),
        ("paul", set()),
        ("tina", set()),
        ("otto", set()),
        ("sue", set()),
        ("max", {"Northwind", "Birch"}),
        ("adam", {"Northwind", "Birch"}),
    ],
)
def test_each_role_lists_exactly_its_organizations(cast: Cast, person: str, expected: set[str]) -> None:
    response = call(getattr(cast, person), "GET", LIST)
    assert response.status_code == 200
    assert names(response) == expected


def test_a_contact_has_no_api(cast: Cast) -> None:
    assert call(cast.connie, "GET", LIST).status_code == 404


def test_a_person_without_a_role_is_told_so(cast: Cast) -> None:
    response = call(cast.nora, "GET", LIST)
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"


def test_nobody_is_401(cast: Cast) -> None:
    response = Client().get(LIST)
    assert response.status_code in (401, 403)
    assert Client().get(LIST, headers={"Authorization": "Bearer hub_0000000000_wrong"}).status_code == 401


@pytest.mark.parametrize("part", ["", "contacts/", "assignments/", "interactions/", "timeline/", "archive/"])
def test_foreign_and_missing_answer_alike(cast: Cast, part: str) -> None:
    method = "POST" if part == "archive/" else "GET"
    foreign = call(
        cast.otto, method, f"{LIST}{cast.northwind.public_id}/{part}", {"reason": "x"} if part == "archive/" else None
    )
    missing = call(
        cast.otto,
        method,
        f"{LIST}00000000-0000-7000-8000-000000000000/{part}",
        {"reason": "x"} if part == "archive/" else None,
    )
    assert (foreign.status_code, foreign.json()) == (404, missing.json())


def test_commercial_fields_are_for_those_who_may_read_them(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.northwind.pk).update(arr="125000.00")
    one = f"{LIST}{cast.northwind.public_id}/"
    assert call(cast.tom, "GET", one).json()["commercial"]["arr"] == "125000.00"
    assert call(cast.petra, "GET", one).json()["commercial"] is None
    assert call(cast.sam, "GET", one).json()["commercial"] is None


def test_a_participant_reads_the_summary(cast: Cast) -> None:
    row = call(cast.sam, "GET", f"{LIST}{cast.northwind.public_id}/").json()
    assert row["is_summary"] is True
    assert row["industry"] is None
    assert call(cast.sam, "GET", f"{LIST}{cast.northwind.public_id}/contacts/").json()["results"] == []


def test_an_edit_needs_the_version_and_moves_it(cast: Cast) -> None:
    one = f"{LIST}{cast.northwind.public_id}/"
    tag = call(cast.ana, "GET", one)["ETag"]
    assert call(cast.ana, "PATCH", one, {"industry": "Energy"}).status_code == 428
    edited = call(cast.ana, "PATCH", one, {"industry": "Energy"}, **{"If-Match": tag})
    assert edited.status_code == 200
    assert edited.json()["industry"] == "Energy"
    late = call(cast.ana, "PATCH", one, {"industry": "Water"}, **{"If-Match": tag})
    assert late.status_code == 412
    assert late.json()["current"] == {"industry": "Energy"}
    again = call(cast.ana, "PATCH", one, {"industry": "Water"}, **{"If-Match": late["ETag"]})
    assert again.status_code == 200


def test_who_may_not_edit_is_told_and_nothing_changes(cast: Cast) -> None:
    one = f"{LIST}{cast.northwind.public_id}/"
    refused = call(cast.max, "PATCH", one, {"industry": "Energy"}, **{"If-Match": '"1"'})
    assert refused.status_code == 403
    cast.northwind.refresh_from_db()
    assert cast.northwind.industry != "Energy"


def test_a_read_token_only_reads(cast: Cast) -> None:
    one = f"{LIST}{cast.northwind.public_id}/"
    assert call(cast.ana, "GET", one, scope="read").status_code == 200
    refused = call(cast.ana, "PATCH", one, {"industry": "Energy"}, scope="read", **{"If-Match": '"1"'})
    assert refused.status_code == 403


def test_the_token_of_a_dismissed_person_is_refused_at_once(cast: Cast) -> None:
    secret = token_of(cast.tom)
    ask = {"Authorization": f"Bearer {secret}"}
    assert Client().get(LIST, headers=ask).status_code == 200
    people_service.deactivate(user=cast.tom, by=cast.actor("adam"), now=timezone.now(), confirm_holds=True)
    assert Client().get(LIST, headers=ask).status_code == 401
    assert not ApiToken.objects.filter(user=cast.tom, revoked_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kind=partner", 200),
        ("kind=alien", 400),
        ("stage=gate_3&stage=live", 200),
        ("owner=not-a-uuid", 400),
        ("cursor=%00garbage", 404),
        ("page_size=100000", 200),
        ("order_by=password", 200),
        ("user__password__startswith=a", 200),
    ],
)
def test_filters_are_a_closed_list(cast: Cast, query: str, status: int) -> None:
    assert call(cast.max, "GET", f"{LIST}?{query}").status_code == status


def test_pages_follow_each_other_without_gap_or_repeat(cast: Cast) -> None:
    for number in range(7):
        make_partner("gate_1", name=f"Partner {number}")
    seen: list[str] = []
    path: str | None = f"{LIST}?page_size=3"
    while path:
        page = call(cast.max, "GET", path).json()
        seen += [row["name"] for row in page["results"]]
        path = page["next"] and page["next"].replace("http://testserver", "")
    assert len(seen) == len(set(seen)) == 9
    assert seen == sorted(seen, key=str.lower)


def test_statements_do_not_grow_with_the_rows(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        make_partner("gate_1", name=f"Partner {number}", owners={"pam": cast.ana})
    client = Client()
    client.force_login(cast.max)
    client.get(f"{LIST}?page_size=5")
    with django_assert_max_num_queries(10):
        assert len(client.get(f"{LIST}?page_size=50").json()["results"]) == 32


def test_only_pam_and_admin_add_partners(cast: Cast) -> None:
    body = {"kind": "partner", "name": "New Partner"}
    assert call(cast.tom, "POST", LIST, body).status_code == 403
    made = call(cast.adam, "POST", LIST, body)
    assert made.status_code == 201
    assert made.json()["stage"] == "pre_contract"
    assert call(cast.ana, "POST", LIST, {"kind": "partner", "name": ""}).json()["errors"][0]["field"] == "name"


def test_the_answer_holds_exactly_what_the_description_says(cast: Cast) -> None:
    from partners.api.serializers import OrganizationSerializer

    row = call(cast.tom, "GET", f"{LIST}{cast.northwind.public_id}/").json()
    assert list(row) == list(OrganizationSerializer().fields)


@pytest.mark.parametrize("query", ["market_segment=smb", "gemstone=ruby", "partner_tier=1", "external_key=K1"])
def test_a_filter_tells_a_participant_no_more_than_the_row_does(cast: Cast, query: str) -> None:
    row = Organization.objects.get(name="Northwind")
    Organization.objects.filter(pk=row.pk).update(market_segment="smb", external_key="K1", source="crm")
    type(row.facts).objects.filter(pk=row.pk).update(gemstone="ruby", partner_tier=1)
    assert names(call(cast.sam, "GET", f"{LIST}?{query}")) == set()
    assert names(call(cast.ana, "GET", f"{LIST}?{query}")) == {"Northwind"}


def test_an_archived_organization_is_restored_before_it_changes(cast: Cast) -> None:
    organizations.archive_organization(
        by=cast.actor("adam"), organization=cast.northwind, reason="Merged", now=timezone.now()
    )
    assert "Northwind" not in names(call(cast.adam, "GET", LIST))
    assert names(call(cast.adam, "GET", f"{LIST}?archived=true")) == {"Northwind"}
    one = f"{LIST}{cast.northwind.public_id}/"
    tag = call(cast.adam, "GET", one)["ETag"]
    answers = [
        call(cast.adam, "PATCH", one, {"industry": "Energy"}, **{"If-Match": tag}),
        call(cast.adam, "POST", f"{one}contacts/", {"name": "New Person"}),
        call(
            cast.adam,
            "POST",
            f"{one}interactions/",
            {"kind": "call", "happened_at": timezone.now().isoformat(), "summary": "We spoke"},
        ),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "archived")] * 3


def test_a_pam_who_adds_a_partner_owns_it(cast: Cast) -> None:
    response = call(cast.ana, "POST", LIST, {"kind": "partner", "name": "Aster"})
    assert response.status_code == 201
    assert [(owner["name"], owner["role"]) for owner in response.json()["owners"]] == [(cast.ana.name, "pam")]
    assert "Aster" in names(call(cast.ana, "GET", LIST))


def test_a_lead_says_who_is_first(cast: Cast) -> None:
    response = call(cast.lou, "POST", LIST, {"kind": "customer", "name": "Aster"})
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["first_owner"]
    assert not Organization.objects.filter(name="Aster").exists()
    foreign = {"kind": "customer", "name": "Aster", "first_owner": str(cast.tom.public_id)}
    assert call(cast.lou, "POST", LIST, foreign).status_code in (400, 403)
    assert not Organization.objects.filter(name="Aster").exists()


def test_an_admin_may_leave_it_open(cast: Cast) -> None:
    response = call(cast.adam, "POST", LIST, {"kind": "customer", "name": "Aster"})
    assert (response.status_code, response.json()["owners"]) == (201, [])
