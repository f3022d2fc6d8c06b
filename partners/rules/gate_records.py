"""What was evaluated, as JSON to be kept with a submission and with a decision. Pure.

Texts of the policy are kept in all their languages; amounts, days and lists in the spelling of answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from partners.rules.answers import stored
from partners.rules.computed import ComputedAnswer
from partners.rules.gates import Blocker, FactState, GateDecision
from partners.rules.journeys import JourneyStage, RuleValue
from partners.rules.questionnaires import QuestionnaireResult, SectionResult


def result_as_data(result: QuestionnaireResult) -> dict[str, Any]:
    """A questionnaire as it came out: overall, section by section, with the worked-out answers."""
    return {
        "overall": result.overall.value,
        "minimum": result.minimum,
        "passing": result.passing,
        "tier": result.tier,
        "passed_by_tier": result.passed_by_tier,
        "sections": [_section_as_data(found) for found in result.sections],
        "computed": {
            field: {"text": answer.text, "receipt": dict(answer.receipt)} for field, answer in result.computed.items()
        },
    }


def computed_of(data: Mapping[str, Any]) -> dict[str, ComputedAnswer]:
    """The worked-out answers as they are kept; their values are not, since what was signed is their text."""
    return {
        field: ComputedAnswer(value=None, text=kept["text"], receipt=kept["receipt"])
        for field, kept in data.get("computed", {}).items()
    }


def decision_as_data(stage: JourneyStage, decision: GateDecision, facts: Mapping[str, FactState]) -> dict[str, Any]:
    """What a gate was decided by: questionnaires, automatic criteria, waivers that counted, what was in the way."""
    return {
        "outcome": decision.outcome.value,
        "questionnaires": [
            {
                "questionnaire": result.questionnaire,
                "overall": result.overall.value,
                "passed_by_tier": result.passed_by_tier,
                "sections": {found.section: found.outcome.value for found in result.sections},
            }
            for result in decision.results.values()
        ],
        "criteria": [
            {
                "criterion": known.id,
                "label": dict(known.label),
                "fact": known.fact,
                "is_met": facts[known.id].is_met if known.id in facts else None,
                "params": _plain(facts[known.id].params) if known.id in facts else {},
                "is_skipped": known.id in decision.skipped,
            }
            for known in stage.criteria
            if known.fact
        ],
        "waived": list(decision.waived),
        "skipped": list(decision.skipped),
        "missing_roles": list(decision.missing_roles),
        "blockers": [blocker_as_data(blocker) for blocker in decision.blockers],
    }


def blocker_as_data(blocker: Blocker) -> dict[str, Any]:
    """One thing in the way, without what was answered: records of decisions are read by more people than answers."""
    hidden = ("found", "wanted", "reason")
    return {
        "code": blocker.code.value,
        "label": dict(blocker.label) if blocker.label else None,
        "params": {name: _spelled(value) for name, value in blocker.params.items() if name not in hidden},
    }


def _section_as_data(found: SectionResult) -> dict[str, Any]:
    judged = found.judgment
    return {
        "section": found.section,
        "outcome": found.outcome.value,
        "broken": [
            {
                "field": broken.field,
                "operator": broken.operator,
                "wanted": _spelled(broken.wanted),
                "found": broken.found,
                "reason": dict(broken.reason),
                "receipt": dict(broken.receipt),
            }
            for broken in found.broken
        ],
        "remarks": [{"field": one.field, "value": one.value, "note": one.note} for one in found.remarks],
        "problems": [
            {"field": one.field, "trouble": one.trouble.value, "params": _plain(one.params)} for one in found.problems
        ],
        "judgment": {"is_passed": judged.is_passed, "reason": judged.reason} if judged else None,
    }


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _spelled(value) for name, value in params.items()}


def _spelled(value: RuleValue | Any) -> Any:
    if isinstance(value, Decimal | date):
        return stored(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_spelled(entry) for entry in value]
    return value
