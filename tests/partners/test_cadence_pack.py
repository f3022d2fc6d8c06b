"""The pack `cadence`: what the shipped one says, and that a broken one is refused at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.pack_files import read_pack
from partners import choices
from partners.rules.cadence_packs import ARR_SEGMENTS, GEMSTONES, parse_cadence
from tests.partners.pack_cases import GONE, assert_refused, changed

BODY = read_pack(Path(__file__).parents[2] / "policies" / "default" / "cadence.yaml").body
POLICY = parse_cadence(BODY, version=3)


def test_the_shipped_cadence_holds_every_kind_of_touchpoint() -> None:
    assert POLICY.version == 3
    assert list(POLICY.touchpoints) == [
        "check_in", "technical_sync", "technical_review", "architecture_review", "operations_review", "workshop",
        "training", "business_review", "digest",
    ]  # fmt: skip
    assert [rule.id for rule in POLICY.rules if not rule.series] == ["quartz_onboarding"]


def test_three_executives_are_expected_of_enterprise_customers_only() -> None:
    expected = {rule.id: rule.executive_relationships for rule in POLICY.rules if rule.executive_relationships}
    assert expected == {"customer_enterprise": 3}


def test_a_ruby_may_ask_for_weekly_calls() -> None:
    asked = {
        rule.id: series.on_request.days
        for rule in POLICY.rules
        for series in rule.series
        if series.on_request is not None
    }
    assert asked == {"ruby_onboarding": 7}


def test_segments_and_gemstones_are_those_of_the_product() -> None:
    assert list(ARR_SEGMENTS) == choices.ArrSegment.values
    assert list(GEMSTONES) == choices.Gemstone.values


@pytest.mark.parametrize(
    ("place", "value", "at", "words"),
    [
        ("colour", "red", "colour", "unknown entry"),
        ("touchpoints", [], "touchpoints", "must not be empty"),
        ("touchpoints[0].id", "Check in", "touchpoints[0].id", "small letters"),
        ("touchpoints[1].id", "check_in", "touchpoints[1].id", '"check_in" is there already'),
        ("touchpoints[0].label", {"de": "Gespräch"}, "touchpoints[0].label", '"en" is missing'),
        ("touchpoints[0].audience", ["boss"], "touchpoints[0].audience[0]", "one of champion"),
        ("touchpoints[0].minutes", -1, "touchpoints[0].minutes", "must not be negative"),
        ("touchpoints[0].minutes", GONE, "touchpoints[0]", '"minutes" is missing'),
        ("touchpoints[0].kept_by_contact", "yes", "touchpoints[0].kept_by_contact", "true or false"),
        ("rules[0].basis", "exception", "rules[0].basis", "one of onboarding, segment"),
        ("rules[0].kinds", [], "rules[0].kinds", "at least one"),
        ("rules[0].stages", ["gate_9"], "rules[0].stages[0]", "one of pre_contract"),
        ("rules[0].stages", ["gate_1", "gate_1"], "rules[0].stages[1]", "is there already"),
        ("rules[0].gemstones", ["opal"], "rules[0].gemstones[0]", "one of diamond"),
        ("rules[0].gemstones", [], "rules[0].gemstones", "or be left out"),
        ("rules[1].id", "diamond_onboarding", "rules[1].id", "is there already"),
        ("rules[1].gemstones", ["diamond"], "rules[1]", "diamond_onboarding takes all"),
        ("rules[0].gemstones", GONE, "rules[1]", "never reached"),
        ("rules[0].series[0].touchpoint", "lunch", "rules[0].series[0].touchpoint", "one of check_in"),
        ("rules[0].series[0].owner_roles", [], "rules[0].series[0].owner_roles", "at least one"),
        ("rules[0].series[0].owner_roles", ["support"], "rules[0].series[0].owner_roles[0]", "one of pam"),
        ("rules[0].series[0].anchors", ["birthday"], "rules[0].series[0].anchors[0]", "one of launch, onboarding"),
        ("rules[0].series[0].steps", [], "rules[0].series[0].steps", "must not be empty"),
        ("rules[0].series[0].steps[0].every_days", 0, "rules[0].series[0].steps[0].every_days", "1 or more"),
        ("rules[0].series[0].steps[0].every_days", GONE, "rules[0].series[0].steps[0]", "found 0"),
        ("rules[0].series[0].steps[0].every_months", 1, "rules[0].series[0].steps[0]", "found 2"),
        ("rules[0].series[0].overdue_after_days", 0, "rules[0].series[0].overdue_after_days", "1 or more"),
        ("rules[0].series[0].on_request", {}, "rules[0].series[0].on_request", "found 0"),
        ("rules[0].series[0].needs_role", "boss", "rules[0].series[0].needs_role", "one of pam"),
        ("rules[5].series[0].steps[2].from_months", 1, "rules[5].series[0].steps[2].from_months", "later than"),
        ("rules[5].series[1].touchpoint", "check_in", "rules[5].series[1].touchpoint", "is there already"),
    ],
)
def test_a_broken_cadence_is_refused_at_its_place(place: str, value: object, at: str, words: str) -> None:
    assert_refused(parse_cadence, changed(BODY, place, value), at=at, words=words)
