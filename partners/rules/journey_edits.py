"""Changing a journey pack part by part, as it stands in its file: finding, writing, adding, moving, removing. Pure.

A place leads to a part: "questionnaires/gate-0-kickoff/sections/contract-execution/rules/0". An entry of a list is
named by its id, or by its position where it has none. Every change gives a new body and leaves the old one alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from partners.rules.journeys import CHOICE_TYPES

Body = Mapping[str, Any]
Entry = dict[str, Any]

_SHAPES: Mapping[tuple[str, ...], str] = {
    ("stages", "*"): "stage",
    ("stages", "*", "phases", "*"): "phase",
    ("stages", "*", "checklist", "*"): "item",
    ("stages", "*", "criteria", "*"): "criterion",
    ("questionnaires", "*"): "questionnaire",
    ("questionnaires", "*", "sections", "*"): "section",
    ("questionnaires", "*", "sections", "*", "fields", "*"): "field",
    ("questionnaires", "*", "sections", "*", "fields", "*", "options", "*"): "option",
    ("questionnaires", "*", "sections", "*", "rules", "*"): "rule",
    ("options", "*"): "option_list",
    ("options", "*", "*"): "option",
}
"""What stands where."""

_LISTS: Mapping[str, tuple[str, ...]] = {
    "stage": ("phases", "checklist", "criteria"),
    "questionnaire": ("sections",),
    "section": ("fields", "rules"),
    "field": ("options",),
}
"""The lists of a part that hold parts of their own."""

_NOT_EMPTY = ("rules", "phases", "checklist", "criteria")
"""Lists that are left out where there is nothing in them."""

MAX_NAME = 60


class NoSuchPart(LookupError):
    """No part stands at this place."""


def shape_of(place: str) -> str:
    """What kind of part stands at a place: "stage", "item", "rule". Raises NoSuchPart."""
    found = _shape(place.split("/"))
    if not found:
        raise NoSuchPart(place)
    return found


def shape_in(list_place: str) -> str:
    """What kind of part the entries of a list are. Raises NoSuchPart."""
    found = _shape([*list_place.split("/"), "*"])
    if not found or found == "stage":
        raise NoSuchPart(list_place)
    return found


def lists_of(place: str, entry: Any) -> tuple[tuple[str, str], ...]:
    """The lists of parts below a part, as (key, place); a field has options of its own only where it lists them."""
    shape = shape_of(place)
    if shape == "option_list":
        return (("", place),)
    found = tuple((key, f"{place}/{key}") for key in _LISTS.get(shape, ()))
    return found if shape != "field" or isinstance(entry.get("options"), list) else ()


def parents_of(place: str) -> Iterator[str]:
    """The places of the parts around a part, from the outside in, itself last."""
    names = place.split("/")
    for length in range(1, len(names) + 1):
        if _shape(names[:length]):
            yield "/".join(names[:length])


def look_up(body: Body, place: str) -> Any:
    """What stands at a place. Raises NoSuchPart."""
    found: Any = body
    for name in place.split("/"):
        if isinstance(found, Mapping) and name in found:
            found = found[name]
        elif isinstance(found, list):
            found = found[_position(found, name, place)]
        else:
            raise NoSuchPart(place)
    return found


def entries(body: Body, list_place: str) -> list[tuple[str, Any]]:
    """The parts of a list, each with its place, those that have names alone by name; none where it is left out."""
    try:
        found = look_up(body, list_place)
    except NoSuchPart:
        return []
    if isinstance(found, Mapping):
        return [(f"{list_place}/{name}", entry) for name, entry in sorted(found.items())]
    return [(f"{list_place}/{_name(entry, index)}", entry) for index, entry in enumerate(found)]


def own_part(place: str, entry: Any) -> Any:
    """A part without the parts below it."""
    if not isinstance(entry, Mapping):
        return []
    below = [key for key, _place in lists_of(place, entry)]
    return {key: value for key, value in entry.items() if key not in below}


def rewritten(body: Body, place: str, own: Body) -> Entry:
    """The body with another part at a place; the parts below it stay."""
    changed = _copy(body)
    entry = look_up(changed, place)
    below = {key: entry[key] for key, _place in lists_of(place, entry) if key in entry and key not in own}
    if own.get("type") not in CHOICE_TYPES:
        below.pop("options", None)
    entry.clear()
    entry.update({**deepcopy(dict(own)), **below})
    return changed


def added(body: Body, list_place: str, entry: Any, *, name: str = "") -> Entry:
    """The body with one more part at the end of a list; a list of options by its `name`. Raises NoSuchPart."""
    changed = _copy(body)
    outer, _slash, key = list_place.rpartition("/")
    holder = look_up(changed, outer) if outer else changed
    if name:
        holder.setdefault(key, {})[name] = deepcopy(entry)
    elif shape_in(list_place) == "option" and not isinstance(holder.get(key), list):
        raise NoSuchPart(list_place)
    else:
        holder.setdefault(key, []).append(deepcopy(entry))
    if shape_in(list_place) == "questionnaire":
        _stage_of(changed, entry).setdefault("questionnaires", []).append(entry["id"])
    return changed


def removed(body: Body, place: str) -> Entry:
    """The body without a part; what refers to it stays, and is found by the check."""
    changed = _copy(body)
    outer, _slash, name = place.rpartition("/")
    holder, entry = look_up(changed, outer), look_up(changed, place)
    if isinstance(holder, list):
        holder.pop(_position(holder, name, place))
    else:
        del holder[name]
    around, _slash, key = outer.rpartition("/")
    if not holder and key in _NOT_EMPTY:
        del look_up(changed, around)[key]
    if shape_of(place) == "questionnaire":
        asked = _stage_of(changed, entry).get("questionnaires", [])
        asked[:] = [one for one in asked if one != entry["id"]]
    return changed


def moved(body: Body, place: str, by: int) -> Entry:
    """The body with a part some places further down its list, or up; at the end it stays. Raises NoSuchPart."""
    changed = _copy(body)
    outer, _slash, name = place.rpartition("/")
    holder = look_up(changed, outer)
    if not isinstance(holder, list):
        raise NoSuchPart(place)
    position = _position(holder, name, place)
    target = position + by
    if 0 <= target < len(holder):
        holder.insert(target, holder.pop(position))
    return changed


def place_of_fault(body: Body, path: str) -> str:
    """The part that holds a place of the parser, `stages[1].checklist[0].after[0]`; "" where it is in none."""
    found: Any = body
    names: list[str] = []
    for key, number in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if isinstance(found, Mapping) and key in found:
            names.append(key)
            found = found[key]
        elif isinstance(found, list) and number and int(number) < len(found):
            found = found[int(number)]
            names.append(_name(found, int(number)))
        else:
            break
    return next(reversed(list(parents_of("/".join(names)))), "") if names else ""


def names_taken(body: Body, list_place: str) -> set[str]:
    """The names that a new part of a list must not bear."""
    names = list_place.split("/")
    match shape_in(list_place):
        case "phase":
            return {phase["id"] for phase in look_up(body, f"stages/{names[1]}").get("phases", ())}
        case "item":
            return {item["id"] for stage in body["stages"] for item in stage.get("checklist", ())}
        case "criterion" | "section" as shape:
            stage = names[1] if shape == "criterion" else look_up(body, f"questionnaires/{names[1]}")["stage"]
            asked = [one for one in body.get("questionnaires", ()) if one["stage"] == stage]
            criteria = look_up(body, f"stages/{stage}").get("criteria", ())
            return {one["id"] for one in criteria} | {one["id"] for row in asked for one in row.get("sections", ())}
        case "field":
            sections = look_up(body, f"questionnaires/{names[1]}").get("sections", ())
            return {one["id"] for section in sections for one in section.get("fields", ())}
        case "option":
            return {entry["value"] for _place, entry in entries(body, list_place)}
        case "option_list":
            return set(body.get("options", {}))
        case "questionnaire":
            return {one["id"] for one in body.get("questionnaires", ())}
    return set()


def new_name(words: str, taken: Collection[str], *, joint: str) -> str:
    """A name for programs from what people call a thing, not taken yet: "Signing day" becomes signing-day."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    parts = re.findall(r"[a-z0-9]+", plain)
    while parts and not parts[0][0].isalpha():
        parts.pop(0)
    stem = joint.join(parts)[: MAX_NAME - 4].strip(joint) or "new"
    tries = (stem if number == 1 else f"{stem}{joint}{number}" for number in range(1, len(taken) + 2))
    return next(name for name in tries if name not in taken)


def _shape(names: Sequence[str]) -> str:
    for shape, kind in _SHAPES.items():
        if len(shape) == len(names) and all(wanted in ("*", name) for wanted, name in zip(shape, names, strict=True)):
            return kind
    return ""


def _position(found: Sequence[Any], name: str, place: str) -> int:
    for index, entry in enumerate(found):
        if name == _name(entry, index):
            return index
    raise NoSuchPart(place)


def _name(entry: Any, index: int) -> str:
    named = entry.get("id") if isinstance(entry, Mapping) else None
    return named if isinstance(named, str) else str(index)


def _stage_of(body: Body, questionnaire: Body) -> Entry:
    stage: Entry = look_up(body, f"stages/{questionnaire['stage']}")
    return stage


def _copy(body: Body) -> Entry:
    return deepcopy(dict(body))
