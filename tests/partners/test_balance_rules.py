"""Balance: nothing guarded moves, no hour is lost, no peak rises, and who knows a place is asked first."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.rules.balance import Move, propose
from partners.rules.capacity_ahead import (
    Curve,
    Guard,
    Held,
    Person,
    curves,
    guard_of,
    moved,
    prepares_renewal,
    stage_on,
    week_starts,
)

TODAY = date(2026, 11, 2)
FULL = Fraction(9, 10)
WEEK = 2400


def person(pk: int, *there: int) -> Person:
    return Person(id=pk, minutes_there=there or (WEEK,) * 8)


def held(pk: int, owner: int, minutes: int, **more: object) -> Held:
    return Held(organization_id=pk, owner_id=owner, minutes=(minutes,) * 8, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "in_handoff", "guard"),
    [
        (None, False, None),
        (61, False, None),
        (60, False, Guard.RENEWAL),
        (0, False, Guard.RENEWAL),
        (-60, False, Guard.RENEWAL),
        (-61, False, None),
        (61, True, Guard.HANDOFF),
        (10, True, Guard.HANDOFF),
    ],
)
def test_what_keeps_an_organization_where_it_is(days: int | None, in_handoff: bool, guard: Guard | None) -> None:
    renewal_on = None if days is None else TODAY + timedelta(days=days)
    assert guard_of(held(1, 1, 60, renewal_on=renewal_on, is_in_handoff=in_handoff), TODAY) is guard


def test_a_week_of_absence_is_no_peak_and_no_time_at_all_is() -> None:
    assert Curve(wanted=(1200, 1200), there=(WEEK, 0)).peak == Fraction(1, 2)
    assert Curve(wanted=(1200, 1200), there=(WEEK, 1200)).peak == 1
    assert Curve(wanted=(30, 30), there=(0, 0)).peak == 60
    assert held(1, 1, 61).per_week == 61


def test_what_if_moves_the_hours_from_one_curve_to_the_other() -> None:
    people, places = [person(1), person(2)], [held(10, 1, 600), held(11, 1, 300)]
    after = curves(people, moved(places, {11: 2}))
    assert (after[1].wanted[0], after[2].wanted[0]) == (600, 300)


def test_the_fullest_gives_to_who_knows_the_place() -> None:
    people = [person(1), person(2), person(3)]
    places = [held(10, 1, 1500), held(11, 1, 1200, known_by=frozenset({3})), held(12, 2, 100)]
    (move,) = propose(people, places, today=TODAY, full=FULL)
    assert (move.organization_id, move.giver_id, move.receiver_id, move.is_known) == (11, 1, 3, True)
    assert (move.giver_before, move.giver_after) == (Fraction(2700, WEEK), Fraction(1500, WEEK))


@pytest.mark.parametrize(
    "places",
    [
        [held(10, 1, 2000)],
        [held(10, 1, 2600, is_in_handoff=True)],
        [held(10, 1, 2600, renewal_on=TODAY + timedelta(days=30))],
        [held(10, 1, 2600), held(11, 2, 100)],
        [held(pk, 1, 40) for pk in range(60)],
    ],
    ids=["has room", "in a handoff", "renews soon", "fits nowhere", "too little each"],
)
def test_no_move_without_cause(places: list[Held]) -> None:
    assert propose([person(1), person(2)], places, today=TODAY, full=FULL) == ()


PEOPLE = st.lists(st.sampled_from([0, 1200, WEEK]), min_size=2, max_size=5)
PLACES = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.lists(st.integers(0, 900), min_size=8, max_size=8),
        st.none() | st.integers(-90, 90),
        st.booleans(),
        st.frozensets(st.integers(0, 4)),
    ),
    max_size=14,
)


@settings(max_examples=120, deadline=None)
@given(PEOPLE, PLACES)
def test_the_laws_of_a_proposal(there: list[int], rows: list[tuple]) -> None:
    people = [person(pk, *(minutes,) * 8) for pk, minutes in enumerate(there)]
    places = [
        Held(
            organization_id=pk,
            owner_id=owner % len(people),
            minutes=tuple(minutes),
            renewal_on=None if days is None else TODAY + timedelta(days=days),
            is_in_handoff=in_handoff,
            known_by=known,
        )
        for pk, (owner, minutes, days, in_handoff, known) in enumerate(rows)
    ]
    moves = propose(people, places, today=TODAY, full=FULL)
    assert moves == propose(people, list(places), today=TODAY, full=FULL)
    before, after = curves(people, places), curves(people, moved(places, _receivers(moves)))
    by_id = {one.organization_id: one for one in places}
    assert all(guard_of(by_id[move.organization_id], TODAY) is None for move in moves)
    assert all(by_id[move.organization_id].owner_id == move.giver_id != move.receiver_id for move in moves)
    assert len({move.organization_id for move in moves}) == len(moves) <= 12
    for week in range(8):
        assert sum(curve.wanted[week] for curve in before.values()) == sum(
            curve.wanted[week] for curve in after.values()
        )
    assert max(curve.peak for curve in after.values()) <= max(curve.peak for curve in before.values())
    assert all(move.receiver_after <= FULL for move in moves)


def _receivers(moves: tuple[Move, ...]) -> dict[int, int]:
    return {move.organization_id: move.receiver_id for move in moves}


GATES = [("gate_2", date(2026, 11, 10)), ("gate_3", date(2026, 12, 1))]


@pytest.mark.parametrize(
    ("stage", "day", "found"),
    [
        ("gate_2", date(2026, 11, 9), "gate_2"),
        ("gate_2", date(2026, 11, 10), "gate_3"),
        ("gate_2", date(2026, 12, 1), "post_launch"),
        ("gate_3", date(2026, 11, 2), "gate_3"),
        ("post_launch", date(2026, 11, 20), "post_launch"),
        ("adopt", date(2027, 11, 20), "adopt"),
    ],
)
def test_the_stage_of_a_week_is_the_one_foreseen(stage: str, day: date, found: str) -> None:
    assert stage_on(stage, GATES, day, last="post_launch") == found


def test_a_renewal_takes_time_in_the_weeks_up_to_its_day_and_until_it_is_closed() -> None:
    weeks = week_starts(date(2026, 11, 5))
    assert (weeks[0], weeks[-1], len(weeks)) == (date(2026, 11, 2), date(2026, 12, 21), 8)

    def hit(due_on: date, count: int) -> list[int]:
        return [at for at, week in enumerate(weeks) if prepares_renewal(due_on, week, today=TODAY, weeks=count)]

    assert hit(date(2026, 11, 18), 2) == [1, 2]
    assert hit(date(2026, 11, 18), 1) == [2]
    assert hit(date(2026, 3, 1), 4) == [0]
    assert hit(date(2027, 1, 2), 3) == [6, 7]
    assert hit(date(2026, 11, 18), 0) == []
