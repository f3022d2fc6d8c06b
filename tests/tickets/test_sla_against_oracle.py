"""The engine of `manage.py sla_replay` against the oracle, on random stories."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings

from tests.tickets import sla_oracle as oracle
from tests.tickets.sla_oracle_cases import document as document_of
from tests.tickets.sla_oracle_cases import documents
from tickets.rules.sla_parse import parse_story_file
from tickets.rules.sla_replay import answer_all

Json = dict[str, Any]


def assert_both_agree(document: Json) -> None:
    """Same clocks in the same order, same steps at the same instants."""
    answers = answer_all(parse_story_file(document))
    case, escalation = document["cases"][0], document["escalation_cases"][0]
    assert answers["cases"][case["id"]]["clocks"] == oracle.clocks_of(document, case)
    fired = answers["escalation_cases"][escalation["id"]]["fired"]
    assert in_order(fired) == in_order(oracle.fired_in(document, escalation))


def in_order(fired: list[Json]) -> list[Json]:
    """Steps that fired, by their instant."""
    return sorted(fired, key=lambda entry: (entry["at"], entry["cycle"], entry["step"]))


@pytest.mark.parametrize("seed", range(60))
def test_the_engine_answers_as_the_oracle_does_on_known_stories(seed: int) -> None:
    assert_both_agree(json.loads(json.dumps(document_of(random.Random(seed).choice))))


@settings(max_examples=60)
@given(documents())
def test_the_engine_answers_as_the_oracle_does(document: Json) -> None:
    assert_both_agree(document)


def test_the_known_stories_reach_every_state_of_every_metric() -> None:
    seen = set()
    for seed in range(60):
        document = document_of(random.Random(seed).choice)
        clocks = answer_all(parse_story_file(document))["cases"]["random"]["clocks"]
        seen |= {(clock["metric"], clock["state"]) for clock in clocks}
    always = {"running", "met", "breached", "cancelled"}
    assert {state for metric, state in seen if metric == "first_response"} == always
    assert {state for metric, state in seen if metric == "next_response"} == always
    assert {state for metric, state in seen if metric == "periodic_update"} == always | {"paused"}
    assert {state for metric, state in seen if metric == "resolution"} == always | {"paused"}
