"""From a raw value to points: lines between thresholds, or steps. Pure, in whole numbers, exact.

Raw values are counted in millionths (the six places of a sample), points in hundredths; halves are rounded up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

MILLION = 1_000_000
FULL = 10_000
"""100 points, in hundredths."""

_MILLION = Decimal(MILLION)


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """Points by raw value. A line: between neighbors it is straight, beyond the ends it is level.

    Steps: each holds from its raw value on; below the first one its points hold as well.
    """

    raws: tuple[int, ...]
    points: tuple[int, ...]
    is_stepped: bool = False

    @property
    def best(self) -> int:
        return max(self.points)

    @property
    def worst(self) -> int:
        return min(self.points)

    def at(self, raw: int) -> int:
        """The points of a raw value."""
        index = bisect_right(self.raws, raw)
        if self.is_stepped or index == len(self.raws):
            return self.points[index - 1 if index else 0]
        if index == 0:
            return self.points[0]
        low, rise = self.points[index - 1], self.points[index] - self.points[index - 1]
        if not rise:
            return low
        start = self.raws[index - 1]
        return low + rounded((raw - start) * rise, self.raws[index] - start)

    def reaching(self, wanted: int) -> int | None:
        """The raw value nearest to the worse end at which there are so many points; None where there never are.

        To the millionth, so that points of it are `wanted` or more. For curves that go one way only.
        """
        places = range(len(self.raws)) if self.points[-1] >= self.points[0] else range(len(self.raws) - 1, -1, -1)
        before: int | None = None
        for index in places:
            if self.points[index] >= wanted:
                return self.raws[index] if before is None or self.is_stepped else self._between(before, index, wanted)
            before = index
        return None

    def _between(self, below: int, above: int, wanted: int) -> int:
        span, rise = self.raws[above] - self.raws[below], self.points[above] - self.points[below]
        way = -(-abs(span) * (wanted - self.points[below]) // rise)
        return self.raws[below] + (way if span > 0 else -way)


def line(thresholds: Sequence[tuple[Decimal, Decimal]]) -> Curve:
    """A curve through (raw value, points), raw values ascending."""
    return Curve(
        raws=tuple(millionths(raw) for raw, _ in thresholds),
        points=tuple(hundredths(points) for _, points in thresholds),
    )


def stairs(steps: Sequence[tuple[Decimal | None, Decimal]]) -> Curve:
    """A stepped curve of (from, points), ascending; the first may hold from anywhere (None)."""
    raws = [millionths(start) if start is not None else None for start, _ in steps]
    first = raws[0] if raws[0] is not None else (raws[1] if len(raws) > 1 and raws[1] is not None else 0) - 1
    return Curve(
        raws=(first, *(raw for raw in raws[1:] if raw is not None)),
        points=tuple(hundredths(points) for _, points in steps),
        is_stepped=True,
    )


def millionths(value: Decimal) -> int:
    """A value in millionths, the nearest where it has more places."""
    scaled = value * _MILLION
    whole = int(scaled)
    return whole if whole == scaled else int(scaled.to_integral_value(rounding="ROUND_HALF_UP"))


def hundredths(value: Decimal) -> int:
    """Points in hundredths, the nearest where they have more places."""
    scaled = value * 100
    whole = int(scaled)
    return whole if whole == scaled else int(scaled.to_integral_value(rounding="ROUND_HALF_UP"))


def rounded(numerator: int, denominator: int) -> int:
    """The nearest whole number of a fraction (denominator above 0), halves up."""
    return (2 * numerator + denominator) // (2 * denominator)


def as_points(value: int) -> Decimal:
    """Hundredths as points with two places."""
    return _HUNDREDTHS[value] if 0 <= value <= FULL else Decimal(value).scaleb(-2)


def as_value(value: int) -> Decimal:
    """Millionths as a value with six places."""
    return Decimal(value).scaleb(-6)


def shares(exact: Sequence[tuple[str, int]], divisor: int, total: int) -> list[int]:
    """Whole shares of `total` nearest to `numerator / divisor` of each, by the largest remainder; ties by name.

    `total` is the rounded sum of the exact shares, or a difference of two such; the shares sum to it exactly.
    """
    result = [numerator // divisor for _, numerator in exact]
    missing = total - sum(result)
    if missing:
        order = sorted(range(len(exact)), key=lambda index: (-(exact[index][1] % divisor), exact[index][0]))
        for index in order[:missing]:
            result[index] += 1
    return result


_HUNDREDTHS = tuple(Decimal(value).scaleb(-2) for value in range(FULL + 1))
