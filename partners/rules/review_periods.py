"""Which quarter a review is about. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """[`start`, `end`), local days."""

    start: date
    end: date

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def label(self) -> str:
        """As people say it: Q3 2026."""
        return f"Q{(self.start.month + 2) // 3} {self.start.year}"


def quarter_of(day: date) -> Period:
    """The calendar quarter that `day` lies in."""
    first = 3 * ((day.month - 1) // 3) + 1
    start = date(day.year, first, 1)
    end = date(day.year + 1, 1, 1) if first == 10 else date(day.year, first + 3, 1)
    return Period(start=start, end=end)


def period_of(slot: date) -> Period:
    """What a review on `slot` looks back on: in the first month of a quarter the one before, later the running one.

    Slots lie three months apart and so keep their place within a quarter: each has a period of its own.
    """
    here = quarter_of(slot)
    return quarter_of(here.start - timedelta(days=1)) if slot.month == here.start.month else here
