"""Answers that nobody gives: they are worked out from other answers by named computations (journey.md, Gates). Pure.

The partner tier is that of `partners.rules.classification`, from the amounts as answered, in the organization's
currency: shares are compared unrounded and shown with two decimals, and a plan of nothing is reached by nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from typing import Any

from partners.rules import classification
from partners.rules.classification import ClassificationPolicy, Facts
from partners.rules.conditions import Answer, days_later, months_later
from partners.rules.journeys import Computed

YES, NO = "yes", "no"
TIER_VALUES = ("tier_0", "tier_1", "tier_2")
STRATEGIC_TIERS = (0, 1)


class Takes(StrEnum):
    """What an argument of a computation is: a field with a number, a field with a date, or a figure."""

    NUMBER = "number"
    DATE = "date"
    COUNT = "count"


class Gives(StrEnum):
    """What a computation gives: yes or no, one of the tiers, or a number."""

    YES_NO = "yes_no"
    TIER = "tier"
    NUMBER = "number"


VALUES_GIVEN: Mapping[Gives, tuple[str, ...]] = {Gives.YES_NO: (YES, NO), Gives.TIER: TIER_VALUES}


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What an evaluation knows beside the answers: the organization's local date, its kind and currency, the packs."""

    today: date
    kind: str
    currency: str
    policy: ClassificationPolicy


@dataclass(frozen=True, kw_only=True, slots=True)
class ComputedAnswer:
    """A worked-out answer: `value` as it is compared (None: not known), `text` as it is shown, and what it came from.

    `receipt` holds plain texts and numbers (JSON); "rule" in it says which rule gave the value, or why there is none.
    """

    value: Answer | None
    text: str
    receipt: Mapping[str, Any] = field(default_factory=dict)


Arguments = Mapping[str, Answer | int | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Computation:
    """One way to work an answer out: what it takes, by name, and what it gives."""

    takes: Mapping[str, Takes]
    gives: Gives
    work_out: Callable[[Arguments, Circumstances], ComputedAnswer]


def compute(computed: Computed, answers: Mapping[str, Answer | None], around: Circumstances) -> ComputedAnswer:
    """The answer of a computed field from the other answers of its questionnaire, by field id."""
    computation = COMPUTATIONS[computed.name]
    arguments: dict[str, Answer | int | None] = {}
    for name, takes in computation.takes.items():
        given = computed.arguments[name]
        arguments[name] = given if takes is Takes.COUNT else answers.get(str(given))
    return computation.work_out(arguments, around)


def _classified(arguments: Arguments, around: Circumstances) -> classification.Classified:
    ccv, lrp = arguments["ccv"], arguments["lrp"]
    facts = Facts(
        kind=around.kind,
        currency=around.currency,
        ccv=ccv if isinstance(ccv, Decimal) else None,
        country_lrp=lrp if isinstance(lrp, Decimal) else None,
    )
    return classification.partner_tier(facts, around.policy, on=around.today)


def _partner_tier(arguments: Arguments, around: Circumstances) -> ComputedAnswer:
    result = _classified(arguments, around)
    value = f"tier_{result.value}" if result.value is not None else None
    return ComputedAnswer(value=value, text=value or "", receipt=result.receipt)


def _meets_strategic_tier(arguments: Arguments, around: Circumstances) -> ComputedAnswer:
    result = _classified(arguments, around)
    met = result.value in STRATEGIC_TIERS if result.value is not None else None
    return _yes_no(met, result.receipt)


def _meets_tier_0(arguments: Arguments, around: Circumstances) -> ComputedAnswer:
    result = _classified(arguments, around)
    return _yes_no(result.value == 0 if result.value is not None else None, result.receipt)


def _share_percent(arguments: Arguments, around: Circumstances) -> ComputedAnswer:
    ccv, lrp = arguments["ccv"], arguments["lrp"]
    if not isinstance(ccv, Decimal) or not isinstance(lrp, Decimal):
        missing = [name for name in ("ccv", "lrp") if not isinstance(arguments[name], Decimal)]
        return ComputedAnswer(value=None, text="", receipt={"rule": "missing", "facts": missing})
    with localcontext() as exact:
        exact.prec = 60
        share = ccv * 100 / lrp if lrp > 0 else Decimal(0)
        shown = share.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return ComputedAnswer(
        value=share, text=f"{shown:f}", receipt={"rule": "share", "ccv": f"{ccv:f}", "country_lrp": f"{lrp:f}"}
    )


def _is_within_days(arguments: Arguments, around: Circumstances) -> ComputedAnswer:
    return _until(arguments["date"], days_later(around.today, _whole(arguments["days"])), around)


def _is_within_months(arguments: Arguments, around: Circumstances) -> ComputedAnswer:
    return _until(arguments["date"], months_later(around.today, _whole(arguments["months"])), around)


def _until(day: Answer | int | None, last: date, around: Circumstances) -> ComputedAnswer:
    if not isinstance(day, date):
        return _yes_no(None, {"rule": "missing", "facts": ["date"]})
    receipt = {"rule": "between", "date": day.isoformat(), "from": around.today.isoformat(), "to": last.isoformat()}
    return _yes_no(around.today <= day <= last, receipt)


def _whole(figure: Answer | int | None) -> int:
    if not isinstance(figure, int):
        raise TypeError(f"expected a whole number, found {figure!r}")
    return figure


def _yes_no(met: bool | None, receipt: Mapping[str, Any]) -> ComputedAnswer:
    value = None if met is None else YES if met else NO
    return ComputedAnswer(value=value, text=value or "", receipt=receipt)


_AMOUNTS = {"ccv": Takes.NUMBER, "lrp": Takes.NUMBER}

COMPUTATIONS: Mapping[str, Computation] = {
    "partner_tier": Computation(takes=_AMOUNTS, gives=Gives.TIER, work_out=_partner_tier),
    "ccv_share_of_lrp_percent": Computation(takes=_AMOUNTS, gives=Gives.NUMBER, work_out=_share_percent),
    "meets_tier_threshold": Computation(takes=_AMOUNTS, gives=Gives.YES_NO, work_out=_meets_strategic_tier),
    "meets_tier_0": Computation(takes=_AMOUNTS, gives=Gives.YES_NO, work_out=_meets_tier_0),
    "meets_financial_bar": Computation(takes=_AMOUNTS, gives=Gives.YES_NO, work_out=_meets_strategic_tier),
    "is_within_days": Computation(
        takes={"date": Takes.DATE, "days": Takes.COUNT}, gives=Gives.YES_NO, work_out=_is_within_days
    ),
    "is_within_months": Computation(
        takes={"date": Takes.DATE, "months": Takes.COUNT}, gives=Gives.YES_NO, work_out=_is_within_months
    ),
}
"""The computations by name: what a pack may ask for."""
