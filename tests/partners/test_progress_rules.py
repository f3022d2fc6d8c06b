"""Progress and next actions: computed from what there is, in the same order every time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.rules.gates import FactState, decide_gate
from partners.rules.progress import (
    ActionCode,
    NextAction,
    Progress,
    QuestionnaireState,
    SectionState,
    TaskState,
    answered,
    draft_progress,
    gate_progress,
    next_actions,
    section_progress,
)
from partners.rules.questionnaires import evaluate
from tests.partners.journey_world import CONVINCED, GATE_0, PARTNER, PRE_CONTRACT, TODAY, around, good_answers

NOW = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)
STAGE = PARTNER.stage("gate_0")
GOOD = good_answers(GATE_0)
SPONSORSHIP = PRE_CONTRACT.sections[0]


def task(task_id: str, due_on: date | None = None, **state: object) -> TaskState:
    return TaskState(**{"id": task_id, "owner_role": "pdm", "court": "us", "due_on": due_on, **state})  # type: ignore[arg-type]


class TestSections:
    @pytest.mark.parametrize(
        ("answers", "state", "given_answers"),
        [
            ({}, SectionState.UNTOUCHED, 0),
            ({"exec-sponsor-name": "  "}, SectionState.UNTOUCHED, 0),
            ({"exec-sponsor-name": "Ana"}, SectionState.STARTED, 1),
            ({"exec-commitment-confirmed": "perhaps"}, SectionState.HAS_ERRORS, 0),
            ({**good_answers(PRE_CONTRACT)}, SectionState.COMPLETE, 4),
            # Whether it passes is another question.
            ({**good_answers(PRE_CONTRACT), "exec-commitment-confirmed": "no"}, SectionState.COMPLETE, 4),
        ],
    )
    def test_states(self, answers: dict[str, str], state: SectionState, given_answers: int) -> None:
        found = section_progress(SPONSORSHIP, answers)
        assert (found.state, found.answered, found.required) == (state, given_answers, 4)

    def test_a_note_that_is_missing_keeps_a_section_open(self) -> None:
        answers = GOOD | {"previous-integration-experience": "no"}
        found = section_progress(GATE_0.sections[5], answers)
        assert found.state is SectionState.STARTED
        assert [problem.field for problem in found.problems] == ["previous-integration-experience--note"]

    def test_a_whole_draft(self) -> None:
        sections = draft_progress(GATE_0, {"contract-signed": "yes", "ccv-amount": "lots"})
        assert [one.state.value for one in sections] == [
            "started",
            "untouched",
            "untouched",
            "has_errors",
            "untouched",
            "untouched",
        ]
        assert answered(sections) == Progress(done=1, total=25)
        assert answered(draft_progress(GATE_0, GOOD)).percent == 100


class TestProgress:
    @pytest.mark.parametrize(
        ("done", "total", "percent"), [(0, 0, 100), (0, 3, 0), (1, 3, 33), (2, 3, 66), (199, 200, 99), (3, 3, 100)]
    )
    def test_percent_is_rounded_down(self, done: int, total: int, percent: int) -> None:
        assert Progress(done=done, total=total).percent == percent

    def test_steps_of_a_gate(self) -> None:
        stage = PARTNER.stage("gate_3")
        (questionnaire,) = stage.questionnaires
        progress = gate_progress(
            stage,
            questionnaires=[QuestionnaireState(questionnaire=questionnaire, draft=good_answers(questionnaire))],
            tasks=[task("a", is_done=True), task("b"), task("c", is_required=False)],
            facts={"handed_over_to_tam": FactState(is_met=True), "go_live_checklist_done": FactState(is_met=False)},
            signatures={"psm"},
        )
        # Two sections, one of two required tasks, one of two known facts, one of two signatures.
        assert progress == Progress(done=5, total=8)

    def test_a_questionnaire_that_passes_is_done_with_all_its_sections(self) -> None:
        failing = GOOD | {"team-commitment-confirmed": "no"}
        result = evaluate(GATE_0, failing, around=around(), judgments=CONVINCED)
        state = QuestionnaireState(questionnaire=GATE_0, draft=failing, result=result)
        assert progress_of(state) == Progress(done=6, total=8)

    def test_a_judgment_to_come_is_a_step_to_do(self) -> None:
        few = GOOD | {"team-commitment-confirmed": "no", "operational-readiness-score": "low"}
        result = evaluate(GATE_0, few, around=around())
        assert result.overall == "awaits_review"
        assert progress_of(QuestionnaireState(questionnaire=GATE_0, result=result)) == Progress(done=5, total=8)

    def test_nothing_is_done_before_anybody_begins(self) -> None:
        assert progress_of(QuestionnaireState(questionnaire=GATE_0)) == Progress(done=0, total=8)


def progress_of(state: QuestionnaireState) -> Progress:
    return gate_progress(STAGE, questionnaires=[state], tasks=[], facts={}, signatures=())


def actions(
    state: QuestionnaireState,
    tasks: Sequence[TaskState] = (),
    *,
    handoff: str | None = None,
    signatures: Sequence[str] | None = None,
) -> tuple[NextAction, ...]:
    decision = None
    if signatures is not None:
        results = {GATE_0.id: state.result} if state.result else {}
        decision = decide_gate(STAGE, results=results, facts={}, signatures=signatures, now=NOW)
    return next_actions(STAGE, questionnaires=[state], tasks=tasks, decision=decision, today=TODAY, handoff=handoff)


class TestNextActions:
    def test_begin(self) -> None:
        (action,) = actions(QuestionnaireState(questionnaire=GATE_0))
        assert (action.code, action.role, action.params) == (
            ActionCode.START_QUESTIONNAIRE,
            "pdm",
            {"questionnaire": "gate-0-kickoff"},
        )

    def test_errors_first_then_sections_in_order(self) -> None:
        draft = GOOD | {"contract-signed": "", "ccv-amount": "lots", "market-position": ""}
        found = actions(QuestionnaireState(questionnaire=GATE_0, draft=draft))
        assert [(one.code, one.params["section"]) for one in found] == [
            (ActionCode.MEND_ANSWERS, "financial-bar"),
            (ActionCode.FILL_SECTION, "contract-execution"),
            (ActionCode.FILL_SECTION, "strategic-value"),
        ]

    def test_submit_when_everything_is_there(self) -> None:
        assert [one.code for one in actions(QuestionnaireState(questionnaire=GATE_0, draft=GOOD))] == [
            ActionCode.SUBMIT
        ]

    def test_submit_anew_after_failing(self) -> None:
        result = evaluate(GATE_0, GOOD | {"contract-signed": "no"}, around=around())
        state = QuestionnaireState(questionnaire=GATE_0, result=result)
        assert [one.code for one in actions(state, signatures=())] == [ActionCode.SUBMIT_ANEW]

    def test_judge_what_waits_for_a_judgment(self) -> None:
        few = GOOD | {"team-commitment-confirmed": "no", "operational-readiness-score": "low"}
        state = QuestionnaireState(questionnaire=GATE_0, result=evaluate(GATE_0, few, around=around()))
        (action,) = actions(state, signatures=())
        assert (action.code, action.params["section"]) == (ActionCode.JUDGE_SECTION, "strategic-value")

    @pytest.mark.parametrize(("signatures", "role"), [((), "pdm"), (("pdm",), "pam"), (("pam",), "pdm")])
    def test_sign_in_order(self, signatures: Sequence[str], role: str) -> None:
        state = QuestionnaireState(questionnaire=GATE_0, result=evaluate(GATE_0, GOOD, around=around()))
        (action,) = actions(state, signatures=signatures)
        assert (action.code, action.role) == (ActionCode.SIGN, role)

    def test_nothing_is_left_when_everybody_has_signed(self) -> None:
        state = QuestionnaireState(questionnaire=GATE_0, result=evaluate(GATE_0, GOOD, around=around()))
        assert actions(state, signatures=("pam", "pdm")) == ()

    def test_tasks_by_day_without_those_that_nobody_can_do(self) -> None:
        tasks = [
            task("undated"),
            task("later", date(2025, 6, 20), owner_role="pam"),
            task("overdue", date(2025, 6, 1), court="partner"),
            task("today", date(2025, 6, 2), is_required=False),
            task("also_today", date(2025, 6, 2)),
            task("done", date(2025, 5, 1), is_done=True),
            task("blocked", date(2025, 5, 1), is_blocked=True),
            task("parked", date(2025, 5, 1), court="nobody"),
        ]
        found = actions(QuestionnaireState(questionnaire=GATE_0, draft=GOOD), tasks)[1:]
        assert [one.params["task"] for one in found] == ["overdue", "also_today", "today", "later", "undated"]
        assert [one.params["is_overdue"] for one in found] == [True, False, False, False, False]
        assert (found[3].role, found[0].params["court"]) == ("pam", "partner")

    @pytest.mark.parametrize(
        ("handoff", "code"),
        [
            ("", ActionCode.PREPARE_HANDOFF),
            ("prepared", ActionCode.PREPARE_HANDOFF),
            ("withdrawn", ActionCode.PREPARE_HANDOFF),
            ("returned", ActionCode.MEND_HANDOFF),
            ("offered", ActionCode.ACCEPT_HANDOFF),
            ("accepted", None),
            (None, None),
        ],
    )
    def test_handoffs(self, handoff: str | None, code: ActionCode | None) -> None:
        found = actions(QuestionnaireState(questionnaire=GATE_0, draft=GOOD), handoff=handoff)[1:]
        assert [one.code for one in found] == ([code] if code else [])

    def test_a_fact_that_is_not_true_yet(self) -> None:
        stage = PARTNER.stage("gate_2")
        (questionnaire,) = stage.questionnaires
        result = evaluate(questionnaire, good_answers(questionnaire), around=around())
        facts = {"no_critical_ticket_gate_2": FactState(is_met=False, params={"open": 2})}
        decision = decide_gate(stage, results={questionnaire.id: result}, facts=facts, now=NOW)
        (action,) = next_actions(
            stage,
            questionnaires=[QuestionnaireState(questionnaire=questionnaire, result=result)],
            tasks=[],
            decision=decision,
            today=TODAY,
        )
        assert (action.code, action.params["fact"]) == (ActionCode.MEET_FACT, "no_open_critical_ticket")


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), st.sampled_from(["", "yes", "no", "x"])))
def test_a_draft_asks_for_something_exactly_while_it_cannot_be_submitted(changes: dict[str, str]) -> None:
    draft = GOOD | changes
    codes = {one.code for one in actions(QuestionnaireState(questionnaire=GATE_0, draft=draft))}
    is_complete = all(one.state is SectionState.COMPLETE for one in draft_progress(GATE_0, draft))
    assert codes == {ActionCode.SUBMIT} if is_complete else ActionCode.SUBMIT not in codes
    assert codes
