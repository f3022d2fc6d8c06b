"""The oracle itself: the shared examples, and laws that hold of every answer it gives."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.tickets import sla_oracle as oracle
from tests.tickets.sla_oracle_cases import documents

Json = dict[str, Any]

SHARED = Path(__file__).parents[3] / "shared" / "spec" / "cases" / "sla_examples.json"
SHARED_DOCUMENT: Json = json.loads(SHARED.read_text()) if SHARED.exists() else {"cases": [], "escalation_cases": []}
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared examples are not beside the repository")


@needs_shared
def test_the_shared_cases_are_answered_as_expected() -> None:
    cases = SHARED_DOCUMENT["cases"]
    assert {case["id"]: oracle.clocks_of(SHARED_DOCUMENT, case) for case in cases} == {
        case["id"]: case["expect"]["clocks"] for case in cases
    }


@needs_shared
def test_the_shared_escalation_cases_are_answered_as_expected() -> None:
    cases = SHARED_DOCUMENT["escalation_cases"]
    assert {case["id"]: oracle.fired_in(SHARED_DOCUMENT, case) for case in cases} == {
        case["id"]: case["expect"]["fired"] for case in cases
    }


@settings(max_examples=25)
@given(documents())
def test_notes_never_change_an_answer(document: Json) -> None:
    case = document["cases"][0]
    noisy = copy.deepcopy(case)
    for event in case["events"][::-1]:
        place = noisy["events"].index(event) + 1
        if event["type"] not in ("priority", "policy"):
            noisy["events"].insert(place, {"at": event["at"], "type": "internal_note", "by": "agent"})
    assert oracle.clocks_of(document, noisy) == oracle.clocks_of(document, case)


@settings(max_examples=25)
@given(documents())
def test_only_used_time_decides_a_verdict(document: Json) -> None:
    for policy in document["policies"].values():
        policy["on_tighten"] = "from_change"
    for clock in oracle.clocks_of(document, document["cases"][0]):
        if clock["state"] in ("met", "running", "paused"):
            assert clock["elapsed_seconds"] <= clock["budget_seconds"]
        if clock["state"] == "breached":
            assert clock["breached_at"] == clock["breach_at"]
            assert clock["due_at"] <= clock["breach_at"]
