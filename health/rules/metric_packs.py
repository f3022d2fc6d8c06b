"""The pack `metrics`, as types: what can be measured of an organization (health.md, From samples to a band). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import Body, Label

UNITS = ("percent", "count", "ms", "seconds", "minutes", "hours", "days", "per_day", "points", "money")
DIRECTIONS = ("more", "less")
COMBINES = ("last", "sum", "mean", "rate")
CLASSES = ("open", "commercial")

_ENTRY = (
    *("id", "label", "unit", "direction", "combine", "rhythm_days"),
    *("minimum", "maximum", "class", "collected"),
)
KEYS = ("metrics", *_ENTRY)
_LONGEST_RHYTHM = 400
_FAR = Decimal("99999999999999.999999")
"""The largest value that a sample can hold: numeric(20, 6)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One metric. `rhythm_days`: how often a sample is expected. Bounds are those of a single sample."""

    id: str
    label: Label
    unit: str
    direction: str
    combine: str
    rhythm_days: int
    minimum: Decimal | None
    maximum: Decimal | None
    is_commercial: bool
    is_collected: bool

    @property
    def is_more_better(self) -> bool:
        return self.direction == "more"


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricPolicy:
    """The metrics in force, by id in the order of the pack."""

    version: int
    metrics: Mapping[str, Metric]


def parse_metrics(body: Body, *, version: int) -> MetricPolicy:
    """The pack `metrics`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("metrics",))
    found = [_metric(row, place) for place, row in packs.rows(content, "metrics", known=_ENTRY)]
    packs.refuse_twins([metric.id for metric in found], "metrics", "id")
    return MetricPolicy(version=version, metrics={metric.id: metric for metric in found})


def _metric(row: packs.Row, place: str) -> Metric:
    minimum, maximum = (number(row[key], f"{place}.{key}") if key in row else None for key in ("minimum", "maximum"))
    if minimum is not None and maximum is not None and minimum >= maximum:
        raise MalformedInput(f"{place}.maximum", "must be more than minimum")
    rhythm = packs.whole(row, "rhythm_days", place, least=1)
    if rhythm > _LONGEST_RHYTHM:
        raise MalformedInput(f"{place}.rhythm_days", f"must be {_LONGEST_RHYTHM} or less, found {rhythm}")
    return Metric(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        unit=reading.one_of(reading.member(row, "unit", place), UNITS, f"{place}.unit"),
        direction=reading.one_of(reading.member(row, "direction", place), DIRECTIONS, f"{place}.direction"),
        combine=reading.one_of(reading.member(row, "combine", place), COMBINES, f"{place}.combine"),
        rhythm_days=rhythm,
        minimum=minimum,
        maximum=maximum,
        is_commercial=reading.one_of(row.get("class", "open"), CLASSES, f"{place}.class") == "commercial",
        is_collected=packs.flag(row, "collected", place),
    )


def number(found: object, place: str) -> Decimal:
    """A decimal number of either sign that a sample could hold. Raises MalformedInput."""
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise MalformedInput(place, reading.expected("a number", found))
    try:
        value = Decimal(str(found))
    except InvalidOperation:
        raise MalformedInput(place, reading.expected("a number", found)) from None
    if not value.is_finite() or abs(value) > _FAR or value != round(value, 6):
        raise MalformedInput(place, reading.expected("a number of at most fourteen digits and six places", found))
    return value
