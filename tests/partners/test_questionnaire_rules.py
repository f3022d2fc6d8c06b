"""Evaluating submissions: every sentence of journey.md "Gates" on the shipped questionnaires."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.rules.answers import Trouble
from partners.rules.journeys import Questionnaire
from partners.rules.questionnaires import (
    Judgment,
    Outcome,
    Overall,
    QuestionnaireResult,
    evaluate,
    with_waivers,
)
from tests.partners.journey_world import (
    CONVINCED,
    CUSTOMER,
    DOUBTFUL,
    GATE_0,
    GATE_1,
    PARTNER,
    PRE_CONTRACT,
    TODAY,
    around,
    good_answers,
)

ALL = [*PARTNER.questionnaires, *CUSTOMER.questionnaires]


def outcomes(result: QuestionnaireResult) -> dict[str, Outcome]:
    return {found.section: found.outcome for found in result.sections}


def evaluated(questionnaire: Questionnaire, answers: Mapping[str, str], today: date = TODAY) -> QuestionnaireResult:
    return evaluate(questionnaire, answers, around=around(today=today), judgments=CONVINCED)


class TestEvery:
    @pytest.mark.parametrize("questionnaire", ALL, ids=lambda one: one.id)
    def test_good_answers_pass(self, questionnaire: Questionnaire) -> None:
        result = evaluated(questionnaire, good_answers(questionnaire))
        assert result.overall is Overall.PASSED
        assert set(outcomes(result).values()) == {Outcome.PASSED}
        assert result.counts[Outcome.PASSED] == result.passing == len(questionnaire.sections)
        assert not result.passed_by_tier

    @pytest.mark.parametrize("questionnaire", ALL, ids=lambda one: one.id)
    def test_no_answers_fail_with_every_rule_and_question_named(self, questionnaire: Questionnaire) -> None:
        result = evaluated(questionnaire, {})
        assert result.overall is Overall.FAILED
        for section, found in zip(questionnaire.sections, result.sections, strict=True):
            assert [broken.field for broken in found.broken] == [rule.field for rule in section.rules]
            assert {problem.field for problem in found.problems} == {
                asked.id for asked in section.fields if asked.required and asked.computed is None
            }

    @pytest.mark.parametrize(
        ("questionnaire", "section_id", "field_id"),
        [
            (one, section.id, rule.field)
            for one in ALL
            for section in one.sections
            for rule in section.rules
            if rule.value == "yes"
        ],
    )
    def test_each_yes_that_a_rule_wants_is_wanted(
        self, questionnaire: Questionnaire, section_id: str, field_id: str
    ) -> None:
        asked = questionnaire.field(field_id)
        section = questionnaire.section(section_id)
        assert asked is not None
        assert section is not None
        if asked.computed is not None:
            answers = good_answers(questionnaire, tier=2)
        else:
            answers = good_answers(questionnaire) | {field_id: "no"}
        found = evaluated(questionnaire, answers).section(section_id)
        assert found.outcome is Outcome.FAILED
        assert [(broken.field, broken.found) for broken in found.broken] == [(field_id, "no")]
        assert found.broken[0].reason == next(rule.reason for rule in section.rules if rule.field == field_id)

    @pytest.mark.parametrize("questionnaire", [GATE_1, *list(PARTNER.questionnaires)[3:]], ids=lambda one: one.id)
    def test_gates_1_to_3_pass_with_all_sections_only(self, questionnaire: Questionnaire) -> None:
        for section in questionnaire.sections:
            answers = good_answers(questionnaire) | {section.rules[0].field: "no"}
            result = evaluated(questionnaire, answers)
            assert result.overall is Overall.FAILED
            assert [found.section for found in result.sections if not found.passes] == [section.id]


class TestPreContract:
    @pytest.mark.parametrize(
        ("day", "passes"),
        [("2025-06-01", False), ("2025-06-02", True), ("2025-08-01", True), ("2025-08-02", False)],
    )
    def test_closing_within_sixty_days_of_the_local_date(self, day: str, passes: bool) -> None:
        result = evaluated(PRE_CONTRACT, good_answers(PRE_CONTRACT, expected_closure_date=day))
        assert result.section("closure-timeline").passes is passes
        assert result.overall is (Overall.PASSED if passes else Overall.FAILED)
        assert result.computed["closure-within-60-days"].value == ("yes" if passes else "no")

    def test_the_same_answer_on_another_day(self) -> None:
        answers = good_answers(PRE_CONTRACT, expected_closure_date="2025-08-02")
        assert evaluated(PRE_CONTRACT, answers, today=date(2025, 6, 2)).overall is Overall.FAILED
        assert evaluated(PRE_CONTRACT, answers, today=date(2025, 6, 3)).overall is Overall.PASSED

    def test_what_is_said_when_it_is_too_late(self) -> None:
        result = evaluated(PRE_CONTRACT, good_answers(PRE_CONTRACT, expected_closure_date="2025-12-24"))
        (broken,) = result.section("closure-timeline").broken
        assert (broken.operator, broken.wanted, broken.found) == ("within_days", 60, "2025-12-24")
        assert "60 days" in broken.reason["en"]

    def test_a_yes_that_somebody_sends_changes_nothing(self) -> None:
        answers = good_answers(PRE_CONTRACT, tier=2) | {"meets-tier-threshold": "yes", "partner-tier": "tier_0"}
        result = evaluated(PRE_CONTRACT, answers)
        assert result.overall is Overall.FAILED
        assert result.tier == 2

    @pytest.mark.parametrize(("tier", "overall"), [(0, Overall.PASSED), (1, Overall.PASSED), (2, Overall.FAILED)])
    def test_tier_2_fails_its_classification(self, tier: int, overall: Overall) -> None:
        result = evaluated(PRE_CONTRACT, good_answers(PRE_CONTRACT, tier=tier))
        assert (result.tier, result.overall) == (tier, overall)
        assert result.section("strategic-classification").passes is (tier < 2)

    def test_tier_2_passes_with_a_waiver(self) -> None:
        result = evaluated(PRE_CONTRACT, good_answers(PRE_CONTRACT, tier=2))
        waived = with_waivers(PRE_CONTRACT, result, {"strategic-classification"})
        assert waived.overall is Overall.PASSED
        section = waived.section("strategic-classification")
        assert section.outcome is Outcome.WAIVED
        assert [broken.found for broken in section.broken] == ["no"]
        assert section.broken[0].receipt["value"] == 2
        assert with_waivers(PRE_CONTRACT, waived, ()) == result

    def test_a_waiver_of_what_passes_leaves_it_passed(self) -> None:
        result = evaluated(PRE_CONTRACT, good_answers(PRE_CONTRACT))
        assert with_waivers(PRE_CONTRACT, result, {"closure-timeline"}) == result

    def test_four_of_five_fail(self) -> None:
        result = evaluated(PRE_CONTRACT, good_answers(PRE_CONTRACT, revenue_model_defined="no"))
        assert (result.passing, result.minimum, result.overall) == (4, 5, Overall.FAILED)

    @pytest.mark.parametrize(
        ("ccv", "lrp", "passes"),
        [
            ("50000000", "0", True),
            ("49999999.99", "0", False),
            ("10000000", "100000000", True),
            ("9999999.99", "100000000", False),
        ],
    )
    def test_the_boundaries_of_the_tiers(self, ccv: str, lrp: str, passes: bool) -> None:
        answers = good_answers(PRE_CONTRACT) | {"ccv-amount": ccv, "country-lrp": lrp}
        assert (evaluated(PRE_CONTRACT, answers).overall is Overall.PASSED) is passes

    def test_without_the_plan_the_section_is_not_complete(self) -> None:
        answers = good_answers(PRE_CONTRACT) | {"country-lrp": ""}
        found = evaluated(PRE_CONTRACT, answers).section("strategic-classification")
        assert [(problem.field, problem.trouble) for problem in found.problems] == [("country-lrp", Trouble.REQUIRED)]
        assert [broken.found for broken in found.broken] == [""]


class TestLaunch:
    @pytest.mark.parametrize(
        ("today", "day", "passes"),
        [
            (date(2025, 6, 2), "2026-06-02", True),
            (date(2025, 6, 2), "2026-06-03", False),
            (date(2025, 6, 2), "2025-06-02", True),
            (date(2025, 6, 2), "2025-06-01", False),
            (date(2028, 2, 29), "2029-02-28", True),
            (date(2028, 2, 29), "2029-03-01", False),
            (date(2027, 2, 28), "2028-02-28", True),
            (date(2027, 2, 28), "2028-02-29", False),
        ],
    )
    def test_up_to_the_same_day_next_year(self, today: date, day: str, passes: bool) -> None:
        result = evaluated(GATE_0, good_answers(GATE_0, target_launch_date=day), today=today)
        assert result.section("launch-timing").passes is passes
        assert result.computed["launch-within-12-months"].value == ("yes" if passes else "no")


class TestRemarks:
    @pytest.mark.parametrize(
        ("field_id", "answer"),
        [
            ("technical-infrastructure", "partially"),
            ("technical-infrastructure", "no"),
            ("support-capabilities", "in_development"),
            ("previous-integration-experience", "no"),
        ],
    )
    def test_a_negative_answer_that_no_rule_reads_passes_with_its_note(self, field_id: str, answer: str) -> None:
        answers = good_answers(GATE_0) | {field_id: answer, f"{field_id}--note": "Built until May."}
        result = evaluated(GATE_0, answers)
        found = result.section("operational-readiness")
        assert found.outcome is Outcome.REMARKS
        assert found.passes
        assert [(one.field, one.value, one.note) for one in found.remarks] == [(field_id, answer, "Built until May.")]
        assert result.counts[Outcome.REMARKS] == 1
        assert result.overall is Overall.PASSED

    def test_without_its_note_it_does_not_pass(self) -> None:
        found = evaluated(GATE_0, good_answers(GATE_0, technical_infrastructure="no")).section("operational-readiness")
        assert found.outcome is Outcome.FAILED
        assert [problem.trouble for problem in found.problems] == [Trouble.NOTE_NEEDED]

    def test_what_a_rule_takes_is_no_remark(self) -> None:
        result = evaluated(PRE_CONTRACT, good_answers(PRE_CONTRACT, operational_requirements_defined="partially"))
        assert result.section("technical-feasibility").outcome is Outcome.PASSED

    def test_a_note_on_a_good_answer_is_no_remark(self) -> None:
        result = evaluated(GATE_0, good_answers(GATE_0, technical_infrastructure__="New last year."))
        assert result.section("operational-readiness").outcome is Outcome.PASSED


class TestStrategicValue:
    def test_it_waits_for_a_person(self) -> None:
        result = evaluate(GATE_0, good_answers(GATE_0), around=around())
        assert result.section("strategic-value").outcome is Outcome.PENDING

    @pytest.mark.parametrize(("judgments", "outcome"), [(CONVINCED, Outcome.PASSED), (DOUBTFUL, Outcome.FAILED)])
    def test_a_person_judges_it(self, judgments: Mapping[str, Judgment], outcome: Outcome) -> None:
        found = evaluate(GATE_0, good_answers(GATE_0), around=around(), judgments=judgments).section("strategic-value")
        assert found.outcome is outcome
        assert found.judgment == judgments["strategic-value"]

    def test_nobody_judges_what_a_rule_decides(self) -> None:
        verdict = {"contract-execution": Judgment(is_passed=True, reason="I say so.")}
        answers = good_answers(GATE_0, contract_signed="no")
        found = evaluate(GATE_0, answers, around=around(), judgments=verdict).section("contract-execution")
        assert (found.outcome, found.judgment) == (Outcome.FAILED, None)

    def test_what_is_not_complete_is_not_judged_well(self) -> None:
        answers = good_answers(GATE_0, market_position="")
        assert evaluated(GATE_0, answers).section("strategic-value").outcome is Outcome.FAILED


# One answer for each section of Gate 0 that a rule decides and that breaks it.
BREAKS = {
    "contract-execution": {"contract-signed": "no"},
    "partner-team": {"team-commitment-confirmed": "no"},
    "launch-timing": {"target-launch-date": "2030-01-01"},
    "operational-readiness": {"operational-readiness-score": "low"},
}
VERDICTS = {"passed": CONVINCED, "failed": DOUBTFUL, "pending": {}}


def said_of_gate_0(*, good: frozenset[str], tier: int, verdict: str) -> Overall:
    """The sentence of journey.md once more, in other words and from other facts.

    Passes if and only if the contract section passes (every tier, never waived) and (Tier 0, or at least 4 of the 6
    sections pass, contract counted); awaits review while passed + pending >= 4; else fails.
    """
    if "contract-execution" not in good:
        return Overall.FAILED
    passed = len(good) + int(tier in (0, 1)) + int(verdict == "passed")
    if tier == 0 or passed >= 4:
        return Overall.PASSED
    return Overall.AWAITS_REVIEW if passed + int(verdict == "pending") >= 4 else Overall.FAILED


def gate_0(good: frozenset[str], tier: int, verdict: str) -> QuestionnaireResult:
    answers = good_answers(GATE_0, tier=tier)
    for section, change in BREAKS.items():
        if section not in good:
            answers |= change
    return evaluate(GATE_0, answers, around=around(), judgments=VERDICTS[verdict])


COMBINATIONS = [
    (frozenset(section for section, is_good in zip(BREAKS, goods, strict=True) if is_good), tier, verdict)
    for goods in product([True, False], repeat=4)
    for tier in (0, 1, 2)
    for verdict in VERDICTS
]


class TestGate0:
    @pytest.mark.parametrize(("good", "tier", "verdict"), COMBINATIONS)
    def test_every_combination_of_sections(self, good: frozenset[str], tier: int, verdict: str) -> None:
        result = gate_0(good, tier, verdict)
        assert result.overall is said_of_gate_0(good=good, tier=tier, verdict=verdict)
        assert result.section("financial-bar").passes is (tier in (0, 1))
        assert result.passed_by_tier is (result.overall is Overall.PASSED and result.passing < 4)

    def test_the_combinations_know_every_outcome(self) -> None:
        found = {gate_0(*combination).overall for combination in COMBINATIONS}
        assert (len(COMBINATIONS), found) == (144, set(Overall))

    @pytest.mark.parametrize("tier", [0, 1, 2])
    @pytest.mark.parametrize("verdict", VERDICTS)
    def test_without_a_contract_no_tier_passes_and_no_waiver_helps(self, tier: int, verdict: str) -> None:
        result = gate_0(frozenset(BREAKS) - {"contract-execution"}, tier, verdict)
        waived = with_waivers(GATE_0, result, {section.id for section in GATE_0.sections})
        assert result.overall is waived.overall is Overall.FAILED
        assert waived.section("contract-execution").outcome is Outcome.FAILED

    def test_tier_0_needs_the_contract_alone(self) -> None:
        result = gate_0(frozenset({"contract-execution"}), 0, "failed")
        assert (result.overall, result.passed_by_tier, result.passing) == (Overall.PASSED, True, 2)

    @pytest.mark.parametrize(
        ("good", "tier", "verdict", "overall"),
        [
            # Contract, team, launch and the bar: four.
            ({"contract-execution", "partner-team", "launch-timing"}, 1, "pending", Overall.PASSED),
            # Contract, team and the bar are three, and the judgment may be the fourth.
            ({"contract-execution", "partner-team"}, 1, "pending", Overall.AWAITS_REVIEW),
            ({"contract-execution", "partner-team"}, 1, "passed", Overall.PASSED),
            ({"contract-execution", "partner-team"}, 1, "failed", Overall.FAILED),
            # Two and a judgment are three at most.
            ({"contract-execution"}, 1, "pending", Overall.FAILED),
            # Tier 2 misses the bar, and may have four without.
            (
                {"contract-execution", "partner-team", "launch-timing", "operational-readiness"},
                2,
                "failed",
                Overall.PASSED,
            ),
            ({"contract-execution", "partner-team", "launch-timing"}, 2, "pending", Overall.AWAITS_REVIEW),
        ],
    )
    def test_four_of_six(self, good: set[str], tier: int, verdict: str, overall: Overall) -> None:
        assert gate_0(frozenset(good), tier, verdict).overall is overall

    def test_a_waiver_counts_as_passing(self) -> None:
        result = gate_0(frozenset({"contract-execution", "partner-team"}), 1, "failed")
        assert with_waivers(GATE_0, result, {"strategic-value"}).overall is Overall.PASSED


GOOD = st.sets(st.sampled_from(sorted(BREAKS)))
WAIVED = st.sets(st.sampled_from([section.id for section in GATE_0.sections]))
RANK = {Overall.FAILED: 0, Overall.AWAITS_REVIEW: 1, Overall.PASSED: 2}


@given(GOOD, GOOD, st.sampled_from([0, 1, 2]), st.sampled_from(sorted(VERDICTS)), WAIVED)
def test_more_passing_sections_never_make_it_worse(
    good: set[str], more: set[str], tier: int, verdict: str, waived: set[str]
) -> None:
    before = with_waivers(GATE_0, gate_0(frozenset(good), tier, verdict), waived)
    after = with_waivers(GATE_0, gate_0(frozenset(good | more), tier, verdict), waived)
    assert RANK[after.overall] >= RANK[before.overall]


@given(GOOD, st.sampled_from([0, 1, 2]), st.sampled_from(sorted(VERDICTS)), WAIVED)
def test_a_waiver_never_rescues_the_contract_and_never_makes_it_worse(
    good: set[str], tier: int, verdict: str, waived: set[str]
) -> None:
    result = gate_0(frozenset(good), tier, verdict)
    weighed = with_waivers(GATE_0, result, waived)
    assert RANK[weighed.overall] >= RANK[result.overall]
    if "contract-execution" not in good:
        assert weighed.overall is Overall.FAILED
    assert weighed == evaluate(
        GATE_0,
        good_answers(GATE_0, tier=tier)
        | {field: answer for one, change in BREAKS.items() if one not in good for field, answer in change.items()},
        around=around(),
        judgments=VERDICTS[verdict],
        waived=waived,
    )


FIELD_IDS = [asked.id for asked in GATE_0.fields] + [asked.note_id for asked in GATE_0.fields]
ANSWERS = st.dictionaries(
    st.sampled_from(FIELD_IDS), st.sampled_from(["yes", "no", "high", "5", "2025-06-03", "\x00", ""])
)


@given(ANSWERS)
def test_whatever_is_answered_is_evaluated_and_always_alike(changes: dict[str, str]) -> None:
    answers = good_answers(GATE_0) | changes
    result = evaluated(GATE_0, answers)
    assert evaluated(GATE_0, dict(reversed(list(answers.items())))) == result
    assert sum(result.counts.values()) == 6
    for found in result.sections:
        assert found.passes is (not found.broken and not found.problems)
