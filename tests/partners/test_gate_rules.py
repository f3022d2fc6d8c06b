"""Deciding a gate: what blocks it, what a waiver lets through and until when, who has still to sign."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.rules.gates import (
    BlockerCode,
    FactState,
    GateDecision,
    GateOutcome,
    Waiver,
    decide_gate,
    waivable,
)
from partners.rules.journeys import Questionnaire
from partners.rules.questionnaires import QuestionnaireResult, evaluate
from tests.partners.journey_world import CONVINCED, CUSTOMER, DOUBTFUL, PARTNER, around, good_answers

NOW = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)
TRUE, FALSE, UNKNOWN = FactState(is_met=True), FactState(is_met=False), FactState(is_met=None)
READY = {"go_live_checklist_done": TRUE, "handed_over_to_tam": TRUE, "no_critical_ticket_gate_3": TRUE}
LATER = NOW + timedelta(days=1)


def result_of(questionnaire: Questionnaire, tier: int = 1, judged: bool = True, **changes: str) -> QuestionnaireResult:
    answers = good_answers(questionnaire, tier=tier, **changes)
    return evaluate(questionnaire, answers, around=around(), judgments=CONVINCED if judged else {})


def decided(
    stage_id: str,
    *,
    result: QuestionnaireResult | None = None,
    facts: dict[str, FactState] | None = None,
    waivers: tuple[Waiver, ...] = (),
    signatures: tuple[str, ...] = (),
    now: datetime = NOW,
) -> GateDecision:
    journey = CUSTOMER if stage_id in ("pre_sales", "kick_off", "integrate", "adopt", "live") else PARTNER
    stage = journey.stage(stage_id)
    results = {result.questionnaire: result} if result else {}
    return decide_gate(stage, results=results, facts=facts or {}, waivers=waivers, signatures=signatures, now=now)


def codes(decision: GateDecision) -> list[BlockerCode]:
    return [blocker.code for blocker in decision.blockers]


def good(stage_id: str) -> QuestionnaireResult:
    (questionnaire,) = PARTNER.stage(stage_id).questionnaires
    return result_of(questionnaire)


class TestOutcomes:
    def test_nothing_submitted_is_not_ready(self) -> None:
        decision = decided("pre_contract")
        assert decision.outcome is GateOutcome.NOT_READY
        assert codes(decision) == [BlockerCode.NO_SUBMISSION, BlockerCode.SIGNATURE_MISSING]
        assert decision.blockers[0].params == {"questionnaire": "pre-contract-pdm"}

    def test_a_passing_submission_waits_for_its_signature(self) -> None:
        decision = decided("pre_contract", result=good("pre_contract"))
        assert decision.outcome is GateOutcome.AWAITS_SIGNATURE
        assert decision.may_be_signed
        assert decision.missing_roles == ("pam",)

    def test_the_last_signature_decides(self) -> None:
        decision = decided("pre_contract", result=good("pre_contract"), signatures=("pam",))
        assert (decision.outcome, decision.blockers, decision.missing_roles) == (GateOutcome.PASSED, (), ())

    @pytest.mark.parametrize(
        ("stage_id", "signatures", "missing"),
        [
            ("gate_0", (), ("pdm", "pam")),
            ("gate_0", ("pam",), ("pdm",)),
            ("gate_0", ("pdm",), ("pam",)),
            ("gate_1", (), ("pdm",)),
            ("gate_2", ("pam", "pdm"), ("tpm",)),
            ("gate_3", ("psm",), ("pam",)),
        ],
    )
    def test_who_has_still_to_sign(self, stage_id: str, signatures: tuple[str, ...], missing: tuple[str, ...]) -> None:
        decision = decided(stage_id, result=good(stage_id), facts=READY, signatures=signatures)
        assert (decision.outcome, decision.missing_roles) == (GateOutcome.AWAITS_SIGNATURE, missing)
        assert [blocker.params for blocker in decision.blockers] == [{"role": role} for role in missing]

    def test_failing_says_every_broken_rule_in_its_own_words(self) -> None:
        questionnaire = PARTNER.questionnaire("pre-contract-pdm")
        result = result_of(questionnaire, tier=2, revenue_model_defined="no", expected_closure_date="2026-01-01")
        decision = decided("pre_contract", result=result, signatures=("pam",))
        assert decision.outcome is GateOutcome.FAILED
        assert [(one.label or {})["en"] for one in decision.blockers] == [
            "There is no defined revenue model yet.",
            "The expected closing date does not lie within the next 60 days.",
            "The partner is below the thresholds of tier 0 and tier 1.",
        ]
        assert decision.blockers[1].params == {
            "questionnaire": "pre-contract-pdm",
            "section": "closure-timeline",
            "field": "expected-closure-date",
            "found": "2026-01-01",
            "wanted": 60,
            "operator": "within_days",
        }

    def test_what_is_missing_is_a_reason_too(self) -> None:
        result = result_of(PARTNER.questionnaire("pre-contract-pdm"), exec_sponsor_name="")
        decision = decided("pre_contract", result=result)
        assert decision.outcome is GateOutcome.FAILED
        assert decision.blockers[0].code is BlockerCode.ANSWER_PROBLEM
        assert decision.blockers[0].params["field"] == "exec-sponsor-name"

    def test_a_judgment_to_come_is_awaited(self) -> None:
        result = result_of(PARTNER.questionnaire("gate-0-kickoff"), judged=False, contract_signed="yes")
        assert decided("gate_0", result=result).outcome is GateOutcome.AWAITS_SIGNATURE
        short = result_of(
            PARTNER.questionnaire("gate-0-kickoff"),
            judged=False,
            team_commitment_confirmed="no",
            operational_readiness_score="low",
        )
        decision = decided("gate_0", result=short)
        assert decision.outcome is GateOutcome.AWAITS_REVIEW
        assert codes(decision)[0] is BlockerCode.REVIEW_PENDING
        assert decision.blockers[0].params["section"] == "strategic-value"

    def test_a_bad_judgment_says_its_reason(self) -> None:
        questionnaire = PARTNER.questionnaire("gate-0-kickoff")
        answers = good_answers(questionnaire, team_commitment_confirmed="no", operational_readiness_score="low")
        result = evaluate(questionnaire, answers, around=around(), judgments=DOUBTFUL)
        decision = decided("gate_0", result=result)
        assert decision.outcome is GateOutcome.FAILED
        judged = next(one for one in decision.blockers if one.code is BlockerCode.JUDGED_FAILED)
        assert judged.params["reason"] == "Nobody buys there."

    def test_sections_that_fail_in_a_gate_that_passes_block_nothing(self) -> None:
        result = result_of(PARTNER.questionnaire("gate-0-kickoff"), team_commitment_confirmed="no")
        decision = decided("gate_0", result=result, signatures=("pdm", "pam"))
        assert (decision.outcome, decision.blockers) == (GateOutcome.PASSED, ())

    def test_tier_0_without_a_contract_is_blocked(self) -> None:
        result = result_of(PARTNER.questionnaire("gate-0-kickoff"), tier=0, contract_signed="no")
        decision = decided("gate_0", result=result, signatures=("pdm", "pam"))
        assert decision.outcome is GateOutcome.FAILED
        assert [one.params["section"] for one in decision.blockers] == ["contract-execution"]

    @pytest.mark.parametrize("stage_id", ["post_launch", "live"])
    def test_nobody_leaves_the_last_stage(self, stage_id: str) -> None:
        with pytest.raises(ValueError, match="has no gate"):
            decided(stage_id)


class TestFacts:
    @pytest.mark.parametrize(
        ("state", "code"), [(FALSE, BlockerCode.FACT_NOT_TRUE), (UNKNOWN, BlockerCode.FACT_UNKNOWN)]
    )
    @pytest.mark.parametrize("criterion", READY)
    def test_each_fact_is_asked_for(self, criterion: str, state: FactState, code: BlockerCode) -> None:
        decision = decided("gate_3", result=good("gate_3"), facts=READY | {criterion: state}, signatures=("psm", "pam"))
        assert decision.outcome is GateOutcome.NOT_READY
        assert codes(decision) == [code]
        assert decision.blockers[0].params["criterion"] == criterion

    def test_with_all_facts_the_gate_passes(self) -> None:
        decision = decided("gate_3", result=good("gate_3"), facts=READY, signatures=("psm", "pam"))
        assert (decision.outcome, decision.skipped) == (GateOutcome.PASSED, ())

    def test_what_a_fact_found_is_passed_on(self) -> None:
        open_tasks = FactState(is_met=False, params={"open": 3})
        decision = decided("gate_3", result=good("gate_3"), facts=READY | {"go_live_checklist_done": open_tasks})
        assert decision.blockers[0].params == {
            "criterion": "go_live_checklist_done",
            "fact": "required_tasks_done",
            "open": 3,
        }

    def test_a_fact_that_no_module_knows_is_skipped_and_said_to_be(self) -> None:
        decision = decided("gate_2", result=good("gate_2"), signatures=("tpm",))
        assert (decision.outcome, decision.skipped) == (GateOutcome.PASSED, ("no_critical_ticket_gate_2",))

    def test_pre_sales_is_left_when_the_handoff_is_accepted(self) -> None:
        assert decided("pre_sales", facts={"handed_over_by_sales": FALSE}).outcome is GateOutcome.NOT_READY
        assert decided("pre_sales", facts={"handed_over_by_sales": TRUE}).outcome is GateOutcome.PASSED

    def test_integrate_is_signed_by_specialist_and_csm(self) -> None:
        result = result_of(CUSTOMER.questionnaire("customer-integrate"))
        facts = {"no_critical_ticket_integrate": TRUE}
        assert decided("integrate", result=result, facts=facts, signatures=("csm",)).missing_roles == ("integration",)
        assert decided("integrate", result=result, facts=facts, signatures=("csm", "integration")).outcome == "passed"


class TestWaivers:
    def test_a_waiver_counts_while_it_is_unexpired_at_the_decision(self) -> None:
        result = result_of(PARTNER.questionnaire("pre-contract-pdm"), tier=2)
        waivers = (Waiver(target="section:strategic-classification", expires_at=NOW),)
        for moment, outcome in (
            (NOW - timedelta(microseconds=1), GateOutcome.PASSED),
            (NOW, GateOutcome.FAILED),
            (NOW + timedelta(days=1), GateOutcome.FAILED),
        ):
            decision = decided("pre_contract", result=result, waivers=waivers, signatures=("pam",), now=moment)
            assert decision.outcome is outcome
            assert decision.waived == (("section:strategic-classification",) if outcome == "passed" else ())

    def test_a_result_that_was_waived_before_is_weighed_anew(self) -> None:
        questionnaire = PARTNER.questionnaire("pre-contract-pdm")
        answers = good_answers(questionnaire, tier=2)
        result = evaluate(questionnaire, answers, around=around(), waived={"strategic-classification"})
        assert result.overall == "passed"
        assert decided("pre_contract", result=result, signatures=("pam",)).outcome is GateOutcome.FAILED

    def test_a_fact_can_be_waived(self) -> None:
        facts = READY | {"no_critical_ticket_gate_3": FALSE}
        waivers = (Waiver(target="criterion:no_critical_ticket_gate_3", expires_at=LATER),)
        decision = decided("gate_3", result=good("gate_3"), facts=facts, waivers=waivers, signatures=("psm", "pam"))
        assert (decision.outcome, decision.waived) == (GateOutcome.PASSED, ("criterion:no_critical_ticket_gate_3",))

    @pytest.mark.parametrize("state", [FALSE, UNKNOWN])
    def test_no_waiver_stands_in_for_the_tam(self, state: FactState) -> None:
        waivers = (Waiver(target="criterion:handed_over_to_tam", expires_at=LATER),)
        facts = READY | {"handed_over_to_tam": state}
        decision = decided("gate_3", result=good("gate_3"), facts=facts, waivers=waivers, signatures=("psm", "pam"))
        assert (decision.outcome, decision.waived) == (GateOutcome.NOT_READY, ())

    def test_a_waiver_that_nothing_needs_is_not_used(self) -> None:
        waivers = (
            Waiver(target="section:closure-timeline", expires_at=LATER),
            Waiver(target="closure-timeline", expires_at=LATER),
        )
        decision = decided("pre_contract", result=good("pre_contract"), waivers=waivers, signatures=("pam",))
        assert (decision.outcome, decision.waived) == (GateOutcome.PASSED, ())

    def test_what_can_be_waived(self) -> None:
        assert waivable(PARTNER.stage("gate_0")) == (
            "section:partner-team",
            "section:launch-timing",
            "section:financial-bar",
            "section:strategic-value",
            "section:operational-readiness",
        )
        assert waivable(PARTNER.stage("gate_3"))[2:] == (
            "criterion:go_live_checklist_done",
            "criterion:no_critical_ticket_gate_3",
        )

    @given(st.sampled_from([0, 1, 2]), st.booleans())
    def test_no_waiver_ever_rescues_the_contract(self, tier: int, judged: bool) -> None:
        result = result_of(PARTNER.questionnaire("gate-0-kickoff"), tier=tier, judged=judged, contract_signed="no")
        sections = [section.id for section in PARTNER.questionnaire("gate-0-kickoff").sections]
        waivers = tuple(Waiver(target=f"section:{section}", expires_at=LATER) for section in sections)
        decision = decided("gate_0", result=result, waivers=waivers, signatures=("pdm", "pam"))
        assert decision.outcome is GateOutcome.FAILED
        assert "contract-execution" in {one.params["section"] for one in decision.blockers}


STATES = st.sampled_from([TRUE, FALSE, UNKNOWN, None])


@given(
    st.dictionaries(st.sampled_from(sorted(READY)), STATES),
    st.sets(st.sampled_from(["psm", "pam", "tpm"])),
    st.sets(st.sampled_from(sorted(READY))),
    st.booleans(),
)
def test_gate_3_against_the_sentence(
    states: dict[str, FactState | None], signatures: set[str], waived: set[str], is_submitted: bool
) -> None:
    facts = {criterion: state for criterion, state in states.items() if state is not None}
    decision = decide_gate(
        PARTNER.stage("gate_3"),
        results={"gate-3-ready-to-deliver": good("gate_3")} if is_submitted else {},
        facts=facts,
        waivers=[Waiver(target=f"criterion:{one}", expires_at=LATER) for one in waived],
        signatures=signatures,
        now=NOW,
    )
    in_the_way = {
        criterion
        for criterion, state in facts.items()
        if state is not TRUE and (criterion == "handed_over_to_tam" or criterion not in waived)
    }
    is_ready = is_submitted and not in_the_way
    is_signed = {"psm", "pam"} <= signatures
    assert (decision.outcome is GateOutcome.PASSED) is (is_ready and is_signed)
    assert (decision.outcome is GateOutcome.AWAITS_SIGNATURE) is (is_ready and not is_signed)
    assert {one.params["criterion"] for one in decision.blockers if "criterion" in one.params} == in_the_way
    assert set(decision.skipped) == set(READY) - set(facts)
