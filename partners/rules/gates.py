"""Whether a gate is passed, and what is in the way if not: the decision without its decider (journey.md). Pure.

The questionnaires were evaluated on the day of submission; waivers, facts and signatures count as they are now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from partners.rules.classification_packs import Label
from partners.rules.journeys import Criterion, JourneyStage, Questionnaire, Section
from partners.rules.questionnaires import (
    Outcome,
    Overall,
    QuestionnaireResult,
    SectionResult,
    may_be_waived,
    with_waivers,
)

SECTION, CRITERION = "section:", "criterion:"
"""What the target of a waiver begins with; the id of a section or of a criterion follows."""


class GateOutcome(StrEnum):
    """How a gate stands. What comes first here is said where several are true."""

    FAILED = "failed"  # a questionnaire fails; the way out is a new version, or a waiver
    NOT_READY = "not_ready"  # something is not submitted, or a fact is not true yet
    AWAITS_REVIEW = "awaits_review"  # a person has to judge a section
    AWAITS_SIGNATURE = "awaits_signature"
    PASSED = "passed"


class BlockerCode(StrEnum):
    """What is in the way, with its parameters."""

    NO_SUBMISSION = "no_submission"  # questionnaire
    RULE_BROKEN = "rule_broken"  # questionnaire, section, field, found, wanted, operator; the label says why
    ANSWER_PROBLEM = "answer_problem"  # questionnaire, section, field, trouble
    JUDGED_FAILED = "judged_failed"  # questionnaire, section, reason
    REVIEW_PENDING = "review_pending"  # questionnaire, section
    FACT_NOT_TRUE = "fact_not_true"  # criterion, fact, and what the fact says
    FACT_UNKNOWN = "fact_unknown"  # criterion, fact
    SIGNATURE_MISSING = "signature_missing"  # role


@dataclass(frozen=True, kw_only=True, slots=True)
class FactState:
    """What the hub knows of a fact: true, false, or not known at the moment (None); `params` says what was found."""

    is_met: bool | None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """Leave for one target of the stage to pass until it expires: "section:<id>" or "criterion:<id>"."""

    target: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocker:
    """One thing in the way: a code, its own words where the policy has some, and what the code is about."""

    code: BlockerCode
    label: Label | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class GateDecision:
    """The outcome and what it rests on.

    `waived` holds the targets that pass by waiver alone, `skipped` the criteria whose fact no module
    knows, `missing_roles` who has still to sign, in order. `results` are the questionnaires under the waivers of now.
    """

    outcome: GateOutcome
    blockers: tuple[Blocker, ...]
    waived: tuple[str, ...]
    missing_roles: tuple[str, ...]
    skipped: tuple[str, ...]
    results: Mapping[str, QuestionnaireResult]

    @property
    def may_be_signed(self) -> bool:
        """Whether nothing but signatures is missing."""
        return self.outcome is GateOutcome.AWAITS_SIGNATURE


def decide_gate(
    stage: JourneyStage,
    *,
    results: Mapping[str, QuestionnaireResult],
    facts: Mapping[str, FactState],
    waivers: Iterable[Waiver] = (),
    signatures: Collection[str] = (),
    now: datetime,
) -> GateDecision:
    """How the gate of a stage stands at `now`.

    `results` by questionnaire, of the submissions that count; `facts` by criterion, only those that some module
    knows; `signatures` the roles that signed these submissions. Raises ValueError for a stage that has no gate.
    """
    if not stage.has_gate:
        raise ValueError(f"{stage.id} has no gate")
    waived = unexpired(waivers, now=now)
    sections = frozenset(target.removeprefix(SECTION) for target in waived if target.startswith(SECTION))
    weighed = {
        questionnaire.id: with_waivers(questionnaire, results[questionnaire.id], sections)
        for questionnaire in stage.questionnaires
        if questionnaire.id in results
    }
    failed, absent, pending = _from_questionnaires(stage, weighed)
    untrue = [_fact_blocker(known, facts[known.id]) for known in _open_criteria(stage, facts, waived)]
    missing = tuple(role for role in stage.signers if role not in signatures)
    unsigned = [Blocker(code=BlockerCode.SIGNATURE_MISSING, params={"role": role}) for role in missing]
    return GateDecision(
        outcome=_outcome(failed, [*absent, *untrue], pending, unsigned),
        blockers=(*failed, *absent, *untrue, *pending, *unsigned),
        waived=_used(stage, weighed, facts, waived),
        missing_roles=missing,
        skipped=tuple(criterion.id for criterion in stage.criteria if criterion.fact and criterion.id not in facts),
        results=weighed,
    )


def unexpired(waivers: Iterable[Waiver], *, now: datetime) -> frozenset[str]:
    """What is waived at this moment; a waiver ends with the moment of its expiry."""
    return frozenset(waiver.target for waiver in waivers if now < waiver.expires_at)


def waivable(stage: JourneyStage) -> tuple[str, ...]:
    """The targets in a stage for which a waiver counts."""
    sections = (section for questionnaire in stage.questionnaires for section in questionnaire.sections)
    return (
        *(f"{SECTION}{section.id}" for section in sections if may_be_waived(section)),
        *(f"{CRITERION}{known.id}" for known in stage.criteria if known.fact and known.is_waivable),
    )


def _outcome(
    failed: Sequence[Blocker], not_ready: Sequence[Blocker], pending: Sequence[Blocker], unsigned: Sequence[Blocker]
) -> GateOutcome:
    if failed:
        return GateOutcome.FAILED
    if not_ready:
        return GateOutcome.NOT_READY
    if pending:
        return GateOutcome.AWAITS_REVIEW
    return GateOutcome.AWAITS_SIGNATURE if unsigned else GateOutcome.PASSED


def _from_questionnaires(
    stage: JourneyStage, results: Mapping[str, QuestionnaireResult]
) -> tuple[list[Blocker], list[Blocker], list[Blocker]]:
    """What fails, what is not submitted, and what waits for a judgment."""
    failed: list[Blocker] = []
    absent: list[Blocker] = []
    pending: list[Blocker] = []
    for questionnaire in stage.questionnaires:
        result = results.get(questionnaire.id)
        if result is None:
            params = {"questionnaire": questionnaire.id}
            absent.append(Blocker(code=BlockerCode.NO_SUBMISSION, label=questionnaire.name, params=params))
        elif result.overall is Overall.FAILED:
            failed.extend(_reasons(questionnaire, result))
        elif result.overall is Overall.AWAITS_REVIEW:
            pending.extend(_reviews(questionnaire, result))
    return failed, absent, pending


def _reasons(questionnaire: Questionnaire, result: QuestionnaireResult) -> Iterator[Blocker]:
    """Every reason of every failed section, in order."""
    for section, found in zip(questionnaire.sections, result.sections, strict=True):
        if found.outcome is Outcome.FAILED:
            yield from _section_reasons(questionnaire, section, found)


def _section_reasons(questionnaire: Questionnaire, section: Section, found: SectionResult) -> Iterator[Blocker]:
    place = {"questionnaire": questionnaire.id, "section": section.id}
    for broken in found.broken:
        params = {"field": broken.field, "found": broken.found, "wanted": broken.wanted, "operator": broken.operator}
        yield Blocker(code=BlockerCode.RULE_BROKEN, label=broken.reason, params=place | params)
    for problem in found.problems:
        params = {"field": problem.field, "trouble": problem.trouble.value, **problem.params}
        yield Blocker(code=BlockerCode.ANSWER_PROBLEM, label=section.title, params=place | params)
    if found.judgment is not None and not found.judgment.is_passed:
        params = {"reason": found.judgment.reason}
        yield Blocker(code=BlockerCode.JUDGED_FAILED, label=section.title, params=place | params)


def _reviews(questionnaire: Questionnaire, result: QuestionnaireResult) -> Iterator[Blocker]:
    for section, found in zip(questionnaire.sections, result.sections, strict=True):
        if found.outcome is Outcome.PENDING:
            params = {"questionnaire": questionnaire.id, "section": section.id}
            yield Blocker(code=BlockerCode.REVIEW_PENDING, label=section.title, params=params)


def _open_criteria(stage: JourneyStage, facts: Mapping[str, FactState], waived: Collection[str]) -> Iterator[Criterion]:
    """The criteria whose fact is known not to be true, or not known right now, without a waiver that counts."""
    for criterion in stage.criteria:
        state = facts.get(criterion.id) if criterion.fact else None
        if state is not None and not state.is_met and not _is_waived(criterion, waived):
            yield criterion


def _is_waived(criterion: Criterion, waived: Collection[str]) -> bool:
    return criterion.is_waivable and f"{CRITERION}{criterion.id}" in waived


def _fact_blocker(criterion: Criterion, state: FactState) -> Blocker:
    code = BlockerCode.FACT_UNKNOWN if state.is_met is None else BlockerCode.FACT_NOT_TRUE
    params = {"criterion": criterion.id, "fact": criterion.fact, **state.params}
    return Blocker(code=code, label=criterion.label, params=params)


def _used(
    stage: JourneyStage,
    results: Mapping[str, QuestionnaireResult],
    facts: Mapping[str, FactState],
    waived: Collection[str],
) -> tuple[str, ...]:
    """The waivers that made a difference: targets that would not pass without."""
    sections = (
        f"{SECTION}{found.section}"
        for questionnaire in stage.questionnaires
        if questionnaire.id in results
        for found in results[questionnaire.id].sections
        if found.outcome is Outcome.WAIVED
    )
    criteria = (
        f"{CRITERION}{known.id}"
        for known in stage.criteria
        if known.fact and known.id in facts and not facts[known.id].is_met and _is_waived(known, waived)
    )
    return (*sections, *criteria)
