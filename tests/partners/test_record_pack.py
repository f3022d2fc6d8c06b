"""The pack `customer_record`: what the shipped one says, that a broken one is refused, and what counts as fresh."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from common.pack_files import read_pack
from partners.rules.record import coverage_of, freshness_of
from partners.rules.record_packs import PROFILES, parse_record
from partners.stakeholder_choices import Profile
from tests.partners.pack_cases import GONE, assert_refused, changed

BODY = read_pack(Path(__file__).parents[2] / "policies" / "default" / "customer_record.yaml").body
POLICY = parse_record(BODY, version=3)
TODAY = date(2026, 3, 2)


def test_the_shipped_record_holds_both_profiles() -> None:
    keys = {profile: [key.id for key in POLICY.keys.values() if key.profile == profile] for profile in PROFILES}
    assert keys == {
        "business": ["why_they_bought", "compelling_features", "objectives", "champion", "structure", "feedback"],
        "technical": ["architecture", "sizing", "scale", "security", "compliance", "integrations"],
    }
    assert list(PROFILES) == Profile.values
    assert POLICY.people.contact_days == 90
    assert all({"en", "de"} <= set(key.label) for key in POLICY.keys.values())


@pytest.mark.parametrize(
    ("place", "value", "at", "words"),
    [
        ("colour", "red", "colour", "unknown entry"),
        ("people", GONE, "", '"people" is missing'),
        ("people.contact_days", 0, "people.contact_days", "1 or more"),
        ("people.sponsor_quiet_days", "x", "people.sponsor_quiet_days", "whole number"),
        ("keys", [], "keys", "must not be empty"),
        ("keys[0].id", "Why", "keys[0].id", "small letters"),
        ("keys[0].id", "a" * 41, "keys[0].id", "40 characters"),
        ("keys[1].id", "why_they_bought", "keys[1].id", "is there already"),
        ("keys[0].profile", "private", "keys[0].profile", "one of business, technical"),
        ("keys[0].label", {"de": "Warum"}, "keys[0].label", '"en" is missing'),
        ("keys[0].kinds", [], "keys[0].kinds", "at least one"),
        ("keys[0].due", "never", "keys[0].due", "one of closed_won, go_live"),
        ("keys[0].fresh_days", 0, "keys[0].fresh_days", "1 or more"),
    ],
)
def test_a_broken_record_is_refused_at_its_place(place: str, value: object, at: str, words: str) -> None:
    assert_refused(parse_record, changed(BODY, place, value), at=at, words=words)


@pytest.mark.parametrize(
    ("key", "age", "is_launched", "state"),
    [
        ("objectives", 0, False, "fresh"),
        ("objectives", 180, False, "fresh"),
        ("objectives", 181, False, "stale"),
        ("objectives", None, False, "missing"),
        ("sizing", None, False, "not_due"),
        ("sizing", None, True, "missing"),
        ("sizing", 181, False, "stale"),
    ],
)
def test_freshness(key: str, age: int | None, is_launched: bool, state: str) -> None:
    as_of = None if age is None else TODAY - timedelta(days=age)
    assert freshness_of(POLICY.keys[key], as_of, TODAY, is_launched=is_launched) == state


def test_coverage_counts_what_is_due() -> None:
    known = {"objectives": TODAY, "champion": TODAY - timedelta(days=500), "sizing": TODAY, "dropped": TODAY}
    before = coverage_of(POLICY.of("customer"), known, TODAY, is_launched=False)
    assert (before.due, before.fresh, before.stale, before.missing, before.percent) == (6, 2, 1, 3, 33)
    after = coverage_of(POLICY.of("customer"), known, TODAY, is_launched=True)
    assert (after.due, after.percent) == (12, 16)
    assert coverage_of((), {}, TODAY, is_launched=True).percent is None
