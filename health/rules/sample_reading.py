"""From a row that somebody sent to a sample, or to what is wrong with it. Pure; one pass over the rows of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

AHEAD = timedelta(minutes=5)
"""Clocks differ: an instant may lie so far ahead."""
BEFORE_START = timedelta(days=1)
"""Days begin at another time elsewhere: a sample may lie so long before the start of its organization."""
FIELDS = frozenset({"metric", "at", "value", "unit"})

_FAR = Decimal(10) ** 14
_PLACES = Decimal("0.000001")
_SHOWN = 120
_RATIOS = ("ratio", "fraction", "share")


class NoNumber(str):
    """What JSON knows no number for: NaN, Infinity, -Infinity as they were sent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A metric that samples may be of. `is_open`: in the pack; `is_collected`: computed by the hub alone."""

    id: int
    unit: str
    minimum: Decimal | None
    maximum: Decimal | None
    is_collected: bool
    is_open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """An organization that rows may name, and since when it is known here."""

    id: int
    started_at: datetime


class Taken(NamedTuple):
    """A sample that may be written; `row` counts as the batch does."""

    row: int
    organization_id: int
    metric_id: int
    at: datetime
    value: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with a row: `code` says what was expected, `limit` is a figure or word that belongs to it."""

    row: int
    field: str
    found: str
    code: str
    limit: str = ""


@dataclass(kw_only=True, slots=True)
class Reading:
    """`repeated` rows said the same as an earlier one of the batch."""

    taken: list[Taken] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    repeated: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What rows are read against. `named_by` is the field of the organization."""

    metrics: Mapping[str, Known]
    homes: Mapping[str, Home]
    now: datetime
    named_by: str = "organization_id"
    may_collect: bool = False


def read(rows: Sequence[Any], frame: Frame, *, first_row: int = 1) -> Reading:
    """Rows as JSON gives them: numbers as int, float or Decimal, instants as text or datetime."""
    found = Reading()
    seen: dict[tuple[int, int, datetime], tuple[int, Decimal]] = {}
    take, known_before = found.taken.append, seen.get
    for number, row in enumerate(rows, first_row):
        sample = _sample(row, number, frame, found)
        if sample is None:
            continue
        key = (sample[1], sample[2], sample[3])
        before = known_before(key)
        if before is None:
            seen[key] = (number, sample[4])
            take(sample)
        elif before[1] == sample[4]:
            found.repeated += 1
        else:
            found.faults.append(
                Fault(row=number, field="value", found=str(sample[4]), code="other_in_batch", limit=str(before[0]))
            )
    return found


def _sample(row: Any, number: int, frame: Frame, found: Reading) -> Taken | None:
    named_by = frame.named_by
    try:
        name, key, at, value = row[named_by], row["metric"], row["at"], row["value"]
        home, metric = frame.homes[name], frame.metrics[key]
    except (KeyError, TypeError):
        found.faults.append(_unreadable(row, number, frame))
        return None
    fault = (_extra(row, metric, named_by) if len(row) > len(FIELDS) else None) or _closed(key, metric, frame)
    if fault is None:
        moment = at if type(at) is datetime else _moment(at)
        amount = value if type(value) is Decimal else _amount(value)
        fault = _bad_moment(at, moment, home, frame.now) or _bad_amount(value, amount, metric)
        if fault is None and moment is not None and amount is not None:
            return Taken(number, home.id, metric.id, moment.astimezone(UTC), amount.quantize(_PLACES, ROUND_HALF_UP))
    if fault is not None:
        name, what, code, limit = fault
        found.faults.append(Fault(row=number, field=name, found=shown(what), code=code, limit=limit))
    return None


Bad = tuple[str, Any, str, str]


def _unreadable(row: Any, number: int, frame: Frame) -> Fault:
    """Why a row has no organization or metric that is known."""
    if not isinstance(row, Mapping):
        return Fault(row=number, field="", found=shown(row), code="object")
    for name in (frame.named_by, "metric", "at", "value"):
        if name not in row:
            return Fault(row=number, field=name, found="", code="required")
    name = row[frame.named_by]
    if not isinstance(name, str) or name not in frame.homes:
        return Fault(row=number, field=frame.named_by, found=shown(name), code="organization")
    return Fault(row=number, field="metric", found=shown(row["metric"]), code="metric")


def _closed(key: Any, metric: Known, frame: Frame) -> Bad | None:
    if not metric.is_open:
        return ("metric", key, "retired", "")
    if metric.is_collected and not frame.may_collect:
        return ("metric", key, "collected", "")
    return None


def _extra(row: Mapping[str, Any], metric: Known, named_by: str) -> Bad | None:
    for name in row:
        if name not in FIELDS and name != named_by:
            return (str(name), row[name], "unknown_field", "")
    unit = row.get("unit", metric.unit)
    if unit == metric.unit:
        return None
    is_ratio = metric.unit == "percent" and unit in _RATIOS
    return ("unit", unit, "ratio" if is_ratio else "unit", metric.unit)


def _moment(at: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(at)
    except (ValueError, TypeError):
        return None


def _bad_moment(at: Any, moment: datetime | None, home: Home, now: datetime) -> Bad | None:
    if moment is None or moment.tzinfo is None or moment.utcoffset() is None:
        return ("at", at, "moment", "")
    if moment - now > AHEAD:
        return ("at", at, "future", now.isoformat(timespec="seconds"))
    if home.started_at - moment > BEFORE_START:
        return ("at", at, "before_start", home.started_at.date().isoformat())
    return None


def _amount(value: Any) -> Decimal | None:
    if type(value) is int:
        # Digits without end would be turned into a number first.
        return Decimal(value) if value.bit_length() < 64 else Decimal("Infinity")
    return Decimal(repr(value)) if type(value) is float else None


def _bad_amount(value: Any, amount: Decimal | None, metric: Known) -> Bad | None:
    if amount is None:
        return ("value", value, "finite" if isinstance(value, NoNumber) else "number", "")
    if not amount.is_finite():
        is_long = type(value) is int
        return ("value", value, "size" if is_long else "finite", "")
    if not -_FAR < amount < _FAR:
        return ("value", value, "size", "")
    if metric.minimum is not None and amount < metric.minimum:
        return ("value", value, "minimum", f"{metric.minimum.normalize():f}")
    if metric.maximum is not None and amount > metric.maximum:
        return ("value", value, "maximum", f"{metric.maximum.normalize():f}")
    return None


def shown(found: Any) -> str:
    """What was found, as much of it as a message holds."""
    if isinstance(found, str):
        return found.replace("\0", "\u2400")[:_SHOWN]
    if type(found) is int and found.bit_length() > 400:
        return "…"
    text = str(found) if isinstance(found, Decimal | datetime) else repr(found)
    return text.replace("\0", "\u2400")[:_SHOWN]
