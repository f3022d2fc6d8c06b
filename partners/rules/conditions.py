"""What a rule compares, and how: real values, never words that stand for them (journey.md, Gates).

Pure. A number is a Decimal, a date a day, everything else a text. `today` is the organization's local date.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import MAXYEAR, date, timedelta
from decimal import Decimal
from enum import StrEnum

from partners.rules.journeys import RuleValue

Answer = str | Decimal | date


class Operator(StrEnum):
    """How an answer is compared. On dates, greater_than is after, less_than before, at_least on or after."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    GREATER_THAN = "greater_than"
    LESS_THAN = "less_than"
    AT_LEAST = "at_least"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    IN = "in"
    WITHIN_DAYS = "within_days"
    WITHIN_MONTHS = "within_months"


_WORDS = (Operator.EQUALS, Operator.NOT_EQUALS, Operator.CONTAINS, Operator.NOT_CONTAINS, Operator.IN)
_SIZES = (Operator.EQUALS, Operator.NOT_EQUALS, Operator.GREATER_THAN, Operator.LESS_THAN, Operator.AT_LEAST)
_PICKED = (Operator.EQUALS, Operator.NOT_EQUALS, Operator.IN)

OPERATORS_OF: Mapping[str, tuple[Operator, ...]] = {
    "text": _WORDS,
    "textarea": _WORDS,
    "email": _WORDS,
    "select": _PICKED,
    "radio": _PICKED,
    "checkbox": (Operator.EQUALS, Operator.NOT_EQUALS),
    "number": (*_SIZES, Operator.IN),
    "date": (*_SIZES, Operator.WITHIN_DAYS, Operator.WITHIN_MONTHS),
}
"""Which operators fit the type of a field."""


def holds(operator: str, found: Answer | None, wanted: RuleValue, *, today: date) -> bool:
    """Whether an answer satisfies a rule. No answer satisfies none, not even one that only forbids something.

    Raises ValueError for an unknown operator and TypeError for values that cannot be compared; a checked pack has
    neither.
    """
    compare = _COMPARISONS[Operator(operator)]
    return found is not None and compare(found, wanted, today)


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > MAXYEAR:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days_later(day: date, days: int) -> date:
    """The day so many days later, or the last day that there is."""
    return day + timedelta(days=min(days, (date.max - day).days))


def _equals(found: Answer, wanted: RuleValue, today: date) -> bool:
    if isinstance(found, str) and isinstance(wanted, str):
        return _folded(found) == _folded(wanted)
    return found == wanted


def _above(found: Answer, wanted: RuleValue, today: date) -> bool:
    return _order(found, wanted) > 0


def _below(found: Answer, wanted: RuleValue, today: date) -> bool:
    return _order(found, wanted) < 0


def _contains(found: Answer, wanted: RuleValue, today: date) -> bool:
    return _folded(str(wanted)) in _folded(str(found))


def _is_in(found: Answer, wanted: RuleValue, today: date) -> bool:
    if not isinstance(wanted, tuple):
        raise TypeError(f"expected a list of values, found {wanted!r}")
    return any(_equals(found, one, today) for one in wanted)


def _is_within(found: Answer, last: date, today: date) -> bool:
    if not isinstance(found, date):
        raise TypeError(f"expected a day, found {found!r}")
    return today <= found <= last


def _count(wanted: RuleValue) -> int:
    if not isinstance(wanted, int):
        raise TypeError(f"expected a whole number, found {wanted!r}")
    return wanted


def _order(found: Answer, wanted: RuleValue) -> int:
    if isinstance(found, date) and isinstance(wanted, date):
        return (found > wanted) - (found < wanted)
    if isinstance(found, Decimal) and isinstance(wanted, Decimal):
        return (found > wanted) - (found < wanted)
    raise TypeError(f"{found!r} and {wanted!r} cannot be compared")


def _folded(words: str) -> str:
    return " ".join(words.casefold().split())


_COMPARISONS: Mapping[Operator, Callable[[Answer, RuleValue, date], bool]] = {
    Operator.EQUALS: _equals,
    Operator.NOT_EQUALS: lambda found, wanted, today: not _equals(found, wanted, today),
    Operator.GREATER_THAN: _above,
    Operator.LESS_THAN: _below,
    Operator.AT_LEAST: lambda found, wanted, today: not _below(found, wanted, today),
    Operator.CONTAINS: _contains,
    Operator.NOT_CONTAINS: lambda found, wanted, today: not _contains(found, wanted, today),
    Operator.IN: _is_in,
    Operator.WITHIN_DAYS: lambda found, wanted, today: _is_within(found, days_later(today, _count(wanted)), today),
    Operator.WITHIN_MONTHS: lambda found, wanted, today: _is_within(found, months_later(today, _count(wanted)), today),
}
