"""The API of gates: read, draft, submit, judge, sign, waive, override; no call sets a stage."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.models import PolicyVersion
from partners.models import Organization, Signature
from partners.services import gates, submissions
from tests.cast import Cast
from tests.factories.partners import NOW, make_grant
from tests.hub.api_world import BASE, call
from tests.partners.gate_world import (
    AT,
    accepted_handoff,
    drafted,
    fill,
    partner_at,
    questionnaire_of,
    review_of,
    settle_tasks,
    sign_all,
    submitted,
)
from tests.partners.journey_world import PARTNER, good_answers
from tests.partners.page_world import counting, signed_in

pytestmark = pytest.mark.django_db


def home(partner: Organization, tail: str = "") -> str:
    return f"{BASE}/organizations/{partner.public_id}/{tail}"


def stage_of(partner: Organization) -> str:
    return str(Organization.objects.values_list("stage", flat=True).get(pk=partner.pk))


def begun(cast: Cast, partner: Organization, user: Any) -> str:
    body = {"questionnaire": questionnaire_of(partner.stage).id}
    made = call(user, "post", home(partner, "drafts/"), body)
    assert made.status_code == 201, made.json()
    return str(made.json()["id"])


def test_a_gate_is_walked_by_calls(cast: Cast) -> None:
    partner = partner_at(cast, "gate_3")
    accepted_handoff(cast, partner)
    settle_tasks(partner)
    [gate] = call(cast.petra, "get", home(partner, "gates/")).json()["results"]
    assert (gate["stage"], gate["outcome"], gate["decided_at"]) == ("gate_3", "", None)
    [asked] = call(cast.petra, "get", home(partner, f"gates/{gate['id']}/questionnaires/")).json()
    assert asked["id"] == "gate-3-ready-to-deliver"
    questions = [question for section in asked["sections"] for question in section["questions"]]
    assert {question["type"] for question in questions} >= {"radio", "date", "number"}
    draft = home(partner, f"drafts/{begun(cast, partner, cast.petra)}/")
    answers = good_answers(questionnaire_of("gate_3"))
    body = {"answers": [{"field": field, "value": value} for field, value in answers.items()]}
    saved = call(cast.petra, "post", f"{draft}answers/", body)
    assert {(one["version"], one["conflict"]) for one in saved.json()} == {(1, None)}
    assert call(cast.petra, "get", draft).json()["problems"] == []
    made = call(cast.petra, "post", f"{draft}submit/")
    assert (made.status_code, made.json()["outcome"], made.json()["is_intact"]) == (200, "passed", True)
    assert made.json()["answers"]["beta-customers-count"] == "3"
    one = home(partner, f"submissions/{made.json()['id']}/")
    signed = call(cast.petra, "post", f"{one}sign/", {"role": "psm", "name": "Petra Okafor"}, **{"User-Agent": "curl"})
    assert [row["role"] for row in signed.json()["signatures"]] == ["psm"]
    standing = call(cast.petra, "get", home(partner, f"gates/{gate['id']}/")).json()["standing"]
    assert (standing["outcome"], standing["missing_roles"]) == ("awaits_signature", ["pam"])
    assert call(cast.ana, "post", f"{one}sign/", {"role": "pam", "name": "Ana Silva"}).status_code == 200
    assert stage_of(partner) == "post_launch"
    row = Signature.objects.get(role="psm")
    assert (row.kind, row.browser, row.ip) == ("typed", "curl", "127.0.0.1")
    decided = call(cast.ana, "get", home(partner, f"gates/{gate['id']}/")).json()
    assert (decided["outcome"], decided["decided_by_name"], decided["standing"]) == ("passed", "Ana Silva", None)


def test_the_signer_reads_what_was_signed_although_the_organization_has_moved_on(cast: Cast) -> None:
    partner = partner_at(cast, "gate_2")
    made = submitted(cast, partner)
    one = home(partner, f"submissions/{made.public_id}/")
    signed = call(cast.tina, "post", f"{one}sign/", {"role": "tpm", "name": "Tina Berg"})
    assert (signed.status_code, signed.json()["is_open"]) == (200, True)
    assert call(cast.tina, "get", one).status_code == 404


def test_what_is_missing_is_said_at_its_field(cast: Cast) -> None:
    partner = partner_at(cast, "gate_3")
    draft = home(partner, f"drafts/{begun(cast, partner, cast.petra)}/")
    refused = call(cast.petra, "post", f"{draft}submit/")
    assert (refused.status_code, refused.json()["code"]) == (400, "incomplete")
    assert len(refused.json()["errors"]) > 15
    assert {"field": "go-live-date", "message": "Answer this question."} in refused.json()["errors"]


def test_two_writers_are_told_of_each_other(cast: Cast) -> None:
    partner = partner_at(cast, "gate_3")
    draft = home(partner, f"drafts/{begun(cast, partner, cast.petra)}/")

    def write(user: Any, value: str, base: int) -> Any:
        rows = [{"field": "beta-customers-count", "value": value, "base_version": base}]
        return call(user, "post", f"{draft}answers/", {"answers": rows}).json()[0]

    assert write(cast.petra, "3", 0)["version"] == 1
    assert write(cast.tom, "4", 1)["version"] == 2
    met = write(cast.petra, "5", 1)
    assert (met["value"], met["version"]) == ("4", 2)
    assert (met["conflict"]["theirs"], met["conflict"]["yours"], met["conflict"]["by_name"]) == ("4", "5", "Tom Okafor")


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"field": "beta-customers-count"}],
        [{"field": "beta-customers-count", "value": "1", "base_version": -1}],
        [{"field": "beta-customers-count", "value": "x\0"}],
        [{"field": "no-such-field", "value": "x"}],
        [{"field": "beta-customers-count", "value": "1"}, {"field": "beta-customers-count", "value": "2"}],
        [{"field": "beta-customers-count", "value": {"a": 1}}],
        [{"field": "phase-3a-notes", "value": "x" * 12_001}],
    ],
    ids=["none", "no value", "negative", "nul", "unknown", "twice", "no text", "long"],
)
def test_bad_answers_are_refused_and_nothing_of_the_call_is_kept(cast: Cast, rows: list[Any]) -> None:
    partner = partner_at(cast, "gate_3")
    draft = home(partner, f"drafts/{begun(cast, partner, cast.petra)}/")
    good = {"field": "support-team-ready", "value": "yes"}
    assert call(cast.petra, "post", f"{draft}answers/", {"answers": [good, *rows] if rows else []}).status_code == 400
    assert call(cast.petra, "get", draft).json()["answers"] == []


def test_a_refused_signature_says_what_is_in_the_way(cast: Cast) -> None:
    partner = partner_at(cast, "gate_3")
    one = home(partner, f"submissions/{submitted(cast, partner).public_id}/")
    call(cast.petra, "post", f"{one}sign/", {"role": "psm", "name": "Petra Okafor"})
    refused = call(cast.ana, "post", f"{one}sign/", {"role": "pam", "name": "Ana Silva"})
    assert (refused.status_code, refused.json()["code"]) == (400, "not_ready")
    assert {error["field"] for error in refused.json()["errors"]} == {"go_live_checklist_done", "handed_over_to_tam"}
    assert call(cast.tom, "post", f"{one}sign/", {"role": "tam", "name": "Tom Okafor"}).status_code == 403
    wrong = call(cast.ana, "post", f"{one}sign/", {"role": "pam", "name": "Anna Silver"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "name")


class TestEarlierAnswers:
    def walked(self, cast: Cast) -> Organization:
        """From Pre-Contract to Gate 0, where Carl sees it too."""
        partner = partner_at(cast, "pre_contract")
        sign_all(cast, submitted(cast, partner))
        partner.refresh_from_db()
        return partner

    def one(self, partner: Organization) -> str:
        submission = partner.submissions.get(questionnaire="pre-contract-pdm")
        return home(partner, f"submissions/{submission.public_id}/")

    def test_are_closed_without_a_grant_and_open_with_one(self, cast: Cast) -> None:
        partner = self.walked(cast)
        closed = call(cast.carl, "get", self.one(partner)).json()
        assert (closed["is_open"], closed["answers"], closed["sources"], closed["evidence"]) == (False, {}, {}, [])
        assert set(closed["result"]) == {"overall", "sections"}
        assert set(closed["result"]["sections"][0]) == {"section", "outcome"}
        assert [row["name"] for row in closed["signatures"]] == ["Ana Silva"]
        grant = make_grant(partner, cast.carl, state="given", expires_at=timezone.now() + timedelta(hours=1))
        opened = call(cast.carl, "get", self.one(partner)).json()
        assert opened["answers"]["exec-sponsor-name"] == "As agreed"
        grant.expires_at = NOW - timedelta(days=1)
        grant.save()
        assert call(cast.carl, "get", self.one(partner)).json()["is_open"] is False

    def test_whose_role_gives_context_reads_them(self, cast: Cast) -> None:
        partner = self.walked(cast)
        assert call(cast.ana, "get", self.one(partner)).json()["is_open"]
        assert call(cast.max, "get", self.one(partner)).json()["answers"]["ccv-amount"] == "20000000"
        assert call(cast.otto, "get", self.one(partner)).status_code == 404

    def test_amounts_are_left_out_for_who_reads_no_commercial_fields(self, cast: Cast) -> None:
        partner = self.walked(cast)
        gates.override(review=review_of(partner), reason="On", to="gate_2", by=cast.actor("adam"), now=timezone.now())
        make_grant(partner, cast.tina, state="given", expires_at=timezone.now() + timedelta(hours=1))
        seen = call(cast.tina, "get", self.one(partner)).json()
        assert seen["is_open"]
        hidden = {"ccv-amount", "country-lrp", "ccv-percentage-of-lrp"}
        assert not hidden & seen["answers"].keys()
        assert seen["answers"]["partner-tier"] == "tier_1"
        assert "20000000" not in call(cast.tina, "get", self.one(partner)).content.decode()
        assert "20000000" in call(cast.ana, "get", self.one(partner)).content.decode()


class TestAdmins:
    def test_waive_and_revoke(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        body = {
            "stage": "gate_0",
            "criterion": "section:partner-team",
            "reason": "Agreed",
            "expires_at": (timezone.now() + timedelta(days=2)).isoformat(),
        }
        assert call(cast.paul, "post", home(partner, "waivers/"), body).status_code == 403
        made = call(cast.adam, "post", home(partner, "waivers/"), body, **{"Idempotency-Key": "one"})
        assert (made.status_code, made.json()["granted_by_name"]) == (201, "Adam Root")
        again = call(cast.adam, "post", home(partner, "waivers/"), body, **{"Idempotency-Key": "one"})
        assert again.json()["id"] == made.json()["id"]
        never = {**body, "criterion": "section:contract-execution"}
        assert call(cast.adam, "post", home(partner, "waivers/"), never).json()["code"] == "not_waivable"
        one = home(partner, f"waivers/{made.json()['id']}/")
        assert call(cast.paul, "get", one).status_code == 200
        assert call(cast.adam, "post", f"{one}revoke/").json()["revoked_at"] is not None
        assert call(cast.adam, "post", f"{one}revoke/").json()["code"] == "over"

    def test_waivers_are_asked_for(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        asked = home(partner, "waiver-requests/")
        body = {"gate": str(review_of(partner).public_id), "criterion": "section:partner-team", "reason": "In July"}
        for name, status in (("sam", 403), ("max", 403), ("otto", 404), ("tina", 404)):
            assert (call(getattr(cast, name), "post", asked, body).status_code, name) == (status, name)
        foreign = review_of(partner_at(cast, "gate_0", name="Other"))
        assert call(cast.paul, "post", asked, body | {"gate": str(foreign.public_id)}).status_code == 400
        made = call(cast.paul, "post", asked, body, **{"Idempotency-Key": "one"})
        again = call(cast.paul, "post", asked, body, **{"Idempotency-Key": "one"})
        assert (made.status_code, made.json()["state"], again.json()) == (201, "waits", made.json())
        assert call(cast.paul, "post", asked, body).json()["code"] == "asked"
        one = f"{asked}{made.json()['id']}/"
        assert call(cast.ana, "post", f"{one}withdraw/", {}).status_code == 403
        assert call(cast.ana, "post", f"{one}refuse/", {"note": "No"}).status_code == 403
        assert call(cast.paul, "post", f"{one}withdraw/", {}).json()["state"] == "withdrawn"
        assert call(cast.adam, "post", f"{one}refuse/", {"note": "No"}).json()["code"] == "answered"
        second = call(cast.paul, "post", asked, body).json()
        granted = {key: body[key] for key in ("criterion", "reason")} | {"stage": "gate_0"}
        until = {"expires_at": (timezone.now() + timedelta(days=2)).isoformat()}
        waiver = call(cast.adam, "post", home(partner, "waivers/"), granted | until).json()
        found = call(cast.ana, "get", f"{asked}{second['id']}/").json()
        assert (found["state"], found["waiver_id"], found["answered_by_name"]) == ("granted", waiver["id"], "Adam Root")
        assert call(cast.ana, "get", asked).json()["results"][0]["id"] == second["id"]
        assert call(cast.sam, "get", asked).json()["results"] == []

    def test_override(self, cast: Cast) -> None:
        partner = partner_at(cast, "gate_0")
        one = home(partner, f"gates/{review_of(partner).public_id}/")
        assert call(cast.paul, "post", f"{one}override/", {"reason": "x"}).status_code == 403
        assert call(cast.adam, "post", f"{one}override/", {"reason": " "}).status_code == 400
        done = call(cast.adam, "post", f"{one}override/", {"reason": "The board"}).json()
        assert (done["outcome"], done["reason"], stage_of(partner)) == ("overridden", "The board", "gate_1")
        assert call(cast.adam, "post", f"{one}decide/").json()["code"] == "decided"


def test_drafts_of_earlier_gates_are_nobodys_reading(cast: Cast) -> None:
    partner = partner_at(cast, "gate_0")
    made = submitted(cast, partner)
    draft = made.review.drafts.get()
    fill(draft, cast.actor("paul"), {"launch-market": "Norway"})
    assert call(cast.ana, "get", home(partner, f"drafts/{draft.public_id}/")).status_code == 200
    sign_all(cast, made)
    assert call(cast.ana, "get", home(partner, f"drafts/{draft.public_id}/")).status_code == 404


def test_the_cost_of_submissions_does_not_follow_their_number(cast: Cast) -> None:
    partner = partner_at(cast, "gate_3")
    made = submitted(cast, partner)
    draft, client, path = made.review.drafts.get(), signed_in(cast.petra), home(partner, "submissions/")
    client.get(path)
    with counting() as few:
        assert len(client.get(path).json()["results"]) == 1
    for number in range(4, 9):
        fill(draft, cast.actor("petra"), {"beta-customers-count": str(number)})
        submissions.submit(draft=draft, by=cast.actor("petra"), now=AT)
    with counting() as many:
        assert [row["number"] for row in client.get(path).json()["results"]] == [6, 5, 4, 3, 2, 1]
    assert len(many) == len(few)


def test_a_journey_in_force_later_changes_nothing_that_is_under_way(cast: Cast) -> None:
    """The review keeps its version: what a second one asks, this gate does not."""
    partner = partner_at(cast, "gate_3")
    first = PolicyVersion.objects.get(name="partner_journey", is_active=True)
    body = copy.deepcopy(first.body)
    asked = next(one for one in body["questionnaires"] if one["id"] == "gate-3-ready-to-deliver")
    asked["sections"][0]["fields"].append({"id": "brand-new", "type": "text", "label": {"en": "Brand new?"}})
    PolicyVersion.objects.filter(pk=first.pk).update(is_active=False)
    PolicyVersion.objects.create(
        name=first.name, kind=first.kind, version=2, body=body, checksum="2" * 64, is_active=True
    )

    def ids_of(organization: Organization) -> set[str]:
        gate = review_of(organization)
        found = call(cast.petra, "get", home(organization, f"gates/{gate.public_id}/questionnaires/")).json()
        return {question["id"] for section in found[0]["sections"] for question in section["questions"]}

    assert "brand-new" not in ids_of(partner)
    before = good_answers(PARTNER.questionnaire("gate-3-ready-to-deliver"))
    draft = drafted(partner, cast.actor("petra"), answers=before)
    assert submissions.submit(draft=draft, by=cast.actor("petra"), now=AT).outcome == "passed"
    later = partner_at(cast, "gate_3", name="Later")
    assert (review_of(later).journey_version, "brand-new" in ids_of(later)) == (2, True)
