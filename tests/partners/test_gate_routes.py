"""Nothing leads past a gate: no address, no call, no form, no file, and no other place in the code."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hub import checks
from partners.models import GateReview, Organization, Submission
from tests.cast import Cast
from tests.hub.api_world import BASE, call
from tests.partners.gate_world import partner_at, review_of, submitted
from tests.partners.import_world import applied, faults, table
from tests.partners.test_admin import fields_of, page_of

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def partner(cast: Cast) -> Organization:
    return partner_at(cast, "gate_1")


@pytest.fixture(autouse=True)
def where_it_is(partner: Organization) -> Any:
    """Whatever a test tries, the organization stays where it is, with its gate open."""
    yield
    partner.refresh_from_db()
    assert (partner.stage, partner.launched_on) == ("gate_1", None)
    assert GateReview.objects.get(organization=partner, decided_at__isnull=True).stage == "gate_1"


WANTED = {
    "stage": "post_launch",
    "stage_entered_at": "2020-01-01T00:00:00Z",
    "launched_on": "2020-01-01",
    "outcome": "passed",
    "decided_at": "2020-01-01T00:00:00Z",
    "override": "true",
}


@pytest.mark.parametrize("who", ["adam", "ana", "paul"])
def test_no_call_sets_a_stage(cast: Cast, partner: Organization, who: str) -> None:
    user, one = getattr(cast, who), f"{BASE}/organizations/{partner.public_id}/"
    seen = call(user, "get", one)
    edited = call(user, "patch", one, {**WANTED, "industry": "Energy"}, **{"If-Match": seen["ETag"]})
    assert (edited.status_code, edited.json()) == (200, edited.json() | {"stage": "gate_1", "industry": "Energy"})
    assert call(user, "put", one, WANTED).status_code == 405
    gate = f"{one}gates/{review_of(partner).public_id}/"
    for method in ("post", "put", "patch", "delete"):
        assert call(user, method, f"{one}gates/", WANTED).status_code == 405
        assert call(user, method, gate, WANTED).status_code == 405
        assert call(user, method, f"{one}stages/", WANTED).status_code == 405
    refused = call(user, "post", f"{gate}decide/", WANTED)
    assert refused.status_code in (400, 403)


def test_no_call_changes_a_submission(cast: Cast, partner: Organization) -> None:
    made = submitted(cast, partner)
    one = f"{BASE}/organizations/{partner.public_id}/submissions/{made.public_id}/"
    for method in ("put", "patch", "delete"):
        assert call(cast.adam, method, one, {"answers": {}, "outcome": "passed"}).status_code == 405
    assert Submission.objects.get(pk=made.pk).answers == made.answers


def test_a_new_organization_begins_at_the_first_stage(cast: Cast) -> None:
    made = call(cast.adam, "post", f"{BASE}/organizations/", {"kind": "partner", "name": "New", **WANTED})
    assert made.status_code == 201, made.json()
    assert made.json()["stage"] == "pre_contract"
    assert review_of(Organization.objects.get(public_id=made.json()["id"])).stage == "pre_contract"


@pytest.mark.parametrize("who", ["adam", "ana", "paul"])
def test_no_form_of_a_page_sets_a_stage(cast: Cast, partner: Organization, who: str) -> None:
    client = Client()
    client.force_login(getattr(cast, who))
    url = reverse("partners:organization_edit", args=[partner.public_id])
    page = client.get(url)
    assert "stage" not in page.context["form"].fields
    values = {bound.html_name: bound.value() or "" for bound in page.context["form"]}
    sent = {**values, **WANTED, "version": str(partner.version), "industry": "Energy"}
    assert client.post(url, sent).status_code == 302
    partner.refresh_from_db()
    assert partner.industry == "Energy"


def test_no_form_of_the_administration_sets_a_stage(cast: Cast, partner: Organization) -> None:
    client = Client()
    client.force_login(cast.adam)
    url = page_of(partner)
    assert client.post(url, fields_of(client, url, **WANTED)).status_code == 302
    review = review_of(partner)
    for row in (review, partner.stage_periods.get()):
        assert client.post(page_of(row), WANTED).status_code == 403
        delete = reverse(f"admin:partners_{row._meta.model_name}_delete", args=[row.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [partner.pk], "stage": "post_launch"}
    assert client.post(reverse("admin:partners_organization_changelist"), bulk).status_code in (200, 302)


def test_no_file_sets_a_stage(cast: Cast, partner: Organization) -> None:
    content = table(("name", "stage", "country"), ("Aurora", "post_launch", "NO"))
    run = applied(cast.actor("adam"), "organizations", content, constants={"kind": "partner", "source": "crm"})
    assert faults(run) == [(2, "stage", "post_launch")]
    partner.refresh_from_db()
    assert partner.country == ""


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_no_address_of_a_gate_leads_past_it(cast: Cast, partner: Organization, method: str) -> None:
    """Every page below an organization that names a stage, asked for the stages that lie ahead."""
    client = Client()
    client.force_login(cast.paul)
    walked = 0
    for pattern, entry in checks.url_patterns():
        if "<str:stage>" not in pattern and "<slug:stage>" not in pattern:
            continue
        for stage in ("gate_2", "post_launch"):
            path = "/" + pattern.replace("<uuid:public_id>", str(partner.public_id))
            for name in ("<str:stage>", "<slug:stage>"):
                path = path.replace(name, stage)
            if "<" in path:
                path = path.replace("<str:questionnaire>", "gate-2-ready-to-order").replace("<str:section>", "x")
            answer = client.generic(method.upper(), path, b"", "application/x-www-form-urlencoded")
            assert answer.status_code < 500, (path, entry)
            walked += 1
    assert walked


def test_one_place_moves_and_one_calls_it() -> None:
    """`stages.move` is called by decisions and by the demo world; the stage is assigned nowhere else."""
    callers, writers = set(), set()
    for app in ("accounts", "common", "partners", "hub"):
        for path in (ROOT / app).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "stages.move":
                    callers.add(name)
                if isinstance(node, ast.Assign) and any(_names_a_stage(target) for target in node.targets):
                    writers.add(name)
    assert callers == {"partners/services/gates.py", "hub/demo/lives.py"}
    assert writers == {"partners/services/stages.py"}


def _names_a_stage(target: ast.expr) -> bool:
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return any(isinstance(part, ast.Attribute) and part.attr == "stage_entered_at" for part in parts)
