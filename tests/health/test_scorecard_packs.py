"""Scorecards and metrics as packs: what is refused where, what is warned of, and that ours are without fault."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from common.pack_files import read_pack
from common.reading import MalformedInput
from health.rules.metric_packs import parse_metrics
from health.rules.scorecard_lint import lint
from health.rules.scorecard_packs import parse_scorecard
from partners.rules.pack_reading import STAGES
from tests.health.cards import body, group, measure, metric, metrics, veto

KNOWN = metrics(
    *(metric("x"), metric("errors", "less"), metric("weekly", rhythm_days=7), metric("total", combine="sum")),
    {key: value for key, value in metric("nps").items() if key != "minimum"} | {"minimum": -100},
)
FALLING = [[0, 100], [10, 0]]


def one(**more: Any) -> dict[str, Any]:
    return body(group("g", measure("x", **more)))


REFUSED = [
    (one(points=[[0, 0]]), "groups[0].measures[0].points", "2 to 40 entries"),
    (one(points=[[0, 0], [0, 100]]), "groups[0].measures[0].points[1][0]", "overlaps"),
    (one(points=[[10, 0], [5, 100]]), "groups[0].measures[0].points[1][0]", "overlaps"),
    (one(points=[[0, 0], [5, 100], [9, 50]]), "groups[0].measures[0].points", "up and down"),
    (one(points=[[0, 0], [5, 101]]), "groups[0].measures[0].points[1][1]", "0 to 100"),
    (one(points=[["NaN", 0], [5, 100]]), "groups[0].measures[0].points[0][0]", "a number"),
    (one(points=[["Infinity", 0], [5, 100]]), "groups[0].measures[0].points[0][0]", "a number"),
    (one(points=[[1e30, 0], [5, 100]]), "groups[0].measures[0].points[0][0]", "fourteen digits"),
    (
        one(steps=[{"to": 5, "points": 0}, {"from": 6, "points": 9}]),
        "groups[0].measures[0].steps[1].from",
        "hole between 5 and 6",
    ),
    (one(steps=[{"to": 5, "points": 0}, {"from": 4, "points": 9}]), "groups[0].measures[0].steps[1].from", "overlaps"),
    (
        one(steps=[{"from": 1, "to": 5, "points": 0}, {"from": 5, "points": 9}]),
        "groups[0].measures[0].steps[0]",
        "hole below 1",
    ),
    (
        one(steps=[{"to": 5, "points": 0}, {"from": 5, "to": 9, "points": 9}]),
        "groups[0].measures[0].steps[1]",
        "hole from 9",
    ),
    (one(steps=[{"points": 0}, {"from": 5, "points": 9}]), "groups[0].measures[0].steps[0]", "overlaps"),
    (one(kind="trend"), "groups[0].measures[0]", "baseline_days"),
    (one(baseline_days=30), "groups[0].measures[0]", "baseline_days"),
    (one(share=0), "groups[0].measures", "all shares are zero"),
    (one(share=-1), "groups[0].measures[0].share", "negative"),
    (one(window_days=0), "groups[0].measures[0].window_days", "1 or more"),
    (one(window_days=10_000), "groups[0].measures[0].window_days", "730 or less"),
    (one(speed=3), "groups[0].measures[0].speed", "unknown entry"),
    (body(group("g", measure("x"), weight=0)), "groups", "all weights are zero"),
    (body(group("g")), "groups[0].measures", "must not be empty"),
    (body(group("g", measure("x"), measure("x"))), "groups[0].measures[1].id", "there already"),
    (body(group("g", measure("x")), vetoes=[veto("x", "x", at_most=0)]), "vetoes[0].id", "there already"),
    (body(group("g", measure("x")), vetoes=[veto("v", "x")]), "vetoes[0]", "either at_least or at_most"),
    (body(group("g", measure("x")), vetoes=[veto("v", "x", at_most=0, cap="green")]), "vetoes[0].cap", "red, yellow"),
    (one() | {"bands": {"green": 50, "yellow": 75, "margin": 3, "days": 3}}, "bands.green", "above yellow"),
    (one() | {"coverage_minimum": 101}, "coverage_minimum", "up to 100"),
    (one() | {"applies": {"kinds": ["partner"], "stages": ["live"]}}, "applies.stages[0]", "one of"),
]


@pytest.mark.parametrize(("content", "place", "problem"), REFUSED, ids=[f"{row[1]} {row[2]}" for row in REFUSED])
def test_what_cannot_be_read_is_refused_at_its_place(content: dict, place: str, problem: str) -> None:
    with pytest.raises(MalformedInput, match=problem) as refused:
        parse_scorecard(content, version=1)
    assert refused.value.place == place
    [found] = lint(content, KNOWN)
    assert (found.place, found.is_fault) == (place, True), "the lab finds the same"


FOUND = [
    (one(), []),
    (one(points=FALLING), ["fault groups[0].measures[0].points: wrong direction"]),
    (one(metric="errors"), ["fault groups[0].measures[0].points: wrong direction"]),
    (one(metric="errors", points=FALLING), []),
    (one(metric="nothing"), ['fault groups[0].measures[0].metric: there is no metric "nothing"']),
    (one(metric="nps", kind="trend", baseline_days=90), ["fault groups[0].measures[0].kind: a percentage of nps"]),
    (one(metric="total", kind="trend", baseline_days=90), ["fault groups[0].measures[0].kind: sums over a window"]),
    (one(points=[[0, 0], [100, 74.99]]), ["fault bands.green: green cannot be reached: the best score is 74.99"]),
    (one(points=[[0, 50], [100, 100]]), ["warning bands.yellow: red cannot be reached"]),
    (
        one(points=[[0, 80], [100, 80]]),
        ["warning groups[0].measures[0].points: every value", "warning bands.yellow: red"],
    ),
    (
        one(metric="weekly", window_days=6, fresh_days=5),
        ["warning groups[0].measures[0].window_days: shorter", "warning groups[0].measures[0].fresh_days: stale"],
    ),
    (one(points=[[0, 0], [110, 100]]), ["warning groups[0].measures[0].points: x is 100 at most"]),
    (
        body(group("g", measure("x")), group("h", measure("y", metric="x"), weight=0)),
        ["warning groups[1].weight: counts"],
    ),
    (
        body(group("g", measure("x"), measure("y", metric="x", share=0))),
        ["warning groups[0].measures[1].share: counts"],
    ),
    (
        body(group("g", measure("x")), vetoes=[veto("v", "z", at_most=0)]),
        ["fault vetoes[0].metric: there is no metric"],
    ),
    (body(group("g", measure("x")), vetoes=[veto("v", "x", at_least=9)]), ["fault vetoes[0].at_least: caps the band"]),
    (
        body(group("g", measure("x")), vetoes=[veto("v", "weekly", at_most=0, fresh_days=2)]),
        ["warning vetoes[0].fresh"],
    ),
]


@pytest.mark.parametrize(("content", "words"), FOUND)
def test_the_lab_finds_what_can_be_read_and_makes_no_sense(content: dict, words: list[str]) -> None:
    found = [f"{one.weight} {one.place}: {one.problem}" for one in lint(content, KNOWN)]
    assert len(found) == len(words), found
    assert all(line.startswith(beginning) for line, beginning in zip(found, words, strict=True)), found


def test_everything_that_cannot_be_read_is_found_at_once() -> None:
    content = body(
        group("g", measure("x", points=[[0, 0], [0, 1]]), measure("y", share="a lot")),
        group("h", measure("z"), weight="much"),
        vetoes=[veto("v", "x")],
        bands={"green": 1, "yellow": 2, "margin": 3, "days": 3},
    )
    assert {one.place for one in lint(content, KNOWN)} == {
        "bands.green",
        "groups[0].measures[0].points[1][0]",
        "groups[0].measures[1].share",
        "groups[1].weight",
        "vetoes[0]",
    }


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"direction": "up"}, "metrics[0].direction"),
        ({"combine": "max"}, "metrics[0].combine"),
        ({"unit": "furlongs"}, "metrics[0].unit"),
        ({"rhythm_days": 0}, "metrics[0].rhythm_days"),
        ({"minimum": 5, "maximum": 5}, "metrics[0].maximum"),
        ({"minimum": "NaN"}, "metrics[0].minimum"),
        ({"minimum": True}, "metrics[0].minimum"),
        ({"class": "secret"}, "metrics[0].class"),
        ({"id": "No Name"}, "metrics[0].id"),
    ],
)
def test_a_metric_that_makes_no_sense_is_refused(change: dict, place: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        parse_metrics({"metrics": [metric("x", **change)]}, version=1)
    assert refused.value.place == place


def test_our_own_scorecards_are_without_fault_and_weigh_as_the_spec_says() -> None:
    folder = Path(settings.BASE_DIR) / "policies" / "default"
    known = parse_metrics(read_pack(folder / "metrics.yaml").body, version=1).metrics
    cards = {}
    for path in folder.glob("scorecard.*.yaml"):
        pack = read_pack(path)
        assert lint(pack.body, known) == (), pack.name
        cards[pack.name] = parse_scorecard(deepcopy(pack.body), version=1)
    steady, customer = cards["scorecard.partner_steady"], cards["scorecard.customer"]
    assert [int(one.weight) for one in steady.groups] == [30, 20, 20, 15, 10, 5]
    assert [int(one.weight) for one in customer.groups] == [50, 25, 10, 5, 10]
    assert cards["scorecard.technical"].is_beside
    main = [found for found in cards.values() if not found.is_beside]
    for stage in STAGES:
        kind = (
            "partner"
            if stage in ("pre_contract", "gate_0", "gate_1", "gate_2", "gate_3", "post_launch")
            else "customer"
        )
        fitting = [found for found in main if found.applies_to(kind=kind, stage=stage, segment="")]
        assert len(fitting) == (stage not in ("pre_contract", "gate_0", "pre_sales", "kick_off")), stage
