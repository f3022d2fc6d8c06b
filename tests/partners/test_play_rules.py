"""Plays: the shipped ones, who may start them, their days, how they end, what they change, and broken packs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.choices import STAGES_BY_KIND
from accounts.rules.roles import may_be_assigned
from common.pack_files import read_pack
from partners.rules.plays import EndBlocker, Play, available, effects, end_blocker, parse_plays, scheduled
from tests.partners.pack_cases import GONE, assert_refused, changed

BODY = read_pack(Path(__file__).parents[2] / "policies" / "default" / "plays.yaml").body
POLICY = parse_plays(BODY, version=5)
PLAYS = list(POLICY.plays.values())
INCIDENT = POLICY.plays["critical_production_issue"]
FEATURE = POLICY.plays["wants_a_feature"]
THURSDAY = date(2026, 3, 5)


def weekdays(day: date) -> bool:
    return day.weekday() < 5


class TestShippedPlays:
    @pytest.mark.parametrize(
        ("stage", "kind", "role", "at_least"),
        [
            ("pre_contract", "partner", "pam", {"sponsor_not_committed", "contract_slips", "gate_failed"}),
            ("gate_1", "partner", "pdm", {"partner_team_missing", "gtm_not_agreed", "training_behind"}),
            ("gate_2", "partner", "tpm", {"integration_blocked", "test_orders_fail", "scope_grows"}),
            ("gate_3", "partner", "psm", {"beta_disappoints", "support_not_ready", "launch_day_trouble"}),
            (
                "post_launch",
                "partner",
                "tam",
                {
                    "critical_production_issue",
                    "unhappy_with_performance",
                    "wants_a_feature",
                    "considering_expansion",
                    "experiencing_growth",
                    "risk_mitigation",
                    "win_back",
                },
            ),
            ("live", "customer", "csm", {"risk_mitigation", "win_back", "sponsor_leaves"}),
        ],
    )
    def test_everybody_finds_the_situations_of_their_work(
        self, stage: str, kind: str, role: str, at_least: set[str]
    ) -> None:
        assert at_least <= {play.id for play in available(POLICY, kind=kind, stage=stage, roles=[role])}

    @pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.id)
    def test_roles_and_stages_fit_the_kinds(self, play: Play) -> None:
        for kind in play.kinds:
            assert play.stages & set(STAGES_BY_KIND[kind])
            assert any(may_be_assigned(role, kind) for role in play.starters)
            assert all(may_be_assigned(step.owner_role, kind) for step in play.steps if step.owner_role)

    @pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.id)
    def test_plays_measure_something_and_leave_evidence(self, play: Play) -> None:
        assert play.measures
        assert any(step.needs_evidence or step.court == "partner" for step in play.steps)
        assert len(play.outcomes) >= 2


def test_a_play_is_offered_to_its_starters_where_it_belongs() -> None:
    assert available(POLICY, kind="partner", stage="post_launch", roles=["sales"]) == ()
    offered = available(POLICY, kind="partner", stage="pre_contract", roles=["pdm"])
    assert {play.id for play in offered} == {
        "sponsor_not_committed",
        "gate_failed",
        "partner_gone_quiet",
        "sponsor_leaves",
    }
    assert available(POLICY, kind="customer", stage="pre_sales", roles=["csm", "tam"]) == ()
    assert available(POLICY, kind="partner", stage="gate_1", roles=[]) == ()


def test_steps_are_due_on_working_days_from_the_start() -> None:
    days = {task.item_id: task.due_on for task in scheduled(INCIDENT, started_on=THURSDAY, is_working_day=weekdays)}
    assert days == {
        "acknowledge": THURSDAY,
        "assess": THURSDAY,
        "engage": THURSDAY,
        "update": THURSDAY,
        "resolve": date(2026, 3, 6),
        "post_mortem": date(2026, 3, 10),
        "learnings": date(2026, 3, 12),
    }


REQUIRED = {step.id for step in FEATURE.steps if step.is_required}


@pytest.mark.parametrize(
    ("outcome_id", "settled", "expected"),
    [
        ("delivered", REQUIRED, None),
        ("delivered", REQUIRED - {"request"}, EndBlocker.STEPS_OPEN),
        ("delivered", set(), EndBlocker.STEPS_OPEN),
        ("declined", set(), None),
        ("happy", REQUIRED, EndBlocker.UNKNOWN_OUTCOME),
        ("", REQUIRED, EndBlocker.UNKNOWN_OUTCOME),
    ],
)
def test_a_good_end_needs_the_required_steps(outcome_id: str, settled: set[str], expected: EndBlocker | None) -> None:
    assert end_blocker(FEATURE, outcome_id=outcome_id, settled=settled) is expected


@given(settled=st.sets(st.sampled_from([step.id for step in FEATURE.steps])))
def test_a_good_end_is_open_exactly_when_nothing_required_is(settled: set[str]) -> None:
    blocker = end_blocker(FEATURE, outcome_id="delivered", settled=settled)
    assert (blocker is None) == (settled >= REQUIRED)
    assert {step.id for step in FEATURE.steps} != REQUIRED


@pytest.mark.parametrize(
    ("before", "after", "change", "is_better"),
    [
        ({"open_tickets": "9", "csat": "3.5"}, {"open_tickets": "4", "csat": "3.5"}, ["-5", "0.0"], [True, None]),
        ({"open_tickets": "4", "csat": "4"}, {"open_tickets": "9", "csat": "3.5"}, ["5", "-0.5"], [False, False]),
        ({"open_tickets": "4"}, {"csat": "4"}, [], []),
        ({"arr": "1"}, {"arr": "2"}, [], []),
    ],
)
def test_the_effect_is_what_changed_of_the_plays_own_measures(
    before: dict[str, str], after: dict[str, str], change: list[str], is_better: list[bool | None]
) -> None:
    found = effects(
        INCIDENT,
        before={name: Decimal(figure) for name, figure in before.items()},
        after={name: Decimal(figure) for name, figure in after.items()},
    )
    assert [effect.change for effect in found] == [Decimal(one) for one in change]
    assert [effect.is_better for effect in found] == is_better


FIRST = "plays[0]"


@pytest.mark.parametrize(
    ("place", "value", "at", "words"),
    [
        ("games", [], "games", "unknown entry"),
        ("plays", [], "plays", "must not be empty"),
        ("plays[1].id", "critical_production_issue", "plays[1].id", "is there already"),
        (f"{FIRST}.when", GONE, FIRST, '"when" is missing'),
        (f"{FIRST}.starters", [], f"{FIRST}.starters", "at least one"),
        (f"{FIRST}.starters", ["support"], f"{FIRST}.starters[0]", "one of pam"),
        (f"{FIRST}.kinds", ["supplier"], f"{FIRST}.kinds[0]", "one of partner, customer"),
        (f"{FIRST}.stages", [], f"{FIRST}.stages", "at least one"),
        (f"{FIRST}.measures", ["mood"], f"{FIRST}.measures[0]", "one of overdue_tasks"),
        (f"{FIRST}.review_after_days", 0, f"{FIRST}.review_after_days", "1 or more"),
        (f"{FIRST}.steps", [], f"{FIRST}.steps", "must not be empty"),
        (f"{FIRST}.steps[1].id", "acknowledge", f"{FIRST}.steps[1].id", "is there already"),
        (f"{FIRST}.steps[0].owner_role", "boss", f"{FIRST}.steps[0].owner_role", "one of pam"),
        (f"{FIRST}.steps[0].day", -1, f"{FIRST}.steps[0].day", "must not be negative"),
        (f"{FIRST}.steps[0].court", "them", f"{FIRST}.steps[0].court", "one of us"),
        (f"{FIRST}.steps[1].after", ["ghost"], f"{FIRST}.steps[1].after[0]", 'no "ghost"'),
        (f"{FIRST}.steps[0].after", ["acknowledge"], f"{FIRST}.steps[0].after", "acknowledge waits for acknowledge"),
        (f"{FIRST}.steps[0].after", ["engage"], f"{FIRST}.steps[0].after", "acknowledge waits for engage, engage for"),
        (f"{FIRST}.steps[6].day", 4, f"{FIRST}.steps[6].day", "is before day 5 of post_mortem"),
        (f"{FIRST}.steps[0].needs_evidence", 1, f"{FIRST}.steps[0].needs_evidence", "true or false"),
        (f"{FIRST}.outcomes[0].is_good", False, f"{FIRST}.outcomes", "must hold a good one"),
        (f"{FIRST}.outcomes[1].id", "resolved", f"{FIRST}.outcomes[1].id", "is there already"),
    ],
)
def test_a_broken_pack_is_refused_at_its_place(place: str, value: object, at: str, words: str) -> None:
    assert_refused(parse_plays, changed(BODY, place, value), at=at, words=words)
