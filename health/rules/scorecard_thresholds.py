"""How a pack writes the points of a measure: a line through thresholds, or steps. Pure.

`points: [[raw, points], ...]` is a line: straight between neighbors, level beyond the ends. `steps: [{from, to,
points}, ...]` holds from a value on and below another; without `from` or `to` it is open. Neither may leave a hole,
overlap, or go up and down.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from common import reading
from common.reading import MalformedInput
from health.rules.curves import Curve, line, stairs
from health.rules.metric_packs import number
from partners.rules import pack_reading as packs

_HUNDRED = Decimal(100)
_MOST = 40


def curve_of(row: packs.Row, place: str) -> Curve:
    """The points of a measure by its raw value. Raises MalformedInput at the first threshold that does not fit."""
    if ("points" in row) == ("steps" in row):
        raise MalformedInput(place, "a measure has either points or steps")
    curve = _line(row, place) if "points" in row else _stairs(row, place)
    rises = [after - before for before, after in pairwise(curve.points)]
    if any(rise > 0 for rise in rises) and any(rise < 0 for rise in rises):
        where = "points" if "points" in row else "steps"
        raise MalformedInput(f"{place}.{where}", "the points go up and down; a measure has one direction")
    return curve


def _line(row: packs.Row, place: str) -> Curve:
    where = f"{place}.points"
    entries = _some(packs.listed(row, "points", place), where, least=2)
    found: list[tuple[Decimal, Decimal]] = []
    for index, entry in enumerate(entries):
        at = f"{where}[{index}]"
        pair = reading.sequence(entry, at)
        if len(pair) != 2:
            raise MalformedInput(at, "expected a raw value and its points")
        raw = number(pair[0], f"{at}[0]")
        if found and raw <= found[-1][0]:
            raise MalformedInput(f"{at}[0]", f"overlaps the threshold before it: must be more than {found[-1][0]}")
        found.append((raw, _points(pair[1], f"{at}[1]")))
    return line(found)


def _stairs(row: packs.Row, place: str) -> Curve:
    where = f"{place}.steps"
    entries = _some(packs.listed(row, "steps", place), where, least=2)
    found: list[tuple[Decimal | None, Decimal]] = []
    reached: Decimal | None = None
    for index, entry in enumerate(entries):
        at = f"{where}[{index}]"
        step = reading.mapping(entry, at, known=("from", "to", "points"))
        start = number(step["from"], f"{at}.from") if "from" in step else None
        end = number(step["to"], f"{at}.to") if "to" in step else None
        _check_joint(start, reached, at, is_first=index == 0)
        if end is None and index < len(entries) - 1:
            raise MalformedInput(at, "overlaps the step after it: only the last has no `to`")
        if end is not None and index == len(entries) - 1:
            raise MalformedInput(at, f"leaves a hole from {end} on: the last has no `to`")
        if start is not None and end is not None and end <= start:
            raise MalformedInput(f"{at}.to", f"must be more than {start}")
        found.append((start, _points(reading.member(step, "points", at), f"{at}.points")))
        reached = end
    return stairs(found)


def _check_joint(start: Decimal | None, reached: Decimal | None, place: str, *, is_first: bool) -> None:
    if is_first:
        if start is not None:
            raise MalformedInput(place, f"leaves a hole below {start}: the first has no `from`")
    elif start is None:
        raise MalformedInput(place, "overlaps the step before it: only the first has no `from`")
    elif reached is not None and start > reached:
        raise MalformedInput(f"{place}.from", f"leaves a hole between {reached} and {start}")
    elif reached is not None and start < reached:
        raise MalformedInput(f"{place}.from", f"overlaps the step before it, which holds up to {reached}")


def _some(entries: Sequence[object], place: str, *, least: int) -> Sequence[object]:
    if not least <= len(entries) <= _MOST:
        raise MalformedInput(place, f"expected {least} to {_MOST} entries, found {len(entries)}")
    return entries


def _points(found: object, place: str) -> Decimal:
    points = reading.amount(found, place)
    if points > _HUNDRED or points != round(points, 2):
        raise MalformedInput(place, reading.expected("points from 0 to 100 with at most two places", found))
    return points
