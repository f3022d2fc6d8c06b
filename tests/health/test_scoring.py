"""Points and scores: by tables, and by the laws that make them believable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.rules.scorecard_packs import Scorecard, parse_scorecard
from health.rules.scoring import Evidence, inputs_hash, score
from tests.health.cards import AT, VALUES, bodies, body, card, evidence_for, group, measure, seen, veto, worlds

World = list[tuple[Scorecard, dict[str, Evidence]]]

FALLING = [[0.5, 100], [1, 85], [2, 60], [5, 0]]
STEPS = [{"to": 10, "points": 100}, {"from": 10, "to": 20, "points": 40}, {"from": 20, "points": 0}]


@pytest.mark.parametrize(
    ("more", "evidence", "raw", "points"),
    [
        ({}, seen("0"), "0", "0"),
        ({}, seen("-5"), "-5", "0"),
        ({}, seen("12.345"), "12.345", "12.35"),
        ({}, seen("12.344999"), "12.344999", "12.34"),
        ({}, seen("250"), "250", "100"),
        ({"points": FALLING}, seen("0.1"), "0.1", "100"),
        ({"points": FALLING}, seen("1.5"), "1.5", "72.5"),
        ({"points": FALLING}, seen("4.999"), "4.999", "0.02"),
        ({"points": FALLING}, seen("5"), "5", "0"),
        ({"steps": STEPS}, seen("-3"), "-3", "100"),
        ({"steps": STEPS}, seen("9.999999"), "9.999999", "100"),
        ({"steps": STEPS}, seen("10"), "10", "40"),
        ({"steps": STEPS}, seen("20"), "20", "0"),
        ({"kind": "trend", "baseline_days": 90}, seen("17", baseline="20"), "85", "85"),
        ({"kind": "trend", "baseline_days": 90}, seen("1", baseline="3"), "33.333333", "33.33"),
        ({"kind": "trend", "baseline_days": 90}, seen("0", baseline="0"), "100", "100"),
        ({"kind": "trend", "baseline_days": 90}, seen("1", baseline="0"), "1000", "100"),
        ({"kind": "trend", "baseline_days": 90}, seen("5"), None, None),
        ({"kind": "entitlement"}, seen("30", entitled="40"), "75", "75"),
        ({"kind": "entitlement"}, seen("0", entitled="40"), "0", "0"),
        ({"kind": "entitlement"}, seen("30"), None, None),
        ({}, seen(None), None, None),
    ],
)
def test_a_value_becomes_points(more: dict, evidence: Evidence, raw: str | None, points: str | None) -> None:
    [part] = score(card(group("g", measure("m", **more))), {"m": evidence}, at=AT).parts
    assert part.raw == (None if raw is None else Decimal(raw))
    assert part.points == (None if points is None else Decimal(points))


def test_what_never_was_is_left_out_and_what_stopped_keeps_its_points() -> None:
    """NULL is not 0: never used is an opportunity, stopped is a cliff."""
    found = card(
        group("a", measure("x", share=2), measure("y", share=1), weight=30), group("b", measure("z"), weight=10)
    )
    at_zero = score(found, {"x": seen(90), "y": seen(0), "z": seen(40)}, at=AT)
    assert (at_zero.score, at_zero.coverage) == (Decimal("55.00"), Decimal("100.00"))
    never = score(found, {"x": seen(90), "y": seen(None), "z": seen(40)}, at=AT)
    assert (never.score, never.coverage) == (Decimal("73.33"), Decimal("75.00"))
    assert [part.contribution for part in never.parts] == [Decimal("60.00"), Decimal("0.00"), Decimal("13.33")]
    stale = score(found, {"x": seen(90, days_ago=31), "y": seen(0), "z": seen(40)}, at=AT)
    assert (stale.score, stale.coverage) == (Decimal("55.00"), Decimal("50.00"))
    assert [part.state for part in stale.parts] == ["stale", "fresh", "fresh"]
    assert [part.weight for part in stale.parts] == [Decimal(50), Decimal(25), Decimal(25)]
    nothing = score(found, {}, at=AT)
    assert (nothing.score, nothing.coverage) == (None, Decimal("0.00"))


def test_halves_are_rounded_up_once() -> None:
    found = card(group("g", measure("x"), measure("y")))
    assert score(found, {"x": seen("50.01"), "y": seen("50.00")}, at=AT).score == Decimal("50.01")
    thirds = card(group("g", measure("x"), measure("y"), measure("z")))
    scored = score(thirds, {"x": seen(100), "y": seen(0), "z": seen(0)}, at=AT)
    assert (scored.score, scored.parts[0].contribution) == (Decimal("33.33"), Decimal("33.33"))


def test_a_window_ends_now_or_at_its_last_sample() -> None:
    found = card(group("g", measure("x"), measure("y")))
    fresh, stale = score(found, {"x": seen(1, days_ago=2), "y": seen(1, days_ago=40)}, at=AT).parts
    assert fresh.window_from == AT - timedelta(days=30)
    assert stale.window_from == AT - timedelta(days=70)


@pytest.mark.parametrize(
    ("bound", "value", "fires"),
    [
        ({"at_least": 1}, "1", True),
        ({"at_least": 1}, "0.999999", False),
        ({"at_most": 0}, "0", True),
        ({"at_most": -10}, "-10.5", True),
        ({"at_most": 0}, "0.000001", False),
        ({"at_most": 0}, None, False),
    ],
)
def test_a_veto_fires_at_its_bound(bound: dict, value: str | None, *, fires: bool) -> None:
    found = card(group("g", measure("x")), vetoes=[veto("v", "y", **bound)])
    scored = score(found, {"x": seen(90), "v": seen(value, days_ago=31)}, at=AT)
    assert [one.is_stale for one in scored.vetoes] == ([True] if fires else [])


@given(worlds())
def test_a_score_is_bounded_and_its_parts_sum_to_it(world: World) -> None:
    [(found, evidence)] = world
    scored = score(found, evidence, at=AT)
    assert 0 <= scored.coverage <= 100
    assert sum(part.weight for part in scored.parts) == 100
    if scored.score is None:
        assert not any(part.points is not None and part.weight for part in scored.parts)
        return
    assert 0 <= scored.score <= 100
    assert sum(part.contribution for part in scored.parts) == scored.score
    exact = [part for part in scored.parts if part.points is not None]
    low, high = min(part.points for part in exact if part.weight), max(part.points for part in exact if part.weight)
    assert low <= scored.score <= high
    assert all(abs(part.contribution) <= part.points for part in exact)


@given(worlds(), st.data())
def test_a_score_goes_the_way_of_each_measure(world: World, data: st.DataObject) -> None:
    [(found, evidence)] = world
    known = [one for one in found.measures if one.id in evidence and evidence[one.id].value is not None]
    if not known:
        return
    chosen = data.draw(st.sampled_from(known))
    values = sorted([evidence[chosen.id].value, data.draw(VALUES)])
    low, high = (
        score(found, {**evidence, chosen.id: replace(evidence[chosen.id], value=value)}, at=AT) for value in values
    )
    rises = chosen.curve.points[-1] >= chosen.curve.points[0]
    if low.score is not None:
        assert (low.score <= high.score) if rises else (low.score >= high.score)
    assert low.coverage == high.coverage


@given(bodies(), st.data())
def test_no_order_matters(content: dict, data: st.DataObject) -> None:
    """Neither of the evidence, nor of groups and measures in the pack, nor how a number or an instant is written."""
    found = parse_scorecard(content, version=1)
    evidence = data.draw(evidence_for(found))
    groups = [{**one, "measures": data.draw(st.permutations(one["measures"]))} for one in content["groups"]]
    shuffled = parse_scorecard({**content, "groups": data.draw(st.permutations(groups))}, version=1)
    turned = {name: _written_otherwise(evidence[name]) for name in data.draw(st.permutations(list(evidence)))}
    first, second = (
        score(found, evidence, at=AT),
        score(shuffled, turned, at=AT.astimezone(timezone(timedelta(hours=5)))),
    )
    assert (first.score, first.coverage, set(first.vetoes)) == (second.score, second.coverage, set(second.vetoes))
    assert {part.measure: part.contribution for part in first.parts} == {
        part.measure: part.contribution for part in second.parts
    }
    assert inputs_hash("card", 1, evidence, AT) == inputs_hash("card", 1, turned, AT.astimezone(UTC))


@given(worlds(2))
def test_the_hash_tells_other_inputs_apart(world: World) -> None:
    (_, one), (_, other) = world
    assert (inputs_hash("card", 1, one, AT) == inputs_hash("card", 1, other, AT)) == (one == other)
    assert inputs_hash("card", 1, one, AT) != inputs_hash("card", 2, one, AT)
    assert inputs_hash("card", 1, one, AT) != inputs_hash("card", 1, one, AT + timedelta(microseconds=1))


def test_the_same_hash_for_the_same_number() -> None:
    assert (
        len({inputs_hash("c", 1, {"m": seen(written)}, AT) for written in ("1", "1.0", "1.000000", "1.0000004")}) == 1
    )
    assert len({inputs_hash("c", 1, {"m": seen(written)}, AT) for written in ("0", "-0", "0E-6")}) == 1


def _written_otherwise(one: Evidence) -> Evidence:
    return replace(one, value=None if one.value is None else one.value.normalize())


def test_an_empty_body_is_refused() -> None:
    with pytest.raises(ValueError, match="groups"):
        parse_scorecard(body(), version=1)
