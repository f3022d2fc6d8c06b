"""Tier, segment and gemstone of an organization, computed from its facts (journey.md, "Tiers, segments, gemstones").

Pure. Each result carries the rule that gave it as a code with the figures it compared, so that a page can say
"ARR 620,000 USD >= 500,000: tier 1", and the version of the policy. A fact that is missing gives no value, never a
guess. A value set by hand stands in place of the computed one, which is kept beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from partners.rules.classification_packs import (
    ArrStep,
    Gemstone,
    GemstonePolicy,
    Label,
    PartnerTier,
    RateTable,
    SegmentPolicy,
    TierPolicy,
)

PARTNER_TIER = "partner_tier"
ARR_SEGMENT = "arr_segment"
ENGAGEMENT_TIER = "engagement_tier"
GEMSTONE = "gemstone"
DIMENSIONS = (PARTNER_TIER, ARR_SEGMENT, ENGAGEMENT_TIER, GEMSTONE)
PACK_OF = {PARTNER_TIER: "tiers", ARR_SEGMENT: "segments", ENGAGEMENT_TIER: "segments", GEMSTONE: "gemstones"}

Value = int | str | None
Params = Mapping[str, Any]


class Rule(StrEnum):
    """Which rule gave a value, or why there is none. The parameters of each stand beside it.

    An amount in another currency than the threshold adds its conversion: converted, rate, rate_on, rates_version.
    """

    AT_LEAST = "at_least"  # fact, amount, currency, threshold, threshold_currency (+ conversion)
    SHARE_AT_LEAST = "share_at_least"  # fact, amount, of_fact, of_amount, currency, percent
    BELOW_ALL = "below_all"  # as AT_LEAST, with the lowest threshold (of a tier: + of_fact, of_amount, percent)
    FITS = "fits"  # engagement_tier, market_segment, undecided_by
    OVERRIDE = "override"  # reason, computed, computed_rule, computed_params
    MISSING = "missing"  # facts
    NO_RATE = "no_rate"  # currency, threshold_currency, on
    NO_FIT = "no_fit"  # engagement_tier, market_segment
    NOT_APPLICABLE = "not_applicable"  # kind
    NO_POLICY = "no_policy"  # pack


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of an organization; None and "" mean not known. Amounts are in `currency`."""

    kind: str
    currency: str
    ccv: Decimal | None = None
    country_lrp: Decimal | None = None
    arr: Decimal | None = None
    market_segment: str = ""
    edition: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """A value set by hand, and why."""

    value: int | str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassificationPolicy:
    """The packs in force; None where none is loaded."""

    tiers: TierPolicy | None = None
    segments: SegmentPolicy | None = None
    gemstones: GemstonePolicy | None = None
    rates: RateTable | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Classified:
    """The value of one dimension with its receipt. `params` holds plain texts, numbers and lists (JSON)."""

    dimension: str
    value: Value
    rule: Rule
    params: Params = field(default_factory=dict)
    policy_version: int | None = None

    @property
    def receipt(self) -> dict[str, Any]:
        """The result as JSON, to be stored with the value."""
        return {
            "value": self.value,
            "rule": self.rule.value,
            "params": dict(self.params),
            "pack": PACK_OF[self.dimension],
            "policy_version": self.policy_version,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Amount:
    """An amount of the organization beside the same in the currency of the thresholds."""

    amount: Decimal
    compared: Decimal
    params: Params


def classify(
    facts: Facts, policy: ClassificationPolicy, *, on: date, overrides: Mapping[str, Override] | None = None
) -> dict[str, Classified]:
    """All four dimensions, in the order of DIMENSIONS. Amounts are converted by the rates of the day `on`.

    A gemstone follows from the engagement tier in force, set by hand or not.
    """
    given = overrides or {}
    results = {
        PARTNER_TIER: partner_tier(facts, policy, on=on),
        ARR_SEGMENT: arr_segment(facts, policy, on=on),
        ENGAGEMENT_TIER: engagement_tier(facts, policy, on=on),
    }
    results = {dimension: _overridden(result, given.get(dimension)) for dimension, result in results.items()}
    stone = gemstone(facts, policy, engagement_tier=results[ENGAGEMENT_TIER].value)
    results[GEMSTONE] = _overridden(stone, given.get(GEMSTONE))
    return results


def partner_tier(facts: Facts, policy: ClassificationPolicy, *, on: date) -> Classified:
    """Tier 0 to 2 of a partner: the first tier whose rule holds, shares compared unrounded."""
    tiers = policy.tiers
    if tiers is None:
        return _no_policy(PARTNER_TIER)
    blank = Classified(dimension=PARTNER_TIER, value=None, rule=Rule.MISSING, policy_version=tiers.version)
    if facts.kind not in tiers.applies_to:
        return replace(blank, rule=Rule.NOT_APPLICABLE, params={"kind": facts.kind})
    if facts.ccv is None:
        return replace(blank, params={"facts": ["ccv"] if facts.country_lrp is not None else ["ccv", "country_lrp"]})
    for tier in tiers.tiers:
        if tier.ccv_share_of_lrp_percent is not None:
            if facts.country_lrp is None:
                return replace(blank, params={"facts": ["country_lrp"]})
            if _reaches_share(facts.ccv, facts.country_lrp, tier.ccv_share_of_lrp_percent):
                return replace(blank, value=tier.value, rule=Rule.SHARE_AT_LEAST, params=_share(facts, tier))
            continue
        ccv = _in_currency(facts.ccv, facts.currency, tiers.currency, policy.rates, on=on)
        if ccv is None:
            return _no_rate(blank, facts.currency, tiers.currency, on)
        if tier.ccv_at_least is None:
            return replace(blank, value=tier.value, rule=Rule.BELOW_ALL, params=_below_tiers(ccv, facts, tiers))
        if ccv.compared >= tier.ccv_at_least:
            params = {"fact": "ccv", **ccv.params, "threshold": str(tier.ccv_at_least)}
            return replace(blank, value=tier.value, rule=Rule.AT_LEAST, params=params)
    return blank


def arr_segment(facts: Facts, policy: ClassificationPolicy, *, on: date) -> Classified:
    """The segment by annual recurring revenue: enterprise, mid_market, small."""
    steps = policy.segments.arr_segments if policy.segments else ()
    return _by_arr(ARR_SEGMENT, steps, facts, policy, on=on)


def engagement_tier(facts: Facts, policy: ClassificationPolicy, *, on: date) -> Classified:
    """The engagement tier by annual recurring revenue, 1 to 4."""
    steps = policy.segments.engagement_tiers if policy.segments else ()
    return _by_arr(ENGAGEMENT_TIER, steps, facts, policy, on=on)


def gemstone(facts: Facts, policy: ClassificationPolicy, *, engagement_tier: Value) -> Classified:
    """The onboarding experience: the first gemstone that the engagement tier and the market segment fit.

    A market segment that is not recorded fits no gemstone that asks for one; `undecided_by` then names it, since
    the answer may change once it is known.
    """
    stones = policy.gemstones
    if stones is None:
        return _no_policy(GEMSTONE)
    blank = Classified(dimension=GEMSTONE, value=None, rule=Rule.MISSING, policy_version=stones.version)
    if facts.kind not in stones.applies_to:
        return replace(blank, rule=Rule.NOT_APPLICABLE, params={"kind": facts.kind})
    if engagement_tier is None:
        return replace(blank, params={"facts": [ENGAGEMENT_TIER]})
    params: dict[str, Any] = {"engagement_tier": engagement_tier, "market_segment": facts.market_segment}
    undecided = False
    for stone in stones.gemstones:
        if engagement_tier not in stone.engagement_tiers:
            continue
        if stone.market_segments is None or facts.market_segment in stone.market_segments:
            params["undecided_by"] = ["market_segment"] if undecided else []
            return replace(blank, value=stone.value, rule=Rule.FITS, params=params)
        undecided = undecided or not facts.market_segment
    return replace(blank, rule=Rule.NO_FIT, params=params)


def has_tam(facts: Facts, policy: ClassificationPolicy, *, engagement_tier: Value) -> bool | None:
    """Whether a technical account manager comes with the tier and the edition; None when that is not known.

    Below the tiers with a TAM one can still be bought; this says what is included.
    """
    if policy.segments is None or engagement_tier is None:
        return None
    if engagement_tier not in policy.segments.tam_tiers:
        return False
    return facts.edition.casefold() in policy.segments.tam_editions if facts.edition else None


def gemstone_of(policy: ClassificationPolicy, value: Value) -> Gemstone | None:
    """What a gemstone carries: days of onboarding and the services promised."""
    stones = policy.gemstones.gemstones if policy.gemstones else ()
    return next((stone for stone in stones if stone.value == value), None)


def values_of(policy: ClassificationPolicy, dimension: str) -> dict[int | str, Label]:
    """The values that a dimension can have under the policy, with their labels: what may be set by hand."""
    entries: Sequence[PartnerTier | ArrStep | Gemstone] = ()
    if dimension == PARTNER_TIER and policy.tiers:
        entries = policy.tiers.tiers
    elif dimension == ARR_SEGMENT and policy.segments:
        entries = policy.segments.arr_segments
    elif dimension == ENGAGEMENT_TIER and policy.segments:
        entries = policy.segments.engagement_tiers
    elif dimension == GEMSTONE and policy.gemstones:
        entries = policy.gemstones.gemstones
    return {entry.value: entry.label for entry in entries}


def parse_value(policy: ClassificationPolicy, dimension: str, written: str) -> int | str:
    """The value that a text stands for ("1" is tier 1). Raises ValueError when the policy has no such value."""
    for value in values_of(policy, dimension):
        if str(value) == written:
            return value
    raise ValueError(f"{dimension} has no value {written!r}")


def label_in(label: Label, language: str) -> str:
    """The text in a language ("de", or "de" for "de-at"), in English where it has none."""
    return label.get(language) or label.get(language.partition("-")[0]) or label["en"]


def _by_arr(
    dimension: str, steps: Sequence[ArrStep], facts: Facts, policy: ClassificationPolicy, *, on: date
) -> Classified:
    segments = policy.segments
    if segments is None:
        return _no_policy(dimension)
    blank = Classified(dimension=dimension, value=None, rule=Rule.MISSING, policy_version=segments.version)
    if facts.kind not in segments.applies_to:
        return replace(blank, rule=Rule.NOT_APPLICABLE, params={"kind": facts.kind})
    if facts.arr is None:
        return replace(blank, params={"facts": ["arr"]})
    arr = _in_currency(facts.arr, facts.currency, segments.currency, policy.rates, on=on)
    if arr is None:
        return _no_rate(blank, facts.currency, segments.currency, on)
    for step in steps:
        if step.arr_at_least is None:
            floors = [str(above.arr_at_least) for above in steps if above.arr_at_least is not None]
            params = {"fact": "arr", **arr.params, "threshold": floors[-1] if floors else None}
            return replace(blank, value=step.value, rule=Rule.BELOW_ALL, params=params)
        if arr.compared >= step.arr_at_least:
            params = {"fact": "arr", **arr.params, "threshold": str(step.arr_at_least)}
            return replace(blank, value=step.value, rule=Rule.AT_LEAST, params=params)
    return blank


def _in_currency(amount: Decimal, currency: str, wanted: str, rates: RateTable | None, *, on: date) -> _Amount | None:
    params: dict[str, Any] = {"amount": str(amount), "currency": currency, "threshold_currency": wanted}
    if currency == wanted:
        return _Amount(amount=amount, compared=amount, params=params)
    held, asked = (rates.rate(code, on) if rates else None for code in (currency, wanted))
    if rates is None or held is None or asked is None:
        return None
    compared = amount * held.rate / asked.rate
    used = held if wanted == rates.reporting_currency else asked
    params |= {
        "converted": str(compared.quantize(Decimal("0.01"))),
        "rate": str(round(held.rate / asked.rate, 8).normalize()),
        "rate_on": used.on.isoformat(),
        "rates_version": rates.version,
    }
    return _Amount(amount=amount, compared=compared, params=params)


def _reaches_share(amount: Decimal, whole: Decimal, percent: Decimal) -> bool:
    # Without division nothing is rounded; a plan of nothing is reached by nobody (gates.yaml, pct-computed).
    return whole > 0 and amount * 100 >= whole * percent


def _share(facts: Facts, tier: PartnerTier) -> Params:
    return {
        "fact": "ccv",
        "amount": str(facts.ccv),
        "of_fact": "country_lrp",
        "of_amount": str(facts.country_lrp),
        "currency": facts.currency,
        "percent": str(tier.ccv_share_of_lrp_percent),
    }


def _below_tiers(ccv: _Amount, facts: Facts, policy: TierPolicy) -> Params:
    floors = [tier.ccv_at_least for tier in policy.tiers if tier.ccv_at_least is not None]
    shares = [tier.ccv_share_of_lrp_percent for tier in policy.tiers if tier.ccv_share_of_lrp_percent is not None]
    params: dict[str, Any] = {"fact": "ccv", **ccv.params, "threshold": str(min(floors)) if floors else None}
    if shares:
        params |= {"of_fact": "country_lrp", "of_amount": str(facts.country_lrp), "percent": str(min(shares))}
    return params


def _no_policy(dimension: str) -> Classified:
    return Classified(dimension=dimension, value=None, rule=Rule.NO_POLICY, params={"pack": PACK_OF[dimension]})


def _no_rate(blank: Classified, currency: str, wanted: str, on: date) -> Classified:
    params = {"currency": currency, "threshold_currency": wanted, "on": on.isoformat()}
    return replace(blank, rule=Rule.NO_RATE, params=params)


def _overridden(computed: Classified, override: Override | None) -> Classified:
    if override is None:
        return computed
    params = {
        "reason": override.reason,
        "computed": computed.value,
        "computed_rule": computed.rule.value,
        "computed_params": dict(computed.params),
    }
    return replace(computed, value=override.value, rule=Rule.OVERRIDE, params=params)
