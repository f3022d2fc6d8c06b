"""Which answers are commercial figures, and what is left of answers and results without them. Pure.

Commercial are CCV, long-range plan and ARR (roles-and-access.md): questions that are filled in from them, amounts of
money, and what is worked out from these, unless it is a tier or a yes or no, which lists show as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from partners.rules.computed import COMPUTATIONS, Gives
from partners.rules.journeys import Field, Questionnaire

COMMERCIAL_SOURCES = frozenset({"organization.ccv", "organization.country_lrp", "organization.arr"})


def commercial_fields(questionnaire: Questionnaire) -> frozenset[str]:
    """The ids of the questions whose answers only those read who read commercial fields, notes on them included."""
    asked = {known.id for known in questionnaire.fields if _is_commercial(known)}
    worked_out = {
        known.id
        for known in questionnaire.fields
        if known.computed is not None
        and COMPUTATIONS[known.computed.name].gives is Gives.NUMBER
        and asked.intersection(str(argument) for argument in known.computed.arguments.values())
    }
    notes = {known.note_id for known in questionnaire.fields if known.id in asked}
    return frozenset(asked | worked_out | notes)


def without(fields: frozenset[str], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by field id, those of `fields` left out."""
    return {field: value for field, value in answers.items() if field not in fields}


def result_without(fields: frozenset[str], result: Mapping[str, Any]) -> dict[str, Any]:
    """A kept result in which nothing says an amount: what was found in `fields`, and what anything came from."""
    sections = [
        {
            **section,
            "broken": [
                {**broken, "receipt": {}} | ({"found": "", "wanted": None} if broken["field"] in fields else {})
                for broken in section["broken"]
            ],
            "remarks": [remark for remark in section["remarks"] if remark["field"] not in fields],
        }
        for section in result["sections"]
    ]
    computed = {
        field: {**kept, "receipt": {}} for field, kept in result.get("computed", {}).items() if field not in fields
    }
    return {**result, "sections": sections, "computed": computed}


def outcome_alone(result: Mapping[str, Any]) -> dict[str, Any]:
    """A kept result for those to whom the answers are closed: how it came out, section by section, and no words."""
    sections = [{"section": one["section"], "outcome": one["outcome"]} for one in result["sections"]]
    return {"overall": result["overall"], "sections": sections}


def _is_commercial(asked: Field) -> bool:
    return asked.source in COMMERCIAL_SOURCES or asked.unit == "currency"
