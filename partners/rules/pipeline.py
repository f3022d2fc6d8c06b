"""The pipeline: what open opportunities add up to, as they are and weighted by their probability. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
PROBABILITIES: Mapping[str, int] = {
    "identified": 10,
    "qualified": 25,
    "proposed": 50,
    "committed": 80,
    "won": 100,
    "lost": 0,
}
"""What is usual at a stage, where nobody says otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Opportunities of one stage, probability and currency taken together."""

    stage: str
    currency: str
    amount: Decimal
    probability: int
    count: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Sum:
    """How many, for how much a year, and how much of it is expected. `unconverted`: left out for want of a rate."""

    count: int
    amount: Decimal
    weighted: Decimal
    unconverted: int = 0


def by_stage(parts: Iterable[Part], rates: Mapping[str, Decimal]) -> dict[str, Sum]:
    """Sums of each stage in the reporting currency; `rates` says what one unit of a currency is worth in it."""
    held: dict[str, list[Part]] = {}
    for part in parts:
        held.setdefault(part.stage, []).append(part)
    return {stage: total(rows, rates) for stage, rows in held.items()}


def by_currency(parts: Iterable[Part]) -> dict[str, Sum]:
    """Sums of each currency, unconverted."""
    held: dict[str, list[Part]] = {}
    for part in parts:
        held.setdefault(part.currency, []).append(part)
    return {currency: total(rows, {currency: Decimal(1)}) for currency, rows in sorted(held.items())}


def total(parts: Iterable[Part], rates: Mapping[str, Decimal]) -> Sum:
    """All of them together; those in a currency without a rate are counted and not added."""
    count, unconverted, amount, weighted = 0, 0, Decimal(0), Decimal(0)
    for part in parts:
        count += part.count
        rate = rates.get(part.currency)
        if rate is None:
            unconverted += part.count
            continue
        amount += part.amount * rate
        weighted += part.amount * rate * part.probability / 100
    return Sum(count=count, amount=_cents(amount), weighted=_cents(weighted), unconverted=unconverted)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)
