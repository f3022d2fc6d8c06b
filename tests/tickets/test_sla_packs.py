"""The pack of service levels: which policy a ticket falls under, and what is refused at its place."""

import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from common.reading import MalformedInput
from tickets.rules.sla_packs import PRIORITIES, TicketFacts, Told, parse_sla
from tickets.rules.sla_terms import Metric

ROOT = Path(__file__).resolve().parents[2]
PACK = yaml.safe_load((ROOT / "policies/default/sla.yaml").read_text())
SHIPPED = parse_sla(PACK, version=1)


@pytest.mark.parametrize(
    ("facts", "policy"),
    [
        (TicketFacts(), "standard"),
        (TicketFacts(owner_roles=frozenset({"csm"}), arr_segment="mid_market"), "standard"),
        (TicketFacts(arr_segment="enterprise"), "priority_support"),
        (TicketFacts(owner_roles=frozenset({"tam"}), arr_segment="enterprise"), "technical_account"),
        (TicketFacts(technical_escalation=True, owner_roles=frozenset({"tam"})), "technical_escalation"),
    ],
)
def test_the_first_that_fits_counts(facts: TicketFacts, policy: str) -> None:
    found, passed = SHIPPED.matching(facts)
    assert found.id == policy
    # Of each policy before it the condition is named that did not hold.
    assert [policy_id for policy_id, _condition in passed] == [
        one.id for one in SHIPPED.policies[: SHIPPED.policies.index(found)]
    ]
    assert all(condition is not None and not condition.holds(facts) for _id, condition in passed)


# sla.md, the table: first response in the words of the pack.
@pytest.mark.parametrize(
    ("policy", "targets"),
    [
        ("technical_escalation", ["2 hours 24x7", "4 hours 24x7", "4 hours 24x7", "4 hours 24x7"]),
        (
            "technical_account",
            ["1 hours 24x7", "4 hours queue", "1 business_days queue", "3 business_days queue"],
        ),
        ("priority_support", ["1 hours 24x7", "2 hours queue", "8 hours queue", "8 hours queue"]),
        ("standard", ["2 hours queue", "2 hours queue", "8 hours queue", "8 hours queue"]),
    ],
)
@pytest.mark.parametrize("metric", [Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE])
def test_responses_are_those_of_the_table(policy: str, targets: list[str], metric: Metric) -> None:
    found = SHIPPED.policy(policy)
    assert found is not None
    written = [found.targets[priority][metric] for priority in PRIORITIES]
    assert [f"{target.amount} {target.unit.value} {target.clock}" for target in written] == targets


def test_the_calendar_of_the_queue_takes_its_place() -> None:
    policy = SHIPPED.policies[1].on_calendar("1:technical_account:7", "calendar 7")
    assert policy.clock_names() == {"24x7", "calendar 7"}
    assert policy.name == "1:technical_account:7"


def test_steps_are_read_with_whom_they_tell() -> None:
    first, *_others, last = SHIPPED.policies[1].escalation
    assert (first.tell, first.as_step(has_target=True).at_percent) == (Told.ASSIGNEE, 90)
    step = last.as_step(has_target=False)
    assert (step.overdue, step.ends_at_ack, step.has_target) == (timedelta(minutes=60), True, False)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The shipped pack with one place changed; None takes it away."""
    pack = copy.deepcopy(PACK)
    *way, last = path.split("/")
    at: Any = pack
    for part in way:
        at = at[int(part)] if part.isdigit() else at[part]
    if value is None:
        del at[last]
    else:
        at[int(last) if last.isdigit() else last] = value
    return pack


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("policies/3/when", {"kind": "partner"}, "policies[3].when"),
        ("policies/1/when", {}, "policies[1].when"),
        ("policies/1/id", "standard", "policies[3].id"),
        ("policies/0/when/technical_escalation", False, "policies[0].when.technical_escalation"),
        ("policies/2/when/arr_segment", ["huge"], "policies[2].when.arr_segment"),
        ("policies/0/targets/low", None, "policies[0].targets"),
        ("policies/1/targets/high/resolution/unit", "weeks", "policies[1].targets.high.resolution.unit"),
        ("policies/1/targets/high/resolution/clock", "Berlin", "policies[1].targets.high.resolution.clock"),
        ("policies/1/targets/high/resolution/amount", -1, "policies[1].targets.high.resolution.amount"),
        ("policies/1/targets/low/resolution/amount", 1.5, "policies[1].targets.low.resolution.amount"),
        ("policies/1/targets/high/smile", {}, "policies[1].targets.high"),
        ("policies/1/pause_on/first_response", ["pending"], "policies[1].pause_on"),
        ("policies/1/pause_on/resolution", ["solved"], "policies[1].pause_on.resolution[0]"),
        ("policies/1/on_tighten", "sometimes", "policies[1].on_tighten"),
        ("policies/1/warn_at", [100], "policies[1].warn_at"),
        ("policies/1/escalation/0/after", 5, "policies[1].escalation[0]"),
        ("policies/1/escalation/0/tell", "everybody", "policies[1].escalation[0].tell"),
        ("policies/1/escalation/1/id", "assignee", "policies[1].escalation[1].id"),
        ("policies", [], "policies"),
    ],
)
def test_what_cannot_be_promised_is_refused_at_its_place(path: str, value: Any, place: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        parse_sla(changed(path, value), version=1)
    assert str(refused.value).startswith(place)
