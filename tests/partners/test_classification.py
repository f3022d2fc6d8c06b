"""Tiers, segments and gemstones by tables, with the boundaries; and what a page needs to explain them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.pack_files import read_pack
from common.reading import MalformedInput
from partners import choices
from partners.rules import classification
from partners.rules.classification import (
    ARR_SEGMENT,
    DIMENSIONS,
    ENGAGEMENT_TIER,
    GEMSTONE,
    PARTNER_TIER,
    ClassificationPolicy,
    Classified,
    Facts,
    Override,
    Rule,
    classify,
)
from partners.rules.classification_packs import (
    KINDS,
    MARKET_SEGMENTS,
    parse_gemstones,
    parse_rates,
    parse_segments,
    parse_tiers,
)

TODAY = date(2025, 6, 2)
DEFAULT = Path(__file__).parents[2] / "policies" / "default"
BODIES = {name: read_pack(DEFAULT / f"{name}.yaml").body for name in ("tiers", "segments", "gemstones", "rates")}
RATES = {
    "reporting_currency": "USD",
    "rates": [
        {"currency": "EUR", "on": "2025-01-01", "rate": 1.25},
        {"currency": "EUR", "on": "2025-06-01", "rate": 1.1},
        {"currency": "EUR", "on": "2025-06-03", "rate": 9},
        {"currency": "GBP", "on": "2025-07-01", "rate": 1.3},
        {"currency": "CHF", "on": "2024-01-01", "rate": 1.1},
    ],
}
POLICY = ClassificationPolicy(
    tiers=parse_tiers(BODIES["tiers"], version=3),
    segments=parse_segments(BODIES["segments"], version=4),
    gemstones=parse_gemstones(BODIES["gemstones"], version=5),
    rates=parse_rates(RATES, version=6),
)


def partner(ccv: str | None, lrp: str | None, currency: str = "USD") -> Facts:
    return Facts(
        kind="partner",
        currency=currency,
        ccv=Decimal(ccv) if ccv is not None else None,
        country_lrp=Decimal(lrp) if lrp is not None else None,
    )


def customer(arr: str | None, market_segment: str = "", currency: str = "USD", edition: str = "") -> Facts:
    return Facts(
        kind="customer",
        currency=currency,
        arr=Decimal(arr) if arr is not None else None,
        market_segment=market_segment,
        edition=edition,
    )


def classified(facts: Facts, overrides: Mapping[str, Override] | None = None) -> dict[str, Classified]:
    return classify(facts, POLICY, on=TODAY, overrides=overrides)


@pytest.mark.parametrize(
    ("ccv", "lrp", "tier"),
    [
        ("50000000", None, 0),
        ("50000000", "1000000000", 0),
        ("49999999.99", "499999999.90", 1),
        ("49999999.99", "500000000", 2),
        ("10", "100", 1),
        ("9.99", "100", 2),
        ("9.9999999999", "100", 2),
        ("33.33", "333.31", 2),
        ("33.33", "333.30", 1),
        ("33.33", "333.3000001", 2),
        ("0", "0", 2),
        ("1000", "0", 2),
        ("0", "100", 2),
    ],
)
def test_partner_tier(ccv: str, lrp: str | None, tier: int) -> None:
    assert classified(partner(ccv, lrp))[PARTNER_TIER].value == tier


@pytest.mark.parametrize(
    ("ccv", "lrp", "missing"),
    [(None, "100", ["ccv"]), (None, None, ["ccv", "country_lrp"]), ("49999999.99", None, ["country_lrp"])],
)
def test_a_tier_needs_its_facts(ccv: str | None, lrp: str | None, missing: list[str]) -> None:
    result = classified(partner(ccv, lrp))[PARTNER_TIER]
    assert (result.value, result.rule, result.params) == (None, Rule.MISSING, {"facts": missing})


@pytest.mark.parametrize(
    ("arr", "segment", "tier"),
    [
        ("500000", "enterprise", 1),
        ("499999.99", "enterprise", 2),
        ("250000", "enterprise", 2),
        ("249999.99", "enterprise", 3),
        ("200000", "enterprise", 3),
        ("199999.99", "mid_market", 3),
        ("100000", "mid_market", 3),
        ("99999.99", "mid_market", 4),
        ("50000", "mid_market", 4),
        ("49999.99", "small", 4),
        ("0", "small", 4),
    ],
)
def test_arr_segment_and_engagement_tier(arr: str, segment: str, tier: int) -> None:
    results = classified(customer(arr))
    assert (results[ARR_SEGMENT].value, results[ENGAGEMENT_TIER].value) == (segment, tier)


@pytest.mark.parametrize(
    ("arr", "market_segment", "stone", "days"),
    [
        ("500000", "strategic", "diamond", 180),
        ("500000", "large", "pearl", 180),
        ("500000", "smb", "pearl", 180),
        ("250000", "strategic", "pearl", 180),
        ("100000", "large", "sapphire", 90),
        ("100000", "strategic", "sapphire", 90),
        ("99999", "large", "ruby", 90),
        ("99999", "strategic", "ruby", 90),
        ("99999", "mid_market", "quartz", 30),
        ("99999", "smb", "quartz", 30),
    ],
)
def test_gemstone(arr: str, market_segment: str, stone: str, days: int) -> None:
    result = classified(customer(arr, market_segment))[GEMSTONE]
    carried = classification.gemstone_of(POLICY, result.value)
    assert result.value == stone
    assert result.params["undecided_by"] == []
    assert carried is not None
    assert carried.onboarding_days == days


@pytest.mark.parametrize(
    ("arr", "stone", "undecided_by"),
    [
        ("500000", "pearl", ["market_segment"]),
        ("250000", "pearl", []),
        ("100000", "sapphire", []),
        ("1", "ruby", ["market_segment"]),
    ],
)
def test_an_unknown_market_segment_is_named_where_it_could_decide(
    arr: str, stone: str, undecided_by: list[str]
) -> None:
    result = classified(customer(arr))[GEMSTONE]
    assert (result.value, result.params["undecided_by"]) == (stone, undecided_by)


def test_without_revenue_there_is_no_segment_tier_or_gemstone() -> None:
    results = classified(customer(None, "strategic"))
    assert [results[dimension].value for dimension in (ARR_SEGMENT, ENGAGEMENT_TIER, GEMSTONE)] == [None] * 3
    assert results[ARR_SEGMENT].params == {"facts": ["arr"]}
    assert results[GEMSTONE].params == {"facts": ["engagement_tier"]}


def test_a_customer_has_no_partner_tier() -> None:
    result = classified(replace(customer("1"), ccv=Decimal(10**9)))[PARTNER_TIER]
    assert (result.value, result.rule, result.params) == (None, Rule.NOT_APPLICABLE, {"kind": "customer"})


@pytest.mark.parametrize(
    ("stone", "services"),
    [
        (
            "diamond",
            {"on_site": (10, 10), "remote": None, "personal_outreach": None, "automated_outreach": None},
        ),
        (
            "pearl",
            {"kickoff_on_site": (1, 3), "remote": None, "personal_outreach": None, "automated_outreach": None},
        ),
        (
            "sapphire",
            {
                "remote_week": (5, 5),
                "administration_training": (1, 1),
                "ci_cd_training": (1, 1),
                "personal_outreach": None,
                "automated_outreach": None,
            },
        ),
        ("ruby", {"personal_outreach": None, "automated_outreach": None}),
        ("quartz", {"automated_outreach": None}),
    ],
)
def test_a_gemstone_carries_services(stone: str, services: dict[str, tuple[int, int] | None]) -> None:
    carried = classification.gemstone_of(POLICY, stone)
    assert carried is not None
    assert {
        service.id: (service.days_min, service.days_max) if service.days_min is not None else None
        for service in carried.services
    } == services


@pytest.mark.parametrize(
    ("tier", "edition", "expected"),
    [
        (1, "Premium", True),
        (3, "ultimate", True),
        (3, "Starter", False),
        (3, "", None),
        (4, "Ultimate", False),
        (4, "", False),
        (None, "Premium", None),
    ],
)
def test_a_tam_comes_with_tier_and_edition(tier: int | None, edition: str, expected: bool | None) -> None:
    facts = customer("1", edition=edition)
    assert classification.has_tam(facts, POLICY, engagement_tier=tier) is expected


class TestReceipts:
    def test_a_threshold_that_was_reached(self) -> None:
        assert classified(customer("620000.00"))[ENGAGEMENT_TIER].receipt == {
            "value": 1,
            "rule": "at_least",
            "params": {
                "fact": "arr",
                "amount": "620000.00",
                "currency": "USD",
                "threshold_currency": "USD",
                "threshold": "500000",
            },
            "pack": "segments",
            "policy_version": 4,
        }

    def test_a_share_that_was_reached(self) -> None:
        result = classified(partner("12", "100", "EUR"))[PARTNER_TIER]
        assert result.rule is Rule.SHARE_AT_LEAST
        assert result.policy_version == 3
        assert result.params == {
            "fact": "ccv",
            "amount": "12",
            "of_fact": "country_lrp",
            "of_amount": "100",
            "currency": "EUR",
            "percent": "10",
        }

    def test_what_is_below_all_names_the_lowest_thresholds(self) -> None:
        assert classified(customer("49"))[ARR_SEGMENT].params["threshold"] == "50000"
        params = classified(partner("9", "100"))[PARTNER_TIER].params
        assert (params["threshold"], params["of_amount"], params["percent"]) == ("50000000", "100", "10")

    def test_every_receipt_is_plain_json(self) -> None:
        for facts in (customer("1", "smb", "EUR"), customer(None), partner("1", "2", "EUR"), customer("1", "", "XXX")):
            overrides = {dimension: Override(value=1, reason="why") for dimension in (ENGAGEMENT_TIER,)}
            for given_by_hand in ({}, overrides):
                for result in classified(facts, given_by_hand).values():
                    assert json.loads(json.dumps(result.receipt)) == result.receipt

    def test_the_dimensions_come_in_their_order(self) -> None:
        assert tuple(classified(customer("1"))) == DIMENSIONS


class TestCurrencies:
    def test_the_latest_rate_on_or_before_the_day_counts(self) -> None:
        result = classified(customer("200000", currency="EUR"))[ARR_SEGMENT]
        assert result.value == "enterprise"
        params = {key: result.params[key] for key in ("converted", "rate", "rate_on", "rates_version")}
        assert params == {"converted": "220000.00", "rate": "1.1", "rate_on": "2025-06-01", "rates_version": 6}

    @pytest.mark.parametrize(
        ("on", "segment"),
        [(date(2024, 12, 31), None), (date(2025, 1, 1), "enterprise"), (date(2025, 6, 1), "mid_market")],
    )
    def test_the_day_decides(self, on: date, segment: str | None) -> None:
        result = classify(customer("170000", currency="EUR"), POLICY, on=on)[ARR_SEGMENT]
        assert result.value == segment

    def test_amounts_are_compared_unrounded(self) -> None:
        assert classified(customer("45454.54", currency="EUR"))[ARR_SEGMENT].value == "small"
        assert classified(customer("45454.55", currency="EUR"))[ARR_SEGMENT].value == "mid_market"

    @pytest.mark.parametrize("currency", ["GBP", "XXX"])
    def test_a_currency_without_a_rate_gives_no_value(self, currency: str) -> None:
        results = classified(replace(customer("10", currency=currency), kind="partner", ccv=Decimal(10**9)))
        for dimension in (PARTNER_TIER, ARR_SEGMENT, ENGAGEMENT_TIER):
            result = results[dimension]
            assert (result.value, result.rule) == (None, Rule.NO_RATE)
            assert result.params == {"currency": currency, "threshold_currency": "USD", "on": "2025-06-02"}

    def test_thresholds_in_another_currency_than_the_reporting_one(self) -> None:
        segments = parse_segments({**BODIES["segments"], "currency": "EUR"}, version=1)
        policy = replace(POLICY, segments=segments)
        by_arr = {
            ("550000", "USD"): 1,
            ("549999.99", "USD"): 2,
            ("500000", "EUR"): 1,
            ("500000", "CHF"): 1,
            ("499999", "CHF"): 2,
        }
        for (arr, currency), tier in by_arr.items():
            assert classify(customer(arr, currency=currency), policy, on=TODAY)[ENGAGEMENT_TIER].value == tier

    def test_without_rates_the_own_currency_of_the_pack_still_counts(self) -> None:
        policy = replace(POLICY, rates=None)
        assert classify(customer("200000"), policy, on=TODAY)[ARR_SEGMENT].value == "enterprise"
        assert classify(customer("1", currency="EUR"), policy, on=TODAY)[ARR_SEGMENT].rule is Rule.NO_RATE


class TestOverrides:
    def test_a_value_set_by_hand_stands_and_the_computed_one_is_kept(self) -> None:
        facts = partner("1", "100")
        result = classified(facts, {PARTNER_TIER: Override(value=0, reason="agreed by the board")})[PARTNER_TIER]
        assert (result.value, result.rule, result.policy_version) == (0, Rule.OVERRIDE, 3)
        assert result.params["reason"] == "agreed by the board"
        assert result.params["computed"] == 2
        assert result.params["computed_rule"] == "below_all"
        assert result.params["computed_params"] == classified(facts)[PARTNER_TIER].params

    def test_the_gemstone_follows_an_engagement_tier_set_by_hand(self) -> None:
        results = classified(customer("1", "strategic"), {ENGAGEMENT_TIER: Override(value=1, reason="lighthouse")})
        assert results[GEMSTONE].value == "diamond"
        assert results[GEMSTONE].rule is Rule.FITS

    def test_a_gemstone_set_by_hand_needs_no_facts(self) -> None:
        result = classified(customer(None), {GEMSTONE: Override(value="pearl", reason="bought")})[GEMSTONE]
        assert (result.value, result.params["computed"]) == ("pearl", None)

    def test_values_are_read_as_the_policy_knows_them(self) -> None:
        assert classification.parse_value(POLICY, PARTNER_TIER, "0") == 0
        assert classification.parse_value(POLICY, GEMSTONE, "pearl") == "pearl"
        assert classification.parse_value(POLICY, ARR_SEGMENT, "small") == "small"
        for dimension, written in ((PARTNER_TIER, "3"), (GEMSTONE, "opal"), (ENGAGEMENT_TIER, "0"), ("height", "1")):
            with pytest.raises(ValueError, match="has no value"):
                classification.parse_value(POLICY, dimension, written)

    def test_labels_are_in_the_language_asked_for_or_in_english(self) -> None:
        label = classification.values_of(POLICY, GEMSTONE)["diamond"]
        assert [classification.label_in(label, language) for language in ("de", "de-at", "fr")] == [
            "Diamant",
            "Diamant",
            "Diamond",
        ]


def test_without_policies_nothing_is_guessed() -> None:
    results = classify(customer("1"), ClassificationPolicy(), on=TODAY)
    assert {result.value for result in results.values()} == {None}
    assert [result.params["pack"] for result in results.values()] == ["tiers", "segments", "segments", "gemstones"]
    assert {result.rule for result in results.values()} == {Rule.NO_POLICY}


def test_a_gemstone_that_nothing_fits_is_none() -> None:
    body = copy.deepcopy(dict(BODIES["gemstones"]))
    body["gemstones"] = body["gemstones"][:1]
    policy = replace(POLICY, gemstones=parse_gemstones(body, version=1))
    result = classify(customer("1", "smb"), policy, on=TODAY)[GEMSTONE]
    assert (result.value, result.rule) == (None, Rule.NO_FIT)


amounts = st.decimals(min_value=0, max_value=10**9, places=2)
segments = st.sampled_from(["", *MARKET_SEGMENTS])


@given(one=amounts, two=amounts, segment=segments)
def test_more_revenue_never_means_less(one: Decimal, two: Decimal, segment: str) -> None:
    less, more = sorted((one, two))
    lower, higher = (classified(replace(customer("0", segment), arr=arr)) for arr in (less, more))
    order = ["small", "mid_market", "enterprise"]
    stones = ["quartz", "ruby", "sapphire", "pearl", "diamond"]
    assert order.index(str(lower[ARR_SEGMENT].value)) <= order.index(str(higher[ARR_SEGMENT].value))
    assert int(lower[ENGAGEMENT_TIER].value or 0) >= int(higher[ENGAGEMENT_TIER].value or 0)
    assert stones.index(str(lower[GEMSTONE].value)) <= stones.index(str(higher[GEMSTONE].value))


@given(one=amounts, two=amounts, lrp=amounts)
def test_a_larger_contract_never_means_a_lower_tier(one: Decimal, two: Decimal, lrp: Decimal) -> None:
    less, more = sorted((one, two))
    lower, higher = (
        classified(Facts(kind="partner", currency="USD", ccv=ccv, country_lrp=lrp))[PARTNER_TIER].value
        for ccv in (less, more)
    )
    assert isinstance(lower, int)
    assert isinstance(higher, int)
    assert lower >= higher


def changed(name: str, path: str, value: Any) -> dict[str, Any]:
    """A default pack with one entry replaced; a value of ... takes it away."""
    body = copy.deepcopy(dict(BODIES[name]))
    *parents, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place: Any = body
    for step in parents:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return body


PARSERS = {"tiers": parse_tiers, "segments": parse_segments, "gemstones": parse_gemstones, "rates": parse_rates}


@pytest.mark.parametrize(
    ("name", "path", "value", "words"),
    [
        ("tiers", "currency", ..., '"currency" is missing'),
        ("tiers", "currency", "usd", "currency: expected a currency of three capital letters"),
        ("tiers", "tiers", [], "tiers: must not be empty"),
        ("tiers", "tiers/0/ccv_at_least", "x", 'tiers[0].ccv_at_least: expected a number, found "x"'),
        ("tiers", "tiers/0/ccv_at_least", -1, "tiers[0].ccv_at_least: must not be negative"),
        ("tiers", "tiers/0/ccv_at_least", ..., "tiers[0]: expected one rule"),
        ("tiers", "tiers/2/ccv_at_least", 1, "tiers[2].ccv_at_least: the last tier takes what is left"),
        ("tiers", "tiers/1/value", 0, "tiers[1]: 0 is there already"),
        ("tiers", "tiers/1/value", 3, "tiers[1].value: expected a number from 0 to 2, found 3"),
        ("tiers", "tiers/1/label", {"de": "Stufe"}, 'tiers[1].label: "en" is missing'),
        ("tiers", "tiers/1/label", "Tier", 'tiers[1].label: expected an object, found "Tier"'),
        ("tiers", "tiers/1/color", "red", "tiers[1].color: unknown entry"),
        ("tiers", "applies_to", ["vendor"], "applies_to[0]: expected one of partner, customer"),
        ("tiers", "speed", 1, "speed: unknown entry"),
        ("segments", "arr_segments/0/arr_at_least", ..., "arr_segments[0]: every step but the last has a floor"),
        ("segments", "arr_segments/2/arr_at_least", 1, "arr_segments[2]: every step but the last has a floor"),
        ("segments", "engagement_tiers/1/arr_at_least", 500_000, "engagement_tiers[1].arr_at_least: must be below"),
        ("segments", "engagement_tiers/1/value", 1, "engagement_tiers[1]: 1 is there already"),
        ("segments", "engagement_tiers/1/value", "two", "engagement_tiers[1].value: expected a whole number"),
        ("segments", "arr_segments/0/value", "", "arr_segments[0].value: expected a text"),
        ("segments", "tam/engagement_tiers/0", 7, "tam.engagement_tiers[0]: there is no engagement tier 7"),
        ("segments", "tam/editions/0", 5, "tam.editions[0]: expected a text, found 5"),
        ("segments", "tam", ..., '"tam" is missing'),
        ("gemstones", "gemstones/0/market_segments/0", "huge", "gemstones[0].market_segments[0]: expected one of"),
        ("gemstones", "gemstones/0/onboarding_days", 1.5, "gemstones[0].onboarding_days: expected a whole number"),
        ("gemstones", "gemstones/1/value", "diamond", 'gemstones[1]: "diamond" is there already'),
        ("gemstones", "gemstones/1/services/0/days_min", 4, "gemstones[1].services[0].days_min: must not be above"),
        ("gemstones", "gemstones/1/services/0/days", 4, "gemstones[1].services[0]: give days, or days_min"),
        ("gemstones", "gemstones/1/services/1/id", "kickoff_on_site", "gemstones[1].services[1]: "),
        ("gemstones", "gemstones/1/engagement_tiers/0", 0, "gemstones[1].engagement_tiers[0]: expected a number from"),
        ("rates", "rates/0/rate", 0, "rates[0].rate: must be more than zero"),
        ("rates", "rates/0/rate", "inf", 'rates[0].rate: expected a number, found "inf"'),
        ("rates", "rates/0/on", "2025-02-30", "rates[0].on: expected a date like 2025-12-31"),
        ("rates", "rates/0/currency", "USD", "rates[0].currency: USD is the reporting currency"),
        ("rates", "rates/1", {"currency": "EUR", "on": "2020-01-01", "rate": 2}, "rates[1]: EUR has a rate for 2020"),
    ],
)
def test_a_pack_with_a_mistake_is_refused_at_its_place(name: str, path: str, value: Any, words: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        PARSERS[name](changed(name, path, value), version=1)
    assert words in str(refused.value)


def test_the_words_of_the_packs_are_those_of_the_models() -> None:
    assert tuple(choices.MarketSegment.values) == MARKET_SEGMENTS
    assert tuple(choices.OrganizationKind.values) == KINDS
    assert tuple(choices.Dimension.values) == DIMENSIONS
