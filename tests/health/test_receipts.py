"""Receipts: every change is split exactly, replayed to the same digit, and shows the way up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.rules.bands import BandState, band_of
from health.rules.paths import path_to_next_band
from health.rules.receipts import Change, Computed, compute, explain, from_json, replay, to_json
from health.rules.scorecard_packs import Scorecard, parse_scorecard
from health.rules.scoring import Evidence, score
from tests.health.cards import AT, bodies, card, evidence_for, group, measure, seen, veto

DAY = date(2026, 11, 2)
TWO = card(group("g", measure("x", share=3), measure("y")))


def computed(found: Scorecard, evidence: dict[str, Evidence]) -> Computed:
    return Computed(card=found, evidence=evidence, scored=score(found, evidence, at=AT))


def told(change: Change) -> dict[str, str]:
    return {f"{mover.measure} {mover.cause}": str(mover.by) for mover in change.movers}


@pytest.mark.parametrize(
    ("before", "after", "parts", "movers"),
    [
        # what the organization did
        (
            {"x": 90, "y": 50},
            {"x": 80, "y": 70},
            ("-2.50", "0.00", "0.00"),
            {"x behavior": "-7.50", "y behavior": "5.00"},
        ),
        # evidence that came for the first time pulls towards its own points
        ({"x": 90, "y": None}, {"x": 90, "y": 50}, ("0.00", "-10.00", "0.00"), {"y evidence": "-10.00"}),
        (
            {"x": 90, "y": None},
            {"x": 80, "y": 50},
            ("-7.50", "-10.00", "0.00"),
            {"x behavior": "-7.50", "y evidence": "-10.00"},
        ),
        # nothing moved
        ({"x": 90, "y": 50}, {"x": 90, "y": 50}, ("0.00", "0.00", "0.00"), {}),
    ],
)
def test_a_change_is_told_apart(before: dict, after: dict, parts: tuple[str, ...], movers: dict[str, str]) -> None:
    old, new = (computed(TWO, {name: seen(value) for name, value in one.items()}) for one in (before, after))
    change = explain(old, new)
    assert told(change) == movers
    assert change.total == new.scored.score - old.scored.score
    assert (change.behavior, change.evidence, change.version) == tuple(map(Decimal, parts))


def test_a_measure_that_comes_back_is_evidence_and_one_that_grows_old_moves_nothing() -> None:
    gone = computed(TWO, {"x": seen(90), "y": seen(50, days_ago=40)})
    back = computed(TWO, {"x": seen(90), "y": seen(10)})
    assert told(explain(gone, back)) == {"y evidence": "-10.00"}
    fresh = computed(TWO, {"x": seen(90), "y": seen(50)})
    assert explain(fresh, gone) == Change(total=Decimal("0.00"))


def test_another_version_is_told_apart_from_what_was_done() -> None:
    heavier = card(group("g", measure("x"), measure("y")), version=2)
    old, new = computed(TWO, {"x": seen(90), "y": seen(50)}), computed(heavier, {"x": seen(80), "y": seen(50)})
    change = explain(old, new)
    assert (change.total, change.version, change.behavior) == (Decimal("-15.00"), Decimal("-10.00"), Decimal("-5.00"))
    longer = card(group("g", measure("x", share=3, window_days=60), measure("y")), version=2)
    change = explain(old, computed(longer, {"x": seen(70), "y": seen(50)}))
    assert (change.total, change.version) == (Decimal("-15.00"), Decimal("-15.00")), "another window, other evidence"
    another = card(group("g", measure("z")), version=2)
    change = explain(old, computed(another, {"z": seen(10)}))
    assert (change.total, change.version) == (Decimal("-70.00"), Decimal("-70.00"))
    assert sum(mover.by for mover in change.movers) == change.total


def test_a_receipt_of_before_reads_as_it_was_spelled_then() -> None:
    old, new = computed(TWO, {"x": seen(90), "y": seen(50)}), {"x": seen(80), "y": seen(70)}
    receipt = compute(card_key="x", card=TWO, evidence=new, at=AT, day=DAY, previous=None, before=old)
    stored = to_json(receipt)
    change = stored["change"]
    assert [cause for _name, cause, _by in change["movers"]] == ["behavior", "behavior"]
    change["behaviour"] = change.pop("behavior")
    change["movers"] = [[name, "behaviour", by] for name, _cause, by in change["movers"]]
    assert from_json(stored) == receipt


def test_there_is_no_change_from_nothing() -> None:
    known, unknown = computed(TWO, {"x": seen(90)}), computed(TWO, {})
    assert {explain(None, known), explain(unknown, known), explain(known, unknown)} == {Change(total=None)}


@given(bodies(), bodies(), st.booleans(), st.data())
def test_the_parts_of_a_change_sum_exactly(one: dict, other: dict, is_same: bool, data: st.DataObject) -> None:
    first = parse_scorecard(one, version=1)
    second = first if is_same else parse_scorecard(other, version=2)
    old = computed(first, data.draw(evidence_for(first)))
    new = computed(second, data.draw(evidence_for(second)))
    change = explain(old, new)
    if change.total is None:
        assert old.scored.score is None or new.scored.score is None
        return
    assert change.total == new.scored.score - old.scored.score
    assert change.behavior + change.evidence + change.version == change.total
    for cause in ("behavior", "evidence", "version"):
        assert _sum(mover.by for mover in change.movers if mover.cause == cause) == getattr(change, cause)
    if is_same:
        assert not change.version
        states = {part.measure: part.state for part in old.scored.parts}
        turned = {part.measure for part in new.scored.parts if states[part.measure] != part.state}
        assert {mover.measure for mover in change.movers if mover.cause == "evidence"} <= turned
        assert not turned & {mover.measure for mover in change.movers if mover.cause == "behavior"}


@given(bodies(), st.data())
def test_a_receipt_is_replayed_to_the_same_digit(content: dict, data: st.DataObject) -> None:
    """From what is stored alone, through JSON, with the card parsed anew."""
    found = parse_scorecard(content, version=3)
    before = computed(found, data.draw(evidence_for(found)))
    receipt = compute(
        card_key="scorecard.x",
        card=found,
        evidence=data.draw(evidence_for(found)),
        at=AT,
        day=DAY,
        previous=data.draw(st.sampled_from([None, BandState(band="grey", last_color="yellow", across_since=DAY)])),
        before=before,
    )
    read = from_json(json.loads(json.dumps(to_json(receipt), sort_keys=True)))
    assert replay(read, parse_scorecard(content, version=3)) == read
    assert to_json(read) == to_json(receipt)
    assert (read.inputs_hash, read.scored.score, read.state) == (
        receipt.inputs_hash,
        receipt.scored.score,
        receipt.state,
    )
    assert explain(before, read.computed(found)).total == receipt.change.total


THREE = card(group("g", measure("a", share=2), measure("b", points=[[10, 100], [50, 0]]), measure("c")))


@pytest.mark.parametrize(
    ("values", "band", "target", "steps"),
    [
        ((60, 40, 40), "red", "yellow", [("a", "60", "67.500000", "67.50", "3.75")]),
        ((80, 40, 40), "yellow", "green", [("a", "80", "100", "100", "10.00"), ("b", "40", "26", "60", "8.75")]),
        # reached already: the days of the rule pass
        ((80, 10, 40), "yellow", "green", []),
    ],
)
def test_the_cheapest_path_raises_what_weighs_most(values: tuple, band: str, target: str, steps: list[tuple]) -> None:
    there = computed(THREE, dict(zip("abc", map(seen, values), strict=True)))
    path = path_to_next_band(there, band)
    assert path is not None
    assert (path.target, path.is_enough) == (target, True)
    assert [(step.name, step.from_raw, step.to_raw, step.to_points, step.gain) for step in path.steps] == [
        (name, *map(Decimal, numbers)) for name, *numbers in steps
    ]


def test_a_path_lifts_vetoes_and_leads_out_of_grey() -> None:
    found = card(group("g", measure("a", share=2), measure("b"), measure("c")), vetoes=[veto("v", "v", at_least=1)])
    capped = path_to_next_band(computed(found, {"a": seen(90), "v": seen(2)}), "red")
    assert capped is not None
    assert [(step.name, step.does) for step in capped.steps] == [("v", "lift")]
    grey = path_to_next_band(computed(found, {"c": seen(90), "v": seen(2, days_ago=50)}), "grey")
    assert grey is not None
    assert [(step.name, step.does, str(step.gain)) for step in grey.steps] == [
        ("v", "renew", "0.00"),
        ("a", "renew", "50.00"),
    ]
    assert path_to_next_band(computed(found, {"a": seen(90)}), "green") is None
    low = card(group("g", measure("a", points=[[0, 0], [100, 60]])))
    short = path_to_next_band(computed(low, {"a": seen(90)}), "yellow")
    assert short is not None
    assert not short.is_enough


@given(bodies(), st.data())
def test_whoever_goes_the_path_arrives(content: dict, data: st.DataObject) -> None:
    for one in content["groups"]:
        for entry in one["measures"]:
            entry.update(kind="thresholds")
            entry.pop("baseline_days", None)
    found = parse_scorecard({**content, "vetoes": []}, version=1)
    evidence = data.draw(evidence_for(found))
    start = computed(found, evidence)
    band = band_of(start.scored.score, found)
    path = path_to_next_band(start, band) if band in ("red", "yellow") else None
    if path is None or not path.is_enough:
        return
    moved = {step.name: seen(step.to_raw) for step in path.steps}
    there = score(found, {**evidence, **moved}, at=AT)
    assert there.score >= (found.bands.green if path.target == "green" else found.bands.yellow)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal())
