"""How far a gate is, and what to do next (journey.md, "Progress and next actions are computed"). Pure.

A step is a section, a required task, a fact that must be true, or a signature. Nothing is ticked by hand: the same
state of the organization gives the same progress and the same actions in the same order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from partners.rules.answers import Problem, incomplete, wrong
from partners.rules.gates import FactState, GateDecision, GateOutcome
from partners.rules.journeys import JourneyStage, Questionnaire, Section
from partners.rules.questionnaires import Outcome, Overall, QuestionnaireResult


class SectionState(StrEnum):
    """How far a section of a draft is filled in."""

    UNTOUCHED = "untouched"
    STARTED = "started"
    COMPLETE = "complete"
    HAS_ERRORS = "has_errors"


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionProgress:
    """A section of a draft: its state, how many required questions are answered, what is wrong or missing."""

    section: str
    state: SectionState
    answered: int
    required: int
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """Steps done of all. A gate without steps is done."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: 100 only when everything is done."""
        return 100 * self.done // self.total if self.total else 100


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionnaireState:
    """Where one questionnaire stands: its draft (None: nobody began one) and what came of the last submission."""

    questionnaire: Questionnaire
    draft: Mapping[str, str] | None = None
    result: QuestionnaireResult | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskState:
    """A task of the stage; a blocked one waits for another."""

    id: str
    owner_role: str
    court: str
    due_on: date | None
    is_required: bool = True
    is_done: bool = False
    is_blocked: bool = False


class ActionCode(StrEnum):
    """What can be done next, in the order in which it is advised."""

    MEND_ANSWERS = "mend_answers"  # questionnaire, section, count
    START_QUESTIONNAIRE = "start_questionnaire"  # questionnaire
    FILL_SECTION = "fill_section"  # questionnaire, section, count
    SUBMIT = "submit"  # questionnaire
    SUBMIT_ANEW = "submit_anew"  # questionnaire: the last submission failed
    JUDGE_SECTION = "judge_section"  # questionnaire, section
    DO_TASK = "do_task"  # task, due_on, is_overdue, court
    PREPARE_HANDOFF = "prepare_handoff"
    MEND_HANDOFF = "mend_handoff"  # it was returned with reasons
    ACCEPT_HANDOFF = "accept_handoff"
    MEET_FACT = "meet_fact"  # criterion, fact
    SIGN = "sign"  # the next role to sign


@dataclass(frozen=True, kw_only=True, slots=True)
class NextAction:
    """Something to do, and whose role it is."""

    code: ActionCode
    role: str
    params: Mapping[str, Any] = field(default_factory=dict)


_HANDOFF_ACTIONS: Mapping[str, ActionCode] = {
    "": ActionCode.PREPARE_HANDOFF,
    "prepared": ActionCode.PREPARE_HANDOFF,
    "withdrawn": ActionCode.PREPARE_HANDOFF,
    "returned": ActionCode.MEND_HANDOFF,
    "offered": ActionCode.ACCEPT_HANDOFF,
}


def section_progress(section: Section, answers: Mapping[str, str]) -> SectionProgress:
    """How far one section of a draft is; a section that needs nothing (more) is complete."""
    errors = wrong(section.fields, answers)
    missing = incomplete(section, answers)
    asked = [known for known in section.fields if known.required and known.computed is None]
    given = any(answers.get(place, "").strip() for known in section.fields for place in (known.id, known.note_id))
    if errors:
        state = SectionState.HAS_ERRORS
    elif not missing:
        state = SectionState.COMPLETE
    else:
        state = SectionState.STARTED if given else SectionState.UNTOUCHED
    wanting = {problem.field for problem in (*errors, *missing)}
    return SectionProgress(
        section=section.id,
        state=state,
        answered=sum(known.id not in wanting for known in asked),
        required=len(asked),
        problems=(*errors, *(problem for problem in missing if problem.field not in {bad.field for bad in errors})),
    )


def draft_progress(questionnaire: Questionnaire, answers: Mapping[str, str]) -> tuple[SectionProgress, ...]:
    """How far every section of a draft is, in order."""
    return tuple(section_progress(section, answers) for section in questionnaire.sections)


def answered(sections: Iterable[SectionProgress]) -> Progress:
    """Required questions answered, of all of a draft."""
    found = tuple(sections)
    return Progress(done=sum(one.answered for one in found), total=sum(one.required for one in found))


def gate_progress(
    stage: JourneyStage,
    *,
    questionnaires: Sequence[QuestionnaireState],
    tasks: Iterable[TaskState],
    facts: Mapping[str, FactState],
    signatures: Collection[str],
) -> Progress:
    """Steps done of a gate: sections that pass or are filled in, required tasks, known facts, signatures.

    `facts` by criterion. A questionnaire that passes counts with all its sections, even where it let some fail.
    """
    steps: list[bool] = []
    for state in questionnaires:
        steps.extend(_sections_done(state))
    steps.extend(task.is_done for task in tasks if task.is_required)
    steps.extend(bool(facts[known.id].is_met) for known in stage.criteria if known.fact and known.id in facts)
    steps.extend(role in signatures for role in stage.signers)
    return Progress(done=sum(steps), total=len(steps))


def next_actions(
    stage: JourneyStage,
    *,
    questionnaires: Sequence[QuestionnaireState],
    tasks: Iterable[TaskState],
    decision: GateDecision | None,
    today: date,
    handoff: str | None = None,
) -> tuple[NextAction, ...]:
    """What to do next, most pressing first.

    `handoff` is the state of the handoff that the stage asks for ("" where there is none yet), None where it asks for
    none. Blocked tasks and tasks that wait for nobody are no actions; neither are signatures that nothing awaits yet.
    """
    return (
        *(action for state in questionnaires for action in _questionnaire_actions(stage, state)),
        *_task_actions(tasks, today),
        *_handoff_actions(stage, handoff),
        *_decision_actions(stage, decision),
    )


def _sections_done(state: QuestionnaireState) -> list[bool]:
    if state.result is not None and state.result.overall is Overall.PASSED:
        return [True for _ in state.questionnaire.sections]
    if state.result is not None and state.result.overall is Overall.AWAITS_REVIEW:
        return [found.outcome is not Outcome.PENDING for found in state.result.sections]
    if state.draft is not None:
        found = draft_progress(state.questionnaire, state.draft)
        return [one.state is SectionState.COMPLETE for one in found]
    if state.result is not None:
        return [found.passes for found in state.result.sections]
    return [False for _ in state.questionnaire.sections]


def _questionnaire_actions(stage: JourneyStage, state: QuestionnaireState) -> Iterator[NextAction]:
    about = {"questionnaire": state.questionnaire.id}
    if state.result is not None and state.result.overall is not Overall.FAILED:
        for found in state.result.sections:
            if state.result.overall is Overall.AWAITS_REVIEW and found.outcome is Outcome.PENDING:
                params = about | {"section": found.section}
                yield NextAction(code=ActionCode.JUDGE_SECTION, role=stage.lead_role, params=params)
        return
    if state.draft is None:
        code = ActionCode.SUBMIT_ANEW if state.result is not None else ActionCode.START_QUESTIONNAIRE
        yield NextAction(code=code, role=stage.lead_role, params=about)
        return
    found_sections = draft_progress(state.questionnaire, state.draft)
    wrong_first = sorted(found_sections, key=lambda one: one.state is not SectionState.HAS_ERRORS)
    for one in wrong_first:
        if one.state is SectionState.HAS_ERRORS:
            wanting = {"section": one.section, "count": len(one.problems)}
            yield NextAction(code=ActionCode.MEND_ANSWERS, role=stage.lead_role, params=about | wanting)
        elif one.state is not SectionState.COMPLETE:
            wanting = {"section": one.section, "count": len(one.problems)}
            yield NextAction(code=ActionCode.FILL_SECTION, role=stage.lead_role, params=about | wanting)
    if all(one.state is SectionState.COMPLETE for one in found_sections):
        yield NextAction(code=ActionCode.SUBMIT, role=stage.lead_role, params=about)


def _task_actions(tasks: Iterable[TaskState], today: date) -> Iterator[NextAction]:
    doable = (task for task in tasks if not (task.is_done or task.is_blocked or task.court == "nobody"))
    for task in sorted(doable, key=lambda task: (task.due_on or date.max, not task.is_required)):
        params = {
            "task": task.id,
            "due_on": task.due_on.isoformat() if task.due_on else None,
            "is_overdue": task.due_on is not None and task.due_on < today,
            "court": task.court,
        }
        yield NextAction(code=ActionCode.DO_TASK, role=task.owner_role, params=params)


def _handoff_actions(stage: JourneyStage, handoff: str | None) -> Iterator[NextAction]:
    if handoff is not None and handoff in _HANDOFF_ACTIONS:
        yield NextAction(code=_HANDOFF_ACTIONS[handoff], role=stage.lead_role)


def _decision_actions(stage: JourneyStage, decision: GateDecision | None) -> Iterator[NextAction]:
    if decision is None:
        return
    for blocker in decision.blockers:
        if "criterion" in blocker.params:
            yield NextAction(code=ActionCode.MEET_FACT, role=stage.lead_role, params=blocker.params)
    if decision.outcome is GateOutcome.AWAITS_SIGNATURE:
        yield NextAction(code=ActionCode.SIGN, role=decision.missing_roles[0])
