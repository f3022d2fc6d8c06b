"""Who reaches what through the API: walks every call of the description, so that a new one is held to it as well."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from common.openapi import calls
from partners.models import Touchpoint
from tests.cast import Cast
from tests.factories.partners import make_contact, make_interaction, make_partner
from tests.hub.api_world import MISSING, ApiWorld, call, make_world, token_of

DESCRIPTION: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
CALLS = [(path, method, operation) for path, method, operation in calls(DESCRIPTION)]
WITH_IDS = [(path, method) for path, method, _operation in CALLS if "{" in path]
# What every colleague may read, and what a capability alone opens: nothing of it is foreign to one who gets there.
OF_ALL = (
    *("/api/v1/users/", "/api/v1/teams/", "/api/v1/calendars/", "/api/v1/guides/", "/api/v1/articles/"),
    *("/api/v1/campaigns/", "/api/v1/absences/", "/api/v1/reports/"),
)
BY_CAPABILITY = ("/api/v1/imports/", "/api/v1/policies/", "/api/v1/audit/")
# Enough for a call to get past its condition and its fields, down to its object.
BODIES: dict[str, Any] = {
    "tasks": {"title": "x"},
    "skip": {"reason": "x"},
    "block": {"reason": "x"},
    "evidence": {"task": MISSING, "note": "x"},
    "commitments": {"title": "x", "due_on": "2026-03-09"},
    "break": {"note": "x"},
    "voices": {"title": "x"},
    "move": {"state": "planned"},
    "withdraw": {"note": "x"},
    "renegotiate": {"due_on": "2026-03-09", "reason": "x"},
    "plays": {"play": "x", "reason": "x"},
    "end": {"outcome": "x"},
    "contacts": {"name": "Kim"},
    "assignments": {"user": MISSING, "role": "tam"},
    "interactions": {"kind": "call", "happened_at": "2026-03-01T10:00:00Z", "summary": "x"},
    "give": {"expires_at": "2026-03-09T10:00:00Z"},
    "refuse": {"note": "no"},
    "context-grants": {"reason": "x"},
    "archive": {"reason": "x"},
    "{dimension}": {"value": "1", "reason": "x"},
    "drafts": {"questionnaire": "gate-3-ready-to-deliver"},
    "answers": {"answers": [{"field": "beta-customers-count", "value": "4"}]},
    "judge": {"section": "x", "is_passed": True, "reason": "x"},
    "sign": {"role": "psm", "name": "x"},
    "override": {"reason": "x"},
    "messages": {"kind": "note", "body": "x"},
    "tickets": {"subject": "x", "body": "x"},
    "updates": {"body": "x", "is_public": False},
    "act": {"note": "x"},
    "close": {"outcome": "acted"},
    "snooze": {"until": "2999-01-01T00:00:00Z", "reason": "x"},
    "reopen": {"reason": "x"},
    "note": {"text": "x"},
    "stakeholders": {"contact_id": MISSING},
    "record": {"key": "objectives", "value": "x"},
    "absences": {"first_on": "2999-01-01", "last_on": "2999-01-02"},
    "leave": {"left_on": "2026-03-01"},
    "reviews": {"kind": "business_review", "on": "2026-03-09"},
    "cancel": {"reason": "x"},
    "documents": {"edition": "shared", "format": "pdf"},
    "waiver-requests": {"gate": MISSING, "criterion": "section:x", "reason": "x"},
    "waivers": {"stage": "gate_3", "criterion": "section:x", "reason": "x", "expires_at": "2999-01-01T00:00:00Z"},
}


@pytest.fixture
def world(cast: Cast) -> ApiWorld:
    return make_world(cast)


def body_of(path: str) -> Any:
    return BODIES.get(path.strip("/").split("/")[-1], {})


@contextmanager
def undone() -> Iterator[None]:
    """What a call has done is undone, so that the next one finds the same world; nobody has called too often."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(world: ApiWorld, who: str, method: str, path: str, pattern: str, **headers: str) -> Any:
    conditions = {"If-Match": '"1"', **headers}
    return call(getattr(world.cast, who), method, path, None if method == "get" else body_of(pattern), **conditions)


def test_the_walk_finds_the_calls() -> None:
    assert len(CALLS) > 60
    assert len(WITH_IDS) > 40


# A world takes longer to make than a call: each of these walks makes it once, and names all calls that fail.


def test_to_a_stranger_foreign_and_missing_are_one(world: ApiWorld) -> None:
    faults = []
    for pattern, method in WITH_IDS:
        with undone():
            foreign = ask(world, "otto", method, world.path(pattern), pattern)
        with undone():
            missing = ask(world, "otto", method, world.path(pattern, missing=True), pattern)
        if pattern.startswith(OF_ALL):
            is_right = missing.status_code == 404
        else:
            is_right = foreign.status_code == (403 if pattern.startswith(BY_CAPABILITY) else 404)
            is_right &= (foreign.status_code, foreign.json()) == (missing.status_code, missing.json())
        if not is_right:
            faults.append((method, pattern, foreign.status_code, missing.status_code))
    assert faults == []


PARTS = [(path, method) for path, method in WITH_IDS if "{organization_id}" in path and "{id}" in path]


def test_the_part_of_another_organization_is_no_part_of_this_one(world: ApiWorld) -> None:
    """Tom opens both: the address still has to be true."""
    faults = []
    for pattern, method in PARTS:
        path = world.path(pattern).replace(world.ids["organizations"], str(world.cast.birch.public_id))
        with undone():
            answer = ask(world, "tom", method, path, pattern)
        if answer.status_code != 404:
            faults.append((method, pattern, answer.status_code))
    assert faults == []


@pytest.mark.parametrize(("who", "status"), [("connie", 404), ("nora", 403), ("nobody", 401)])
def test_contacts_find_nothing_and_people_without_a_role_are_told(world: ApiWorld, who: str, status: int) -> None:
    faults = []
    for pattern, method, _operation in CALLS:
        with undone():
            if who == "nobody":
                answer = Client().generic(method.upper(), world.path(pattern), b"{}", "application/json")
            else:
                answer = ask(world, who, method, world.path(pattern), pattern)
        if (answer.status_code, answer["Content-Type"]) != (status, "application/problem+json"):
            faults.append((method, pattern, answer.status_code))
    assert faults == []


WRITES = [(path, method) for path, method, _operation in CALLS if method != "get"]


def test_a_read_token_writes_nowhere(world: ApiWorld) -> None:
    faults = []
    for pattern, method in WRITES:
        with undone():
            answer = call(world.cast.adam, method, world.path(pattern), body_of(pattern), scope="read")
        if (answer.status_code, answer.json()["code"] in ("token_read_only", "permission_denied")) != (403, True):
            faults.append((method, pattern, answer.status_code))
    assert faults == []


def test_a_session_writes_with_its_csrf_token_alone(world: ApiWorld) -> None:
    client, faults = Client(enforce_csrf_checks=True), []
    client.force_login(world.cast.adam)
    for pattern, method in WRITES:
        with undone():
            answer = client.generic(method.upper(), world.path(pattern), b"{}", "application/json")
        if answer.status_code != 403 or "CSRF" not in answer.json()["title"]:
            faults.append((method, pattern, answer.status_code))
    assert faults == []


# Ids in bodies and queries. Each place is named here; a new one fails the test below until it is.
ID_PLACES = {
    ("/api/v1/organizations/", "query", "owner"),
    ("/api/v1/organizations/", "query", "via_partner"),
    ("/api/v1/absences/", "query", "user"),
    ("AbsenceWriteRequest", "body", "user_id"),
    ("/api/v1/audit/", "query", "actor"),
    ("/api/v1/training-records/", "query", "person"),
    ("OrganizationCreateRequest", "body", "via_partner"),
    ("OrganizationCreateRequest", "body", "first_owner"),
    ("PatchedOrganizationWriteRequest", "body", "via_partner"),
    ("AssignmentWriteRequest", "body", "user"),
    ("InteractionLogRequest", "body", "contact_ids"),
    ("InteractionLogRequest", "body", "touchpoint_id"),
    ("PatchedInteractionWriteRequest", "body", "contact_ids"),
    ("/api/v1/tickets/", "query", "organization"),
    ("TicketNewRequest", "body", "organization"),
    ("PatchedTicketChangeRequest", "body", "assignee"),
    ("ArticleNewRequest", "body", "owner"),
    ("PatchedArticleFactsRequest", "body", "owner"),
    ("TaskWriteRequest", "body", "owner"),
    ("TaskWriteRequest", "body", "contact"),
    ("TaskWriteRequest", "body", "needs"),
    ("PatchedTaskWriteRequest", "body", "owner"),
    ("PatchedTaskWriteRequest", "body", "contact"),
    ("PatchedTaskWriteRequest", "body", "needs"),
    ("CommitmentWriteRequest", "body", "owner"),
    ("CommitmentWriteRequest", "body", "contact"),
    ("PatchedCommitmentEditRequest", "body", "owner"),
    ("PatchedCommitmentEditRequest", "body", "contact"),
    ("StakeholderWriteRequest", "body", "contact_id"),
    ("TrainingAttendRequest", "body", "contact_id"),
    ("TrainingAttendRequest", "body", "user"),
    ("TrainingPersonRequest", "body", "contact_id"),
    ("TrainingPersonRequest", "body", "user"),
    ("TrainingWriteRequest", "body", "trainer"),
    ("PatchedTrainingWriteRequest", "body", "trainer"),
    ("RecommendationWriteRequest", "body", "owner"),
    ("PatchedRecommendationEditRequest", "body", "owner"),
    ("IntegrationWriteRequest", "body", "owner"),
    ("PatchedIntegrationWriteRequest", "body", "owner"),
    ("ReviewActionRequest", "body", "owner"),
    ("/api/v1/reviews/", "query", "owner"),
    ("WinWriteRequest", "body", "contact_id"),
    ("PatchedWinWriteRequest", "body", "contact_id"),
    ("StakeholderWriteRequest", "body", "reports_to_id"),
    ("PatchedStakeholderEditRequest", "body", "reports_to_id"),
    ("HandoffWriteRequest", "body", "receiver"),
    ("ReceiverRequest", "body", "receiver"),
    ("TouchpointWriteRequest", "body", "owner"),
    ("OpportunityWriteRequest", "body", "owner"),
    ("PatchedOpportunityEditRequest", "body", "owner"),
    ("RenewalWriteRequest", "body", "owner"),
    ("PatchedRenewalWriteRequest", "body", "owner"),
    ("HoldRequest", "body", "contact_ids"),
    ("PatchedGuideKeeperRequest", "body", "owner"),
    ("/api/v1/organizations/{organization_id}/evidence/", "query", "task"),
    ("EvidenceWriteRequest", "body", "task"),
    ("EvidenceWriteRequest", "body", "draft"),
    ("WaiverAskRequest", "body", "gate"),
    ("EvidenceFileRequest", "body", "task"),
    ("EvidenceFileRequest", "body", "draft"),
    ("SampleRowRequest", "body", "organization_id"),
    ("/api/v1/alerts/", "query", "organization_id"),
    ("/api/v1/alerts/", "query", "owner_id"),
    ("UsageEventRequest", "body", "organization_id"),
    ("/api/v1/health/predictions/", "query", "organization_id"),
    ("VoiceWriteRequest", "body", "item"),
    ("/api/v1/success-plans/", "query", "owner"),
    ("SuccessPlanWriteRequest", "body", "owner"),
    ("PatchedSuccessPlanEditRequest", "body", "owner"),
    ("ObjectiveWriteRequest", "body", "plan"),
    ("/api/v1/capacity/", "query", "team"),
    ("BetaWriteRequest", "body", "item"),
    ("PatchedBetaWriteRequest", "body", "item"),
    ("BetaInviteRequest", "body", "program"),
    ("ReportSubscriptionCreateRequest", "body", "saved_report"),
    ("ReportSubscriptionCreateRequest", "body", "reader"),
    ("SavedReportCreateRequest", "body", "teams"),
    ("PatchedSavedReportWriteRequest", "body", "teams"),
}


def _is_id(schema: dict[str, Any]) -> bool:
    inner = schema.get("items", schema)
    return inner.get("format") == "uuid"


def test_every_place_for_an_id_is_known() -> None:
    found = {
        (path, "query", parameter["name"])
        for path, _method, operation in CALLS
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and _is_id(parameter["schema"])
    }
    related = {"via_partner", "user", "contact_ids", "owner", "contact", "needs", "trainer"}
    for name, schema in DESCRIPTION["components"]["schemas"].items():
        if name.endswith("Request"):
            found |= {
                (name, "body", field)
                for field, inner in schema.get("properties", {}).items()
                if _is_id(inner) or field in related
            }
    assert found == ID_PLACES


def test_foreign_ids_in_queries_find_what_missing_ones_find(world: ApiWorld) -> None:
    cast = world.cast
    foreign = make_partner("gate_3", name="Foreign")
    type(cast.birch).objects.filter(pk=cast.birch.pk).update(via_partner=foreign)
    base = "/api/v1/organizations/"
    for name, value in (("via_partner", foreign.public_id), ("via_partner", MISSING), ("owner", MISSING)):
        assert call(cast.tom, "get", f"{base}?{name}={value}").json()["results"] == []
    for name, value in (("organization_id", foreign.public_id), ("organization_id", MISSING), ("owner_id", MISSING)):
        assert call(cast.tom, "get", f"/api/v1/alerts/?{name}={value}").json()["results"] == []
    for value in (foreign.public_id, MISSING):
        assert call(cast.tom, "get", f"/api/v1/health/predictions/?organization_id={value}").json()["results"] == []
    through = call(cast.tom, "get", f"{base}?via_partner={cast.northwind.public_id}").json()["results"]
    assert [row["name"] for row in through] == ["Through Northwind"]
    assert through[0]["via_partner_id"] == str(cast.northwind.public_id)
    # Tom sees Birch, but not who brought it.
    assert call(cast.tom, "get", f"{base}{cast.birch.public_id}/").json()["via_partner_id"] is None
    assert call(cast.adam, "get", f"{base}{cast.birch.public_id}/").json()["via_partner_id"] == str(foreign.public_id)


def test_foreign_ids_in_bodies_are_refused_like_missing_ones(world: ApiWorld) -> None:
    cast = world.cast
    foreign = make_partner("gate_3", name="Foreign")
    theirs = make_contact(foreign, name="Theirs")
    birch = f"/api/v1/organizations/{cast.birch.public_id}/"
    northwind = f"/api/v1/organizations/{cast.northwind.public_id}/"
    interaction = make_interaction(cast.northwind, cast.tom)
    meeting = Touchpoint.objects.create(organization=foreign, kind="check_in", planned_on="2026-03-02")
    summary = {"kind": "call", "happened_at": "2026-03-01T10:00:00Z", "summary": "x"}
    places: list[tuple[str, str, str, str, Any]] = [
        ("tom", "patch", birch, "via_partner", foreign.public_id),
        ("tom", "post", f"{northwind}interactions/", "contact_ids", theirs.public_id),
        ("tom", "post", f"{northwind}interactions/", "touchpoint_id", meeting.public_id),
        ("tom", "patch", f"{northwind}interactions/{interaction.public_id}/", "contact_ids", theirs.public_id),
        ("ana", "post", f"{northwind}assignments/", "user", cast.connie.public_id),
        ("lou", "post", "/api/v1/organizations/", "via_partner", foreign.public_id),
    ]
    for who, method, path, name, foreign_id in places:
        answers = []
        for value in (str(foreign_id), MISSING):
            sent = {**summary, "kind": "customer" if "via" in name else "call", "name": "X", "role": "tam"}
            sent[name] = [value] if name == "contact_ids" else value
            answer = call(getattr(cast, who), method, path, sent, **{"If-Match": '"1"'})
            answers.append((answer.status_code, answer.content.replace(value.encode(), b"")))
        assert answers[0] == answers[1], path
        assert answers[0][0] == 400, (path, answers)
        assert name.encode() in answers[0][1]


def test_another_address_is_answered_by_the_api(cast: Cast) -> None:
    answer = call(cast.tom, "get", "/api/v1/nothing/here/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert Client().get("/api/v1/nothing/here/").status_code == 401


def test_a_token_is_checked_with_every_call(world: ApiWorld) -> None:
    secret = token_of(world.cast.tom)
    for wrong in (secret[:-1], secret.upper(), f"{secret} ", "hub__", "hub_x_y", "x" * 5000, "hub_\u0000_x"):
        answer = Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {wrong}"})
        assert answer.status_code == (200 if wrong.strip() == secret else 401)
