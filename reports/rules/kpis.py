"""From rows to a figure: its value, its interval, how it stands to its target and to the period before. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from partners.rules.nps import LEAST_IN_GROUP
from partners.rules.small_samples import Share, share
from reports.rules.measures import PERCENTILES, Unit
from reports.rules.periods import Span

FEW = 30
"""Of fewer cases a share is a hint: its interval is said beside it."""
_HUNDREDTH = Decimal("0.01")
_HOUR, _DAY = Decimal(3600), Decimal(86_400)
_SUMS = (Unit.COUNT, Unit.MONEY)


class Direction(StrEnum):
    """Which way is good; NEITHER for what is only looked at."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Standing(StrEnum):
    """How a figure stands to its target, or to the period before."""

    GOOD = "good"
    BAD = "bad"
    LEVEL = "level"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """The rows of a measure, added up: what is counted, of how many. Of a percentile: what it is, of how many.

    `is_withheld`: it may not be told, since other sums would then tell what few said (survey_figures.is_told).
    """

    numerator: Decimal = Decimal(0)
    denominator: Decimal = Decimal(0)
    is_withheld: bool = False

    def __add__(self, other: Amount) -> Amount:
        return Amount(numerator=self.numerator + other.numerator, denominator=self.denominator + other.denominator)


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a figure should come to from a day on, for a scope ("segment": "enterprise"); no scope: for all.

    `is_strict`: more or less than the value, and not the value itself. With `at_most` it is a range, both ends in it.
    `span`: for such periods alone, as a sum of a quarter is none of a month.
    """

    value: Decimal
    since: date
    scope: Mapping[str, str]
    is_strict: bool = False
    at_most: Decimal | None = None
    span: Span | None = None

    def is_met_by(self, found: Decimal, direction: Direction) -> bool:
        """Judged before anything is rounded; a value equal to a target that is strict misses it."""
        if self.at_most is not None:
            return self.value <= found <= self.at_most
        if found == self.value:
            return not self.is_strict
        return (found > self.value) == (direction is Direction.MORE)


def is_hidden(amount: Amount, unit: Unit) -> bool:
    """Whether so few answered, here or beside it, that the figure would tell who said what (partners/rules/nps.py)."""
    return unit is Unit.NPS and (amount.is_withheld or 0 < amount.denominator < LEAST_IN_GROUP)


def shown(amount: Amount, unit: Unit) -> Amount:
    """The amount as readers get it: none where the figure is hidden."""
    return Amount() if is_hidden(amount, unit) else amount


def exact(amount: Amount, unit: Unit) -> Decimal | None:
    """The figure before it is rounded; None of nothing, since a share of nothing is not known, and of what is hidden.

    Percent and NPS are of 100, hours and scores averages, percentiles in days.
    """
    if is_hidden(amount, unit):
        return None
    match unit:
        case Unit.COUNT:
            return amount.denominator
        case Unit.MONEY:
            return amount.numerator
    if not amount.denominator:
        return None
    if unit in PERCENTILES:
        return amount.numerator / _DAY
    of_one = amount.numerator / amount.denominator
    match unit:
        case Unit.PERCENT | Unit.NPS:
            return of_one * 100
        case Unit.HOURS:
            return of_one / _HOUR
    return of_one


def value(amount: Amount, unit: Unit) -> Decimal | None:
    """The figure, rounded half up to hundredths, a count to ones."""
    found = exact(amount, unit)
    return None if found is None else found.quantize(Decimal(1) if unit is Unit.COUNT else _HUNDREDTH, ROUND_HALF_UP)


def interval(amount: Amount, unit: Unit) -> Share | None:
    """The 95 % interval of a share of few cases; None where there are enough, none, or where it is no share."""
    total = int(amount.denominator)
    is_whole = amount.denominator == total and amount.numerator == int(amount.numerator)
    if unit is not Unit.PERCENT or not is_whole or not 0 < total < FEW or not 0 <= amount.numerator <= total:
        return None
    return share(int(amount.numerator), total)


def target_for(targets: Iterable[Target], *, on: date, scope: Mapping[str, str], span: Span) -> Target | None:
    """The target that holds on a day for what a report is narrowed to: the one whose scope says most, then the newest.

    A scope fits where the report is narrowed to exactly its values, a target of a span for such periods alone. None
    where no target holds.
    """
    fitting = [
        one
        for one in targets
        if one.since <= on
        and one.span in (None, span)
        and all(scope.get(key) == word for key, word in one.scope.items())
    ]
    return max(fitting, key=lambda one: (len(one.scope), one.span is not None, one.since), default=None)


def against_target(
    found: Decimal | None, target: Target | None, direction: Direction, *, may_grow: bool = False
) -> Standing:
    """Whether the target is met by a figure that is not rounded; a range needs no direction.

    What still grows has not missed it.
    """
    if found is None or target is None or (direction is Direction.NEITHER and target.at_most is None):
        return Standing.UNKNOWN
    if target.is_met_by(found, direction):
        return Standing.GOOD
    return Standing.UNKNOWN if may_grow and direction is Direction.MORE else Standing.BAD


def gap(found: Decimal | None, target: Target | None) -> Decimal | None:
    """How far a figure is from its target, or from the nearer end of a range; None where there is nothing to tell."""
    if found is None or target is None:
        return None
    ends = [target.value] if target.at_most is None else [target.value, target.at_most]
    return min(abs(found - end) for end in ends)


def may_grow(unit: Unit, *, is_over: bool) -> bool:
    """Whether the rest of the period can still add to a figure."""
    return unit in _SUMS and not is_over


def missed_in_a_row(standings: Iterable[Standing]) -> int:
    """How many of the last periods, oldest first, missed their target one after the other."""
    count = 0
    for standing in standings:
        count = count + 1 if standing is Standing.BAD else 0
    return count


def against_before(
    found: Decimal | None, before: Decimal | None, direction: Direction, unit: Unit, *, is_over: bool
) -> Standing:
    """Whether it is better than in the period before. Sums of a period that is not over are not judged."""
    if found is None or before is None or (unit in _SUMS and not is_over):
        return Standing.UNKNOWN
    if found == before:
        return Standing.LEVEL
    if direction is Direction.NEITHER:
        return Standing.UNKNOWN
    return Standing.GOOD if (found > before) == (direction is Direction.MORE) else Standing.BAD
