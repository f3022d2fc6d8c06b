"""From a row that somebody sent to a sample, or to what is wrong with it. Pure; one pass over the rows of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

AHEAD = timedelta(minutes=5)
"""Clocks differ: an instant may lie so far ahead."""
BEFORE_START = timedelta(days=1)
"""Days begin at another time elsewhere: a sample may lie so long before the start of its organization."""
FIELDS = frozenset({"metric", "at", "value", "unit"})

_FAR = 10**14
_MOST = Decimal("99999999999999.999999")
_FEWEST = 4
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
    least: Decimal = field(init=False)
    most: Decimal = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "least", -_MOST if self.minimum is None else self.minimum)
        object.__setattr__(self, "most", _MOST if self.maximum is None else self.maximum)


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """An organization that rows may name, and since when it is known here."""

    id: int
    started_at: datetime
    earliest: datetime = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "earliest", self.started_at - BEFORE_START)


class Taken(NamedTuple):
    """A sample that may be written; `row` counts as the batch does. A tuple: a batch makes ten thousand of them."""

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
    """What a batch comes to. Rows of one instant may still differ among each other: `twins` tells."""

    taken: list[Taken] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What rows are read against. `named_by` is the field of the organization."""

    metrics: Mapping[str, Known]
    homes: Mapping[str, Home]
    now: datetime
    named_by: str = "organization_id"
    may_collect: bool = False

    @property
    def latest(self) -> datetime:
        return self.now + AHEAD


def read(rows: Sequence[Any], frame: Frame, *, first_row: int = 1) -> Reading:
    """Rows as JSON gives them: numbers as int, float or Decimal, instants as text or datetime.

    Ten thousand at once, hence the local names: rows like most are read here, and the others by `_fault`.
    """
    found = Reading()
    take, homes, metrics, named_by = found.taken.append, frame.homes, frame.metrics, frame.named_by
    latest, make, from_text = frame.latest, Taken._make, datetime.fromisoformat
    usual = {key: metric for key, metric in metrics.items() if _closed(key, metric, frame) is None}
    for number, row in enumerate(rows, first_row):
        try:
            home, metric, at, value = homes[row[named_by]], usual[row["metric"]], row["at"], row["value"]
            moment = from_text(at) if type(at) is str else at
            amount = value if type(value) is Decimal else _amount(value)
            is_good = (
                home.earliest <= moment <= latest
                and metric.least <= amount <= metric.most
                and (len(row) == _FEWEST or _extra(row, metric, named_by) is None)
            )
        except (KeyError, TypeError, ValueError, InvalidOperation):
            is_good = False
        if is_good:
            at = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
            take(make((number, home.id, metric.id, at, amount.quantize(_PLACES, ROUND_HALF_UP))))
        else:
            found.faults.append(_fault(row, number, frame))
    return found


def twins(taken: Sequence[Taken]) -> list[Fault]:
    """Rows of a batch whose value differs from that of an earlier row of the same instant."""
    seen: dict[tuple[int, int, datetime], Taken] = {}
    faults = []
    for sample in taken:
        first = seen.setdefault((sample.organization_id, sample.metric_id, sample.at), sample)
        if first.value != sample.value:
            found, limit = str(sample.value), str(first.row)
            faults.append(Fault(row=sample.row, field="value", found=found, code="other_in_batch", limit=limit))
    return faults


def _fault(row: Any, number: int, frame: Frame) -> Fault:
    """What is wrong with a row that cannot be taken."""
    try:
        home, key, metric = frame.homes[row[frame.named_by]], row["metric"], frame.metrics[row["metric"]]
        at, value = row["at"], row["value"]
    except (KeyError, TypeError):
        return _unreadable(row, number, frame)
    bad = _extra(row, metric, frame.named_by) or _closed(key, metric, frame) or _bad_moment(at, home, frame.now)
    name, what, code, limit = bad or _bad_amount(value, metric)
    return Fault(row=number, field=name, found=shown(what), code=code, limit=limit)


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


def _bad_moment(at: Any, home: Home, now: datetime) -> Bad | None:
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        is_moment = isinstance(moment, datetime) and moment.utcoffset() is not None
    except ValueError:
        is_moment = False
    if not is_moment:
        return ("at", at, "moment", "")
    if moment - now > AHEAD:
        return ("at", at, "future", now.isoformat(timespec="seconds"))
    if moment < home.earliest:
        return ("at", at, "before_start", home.started_at.date().isoformat())
    return None


def _amount(value: Any) -> Decimal:
    """A number of JSON in full. Raises TypeError for what is none."""
    kind = type(value)
    if kind is int:
        # Digits without end would be turned into a number first.
        return Decimal(value) if -_FAR < value < _FAR else Decimal("Infinity")
    if kind is float:
        return Decimal(repr(value))
    raise TypeError


def _bad_amount(value: Any, metric: Known) -> Bad:
    try:
        amount = value if type(value) is Decimal else _amount(value)
    except TypeError:
        return ("value", value, "finite" if isinstance(value, NoNumber) else "number", "")
    if not amount.is_finite() and type(value) is not int:
        return ("value", value, "finite", "")
    if metric.minimum is not None and amount < metric.minimum:
        return ("value", value, "minimum", f"{metric.minimum.normalize():f}")
    if metric.maximum is not None and amount > metric.maximum:
        return ("value", value, "maximum", f"{metric.maximum.normalize():f}")
    return ("value", value, "size", "")


def shown(found: Any) -> str:
    """What was found, as much of it as a message holds."""
    if isinstance(found, str):
        return found.replace("\0", "\u2400")[:_SHOWN]
    if type(found) is int and found.bit_length() > 400:
        return "…"
    text = str(found) if isinstance(found, Decimal | datetime) else repr(found)
    return text.replace("\0", "\u2400")[:_SHOWN]
