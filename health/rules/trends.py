"""Change over time: against an own baseline, as a slope, as a fall over days (health.md). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from health.rules.curves import MILLION, rounded

GRACE = 85
"""Percent of the own baseline down to which nothing is meant by a difference (85 % grace band)."""

_MOST = 1000 * MILLION


@dataclass(frozen=True, kw_only=True, slots=True)
class Dated:
    """A score, or any other value, on a day."""

    day: date
    value: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Fall:
    """From the highest value within some days to the last one; `by` is positive."""

    since: Dated
    until: Dated
    by: Decimal


def percentage(value: int, of: int) -> int:
    """How many percent `value` is of a baseline or an entitlement; all in millionths, within -1000 % and 1000 %.

    Of nothing, nothing is all of it, and anything more (or less) is as far as it goes: more never gives less.
    """
    if of <= 0:
        return 100 * MILLION if value == of else (_MOST if value > of else -_MOST)
    return max(-_MOST, min(_MOST, rounded(value * 100 * MILLION, of)))


def is_within_grace(value: Decimal, baseline: Decimal, *, is_more_better: bool = True) -> bool:
    """Whether a value is near enough to the own baseline: 85 % of it, or at most 100/85 where less is better."""
    return value * 100 >= baseline * GRACE if is_more_better else value * GRACE <= baseline * 100


def slope(values: Sequence[Dated]) -> Decimal | None:
    """Change per day by least squares, to four places; None for values of fewer than two days."""
    if len({one.day for one in values}) < 2:
        return None
    count = len(values)
    days = [one.day.toordinal() for one in values]
    mean_day = Decimal(sum(days)) / count
    mean_value = sum((one.value for one in values), Decimal()) / count
    above = sum((Decimal(day) - mean_day) * (one.value - mean_value) for day, one in zip(days, values, strict=True))
    below = sum((Decimal(day) - mean_day) ** 2 for day in days)
    return Decimal(above / below).quantize(Decimal("0.0001"), rounding="ROUND_HALF_UP")


def fall_within(values: Sequence[Dated], *, days: int) -> Fall | None:
    """How far the last value lies below the highest of the `days` before it; None where it does not.

    Values in any order, one a day. Of equally high ones the latest is named.
    """
    if not values:
        return None
    last = max(values, key=lambda one: one.day)
    before = [one for one in values if last.day - timedelta(days=days) <= one.day < last.day]
    highest = max(before, key=lambda one: (one.value, one.day), default=None)
    if highest is None or highest.value <= last.value:
        return None
    return Fall(since=highest, until=last, by=highest.value - last.value)
