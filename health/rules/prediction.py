"""A prediction from stored numbers: each feature adds points along a line of pieces, and their sum is a probability.

Whoever has the numbers can calculate it by hand: no library, no code in the data (ADR 0028).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, isfinite

# Nothing is certain: a probability is shown from 1 in 1,000 on.
LEAST = 0.001
# A reason moves the odds by a tenth at least.
LEAST_PUSH = 0.1
MOST_REASONS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """What one feature adds to the log odds: straight between `points` (value, added), level outside of them.

    `missing` is added where nothing is known; `mean` is what it adds to an organization of its kind on average.
    """

    feature: str
    points: tuple[tuple[float, float], ...]
    missing: float
    mean: float

    def at(self, value: float | None) -> float:
        """What it adds for a value."""
        if value is None:
            return self.missing
        places = [x for x, _y in self.points]
        after = bisect_right(places, value)
        if after == 0:
            return self.points[0][1]
        if after == len(places):
            return self.points[-1][1]
        (left, low), (right, high) = self.points[after - 1], self.points[after]
        return low + (high - low) * (value - left) / (right - left)


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """`slope` and `shift` calibrate the log odds by what came true of predictions made before."""

    intercept: float
    curves: tuple[Curve, ...]
    slope: float = 1.0
    shift: float = 0.0

    def raw(self, values: Sequence[float | None]) -> float:
        """The log odds before they are calibrated. Raises ValueError for a row of another length."""
        return self.intercept + sum(curve.at(value) for curve, value in zip(self.curves, values, strict=True))

    def probability(self, values: Sequence[float | None]) -> float:
        """From 0.001 to 0.999."""
        return probability_of(self.slope * self.raw(values) + self.shift)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """A feature that moves the odds away from those of its kind; `push` above 0 makes a loss likelier."""

    feature: str
    value: float | None
    push: float


def probability_of(log_odds: float) -> float:
    """The logistic function, within what is shown."""
    bounded = max(-30.0, min(30.0, log_odds))
    return max(LEAST, min(1.0 - LEAST, 1.0 / (1.0 + exp(-bounded))))


def reasons(model: Model, values: Sequence[float | None]) -> list[Reason]:
    """What moves it most against the mean of its kind, the largest first. Features of the same metric are told once."""
    found = [
        Reason(feature=curve.feature, value=value, push=model.slope * (curve.at(value) - curve.mean))
        for curve, value in zip(model.curves, values, strict=True)
    ]
    found.sort(key=lambda reason: (-abs(reason.push), reason.feature))
    return [reason for reason in found if abs(reason.push) >= LEAST_PUSH][:MOST_REASONS]


def to_json(model: Model) -> dict[str, object]:
    """The numbers as they are stored."""
    return {
        "form": "additive logistic 1",
        "intercept": model.intercept,
        "slope": model.slope,
        "shift": model.shift,
        "curves": [
            {
                "feature": curve.feature,
                "points": [list(point) for point in curve.points],
                "missing": curve.missing,
                "mean": curve.mean,
            }
            for curve in model.curves
        ],
    }


def from_json(stored: Mapping[str, object]) -> Model:
    """Raises ValueError for numbers that are none, or points out of order."""
    if stored.get("form") != "additive logistic 1":
        raise ValueError("this is no model that is known here")
    curves = stored["curves"]
    if not isinstance(curves, list):
        raise ValueError("a model has curves")
    return Model(
        intercept=_number(stored["intercept"]),
        slope=_number(stored["slope"]),
        shift=_number(stored["shift"]),
        curves=tuple(_curve(curve) for curve in curves),
    )


def _curve(stored: Mapping[str, object]) -> Curve:
    points = stored["points"]
    if not isinstance(points, list) or not points:
        raise ValueError("a curve has points")
    read = tuple((_number(x), _number(y)) for x, y in points)
    if any(right <= left for (left, _y), (right, _z) in pairwise(read)):
        raise ValueError("the points of a curve come in order")
    return Curve(
        feature=str(stored["feature"]), points=read, missing=_number(stored["missing"]), mean=_number(stored["mean"])
    )


def _number(found: object) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not isfinite(found):
        raise ValueError(f"expected a number, found {found!r}")
    return float(found)
