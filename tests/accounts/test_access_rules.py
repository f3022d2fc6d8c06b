"""The policy's reasons, its pack and its corners. Who has which right of the table: test_access_independent.py."""

import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.rules.access import (
    ContextGrant,
    FieldClass,
    Reach,
    ReasonCode,
    Right,
    can,
    can_everywhere,
    decide,
    empty_policy,
    explain_unknown,
    parse_access,
    visibility_terms,
)
from accounts.rules.roles import CAPABILITIES, OWNER_ROLES_BY_KIND, ROLE_LABELS, ROLE_PHRASES, may_be_assigned
from common.packs import PackError
from tests.accounts.access_world import ANA, BODY, POLICY, TOM, ZOE, contact, customer, partner, staff, tie

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
ANA_IS_PAM = tie("pam", ANA, name="Ana Silva")


def codes(decision: Any) -> list[str]:
    return [reason.code.value for reason in decision.reasons]


def steps(decision: Any) -> list[str]:
    return [step.code.value for step in decision.next_steps]


# Why not -------------------------------------------------------------------------------------------------------------


def test_a_tam_of_a_partner_in_gate_2_learns_from_when_on_and_whom_to_ask() -> None:
    northwind = partner(
        "gate_2",
        tie("tam"),
        ANA_IS_PAM,
        pam_names=("Ana Silva",),
        expected_on_by_stage={"gate_3": date(2027, 3, 3)},
    )
    decision = decide(staff("tam"), Right.SEE, northwind)
    assert (decision.allowed, decision.scope) == (False, Reach.NONE)
    assert decision.reasons[0].params == {
        "organization": "Northwind",
        "kind": "partner",
        "stage": "gate_2",
        "role": "tam",
        "visible_stages": ("gate_3", "post_launch"),
        "visible_from": "gate_3",
        "expected_on": date(2027, 3, 3),
    }
    assert steps(decision) == ["wait_for_stage", "ask_owner", "open_directory"]
    assert decision.next_steps[1].params == {"role": "pam", "names": ("Ana Silva",), "kind": "partner"}


def test_a_role_whose_stages_are_over_has_nothing_to_wait_for() -> None:
    decision = decide(staff("pdm"), Right.SEE, partner("gate_2", tie("pdm")))
    assert codes(decision) == ["stage_outside"]
    assert decision.reasons[0].params["visible_from"] is None
    assert steps(decision) == ["ask_admin", "open_directory"]


def test_the_next_stage_of_a_role_need_not_be_the_next_stage() -> None:
    decision = decide(staff("integration"), Right.SEE, partner("pre_contract", tie("integration")))
    assert decision.reasons[0].params["visible_from"] == "gate_1"


def test_an_ended_assignment_says_so_and_nothing_of_the_stage() -> None:
    decision = decide(staff("tam"), Right.SEE, partner("gate_3", tie("tam", active=False), ANA_IS_PAM))
    assert codes(decision) == ["assignment_ended"]
    assert steps(decision) == ["ask_owner", "open_directory"]


def test_an_assignment_made_again_counts_and_its_end_before_does_not() -> None:
    northwind = partner("gate_3", tie("tam", active=False), tie("tam"))
    assert codes(decide(staff("tam"), Right.SEE, northwind)) == ["assigned"]


def test_a_role_taken_away_closes_what_its_assignments_opened() -> None:
    decision = decide(staff("psm"), Right.SEE, partner("gate_3", tie("tam")))
    assert (decision.scope, codes(decision)) == (Reach.NONE, ["role_removed"])
    assert "ask_admin" in steps(decision)


def test_a_support_engineer_who_was_a_tam_learns_that_the_role_is_gone() -> None:
    decision = decide(staff("support"), Right.SEE, partner("gate_3", tie("tam")))
    assert (decision.scope, codes(decision)) == (Reach.NONE, ["role_removed"])


def test_a_role_that_never_sees_the_kind_is_told_so() -> None:
    decision = decide(staff("pam"), Right.SEE, customer("live", tie("pam"), tie("csm", ZOE, name="Zoe Lind")))
    assert codes(decision) == ["kind_outside"]
    assert decision.next_steps[0].params["names"] == ("Zoe Lind",)


def test_every_assignment_of_the_asker_is_explained() -> None:
    ties = (tie("tam"), tie("psm", active=False), tie("tpm"))
    decision = decide(staff("tam", "psm", "tpm"), Right.SEE, partner("gate_1", *ties))
    assert codes(decision) == ["stage_outside", "stage_outside", "assignment_ended"]
    assert [step.params.get("visible_from") for step in decision.next_steps[:2]] == ["gate_3", "gate_2"]


def test_a_person_without_a_role_sees_nothing_and_is_sent_to_an_admin() -> None:
    decision = decide(staff(), Right.SEE, partner("gate_3", tie("tam")))
    assert (decision.scope, codes(decision), steps(decision)) == (Reach.NONE, ["no_roles"], ["ask_admin"])
    assert visibility_terms(staff()).is_empty


# Foreign is unknown --------------------------------------------------------------------------------------------------

STRANGERS = [
    staff("tam"),
    staff("support"),
    staff("techlead", leads=[ZOE]),
    staff("sales"),
    staff(),
    contact(99),
    contact(None),
]


@pytest.mark.parametrize("actor", STRANGERS)
def test_foreign_and_unknown_get_the_same_answer(actor: Any) -> None:
    owned_by_others = partner("gate_2", tie("tam", ZOE, name="Zoe"), ANA_IS_PAM, pam_names=("Ana Silva",))
    for right in Right:
        for field_class in FieldClass:
            assert decide(actor, right, owned_by_others, field_class) == explain_unknown(actor)
            assert decide(actor, right, customer("live"), field_class) == explain_unknown(actor)


def test_the_answer_about_a_foreign_organization_holds_no_fact_of_it() -> None:
    decision = decide(staff("tam"), Right.SEE, partner("gate_2", ANA_IS_PAM, pam_names=("Ana Silva",)))
    assert all(not reason.params for reason in (*decision.reasons, *decision.next_steps))


# Why yes -------------------------------------------------------------------------------------------------------------


def test_all_ways_in_are_told() -> None:
    northwind = partner("gate_3", tie("tam"), tie("csm", ZOE, name="Zoe Lind"), tie("product"))
    decision = decide(staff("tam", "techlead", "manager", leads=[ZOE]), Right.SEE, northwind)
    assert codes(decision) == ["sees_everything", "assigned", "participant", "leads_member"]
    assert decision.reasons[3].params["member"] == "Zoe Lind"


def test_a_lead_sees_what_members_see_and_works_on_nothing_of_it() -> None:
    lead, northwind = staff("techlead", leads=[ZOE]), partner("gate_3", tie("tam", ZOE, name="Zoe"))
    assert decide(lead, Right.SEE, northwind).scope is Reach.FULL
    assert not decide(lead, Right.WORK, northwind).allowed
    assert not decide(lead, Right.SIGN, northwind).allowed
    assert not decide(lead, Right.SEE, partner("gate_2", tie("tam", ZOE, name="Zoe"))).allowed


def test_leading_without_a_lead_role_opens_nothing() -> None:
    assert visibility_terms(staff("tam", leads=[ZOE])).led == ()
    assert not decide(staff("tam", leads=[ZOE]), Right.SEE, partner("gate_3", tie("tam", ZOE))).allowed


def test_a_lead_in_the_own_team_gains_no_role_by_it() -> None:
    lead = staff("techlead", leads=[TOM])
    assert not decide(lead, Right.SEE, partner("gate_3", tie("tam"))).allowed


def test_an_admin_works_everywhere_and_signs_nowhere() -> None:
    northwind = partner("gate_3", ANA_IS_PAM)
    assert decide(staff("admin"), Right.WORK, northwind).allowed
    decision = decide(staff("admin"), Right.SIGN, northwind)
    assert codes(decision)[-1] == "admin_never_signs"
    assert decision.next_steps[0].params["roles"] == ("pam", "psm")


def test_an_admin_who_is_also_the_pam_signs_as_the_pam() -> None:
    assert decide(staff("admin", "pam"), Right.SIGN, partner("gate_3", tie("pam"))).allowed


@pytest.mark.parametrize("role", ["support", "senior", "supportlead"])
def test_support_opens_no_organization_not_even_by_an_assignment(role: str) -> None:
    assert visibility_terms(staff(role, leads=[ZOE])).is_empty
    assert decide(staff(role), Right.SEE, partner("gate_3", tie("product"), tie("tam"))).scope is Reach.NONE


# Handoffs and participants -------------------------------------------------------------------------------------------


def test_a_receiver_sees_the_summary_in_any_stage() -> None:
    northwind = partner("gate_2", tie("tam"), open_handoff_receiver_ids=frozenset({TOM}))
    decision = decide(staff("tam"), Right.SEE, northwind)
    assert (decision.allowed, decision.scope) == (False, Reach.SUMMARY)
    assert codes(decision) == ["receives_handoff", "summary_only"]
    assert decide(staff("tam"), Right.SEE, northwind, FieldClass.SUMMARY).allowed
    assert not decide(staff("tam"), Right.SEE, northwind, FieldClass.COMMERCIAL).allowed
    assert not decide(staff("tam"), Right.WORK, northwind, FieldClass.SUMMARY).allowed


def test_a_giver_keeps_sight_until_acceptance_and_work_not() -> None:
    giver = staff("pdm")
    handing_over = partner("gate_2", tie("pdm"), open_handoff_giver_ids=frozenset({TOM}))
    assert codes(decide(giver, Right.SEE, handing_over)) == ["gives_handoff"]
    assert decide(giver, Right.SEE, handing_over, FieldClass.COMMERCIAL).allowed
    assert not decide(giver, Right.WORK, handing_over).allowed
    assert not decide(giver, Right.SEE, partner("gate_2", tie("pdm"))).allowed


def test_a_giver_whose_assignment_ended_sees_nothing() -> None:
    ended = partner("gate_2", tie("pdm", active=False), open_handoff_giver_ids=frozenset({TOM}))
    assert not decide(staff("pdm"), Right.SEE, ended).allowed


def test_a_participant_sees_the_summary_and_nothing_else() -> None:
    northwind = partner("gate_0", tie("solution_architect"))
    for actor in (staff("solution_architect"), staff("tam")):
        decision = decide(actor, Right.SEE, northwind)
        assert (decision.allowed, decision.scope) == (False, Reach.SUMMARY)
        assert decide(actor, Right.SEE, northwind, FieldClass.SUMMARY).allowed
    for field_class in (FieldClass.GENERAL, FieldClass.COMMERCIAL, FieldClass.ANSWERS):
        assert not decide(staff("sales"), Right.SEE, partner("gate_0", tie("sales")), field_class).allowed


# Fields --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "stage", "reads"),
    [
        ("pam", "gate_0", True),
        ("pdm", "gate_0", True),
        ("tam", "gate_3", True),
        ("csm", "gate_0", True),
        ("tpm", "gate_2", False),
        ("psm", "gate_3", False),
        ("integration", "gate_3", False),
    ],
)
def test_commercial_fields_by_role(role: str, stage: str, reads: bool) -> None:
    decision = decide(staff(role), Right.SEE, partner(stage, tie(role)), FieldClass.COMMERCIAL)
    assert (decision.allowed, decision.scope) == (reads, Reach.FULL)
    assert reads or codes(decision)[-1] == "field_closed"


def test_commercial_fields_are_read_in_the_role_that_sees_the_organization() -> None:
    """A TPM of one partner who is the TAM of another reads the figures of the other only."""
    both = staff("tpm", "tam")
    assert not decide(both, Right.SEE, partner("gate_2", tie("tpm")), FieldClass.COMMERCIAL).allowed
    assert decide(both, Right.SEE, partner("gate_3", tie("tam")), FieldClass.COMMERCIAL).allowed
    assert both.may_read(FieldClass.COMMERCIAL)
    assert not both.may_read(FieldClass.COMMERCIAL, roles=["tpm"])


@pytest.mark.parametrize("role", ["support", "senior", "supportlead", "sales", "product"])
def test_some_never_read_commercial_fields(role: str) -> None:
    assert not staff(role).may_read(FieldClass.COMMERCIAL)


def test_answers_of_the_present_stage_come_with_seeing_it_earlier_ones_do_not() -> None:
    tam, northwind = staff("tam"), partner("gate_3", tie("tam"), ANA_IS_PAM)
    assert decide(tam, Right.SEE, northwind, FieldClass.ANSWERS, stage="gate_3").allowed
    earlier = decide(tam, Right.SEE, northwind, FieldClass.ANSWERS, stage="gate_0", now=NOW)
    assert codes(earlier) == ["assigned", "answers_need_grant"]
    assert earlier.next_steps[0].params["names"] == ("Ana Silva",)
    assert not decide(tam, Right.SEE, northwind, FieldClass.ANSWERS).allowed


@pytest.mark.parametrize("role", ["pam", "manager", "admin"])
def test_who_may_give_a_grant_needs_none(role: str) -> None:
    assert decide(staff(role), Right.SEE, partner("gate_3", tie(role)), FieldClass.ANSWERS, stage="gate_0").allowed


def test_nobody_rewrites_earlier_answers() -> None:
    for role in ("pam", "admin"):
        assert not decide(staff(role), Right.WORK, partner("gate_3", tie(role)), FieldClass.ANSWERS).allowed


@pytest.mark.parametrize(
    ("grant", "stage", "now", "opens"),
    [
        ({"stage": None}, "gate_0", NOW, True),
        ({"stage": "gate_0"}, "gate_0", NOW, True),
        ({"stage": "gate_1"}, "gate_0", NOW, False),
        ({"stage": "gate_0"}, None, NOW, False),
        ({"expires_at": NOW}, "gate_0", NOW, False),
        ({"field_class": FieldClass.COMMERCIAL}, "gate_0", NOW, False),
        ({}, "gate_0", None, False),
    ],
)
def test_a_context_grant_opens_what_it_names_until_it_ends(
    grant: dict[str, Any], stage: str | None, now: datetime | None, opens: bool
) -> None:
    given = {"field_class": FieldClass.ANSWERS, "expires_at": NOW + timedelta(days=1), **grant}
    northwind = partner("gate_3", tie("tam"), context_grants=(ContextGrant(**given),))
    decision = decide(staff("tam"), Right.SEE, northwind, FieldClass.ANSWERS, stage=stage, now=now)
    assert decision.allowed is opens
    assert (ReasonCode.CONTEXT_GRANT in codes(decision)) is opens


def test_a_context_grant_opens_nothing_to_those_who_see_the_summary_alone() -> None:
    grant = ContextGrant(field_class=FieldClass.ANSWERS, expires_at=NOW + timedelta(days=1))
    joined = partner("gate_3", tie("product"), context_grants=(grant,))
    decision = decide(staff("tam"), Right.SEE, joined, FieldClass.ANSWERS, stage="gate_0", now=NOW)
    assert (decision.allowed, codes(decision)) == (False, ["participant", "summary_only"])


def test_a_context_grant_opens_no_organization_and_no_commercial_field() -> None:
    grants = tuple(
        ContextGrant(field_class=field_class, expires_at=NOW + timedelta(days=1)) for field_class in FieldClass
    )
    unseen = partner("gate_2", tie("tam"), context_grants=grants)
    assert decide(staff("tam"), Right.SEE, unseen, FieldClass.ANSWERS, now=NOW).scope is Reach.NONE
    seen = partner("gate_2", tie("tpm"), context_grants=grants)
    assert not decide(staff("tpm"), Right.SEE, seen, FieldClass.COMMERCIAL, now=NOW).allowed
    assert not decide(staff("tpm"), Right.WORK, seen, FieldClass.ANSWERS, now=NOW).allowed


# The portal ----------------------------------------------------------------------------------------------------------


def test_a_contact_sees_the_open_organization_from_outside_only() -> None:
    decision = decide(contact(7), Right.SEE, partner("gate_1"))
    assert (decision.allowed, decision.scope) == (False, Reach.SUMMARY)
    assert decide(contact(7), Right.SEE, partner("gate_1"), FieldClass.SUMMARY).allowed
    assert not decide(contact(7), Right.SEE, partner("gate_1"), FieldClass.COMMERCIAL).allowed
    assert not decide(contact(7), Right.WORK, partner("gate_1"), FieldClass.SUMMARY).allowed
    assert decide(contact(8), Right.SEE, partner("gate_1")).scope is Reach.NONE
    assert visibility_terms(contact(7)).organization_id == 7


def test_roles_of_a_contact_are_void() -> None:
    insider = contact(8, roles=["admin", "manager"])
    assert decide(insider, Right.SEE, partner("gate_1")).scope is Reach.NONE
    assert not insider.has("manage_people")
    assert not insider.may_read(FieldClass.COMMERCIAL)


def test_an_organization_without_an_id_is_nobodys_portal() -> None:
    assert decide(contact(None), Right.SEE, partner("gate_1", organization_id=None)).scope is Reach.NONE


# Capabilities --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("capability", "holders"),
    [
        ("create_partner", {"pam", "admin"}),
        ("create_customer", {"csmlead", "admin"}),
        ("assign_owners", {"admin"}),
        ("assign_owners_own", {"pam"}),
        ("change_tier", {"admin"}),
        ("delete_organization", {"admin"}),
        ("override_gate", {"admin"}),
        ("manage_people", {"admin"}),
        ("manage_policies", {"admin"}),
        ("manage_calendars", {"supportlead", "admin"}),
        ("manage_support", {"supportlead", "admin"}),
        ("explain_for_others", {"admin"}),
        ("decide_context_grant", {"manager", "admin"}),
        ("decide_context_grant_own", {"pam"}),
        ("read_audit", {"admin"}),
        ("see_all_tickets", {"supportlead", "admin"}),
        ("see_queue_tickets", {"support", "senior"}),
        ("see_ticket_card", {"support", "senior", "supportlead"}),
        ("read_assigned_profile", {"support", "senior", "supportlead"}),
        ("write_public_reply", {"support", "senior", "supportlead", "tam", "csm", "integration"}),
    ],
)
def test_capabilities_of_the_default_pack(capability: str, holders: set[str]) -> None:
    assert {role for role in ROLE_LABELS if staff(role).has(capability)} == holders
    assert POLICY.roles_with(capability) == holders


def test_the_default_pack_names_every_capability() -> None:
    assert set(BODY["capabilities"]) == set(CAPABILITIES)


@pytest.mark.parametrize("capability", ["assign_owners", "decide_context_grant"])
def test_a_pam_has_some_capabilities_on_own_partners_only(capability: str) -> None:
    assert can(staff("pam"), capability, partner("gate_2", tie("pam")))
    assert not can(staff("pam"), capability, partner("gate_2", ANA_IS_PAM))
    assert not can(staff("pam"), capability, partner("gate_2", tie("pam", active=False)))
    assert not can(staff("pam", "tam"), capability, partner("gate_3", tie("tam")))
    assert not can(staff("tam"), capability, partner("gate_3", tie("tam")))
    assert can(staff("admin"), capability, partner("gate_2"))


@pytest.mark.parametrize("actor", [staff(), staff("admin"), contact(7)])
def test_a_capability_that_there_is_none_of_is_a_mistake_and_no_refusal(actor: Any) -> None:
    with pytest.raises(ValueError, match="unknown capability: fly"):
        actor.has("fly")


def test_a_capability_needs_the_organization_to_be_open_in_full() -> None:
    assert can(staff("tam"), "log_interaction", partner("gate_3", tie("tam")))
    assert not can(staff("tam"), "log_interaction", partner("gate_2", tie("tam")))
    assert not can(staff("tam"), "log_interaction", partner("gate_3", tie("product")))


@pytest.mark.parametrize("role", [*ROLE_LABELS])
@pytest.mark.parametrize("capability", ["assign_owners", "edit_contacts", "log_interaction", "decide_context_grant"])
@pytest.mark.parametrize("right", [Right.SEE, Right.WORK])
def test_what_holds_everywhere_holds_on_an_organization_of_nobody(role: str, capability: str, right: Right) -> None:
    """There one has what one has without any tie; and a tie takes nothing away."""
    for subject in (partner("gate_2"), partner("post_launch"), customer("live")):
        here = can(staff(role), capability, subject) and decide(staff(role), right, subject).allowed
        assert can_everywhere(staff(role), capability, right) == here


def test_what_holds_on_own_organizations_holds_not_everywhere() -> None:
    assert can_everywhere(staff("admin"), "edit_contacts", Right.WORK)
    assert not can_everywhere(staff("pam"), "assign_owners")
    assert not can_everywhere(staff(), "edit_contacts")
    assert not can_everywhere(contact(7), "edit_contacts")


# The pack ------------------------------------------------------------------------------------------------------------

REFUSED: list[tuple[str, Any, str]] = [
    ("rights.supplier", {}, "rights.supplier"),
    ("rights.partner.boss", {"gate_0": "S"}, "rights.partner.boss"),
    ("rights.customer.pam", {"live": "S"}, "rights.customer.pam"),
    ("rights.partner.admin", {"gate_0": "S"}, "rights.partner.admin"),
    ("rights.partner.tam.live", "S", "rights.partner.tam.live"),
    ("rights.partner.tam.gate_3", "X", "rights.partner.tam.gate_3"),
    ("rights.partner.tam.gate_3", "WX", "rights.partner.tam.gate_3"),
    ("rights.partner.tam.gate_3", None, "rights.partner.tam.gate_3"),
    ("rights.partner.tam", "SW", "rights.partner.tam"),
    ("see_all", ["manager"], "see_all"),
    ("see_all", "admin", "see_all"),
    ("see_all", ["admin", "admin"], "see_all"),
    ("work_all", [], "work_all"),
    ("work_all", ["admin", "tam"], "work_all"),
    ("leads", ["boss"], "leads"),
    ("participants", ["tam"], "participants"),
    ("fields.general", ["tam"], "fields.general"),
    ("fields.commercial", ["support"], "fields.commercial"),
    ("fields.commercial", ["sales"], "fields.commercial"),
    ("fields.answers", ["senior"], "fields.answers"),
    ("capabilities.fly", ["admin"], "capabilities.fly"),
    ("capabilities.manage_people", ["manager"], "capabilities.manage_people"),
    ("capabilities.create_partner", [], "capabilities.create_partner"),
    ("capabilities.create_customer", [], "capabilities.create_customer"),
    ("capabilities.see_reports", ["sales"], "capabilities.see_reports"),
    ("sign_all", ["admin"], "sign_all"),
]


@pytest.mark.parametrize(("place", "value", "path"), REFUSED)
def test_a_pack_that_breaks_a_guard_is_refused_at_its_place(place: str, value: Any, path: str) -> None:
    body = copy.deepcopy(BODY)
    *parents, last = place.split(".")
    entries = body
    for parent in parents:
        entries = entries[parent]
    entries[last] = value
    with pytest.raises(PackError) as refused:
        parse_access(body, version=2)
    assert refused.value.path == path


@pytest.mark.parametrize("key", ["rights", "see_all", "work_all", "leads", "participants", "fields", "capabilities"])
def test_a_pack_without_a_part_is_refused(key: str) -> None:
    body = {name: part for name, part in BODY.items() if name != key}
    with pytest.raises(PackError) as refused:
        parse_access(body, version=2)
    assert refused.value.path == key


def test_a_capability_that_the_pack_does_not_name_is_nobodys() -> None:
    body = copy.deepcopy(BODY)
    del body["capabilities"]["read_audit"]
    assert parse_access(body, version=2).roles_with("read_audit") == frozenset()


def test_a_policy_can_be_a_key_of_a_cache() -> None:
    again = parse_access(BODY, version=1)
    assert (hash(again), again) == (hash(POLICY), POLICY)
    assert hash(staff("tam")) == hash(staff("tam"))


def test_without_a_policy_nobody_may_anything() -> None:
    policy = empty_policy()
    assert not policy.organization_roles
    assert not policy.stages("pam", "partner")


# Roles ---------------------------------------------------------------------------------------------------------------


def test_every_role_has_its_words() -> None:
    assert set(ROLE_LABELS) == set(ROLE_PHRASES)


def test_who_may_be_assigned_to_what() -> None:
    assert set(OWNER_ROLES_BY_KIND["customer"]) == {"csm", "tam", "integration"}
    assert may_be_assigned("sales", "customer")
    assert not may_be_assigned("pam", "customer")
    assert not may_be_assigned("support", "partner")
