"""Interaction debt by table: what is owed, since when, what was missed, and what it takes."""

from datetime import date, timedelta

import pytest

from partners.rules.cadence_debt import Debt, Owed, debt, total

TODAY = date(2026, 3, 20)


def owed(days_ago: int, *, interval: int | None = 14, minutes: int = 60, grace: int = 1) -> Owed:
    on = TODAY - timedelta(days=days_ago)
    return Owed(planned_on=on, overdue_from=on + timedelta(days=grace), minutes=minutes, interval_days=interval)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], Debt()),
        ([owed(0), owed(-3)], Debt()),
        ([owed(1)], Debt(owed=1, days=1, minutes=60)),
        ([owed(6)], Debt(owed=1, days=6, minutes=60)),
        ([owed(7)], Debt(owed=1, missed=1, days=7, minutes=60)),
        # Half of an odd distance is not rounded down.
        ([owed(3, interval=7)], Debt(owed=1, days=3, minutes=60)),
        ([owed(4, interval=7)], Debt(owed=1, missed=1, days=4, minutes=60)),
        ([owed(400, interval=None)], Debt(owed=1, days=400, minutes=60)),
        # One that is allowed to be late owes nothing until then, and then all its days.
        ([owed(5, grace=6)], Debt()),
        ([owed(6, grace=6)], Debt(owed=1, days=6, minutes=60)),
        ([owed(2, minutes=90), owed(9), owed(-1)], Debt(owed=2, missed=1, days=9, minutes=150)),
    ],
)
def test_debt(rows: list[Owed], expected: Debt) -> None:
    assert debt(rows, today=TODAY) == expected


def test_debts_add_up() -> None:
    found = total([debt([owed(2)], today=TODAY), Debt(), debt([owed(9, minutes=45)], today=TODAY)])
    assert (found, found.hours) == (Debt(owed=2, missed=1, days=9, minutes=105), 1.8)
    assert total([]) == Debt()
