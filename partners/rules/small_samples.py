"""Shares of small numbers, with what they leave open. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """So many of so many; `low` and `high` are the ends of the 95 % Wilson interval, 0 and 1 where nothing is known."""

    hits: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share itself; None of none."""
        return self.hits / self.total if self.total else None

    def is_compatible_with(self, expected: float) -> bool:
        """Whether the interval holds the expected share: nothing is shown against it."""
        return self.low <= expected <= self.high


def share(hits: int, total: int) -> Share:
    """`hits` of `total` with the Wilson score interval, which stays within 0 and 1 for the smallest samples.

    Raises ValueError where there cannot be so many.
    """
    if not 0 <= hits <= total:
        raise ValueError(f"there are not {hits} of {total}")
    if not total:
        return Share(hits=0, total=0, low=0.0, high=1.0)
    found, square = hits / total, Z_95 * Z_95
    middle = (found + square / (2 * total)) / (1 + square / total)
    reach = Z_95 * sqrt(found * (1 - found) / total + square / (4 * total * total)) / (1 + square / total)
    low = 0.0 if hits == 0 else max(0.0, middle - reach)
    high = 1.0 if hits == total else min(1.0, middle + reach)
    return Share(hits=hits, total=total, low=low, high=high)
