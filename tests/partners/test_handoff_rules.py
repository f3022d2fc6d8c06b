"""Handoffs: every move from every state, what stands in the way, when the answer is due, and the pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.choices import STAGES_BY_KIND
from accounts.rules.roles import may_be_assigned
from common.pack_files import read_pack
from common.workhours import LocalInterval, WorkHours
from partners.rules.handoff_packs import HandoffKind, Meeting, parse_handoffs
from partners.rules.handoffs import (
    MOVES,
    OPEN_STATES,
    Handoff,
    HandoffBlocker,
    HandoffMove,
    HandoffState,
    ItemState,
    Obstacle,
    acceptance_due_at,
    after,
    ends_givers_assignment,
    is_overdue,
    obstacles,
    responsible,
    shadow_ends_on,
)
from tests.partners.pack_cases import GONE, assert_refused, changed

BODY = read_pack(Path(__file__).parents[2] / "policies" / "default" / "handoffs.yaml").body
POLICY = parse_handoffs(BODY, version=2)
PSM_TO_TAM = POLICY.kinds["psm_to_tam"]
PETE, TARA, STRANGER = 1, 2, 3
TODAY = date(2026, 3, 18)
MONDAY = date(2026, 3, 2)
OFFICE = WorkHours(
    timezone="Europe/Berlin",
    weekly=((LocalInterval(start=9 * 3600, end=17 * 3600),),) * 5 + ((),) * 2,
    holidays=frozenset({date(2026, 3, 9)}),
)


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def ready(state: HandoffState = HandoffState.OFFERED, kind: HandoffKind = PSM_TO_TAM) -> Handoff:
    return Handoff(
        kind=kind,
        state=state,
        giver_id=PETE,
        receiver_id=TARA,
        role="tam",
        items=tuple(
            ItemState(item_id=item_id, has_content=True, is_checked=True, is_read=True)
            for item_id in kind.required_items
        ),
        held=frozenset(kind.meetings),
        shadow_from=MONDAY,
    )


def what_stops(
    move: HandoffMove, handoff: Handoff, by_id: int | None = None, roles: Sequence[str] = ("tam",), reason: str = "no"
) -> list[tuple[str, str]]:
    person = by_id or (PETE if move in (HandoffMove.OFFER, HandoffMove.WITHDRAW) else TARA)
    found = obstacles(
        move, handoff, by_id=person, receiver_roles=roles, reasons=[reason], today=TODAY, is_working_day=weekdays
    )
    return [(obstacle.blocker.value, obstacle.about) for obstacle in found]


ALLOWED = {
    ("prepared", "offer"): "offered",
    ("prepared", "withdraw"): "withdrawn",
    ("offered", "accept"): "accepted",
    ("offered", "return"): "returned",
    ("offered", "withdraw"): "withdrawn",
    ("returned", "offer"): "offered",
    ("returned", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize(("state", "move"), list(product(HandoffState, HandoffMove)))
def test_every_move_from_every_state(state: HandoffState, move: HandoffMove) -> None:
    expected = ALLOWED.get((state.value, move.value))
    if expected is None:
        assert what_stops(move, ready(state)) == [("wrong_state", state.value)]
        with pytest.raises(ValueError, match=state.value):
            after(move, state)
    else:
        assert what_stops(move, ready(state)) == []
        assert after(move, state) == expected


@pytest.mark.parametrize(
    ("move", "by_id", "stopped_by"),
    [
        (HandoffMove.OFFER, TARA, "not_the_giver"),
        (HandoffMove.OFFER, STRANGER, "not_the_giver"),
        (HandoffMove.WITHDRAW, TARA, "not_the_giver"),
        (HandoffMove.ACCEPT, PETE, "not_the_receiver"),
        (HandoffMove.RETURN, PETE, "not_the_receiver"),
        (HandoffMove.RETURN, STRANGER, "not_the_receiver"),
    ],
)
def test_each_side_makes_its_own_moves(move: HandoffMove, by_id: int, stopped_by: str) -> None:
    state = next(iter(MOVES[move]))
    assert what_stops(move, ready(state), by_id=by_id) == [(stopped_by, "")]


class TestOffering:
    @pytest.mark.parametrize("item_id", PSM_TO_TAM.required_items)
    def test_every_required_item_has_content_and_is_checked(self, item_id: str) -> None:
        handoff = ready(HandoffState.PREPARED)
        without = replace(handoff, items=[item for item in handoff.items if item.item_id != item_id])
        empty = replace(handoff, items=[replace(i, has_content=i.item_id != item_id) for i in handoff.items])
        unchecked = replace(handoff, items=[replace(i, is_checked=i.item_id != item_id) for i in handoff.items])
        assert what_stops(HandoffMove.OFFER, without) == [("item_missing", item_id)]
        assert what_stops(HandoffMove.OFFER, empty) == [("item_missing", item_id)]
        assert what_stops(HandoffMove.OFFER, unchecked) == [("item_unchecked", item_id)]

    def test_optional_items_meetings_and_shadow_do_not_hold_an_offer_up(self) -> None:
        handoff = replace(ready(HandoffState.PREPARED), held=frozenset(), shadow_from=None)
        assert what_stops(HandoffMove.OFFER, handoff) == []

    def test_there_is_somebody_who_can_take_it(self) -> None:
        handoff = ready(HandoffState.PREPARED)
        assert what_stops(HandoffMove.OFFER, replace(handoff, receiver_id=None)) == [("no_receiver", "")]
        assert what_stops(HandoffMove.OFFER, replace(handoff, receiver_id=PETE)) == [("receiver_is_giver", "")]
        assert what_stops(HandoffMove.OFFER, handoff, roles=["psm"]) == [("receiver_lacks_role", "tam")]


class TestAccepting:
    @pytest.mark.parametrize("meeting", PSM_TO_TAM.meetings)
    def test_every_meeting_has_been_held(self, meeting: Meeting) -> None:
        handoff = replace(ready(), held=frozenset(PSM_TO_TAM.meetings) - {meeting})
        assert what_stops(HandoffMove.ACCEPT, handoff) == [("meeting_missing", meeting.value)]

    def test_every_required_item_has_been_read(self) -> None:
        items = [replace(item, is_read=item.item_id != "people") for item in ready().items]
        assert what_stops(HandoffMove.ACCEPT, replace(ready(), items=items)) == [("item_unread", "people")]

    @pytest.mark.parametrize(
        ("shadow_from", "stopped_by"),
        [
            (None, [("shadow_not_started", "")]),
            (date(2026, 3, 12), []),  # Thursday; the fifth working day is Wednesday the 18th, today
            (date(2026, 3, 13), [("shadow_not_over", "2026-03-19")]),
            (date(2026, 3, 14), [("shadow_not_over", "2026-03-20")]),
        ],
    )
    def test_the_shadow_period_is_over(self, shadow_from: date | None, stopped_by: list[tuple[str, str]]) -> None:
        assert what_stops(HandoffMove.ACCEPT, replace(ready(), shadow_from=shadow_from)) == stopped_by

    def test_only_psm_to_tam_has_a_shadow_period(self) -> None:
        assert {kind.id: kind.shadow_days for kind in POLICY.kinds.values() if kind.shadow_days} == {"psm_to_tam": 5}
        handoff = replace(ready(kind=POLICY.kinds["tpm_to_psm"]), shadow_from=None)
        assert shadow_ends_on(handoff, weekdays) is None
        assert what_stops(HandoffMove.ACCEPT, handoff) == []

    def test_a_receiver_without_working_days_shadows_on_plain_days(self) -> None:
        assert shadow_ends_on(ready(), lambda day: False) == MONDAY + timedelta(days=4)

    def test_a_receiver_who_has_lost_the_role_accepts_nothing(self) -> None:
        assert what_stops(HandoffMove.ACCEPT, ready(), roles=["csm"]) == [("receiver_lacks_role", "tam")]


@pytest.mark.parametrize(
    ("reason", "stopped_by"), [("", "reason_missing"), ("  \n", "reason_missing"), ("Runbooks?", "")]
)
def test_returning_needs_a_reason(reason: str, stopped_by: str) -> None:
    found = what_stops(HandoffMove.RETURN, ready(), reason=reason)
    assert found == ([(stopped_by, "")] if stopped_by else [])


def test_returning_needs_neither_meetings_nor_a_shadow() -> None:
    bare = replace(ready(), held=frozenset(), shadow_from=None, items=())
    assert what_stops(HandoffMove.RETURN, bare) == []


@pytest.mark.parametrize(
    ("state", "giver", "receiver"),
    [
        (HandoffState.PREPARED, True, False),
        (HandoffState.OFFERED, True, True),
        (HandoffState.RETURNED, True, True),
        (HandoffState.ACCEPTED, False, True),
        (HandoffState.WITHDRAWN, True, False),
    ],
)
def test_both_are_responsible_until_it_is_accepted(state: HandoffState, giver: bool, receiver: bool) -> None:
    assert (responsible(state).giver, responsible(state).receiver) == (giver, receiver)
    assert responsible(state).giver or responsible(state).receiver


def test_only_within_one_role_acceptance_ends_an_assignment() -> None:
    assert [kind.id for kind in POLICY.kinds.values() if ends_givers_assignment(kind)] == ["owner_to_owner"]


@pytest.mark.parametrize(
    ("offered_at", "due_at"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 5, 9, tzinfo=UTC)),  # Monday 10:00 to Thursday 10:00
        (datetime(2026, 3, 5, 9, tzinfo=UTC), datetime(2026, 3, 11, 9, tzinfo=UTC)),  # over a weekend and a holiday
        (datetime(2026, 3, 7, 9, tzinfo=UTC), datetime(2026, 3, 13, 8, tzinfo=UTC)),  # a Saturday counts from Tuesday
    ],
)
def test_the_answer_is_due_in_three_business_days_of_the_receiver(offered_at: datetime, due_at: datetime) -> None:
    assert acceptance_due_at(POLICY, OFFICE, offered_at) == due_at
    just_before = due_at - timedelta(microseconds=1)
    assert not is_overdue(HandoffState.OFFERED, due_at, just_before)
    assert is_overdue(HandoffState.OFFERED, due_at, due_at)
    assert not any(is_overdue(state, due_at, due_at) for state in HandoffState if state is not HandoffState.OFFERED)
    assert not is_overdue(HandoffState.OFFERED, None, due_at)


@given(moves=st.lists(st.sampled_from(list(HandoffMove)), max_size=12))
def test_only_the_receiver_ends_it_well_and_the_end_is_final(moves: list[HandoffMove]) -> None:
    state = HandoffState.PREPARED
    made = []
    for move in moves:
        if state in MOVES[move]:
            state = after(move, state)
            made.append(move)
    assert (state is HandoffState.ACCEPTED) == (HandoffMove.ACCEPT in made)
    assert made.count(HandoffMove.RETURN) <= made.count(HandoffMove.OFFER)
    if state not in OPEN_STATES:
        assert all(state not in known for known in MOVES.values())


class TestPack:
    def test_the_shipped_handoffs(self) -> None:
        assert (POLICY.version, POLICY.accept_within_days) == (2, 3)
        assert list(POLICY.kinds) == [
            "pdm_to_tpm", "tpm_to_psm", "psm_to_tam", "sales_to_csm", "architect_to_tam", "owner_to_owner",
        ]  # fmt: skip
        assert PSM_TO_TAM.required_items == (
            "background", "operations", "support_processes", "beta_insights", "known_issues", "people",
            "open_commitments",
        )  # fmt: skip
        assert PSM_TO_TAM.confirms_launch

    def test_roles_and_stages_are_those_of_the_kind(self) -> None:
        for handoff in POLICY.kinds.values():
            for kind in handoff.kinds:
                assert handoff.stages & set(STAGES_BY_KIND[kind])
                assert all(may_be_assigned(role, kind) for role in (*handoff.from_roles, *handoff.to_roles))

    @pytest.mark.parametrize(
        ("kind", "stage", "from_role", "to_role", "expected"),
        [
            ("partner", "gate_3", "psm", "tam", ["psm_to_tam"]),
            ("partner", "gate_2", "psm", "tam", []),
            ("partner", "gate_3", "tam", "psm", []),
            ("partner", "gate_2", "tpm", "tpm", ["owner_to_owner"]),
            ("customer", "pre_sales", "solution_architect", "tam", ["architect_to_tam"]),
            ("customer", "kick_off", "sales", "csm", ["sales_to_csm"]),
            ("customer", "live", "sales", "csm", []),
        ],
    )
    def test_which_handoff_leads_from_role_to_role(
        self, kind: str, stage: str, from_role: str, to_role: str, expected: list[str]
    ) -> None:
        found = POLICY.between(kind=kind, stage=stage, from_role=from_role, to_role=to_role)
        assert [known.id for known in found] == expected

    @pytest.mark.parametrize(
        ("place", "value", "at", "words"),
        [
            ("accept_within_days", 0, "accept_within_days", "1 or more"),
            ("accept_within_days", GONE, "", "is missing"),
            ("speed", 1, "speed", "unknown entry"),
            ("items[1].id", "background", "items[1].id", "is there already"),
            ("items[0].gathers", "Every Thing", "items[0].gathers", "small letters"),
            ("handoffs[1].id", "pdm_to_tpm", "handoffs[1].id", "is there already"),
            ("handoffs[0].from_roles", ["boss"], "handoffs[0].from_roles[0]", "one of pam"),
            ("handoffs[0].from_roles", GONE, "handoffs[0]", '"from_roles" must name'),
            ("handoffs[0].to_roles", ["pdm"], "handoffs[0].to_roles", "see same_role"),
            ("handoffs[5].to_roles", ["tam"], "handoffs[5].to_roles", "names no roles"),
            ("handoffs[0].kinds", [], "handoffs[0].kinds", "at least one"),
            ("handoffs[0].stages", ["launch"], "handoffs[0].stages[0]", "one of pre_contract"),
            ("handoffs[0].required_items", ["secrets"], "handoffs[0].required_items[0]", "one of background"),
            ("handoffs[0].optional_items", ["people"], "handoffs[0].optional_items[0]", "is required already"),
            ("handoffs[0].meetings", ["lunch"], "handoffs[0].meetings[0]", "one of handoff_meeting"),
            ("handoffs[2].optional_items", [], "items[10]", "no handoff holds"),
            ("handoffs[2].shadow_days", -1, "handoffs[2].shadow_days", "must not be negative"),
            ("handoffs[2].confirms_launch", "yes", "handoffs[2].confirms_launch", "true or false"),
        ],
    )
    def test_a_broken_pack_is_refused_at_its_place(self, place: str, value: object, at: str, words: str) -> None:
        assert_refused(parse_handoffs, changed(BODY, place, value), at=at, words=words)


def test_an_obstacle_is_a_code_and_what_it_is_about() -> None:
    found = obstacles(
        HandoffMove.OFFER,
        replace(ready(HandoffState.PREPARED), items=()),
        by_id=PETE,
        receiver_roles=["tam"],
        today=TODAY,
        is_working_day=weekdays,
    )
    assert found[0] == Obstacle(blocker=HandoffBlocker.ITEM_MISSING, about="background")
    assert len(found) == len(PSM_TO_TAM.required_items)
