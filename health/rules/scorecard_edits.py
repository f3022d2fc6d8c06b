"""Changes to a scorecard that is being written, on its body as a pack holds it. Pure; nothing given is changed.

Measures and vetoes are named by their ids, which stay theirs for life: receipts are told by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import Any

Body = dict[str, Any]
Entry = dict[str, Any]

_NUMBER = r"-?\d+(?:\.\d+)?"
_POINT = re.compile(rf"({_NUMBER})\s*[:=]\s*({_NUMBER})")
_STEP = re.compile(rf"({_NUMBER})?\s*\.\.\s*({_NUMBER})?\s*[:=]\s*({_NUMBER})")


class NoSuchEntry(LookupError):
    """A measure, group or veto that is not there (any longer)."""


class Unreadable(ValueError):
    """A line of thresholds that says nothing: which one."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


def measure_in(body: Mapping[str, Any], measure_id: str) -> tuple[str, Entry]:
    """The group of a measure, and the measure. Raises NoSuchEntry."""
    for group in body["groups"]:
        for entry in group["measures"]:
            if entry["id"] == measure_id:
                return group["id"], entry
    raise NoSuchEntry(measure_id)


def veto_in(body: Mapping[str, Any], veto_id: str) -> Entry:
    """A veto. Raises NoSuchEntry."""
    for entry in body.get("vetoes") or ():
        if entry["id"] == veto_id:
            found: Entry = entry
            return found
    raise NoSuchEntry(veto_id)


def with_bands(body: Body, *, coverage_minimum: Decimal, bands: Mapping[str, Decimal]) -> Body:
    """Other lines between bands, another minimum of coverage."""
    return {
        **body,
        "coverage_minimum": plain(coverage_minimum),
        "bands": {name: plain(value) for name, value in bands.items()},
    }


def with_weights(body: Body, *, weights: Mapping[str, Decimal], shares: Mapping[str, Decimal]) -> Body:
    """Other weights of groups and shares of measures, by id; those not named stay."""
    changed = deepcopy(body)
    for group in changed["groups"]:
        if group["id"] in weights:
            group["weight"] = plain(weights[group["id"]])
        for entry in group["measures"]:
            if entry["id"] in shares:
                entry["share"] = plain(shares[entry["id"]])
    return changed


def with_measure(body: Body, entry: Entry, *, group_id: str = "") -> Body:
    """A measure in the place of that of its id; with a group, a new one at its end. Raises NoSuchEntry."""
    changed = deepcopy(body)
    for group in changed["groups"]:
        for index, known in enumerate(group["measures"]):
            if not group_id and known["id"] == entry["id"]:
                group["measures"][index] = entry
                return changed
        if group["id"] == group_id:
            group["measures"].append(entry)
            return changed
    raise NoSuchEntry(entry["id"])


def without_measure(body: Body, measure_id: str) -> Body:
    """A measure taken out, and its group where it was the last one in it. Raises NoSuchEntry."""
    group_id, _entry = measure_in(body, measure_id)
    changed = deepcopy(body)
    for group in changed["groups"]:
        if group["id"] == group_id:
            group["measures"] = [entry for entry in group["measures"] if entry["id"] != measure_id]
    changed["groups"] = [group for group in changed["groups"] if group["measures"]]
    return changed


def with_veto(body: Body, entry: Entry, *, is_new: bool) -> Body:
    """A veto in the place of that of its id, or a new one at the end. Raises NoSuchEntry."""
    vetoes = [*(body.get("vetoes") or ())]
    if is_new:
        return {**body, "vetoes": [*vetoes, entry]}
    veto_in(body, entry["id"])
    return {**body, "vetoes": [entry if known["id"] == entry["id"] else known for known in vetoes]}


def without_veto(body: Body, veto_id: str) -> Body:
    """A veto taken out. Raises NoSuchEntry."""
    veto_in(body, veto_id)
    return {**body, "vetoes": [known for known in body["vetoes"] if known["id"] != veto_id]}


def names_in(body: Mapping[str, Any]) -> set[str]:
    """The ids that measures and vetoes have."""
    measures = (entry["id"] for group in body["groups"] for entry in group["measures"])
    return {*measures, *(entry["id"] for entry in body.get("vetoes") or ())}


def new_name(wanted: str, taken: Iterable[str]) -> str:
    """A free id made of a wanted one."""
    known, stem, number = set(taken), wanted[:56], 2
    if wanted not in known:
        return wanted
    while f"{stem}_{number}" in known:
        number += 1
    return f"{stem}_{number}"


def thresholds_text(entry: Mapping[str, Any]) -> str:
    """Thresholds as they are written in a form: a line each, "99.5: 85", or for steps "10..20: 40"."""
    if "steps" in entry:
        lines = [f"{step.get('from', '')}..{step.get('to', '')}: {step['points']}" for step in entry["steps"]]
    else:
        lines = [f"{raw}: {points}" for raw, points in entry.get("points", ())]
    return "\n".join(lines)


def read_thresholds(text: str) -> Entry:
    """The entry `points` or `steps` of such lines. Raises Unreadable; whether they fit together is asked later."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and ".." in lines[0]:
        return {"steps": [_step(line) for line in lines]}
    return {"points": [_pair(line) for line in lines]}


def plain(value: Decimal) -> int | float:
    """A number as JSON and YAML hold it."""
    return int(value) if value == value.to_integral_value() else float(value)


def _pair(line: str) -> list[int | float]:
    found = _POINT.fullmatch(line)
    if found is None:
        raise Unreadable(line)
    return [_number(found[1]), _number(found[2])]


def _step(line: str) -> Entry:
    found = _STEP.fullmatch(line)
    if found is None:
        raise Unreadable(line)
    ends = {key: _number(end) for key, end in (("from", found[1]), ("to", found[2])) if end is not None}
    return {**ends, "points": _number(found[3])}


def _number(written: str) -> int | float:
    try:
        return plain(Decimal(written))
    except InvalidOperation as error:
        raise Unreadable(written) from error
