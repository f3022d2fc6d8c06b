"""Slopes, falls, and what is meant by the own baseline."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given

from health.rules.trends import Dated, Fall, fall_within, is_within_grace, percentage, slope
from tests.health.cards import VALUES

DAY = date(2026, 11, 2)
MILLION = 10**6


def series(*values: object) -> list[Dated]:
    return [Dated(day=DAY + timedelta(days=at), value=Decimal(str(value))) for at, value in enumerate(values)]


@pytest.mark.parametrize(
    ("value", "of", "percent"),
    [
        (17, 20, 85),
        (0, 20, 0),
        (-5, 20, -25),
        (999, 1, 1000),
        (0, 0, 100),
        (1, 0, 1000),
        (-1, 0, -1000),
        (-2, -1, -1000),
    ],
)
def test_a_percentage_of_a_baseline(value: int, of: int, percent: int) -> None:
    assert percentage(value * MILLION, of * MILLION) == percent * MILLION


@given(VALUES, VALUES, VALUES)
def test_more_is_never_a_smaller_percentage(one: Decimal, other: Decimal, of: Decimal) -> None:
    low, high, base = (int(value.scaleb(6)) for value in (*sorted([one, other]), of))
    assert percentage(low, base) <= percentage(high, base)


@pytest.mark.parametrize(
    ("value", "baseline", "is_more_better", "is_within"),
    [
        (85, 100, True, True),
        (84, 100, True, False),
        (100, 85, False, True),
        (101, 85, False, False),
        (0, 0, True, True),
    ],
)
def test_the_grace_band(value: int, baseline: int, *, is_more_better: bool, is_within: bool) -> None:
    assert is_within_grace(Decimal(value), Decimal(baseline), is_more_better=is_more_better) == is_within


def test_a_slope_is_that_of_least_squares() -> None:
    assert slope(series(80, 78, 76)) == Decimal("-2.0000")
    assert slope(series(1, 2, 4)) == Decimal("1.5000")
    assert slope(list(reversed(series(1, 2, 4)))) == Decimal("1.5000")
    assert slope(series(80)) is None
    assert slope([]) is None


@pytest.mark.parametrize(
    ("values", "days", "by", "since"),
    [
        ((90, 85, 80), 2, 10, 0),
        ((90, 85, 80), 1, 5, 1),
        ((80, 85, 85, 80), 3, 5, 2),
        ((80, 85, 90), 2, None, None),
        ((80, 80), 2, None, None),
        ((80,), 2, None, None),
        ((), 2, None, None),
    ],
)
def test_a_fall_is_from_the_highest_of_some_days(values: tuple, days: int, by: int | None, since: int | None) -> None:
    known = series(*values)
    expected = None if by is None else Fall(since=known[since], until=known[-1], by=Decimal(by))
    assert fall_within(list(reversed(known)), days=days) == expected
