"""Commitments: moves, the day that counts, verdicts and rates, by tables and against a statement of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners import work_choices
from partners.rules.commitments import (
    MOVES,
    Commitment,
    CommitmentMove,
    CommitmentState,
    DayChange,
    Side,
    Verdict,
    after,
    days_of,
    is_overdue,
    judged_day,
    local_day,
    reliability,
    verdict,
)

TODAY = date(2026, 3, 16)


def on(day: int) -> date:
    return date(2026, 3, day)


def moved(*changes: tuple[int, int, int]) -> tuple[DayChange, ...]:
    return tuple(DayChange(was_due_on=on(was), due_on=on(due), agreed_on=on(agreed)) for was, due, agreed in changes)


def promise(
    state: str = "open", due: int = 20, closed: int | None = None, *changes: tuple[int, int, int]
) -> Commitment:
    return Commitment(
        side=Side.US,
        due_on=on(due),
        state=CommitmentState(state),
        closed_on=on(closed) if closed else None,
        changes=moved(*changes),
    )


def test_states_and_sides_are_those_of_the_product() -> None:
    assert [state.value for state in CommitmentState] == work_choices.CommitmentState.values
    assert [side.value for side in Side] == work_choices.Side.values


ALLOWED = {
    ("keep", "open"): "kept",
    ("keep", "broken"): "kept",
    ("break", "open"): "broken",
    ("renegotiate", "open"): "open",
    ("withdraw", "open"): "withdrawn",
    ("reopen", "kept"): "open",
    ("reopen", "broken"): "open",
    ("reopen", "withdrawn"): "open",
}


@pytest.mark.parametrize(("move", "state"), list(product(CommitmentMove, CommitmentState)))
def test_every_move_from_every_state(move: CommitmentMove, state: CommitmentState) -> None:
    expected = ALLOWED.get((move.value, state.value))
    assert (state in MOVES[move]) == (expected is not None)
    if expected is None:
        with pytest.raises(ValueError, match=state.value):
            after(move, state)
    else:
        assert after(move, state) == expected


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", on(15)), ("Asia/Tokyo", on(16)), ("America/Los_Angeles", on(15)), ("Pacific/Kiritimati", on(16))],
)
def test_a_moment_is_judged_in_the_day_of_the_zone(zone: str, day: date) -> None:
    assert local_day(datetime(2026, 3, 15, 23, 30, tzinfo=UTC), ZoneInfo(zone)) == day


@pytest.mark.parametrize(
    ("due", "changes", "judged"),
    [
        (10, [], 10),
        (12, [(10, 12, 9)], 12),
        (12, [(10, 12, 10)], 12),  # on its last day is in time
        (12, [(10, 12, 11)], 10),  # afterwards it is not
        (20, [(10, 12, 9), (12, 20, 12)], 20),
        (20, [(10, 12, 9), (12, 20, 13)], 12),
        (20, [(10, 12, 11), (12, 20, 12)], 10),  # once too late is too late
        (8, [(10, 8, 5)], 8),  # earlier days can be agreed as well
    ],
)
def test_the_day_that_counts_is_the_last_agreed_in_time(
    due: int, changes: list[tuple[int, int, int]], judged: int
) -> None:
    assert judged_day(promise("open", due, None, *changes)) == on(judged)


def test_every_day_that_was_agreed_stays_known() -> None:
    assert days_of(promise("open", 20, None, (10, 12, 9), (12, 20, 12))) == (on(10), on(12), on(20))


@pytest.mark.parametrize(
    ("one", "expected", "overdue"),
    [
        (promise("open", 16), None, False),
        (promise("open", 15), Verdict.OVERDUE, True),
        (promise("open", 20, None, (10, 20, 11)), Verdict.OVERDUE, False),
        (promise("open", 20, None, (10, 20, 10)), None, False),
        (promise("kept", 10, 10), Verdict.ON_TIME, False),
        (promise("kept", 10, 11), Verdict.LATE, False),
        (promise("kept", 20, 15, (10, 20, 11)), Verdict.LATE, False),
        (promise("kept", 20, 15, (10, 20, 9)), Verdict.ON_TIME, False),
        (promise("broken", 20, 12), Verdict.BROKEN, False),
        (promise("withdrawn", 10, 12), None, False),
    ],
)
def test_a_promise_counts_as(one: Commitment, expected: Verdict | None, overdue: bool) -> None:
    assert verdict(one, TODAY) is expected
    assert is_overdue(one, TODAY) is overdue


def test_a_side_is_as_reliable_as_its_judged_promises() -> None:
    mine = [
        *[promise("kept", 10, 9)] * 6,
        promise("kept", 10, 12),
        promise("broken", 10, 12),
        promise("open", 10),
        promise("open", 20),
        promise("withdrawn", 10, 10),
        promise("kept", 20, 15, (10, 20, 9)),
    ]
    theirs = [Commitment(side=Side.THEM, due_on=on(1))]
    found = reliability([*mine, *theirs], side=Side.US, today=TODAY)
    assert (found.on_time.hits, found.on_time.total) == (7, 10)
    assert (found.late, found.broken, found.overdue, found.renegotiated) == (1, 1, 1, 1)
    assert not found.is_hint
    assert found.on_time.low == pytest.approx(0.397, abs=0.001)
    other = reliability([*mine, *theirs], side=Side.THEM, today=TODAY)
    assert (other.on_time.hits, other.on_time.total, other.is_hint) == (0, 1, True)


def test_without_promises_nothing_is_said() -> None:
    found = reliability([], side=Side.US, today=TODAY)
    assert (found.on_time.value, found.is_hint) == (None, True)


PROMISES = st.lists(
    st.tuples(st.sampled_from(list(CommitmentState)), st.integers(1, 28), st.integers(1, 28)).map(
        lambda row: promise(row[0], row[1], row[2] if row[0] is not CommitmentState.OPEN else None)
    ),
    max_size=30,
)


@given(promises=PROMISES, day=st.integers(1, 31))
def test_rates_agree_with_a_count_by_hand(promises: list[Commitment], day: int) -> None:
    found = reliability(promises, side=Side.US, today=on(day))
    kept_in_time = [one for one in promises if one.state == "kept" and one.closed_on and one.closed_on <= one.due_on]
    not_judged = [
        one for one in promises if one.state == "withdrawn" or (one.state == "open" and on(day) <= one.due_on)
    ]
    assert found.on_time.hits == len(kept_in_time)
    assert found.on_time.total == len(promises) - len(not_judged)
    assert found.on_time.total == found.on_time.hits + found.late + found.broken + found.overdue


@given(day=st.integers(1, 20), closed=st.integers(1, 28), agreed=st.integers(1, 28), longer=st.integers(1, 8))
def test_moving_a_day_that_is_over_helps_nobody(day: int, closed: int, agreed: int, longer: int) -> None:
    plain = promise("kept", day, closed)
    after_the_day = promise("kept", day + longer, closed, (day, day + longer, agreed))
    if agreed > day:
        assert verdict(after_the_day, TODAY) is verdict(plain, TODAY)
    else:
        assert judged_day(after_the_day) == on(day + longer)
