"""Whether every section of a questionnaire can pass at all: rules that contradict each other are refused. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from common.reading import MalformedInput
from partners.rules.answers import (
    CURRENCY_DECIMALS,
    EARLIEST,
    LARGEST_NUMBER,
    LATEST,
    MAX_DECIMALS,
    BadAnswer,
    value_of,
)
from partners.rules.computed import NO, STRATEGIC_TIERS, TIER_VALUES, YES
from partners.rules.conditions import Answer, Operator, holds
from partners.rules.journeys import CHOICE_TYPES, Field, Questionnaire, Rule, RuleValue, Section

_RELATIVE = (Operator.WITHIN_DAYS, Operator.WITHIN_MONTHS)
_FILLER = "\ue000"
"""A letter that no rule names, so that it neither makes nor breaks a match."""

_BY_TIER: Mapping[str, tuple[str, ...]] = {
    "partner_tier": TIER_VALUES,
    "meets_tier_0": (YES, NO, NO),
    "meets_tier_threshold": tuple(YES if tier in STRATEGIC_TIERS else NO for tier in range(len(TIER_VALUES))),
    "meets_financial_bar": tuple(YES if tier in STRATEGIC_TIERS else NO for tier in range(len(TIER_VALUES))),
}
"""What each computation of a tier gives for tier 0, 1 and 2."""


def check_reachable(questionnaire: Questionnaire, place: str) -> None:
    """Refuse a section that no answers let pass. Raises MalformedInput at the first rule that shuts it."""
    for number, section in enumerate(questionnaire.sections):
        for index, rule in enumerate(section.rules):
            before = section.rules[: index + 1]
            asked = section.field(rule.field)
            if asked is None:
                continue
            same_field = [other for other in before if other.field == rule.field]
            if not _can_hold(asked, same_field) or not _fits_a_tier(section, before):
                where = f"{place}.sections[{number}].rules[{index}]"
                raise MalformedInput(
                    where, f"no answer satisfies it with the rules before: {section.id} can never pass"
                )


def _can_hold(asked: Field, rules: Sequence[Rule]) -> bool:
    """Whether one answer satisfies all of these rules of the field, on some day."""
    # A limit counted from today moves with it: whatever the date is, there is a day on which it lies inside.
    lasting = [rule for rule in rules if rule.operator not in _RELATIVE]
    return any(
        all(holds(rule.operator, found, rule.value, today=EARLIEST) for rule in lasting)
        for found in _candidates(asked, lasting)
    )


def _candidates(asked: Field, rules: Sequence[Rule]) -> Iterable[Answer]:
    """Answers of which one satisfies the rules if any answer does: the limits they name, and what lies beside."""
    named = [value for rule in rules for value in _each(rule.value)]
    if asked.type in CHOICE_TYPES:
        return [option.value for option in asked.options]
    if asked.type == "checkbox":
        return [YES]
    if asked.type == "number":
        return _numbers(asked, [value for value in named if isinstance(value, Decimal)])
    if asked.type == "date":
        return _days([value for value in named if isinstance(value, date)])
    parts = [str(rule.value) for rule in rules if rule.operator == Operator.CONTAINS]
    return [*(str(value) for value in named if _can_be_given(asked, str(value))), _FILLER.join(["", *parts, ""]) + "x"]


def _each(value: RuleValue) -> Sequence[Answer | int]:
    return value if isinstance(value, tuple) else (value,)


def _numbers(asked: Field, limits: Sequence[Decimal]) -> set[Decimal]:
    decimals = {"count": 0, "currency": CURRENCY_DECIMALS}.get(asked.unit, MAX_DECIMALS)
    step = Decimal(1).scaleb(-decimals)
    found = {Decimal(0), LARGEST_NUMBER - step}
    for limit in limits:
        for rounding in (ROUND_FLOOR, ROUND_CEILING):
            near = limit.quantize(step, rounding=rounding)
            found |= {near - step, near, near + step}
    return {number for number in found if 0 <= number < LARGEST_NUMBER}


def _days(limits: Sequence[date]) -> set[date]:
    found = {EARLIEST, LATEST}
    for limit in limits:
        found |= {limit}
        found |= {limit - timedelta(days=1)} if limit > EARLIEST else set()
        found |= {limit + timedelta(days=1)} if limit < LATEST else set()
    return {day for day in found if EARLIEST <= day <= LATEST}


def _can_be_given(asked: Field, text: str) -> bool:
    try:
        return value_of(asked, text) is not None
    except BadAnswer:
        return False


def _fits_a_tier(section: Section, rules: Sequence[Rule]) -> bool:
    """Whether some tier satisfies all rules on answers that are worked out from the tier."""
    tied: dict[tuple[str | int, ...], list[tuple[Rule, tuple[str, ...]]]] = {}
    for rule in rules:
        asked = section.field(rule.field)
        computed = asked.computed if asked else None
        if computed is not None and computed.name in _BY_TIER:
            amounts = (computed.arguments["ccv"], computed.arguments["lrp"])
            tied.setdefault(amounts, []).append((rule, _BY_TIER[computed.name]))
    return all(any(_holds_at(tier, pairs) for tier in range(len(TIER_VALUES))) for pairs in tied.values())


def _holds_at(tier: int, pairs: Sequence[tuple[Rule, tuple[str, ...]]]) -> bool:
    return all(holds(rule.operator, given[tier], rule.value, today=EARLIEST) for rule, given in pairs)
