"""Who is on call at an instant, holes, and weeks taken in turn."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.rotas import Duty, Shift, duties, holes, on_call_at, weekly

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")


def shift(user_id: int, start: float, end: float, *, number: int = 0, override: bool = False) -> Shift:
    return Shift(user_id=user_id, start=NOON + start * HOUR, end=NOON + end * HOUR, number=number, is_override=override)


@pytest.mark.parametrize(
    ("shifts", "hour", "user_id"),
    [
        ([], 0, None),
        ([shift(1, 0, 2)], 0, 1),
        ([shift(1, 0, 2)], 2, None),
        ([shift(1, 0, 2), shift(2, 2, 4)], 2, 2),
        ([shift(1, 0, 4, number=9), shift(2, 1, 2, number=3, override=True)], 1, 2),
        ([shift(1, 0, 4, number=9), shift(2, 1, 2, number=3, override=True)], 2, 1),
        ([shift(1, 0, 4, number=1, override=True), shift(2, 0, 4, number=2, override=True)], 1, 2),
    ],
)
def test_who_is_on_call(shifts: list[Shift], hour: float, user_id: int | None) -> None:
    found = on_call_at(shifts, NOON + hour * HOUR)
    assert (found.user_id if found else None) == user_id


def test_an_override_cuts_a_shift_and_gaps_are_holes() -> None:
    shifts = [shift(1, 1, 5), shift(2, 2, 3, override=True)]
    found = [
        ((duty.start - NOON) / HOUR, duty.shift and duty.shift.user_id)
        for duty in duties(shifts, NOON, NOON + 6 * HOUR)
    ]
    assert found == [(0, None), (1, 1), (2, 2), (3, 1), (5, None)]
    assert [(hole.start, hole.end) for hole in holes(shifts, NOON, NOON + 6 * HOUR)] == [
        (NOON, NOON + HOUR),
        (NOON + 5 * HOUR, NOON + 6 * HOUR),
    ]


def test_weeks_in_turn_are_handed_over_at_the_same_local_time_across_a_clock_change() -> None:
    made = list(weekly([7, 8], first_on=date(2026, 3, 16), weeks=3, handover=time(9), zone=BERLIN))
    assert [one.user_id for one in made] == [7, 8, 7]
    assert [one.start.astimezone(BERLIN).hour for one in made] == [9, 9, 9]
    # The clocks go forward on 29 March 2026: that week is an hour shorter.
    assert [one.end - one.start for one in made] == [
        timedelta(weeks=1),
        timedelta(weeks=1) - HOUR,
        timedelta(weeks=1),
    ]
    assert not holes(made, made[0].start, made[-1].end)


@pytest.mark.parametrize(("people", "weeks"), [([], 1), ([1], 0), ([1], 105)])
def test_a_rotation_of_nobody_or_without_end_is_refused(people: list[int], weeks: int) -> None:
    with pytest.raises(ValueError, match="rotation"):
        list(weekly(people, first_on=date(2026, 3, 2), weeks=weeks, handover=time(9), zone=BERLIN))


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(-5, 20), st.integers(1, 9), st.booleans()).map(
            lambda given: shift(given[0], given[1], given[1] + given[2], override=given[3])
        ),
        max_size=6,
    )
)
def test_duties_cover_the_stretch_and_say_what_each_instant_says(shifts: list[Shift]) -> None:
    found = duties(shifts, NOON, NOON + 12 * HOUR)
    assert (found[0].start, found[-1].end) == (NOON, NOON + 12 * HOUR)
    assert all(one.end == after.start and one.shift != after.shift for one, after in itertools.pairwise(found))
    assert all(_said(found, NOON + hour * HOUR) == on_call_at(shifts, NOON + hour * HOUR) for hour in range(12))


def _said(found: tuple[Duty, ...], at: datetime) -> Shift | None:
    return next(duty.shift for duty in found if duty.start <= at < duty.end)
