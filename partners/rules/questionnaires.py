"""Whether a submission passes, section by section, with every broken rule in its own words (journey.md, Gates). Pure.

`evaluate` looks at the answers; `with_waivers` weighs the same sections again under other waivers, since these count
as they are at the decision.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from partners.rules import answers as reading
from partners.rules.answers import Problem
from partners.rules.classification_packs import Label
from partners.rules.computed import TIER_VALUES, Circumstances, ComputedAnswer, compute
from partners.rules.conditions import Answer, holds
from partners.rules.journeys import Field, Questionnaire, Rule, RuleValue, Section


class Outcome(StrEnum):
    """How a section stands. Passed, remarks and waived count as passing; pending waits for a person's judgment."""

    PASSED = "passed"
    REMARKS = "remarks"
    FAILED = "failed"
    PENDING = "pending"
    WAIVED = "waived"


PASSING = frozenset({Outcome.PASSED, Outcome.REMARKS, Outcome.WAIVED})


class Overall(StrEnum):
    """How a questionnaire stands."""

    PASSED = "passed"
    FAILED = "failed"
    AWAITS_REVIEW = "awaits_review"


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgment:
    """What a person found of a manual section, and why."""

    is_passed: bool
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokenRule:
    """A rule that does not hold: its own words, and what was found ("" for no answer) where what was wanted.

    Of a computed answer, `receipt` says what it came from.
    """

    field: str
    operator: str
    wanted: RuleValue
    found: str
    reason: Label
    receipt: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """A negative answer that no rule reads, with its note."""

    field: str
    value: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionResult:
    """How one section came out. A waived one still shows what is broken in it."""

    section: str
    outcome: Outcome
    broken: tuple[BrokenRule, ...] = ()
    remarks: tuple[Remark, ...] = ()
    problems: tuple[Problem, ...] = ()
    judgment: Judgment | None = None

    @property
    def passes(self) -> bool:
        """Whether it counts towards the minimum."""
        return self.outcome in PASSING


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionnaireResult:
    """How a submission came out: overall, by section in order, and the worked-out answers by field id.

    `tier` is the partner tier that was worked out; `passed_by_tier` says that the tier alone let it pass.
    """

    questionnaire: str
    overall: Overall
    sections: tuple[SectionResult, ...]
    minimum: int
    computed: Mapping[str, ComputedAnswer]
    tier: int | None = None
    passed_by_tier: bool = False

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many sections came out how; every outcome is there."""
        found = Counter(result.outcome for result in self.sections)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def passing(self) -> int:
        """How many sections pass."""
        return sum(result.passes for result in self.sections)

    def section(self, section_id: str) -> SectionResult:
        """The result of a section. Raises KeyError."""
        for result in self.sections:
            if result.section == section_id:
                return result
        raise KeyError(section_id)


def evaluate(
    questionnaire: Questionnaire,
    answers: Mapping[str, str],
    *,
    around: Circumstances,
    judgments: Mapping[str, Judgment] | None = None,
    waived: Collection[str] = frozenset(),
) -> QuestionnaireResult:
    """How a submission comes out: answers and notes as texts by id, judgments by section, waived sections by id.

    What somebody sent as the answer of a computed field is not looked at.
    """
    values = reading.values_of(questionnaire.fields, answers)
    computed = computed_answers(questionnaire, values, around)
    found = values | {field_id: answer.value for field_id, answer in computed.items()}
    results = tuple(
        _section_result(section, answers, found, computed, around, (judgments or {}).get(section.id))
        for section in questionnaire.sections
    )
    tier = _tier(questionnaire, computed)
    result = QuestionnaireResult(
        questionnaire=questionnaire.id,
        overall=Overall.FAILED,
        sections=results,
        minimum=questionnaire.minimum,
        computed=computed,
        tier=tier,
    )
    return with_waivers(questionnaire, result, waived)


def computed_answers(
    questionnaire: Questionnaire, values: Mapping[str, Answer | None], around: Circumstances
) -> dict[str, ComputedAnswer]:
    """The worked-out answers of a questionnaire by field id; they read given answers only."""
    return {
        asked.id: compute(asked.computed, values, around)
        for asked in questionnaire.fields
        if asked.computed is not None
    }


def with_waivers(
    questionnaire: Questionnaire, result: QuestionnaireResult, waived: Collection[str]
) -> QuestionnaireResult:
    """The same submission under these waivers and no others. A section that must pass is never waived."""
    sections = tuple(
        _waived(section, found, section.id in waived)
        for section, found in zip(questionnaire.sections, result.sections, strict=True)
    )
    overall, passed_by_tier = _overall(questionnaire, sections, result.tier)
    return replace(result, sections=sections, overall=overall, passed_by_tier=passed_by_tier)


def may_be_waived(section: Section) -> bool:
    """Whether a waiver of this section counts."""
    return section.is_waivable and not section.must_pass


def tier_field(questionnaire: Questionnaire) -> Field | None:
    """The field in which a questionnaire works the partner tier out; None if it has none."""
    return next(
        (
            asked
            for asked in questionnaire.fields
            if asked.computed is not None and asked.computed.name == "partner_tier"
        ),
        None,
    )


def _section_result(
    section: Section,
    answers: Mapping[str, str],
    found: Mapping[str, Answer | None],
    computed: Mapping[str, ComputedAnswer],
    around: Circumstances,
    judgment: Judgment | None,
) -> SectionResult:
    broken = tuple(
        _broken(rule, answers, computed)
        for rule in section.rules
        if not holds(rule.operator, found.get(rule.field), rule.value, today=around.today)
    )
    result = SectionResult(
        section=section.id,
        outcome=Outcome.FAILED,
        broken=broken,
        remarks=_remarks(section, answers, found),
        problems=reading.problems_of(section, answers),
        judgment=judgment if section.is_manual else None,
    )
    return replace(result, outcome=_outcome(section, result))


def _outcome(section: Section, result: SectionResult) -> Outcome:
    """How a section comes out without waivers."""
    if result.problems or result.broken:
        return Outcome.FAILED
    if section.is_manual and result.judgment is None:
        return Outcome.PENDING
    if result.judgment is not None and not result.judgment.is_passed:
        return Outcome.FAILED
    return Outcome.REMARKS if result.remarks else Outcome.PASSED


def _waived(section: Section, result: SectionResult, is_waived: bool) -> SectionResult:
    outcome = _outcome(section, result)
    if is_waived and may_be_waived(section) and outcome not in PASSING:
        outcome = Outcome.WAIVED
    return replace(result, outcome=outcome)


def _overall(
    questionnaire: Questionnaire, sections: tuple[SectionResult, ...], tier: int | None
) -> tuple[Overall, bool]:
    """The overall outcome, and whether the tier alone gave it.

    A section that must pass and has failed fails the whole; no judgment still to come can change that.
    """
    musts = {
        found.outcome for section, found in zip(questionnaire.sections, sections, strict=True) if section.must_pass
    }
    if Outcome.FAILED in musts:
        return Overall.FAILED, False
    passing = sum(found.passes for found in sections)
    pending = sum(found.outcome is Outcome.PENDING for found in sections)
    wanted_tier = questionnaire.passing.pass_at_tier
    by_tier = wanted_tier is not None and tier is not None and tier <= wanted_tier
    if not by_tier and passing + pending < questionnaire.minimum:
        return Overall.FAILED, False
    enough = passing >= questionnaire.minimum
    if Outcome.PENDING in musts or not (by_tier or enough):
        return Overall.AWAITS_REVIEW, False
    return Overall.PASSED, not enough


def _broken(rule: Rule, answers: Mapping[str, str], computed: Mapping[str, ComputedAnswer]) -> BrokenRule:
    worked_out = computed.get(rule.field)
    return BrokenRule(
        field=rule.field,
        operator=rule.operator,
        wanted=rule.value,
        found=worked_out.text if worked_out else answers.get(rule.field, "").strip(),
        reason=rule.reason,
        receipt=worked_out.receipt if worked_out else {},
    )


def _remarks(section: Section, answers: Mapping[str, str], found: Mapping[str, Answer | None]) -> tuple[Remark, ...]:
    return tuple(
        Remark(field=asked.id, value=str(found[asked.id]), note=answers.get(asked.note_id, "").strip())
        for asked in section.fields
        if reading.is_remark(section, asked, found.get(asked.id))
    )


def _tier(questionnaire: Questionnaire, computed: Mapping[str, ComputedAnswer]) -> int | None:
    asked = tier_field(questionnaire)
    value = computed[asked.id].value if asked else None
    return TIER_VALUES.index(str(value)) if value is not None else None
