"""The engine of `manage.py sla_replay` against the oracle, on random stories."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tickets import sla_oracle as oracle
from tests.tickets.sla_oracle_cases import Pick, documents, sharpened
from tests.tickets.sla_oracle_cases import document as document_of
from tickets.rules.sla_parse import parse_story_file
from tickets.rules.sla_replay import answer_all

Json = dict[str, Any]


def assert_both_agree(document: Json) -> list[str]:
    """Same clocks in the same order, same steps at the same instants; the instants of both, from creation on."""
    answers = answer_all(parse_story_file(document))
    case, escalation = document["cases"][0], document["escalation_cases"][0]
    clocks = answers["cases"][case["id"]]["clocks"]
    fired = answers["escalation_cases"][escalation["id"]]["fired"]
    assert clocks == oracle.clocks_of(document, case)
    assert in_order(fired) == in_order(oracle.fired_in(document, escalation))
    found = {clock.get(key) for clock in clocks for key in ("due_at", "breach_at", "stopped_at")}
    return sorted(found.union(step["at"] for step in fired) - {None})


def assert_both_agree_at_edges(pick: Pick, document: Json) -> None:
    """Agreement, also when something happens just at an instant that the answer names, twice over."""
    for _ in range(3):
        instants = assert_both_agree(document)
        if not instants:
            return
        document = sharpened(pick, document, instants)


def in_order(fired: list[Json]) -> list[Json]:
    """Steps that fired, by their instant."""
    return sorted(fired, key=lambda entry: (entry["at"], entry["cycle"], entry["step"]))


@pytest.mark.parametrize("seed", range(35))
def test_the_engine_answers_as_the_oracle_does_on_known_stories(seed: int) -> None:
    pick = random.Random(seed).choice
    assert_both_agree_at_edges(pick, document_of(pick))


@settings(max_examples=25)
@given(documents(), st.data())
def test_the_engine_answers_as_the_oracle_does(document: Json, data: st.DataObject) -> None:
    assert_both_agree_at_edges(lambda options: data.draw(st.sampled_from(options)), document)


def test_random_stories_reach_every_state_of_every_metric() -> None:
    seen = set()
    for seed in range(250):
        document = document_of(random.Random(seed).choice)
        clocks = answer_all(parse_story_file(document))["cases"]["random"]["clocks"]
        seen |= {(clock["metric"], clock["state"]) for clock in clocks}
    always = {"running", "met", "breached", "cancelled"}
    assert {state for metric, state in seen if metric == "first_response"} == always
    assert {state for metric, state in seen if metric == "next_response"} == always
    assert {state for metric, state in seen if metric == "periodic_update"} == always | {"paused"}
    assert {state for metric, state in seen if metric == "resolution"} == always | {"paused"}
