"""Who owns a role before and after: tables, and the one law (somebody is primary as long as there is anybody)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.rules.ownership import Change, Holding, Span, held_since, plan_assign, plan_end, plan_replace

START = datetime(2025, 1, 1, tzinfo=UTC)
A, B, C = 1, 2, 3


def held(*people: tuple[int, bool]) -> list[Holding]:
    """Holdings in the order of their start."""
    return [
        Holding(user_id=user, is_primary=is_primary, since=START + timedelta(days=day))
        for day, (user, is_primary) in enumerate(people)
    ]


@pytest.mark.parametrize(
    ("before", "user", "is_primary", "ends", "starts"),
    [
        ([], A, None, [], {A: True}),
        ([], A, False, [], {A: True}),
        ([(A, True)], B, None, [], {B: False}),
        ([(A, True)], B, False, [], {B: False}),
        ([(A, True)], B, True, [A], {A: False, B: True}),
        ([(A, True)], A, None, [], {}),
        ([(A, True)], A, True, [], {}),
        ([(A, True)], A, False, [], {}),
        ([(A, True), (B, False)], B, None, [], {}),
        ([(A, True), (B, False)], B, True, [A, B], {A: False, B: True}),
        ([(A, True), (B, False)], A, False, [A, B], {A: False, B: True}),
        ([(A, False), (B, False)], C, False, [A], {A: True, C: False}),
        ([(A, False), (B, False)], C, None, [A], {A: True, C: False}),
    ],
)
def test_assigning(
    before: list[tuple[int, bool]], user: int, is_primary: bool | None, ends: list[int], starts: dict[int, bool]
) -> None:
    change = plan_assign(held(*before), user, is_primary=is_primary)
    assert (change.ends, dict(change.starts)) == (frozenset(ends), starts)


@pytest.mark.parametrize(
    ("before", "user", "ends", "starts"),
    [
        ([(A, True)], A, [A], {}),
        ([(A, True), (B, False), (C, False)], A, [A, B], {B: True}),
        ([(A, True), (B, False)], B, [B], {}),
        ([(A, True)], B, [], {}),
    ],
)
def test_ending(before: list[tuple[int, bool]], user: int, ends: list[int], starts: dict[int, bool]) -> None:
    change = plan_end(held(*before), user)
    assert (change.ends, dict(change.starts)) == (frozenset(ends), starts)


@pytest.mark.parametrize(
    ("before", "old", "new", "ends", "starts"),
    [
        ([(A, True)], A, B, [A], {B: True}),
        ([(A, True), (B, False)], B, C, [B], {C: False}),
        ([(A, True), (B, False)], A, B, [A, B], {B: True}),
        ([(A, True), (B, False)], B, A, [B], {}),
    ],
)
def test_replacing(
    before: list[tuple[int, bool]], old: int, new: int, ends: list[int], starts: dict[int, bool]
) -> None:
    change = plan_replace(held(*before), old, new)
    assert (change.ends, dict(change.starts)) == (frozenset(ends), starts)


def test_a_change_says_who_comes_goes_rises_and_falls() -> None:
    change = Change(ends=frozenset({A, B, C}), starts={A: False, B: True, 4: False})
    assert (change.joins, change.leaves, change.promoted, change.demoted) == ({4}, {C}, {B}, {A})


worlds = st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=4, unique_by=lambda pair: pair[0]).map(
    lambda people: held(*[(user, is_primary and i == 0) for i, (user, is_primary) in enumerate(people)])
)


@given(worlds, st.integers(1, 6), st.integers(1, 6), st.sampled_from(["assign", "end", "replace", True, False]))
def test_a_role_with_owners_has_one_primary(before: list[Holding], user: int, other: int, how: object) -> None:
    if how == "end":
        change = plan_end(before, user)
    elif how == "replace":
        change = plan_replace(before, user, other)
    else:
        change = plan_assign(before, user, is_primary=None if how == "assign" else bool(how))
    after = {holding.user_id: holding.is_primary for holding in before if holding.user_id not in change.ends}
    assert not set(after) & set(change.starts), "who starts has ended before"
    after |= change.starts
    assert sum(after.values()) == (1 if after else 0)
    if how not in ("end",):
        assert (other if how == "replace" else user) in after


@pytest.mark.parametrize(
    ("spans", "since"),
    [
        ([], None),
        ([(0, None)], 0),
        ([(0, 5), (5, None)], 0),
        ([(0, 4), (5, None)], 5),
        ([(5, None), (0, 3), (3, 5)], 0),
        ([(0, 4), (6, 9)], 6),
        ([(2, 2), (2, None)], 2),
    ],
)
def test_since_when_somebody_holds_it(spans: list[tuple[int, int | None]], since: int | None) -> None:
    def day(number: int | None) -> datetime | None:
        return None if number is None else START + timedelta(days=number)

    rows = [Span(started_at=START + timedelta(days=start), ended_at=day(end)) for start, end in spans]
    assert held_since(rows) == day(since)
