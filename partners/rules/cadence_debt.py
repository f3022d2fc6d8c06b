"""How far contact with an organization has fallen behind its cadence (journey.md, interaction debt). Pure.

Every touchpoint that is overdue is owed. One that is late by half of its distance or more was missed: the next one is
nearer than it, so it cannot be made up for any more, only left out or held as the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """A planned touchpoint: its day, from when on it is overdue, the days to the next, and what it takes."""

    planned_on: date
    overdue_from: date
    minutes: int
    interval_days: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Debt:
    """How many are owed, how many of them were missed, since how many days, and how many minutes they take."""

    owed: int = 0
    missed: int = 0
    days: int = 0
    minutes: int = 0

    @property
    def hours(self) -> float:
        return round(self.minutes / 60, 1)


def debt(rows: Iterable[Owed], *, today: date) -> Debt:
    """The debt of all these together; those that are not overdue yet owe nothing."""
    late = [row for row in rows if row.overdue_from <= today]
    return Debt(
        owed=len(late),
        missed=sum(is_missed(row, today) for row in late),
        days=max(((today - row.planned_on).days for row in late), default=0),
        minutes=sum(row.minutes for row in late),
    )


def is_missed(row: Owed, today: date) -> bool:
    """Late by half of its distance or more; one without a distance can always be made up for."""
    return row.interval_days is not None and (today - row.planned_on).days * 2 >= row.interval_days


def total(debts: Iterable[Debt]) -> Debt:
    """Of several organizations: since the worst day, all the hours."""
    found = list(debts)
    return Debt(
        owed=sum(one.owed for one in found),
        missed=sum(one.missed for one in found),
        days=max((one.days for one in found), default=0),
        minutes=sum(one.minutes for one in found),
    )
