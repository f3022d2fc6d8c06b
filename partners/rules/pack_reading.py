"""What the parsers of several packs share: rows, names, labels and closed lists, each refused at its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import time

from accounts.choices import OWNER_ROLES, STAGES_BY_KIND, ParticipantRole, Role
from common import reading
from common.reading import MalformedInput
from partners.rules.classification_packs import KINDS, Label, parse_label
from partners.rules.dependencies import find_circle, spell_circle

Row = Mapping[str, object]

COURTS = ("us", "partner", "third_party", "nobody")
"""Whose move it is (journey.md, Tasks)."""

CONTACT_ROLES = ("champion", "executive", "technical", "operations", "billing", "other")
ROLES: tuple[str, ...] = (*(role.value for role in Role if role in OWNER_ROLES), *map(str, ParticipantRole))
"""Whoever can be assigned to an organization, and so have something to do there."""
STAGES: tuple[str, ...] = tuple(str(stage) for kind in KINDS for stage in STAGES_BY_KIND[kind])

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


def rows(content: Row, key: str, place: str = "", *, known: Collection[str]) -> Iterator[tuple[str, Row]]:
    """The objects of a list that must not be empty, each with its place."""
    entries = listed(content, key, place)
    if not entries:
        raise MalformedInput(reading.at(place, key), "must not be empty")
    for index, entry in enumerate(entries):
        where = f"{reading.at(place, key)}[{index}]"
        yield where, reading.mapping(entry, where, known=known)


def listed(content: Row, key: str, place: str = "") -> Sequence[object]:
    """The list under a key that must be there; it may be empty."""
    return reading.sequence(reading.member(content, key, place), reading.at(place, key))


def words(content: Row, key: str, place: str, choices: Collection[str]) -> tuple[str, ...]:
    """A list of words of a closed list, none of them twice; empty where the key is not there."""
    if key not in content:
        return ()
    where = reading.at(place, key)
    chosen = tuple(
        reading.one_of(entry, choices, f"{where}[{index}]") for index, entry in enumerate(listed(content, key, place))
    )
    refuse_twins(chosen, where)
    return chosen


def identifier(content: Row, place: str, key: str = "id") -> str:
    """A name for programs: small letters, digits and underscores."""
    where = reading.at(place, key)
    found = reading.text(reading.member(content, key, place), where)
    if not _IDENTIFIER.fullmatch(found):
        raise MalformedInput(where, reading.expected("a name of small letters, digits and underscores", found))
    return found


def names(content: Row, key: str, place: str) -> tuple[str, ...]:
    """A list of texts, none of them twice; empty where the key is not there."""
    if key not in content:
        return ()
    where = reading.at(place, key)
    found = tuple(reading.text(entry, f"{where}[{index}]") for index, entry in enumerate(listed(content, key, place)))
    refuse_twins(found, where)
    return found


def label(content: Row, place: str, key: str = "label") -> Label:
    """A text by language that must be there."""
    return parse_label(reading.member(content, key, place), reading.at(place, key))


def optional_label(content: Row, place: str, key: str) -> Label:
    """A text by language, or none at all."""
    return label(content, place, key) if key in content else {}


def flag(content: Row, key: str, place: str, *, default: bool = False) -> bool:
    """True or false."""
    found = content.get(key, default)
    if not isinstance(found, bool):
        raise MalformedInput(reading.at(place, key), reading.expected("true or false", found))
    return found


def whole(content: Row, key: str, place: str, *, least: int = 0) -> int:
    """A whole number that must be there, from `least` on."""
    where = reading.at(place, key)
    number = reading.count(reading.member(content, key, place), where)
    if number < least:
        raise MalformedInput(where, f"must be {least} or more, found {number}")
    return number


def optional_whole(content: Row, key: str, place: str, *, least: int = 0) -> int | None:
    """A whole number from `least` on, or None where the key is not there."""
    return whole(content, key, place, least=least) if key in content else None


def clock(content: Row, key: str, place: str) -> time:
    """A time of day like 09:30."""
    where = reading.at(place, key)
    found = reading.member(content, key, place)
    if not isinstance(found, str) or not _CLOCK.fullmatch(found):
        raise MalformedInput(where, reading.expected("a time of day like 09:30", found))
    return time.fromisoformat(found)


def refuse_twins(values: Iterable[str], place: str, key: str = "") -> None:
    """Every value once; the place named is that of the second."""
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            raise MalformedInput(reading.at(f"{place}[{index}]", key) if key else f"{place}[{index}]", _twin(value))
        seen.add(value)


def check_order(after: Mapping[str, tuple[str, ...]], place: str) -> None:
    """Refuse steps that wait for unknown ones, for themselves, or for each other in a circle.

    `after` holds in their order the steps of the list at `place`, each with the steps that it waits for.
    """
    for index, waited_for in enumerate(after.values()):
        for position, name in enumerate(waited_for):
            if name not in after:
                raise MalformedInput(f"{place}[{index}].after[{position}]", f"there is no {reading.shown(name)} here")
    circle = find_circle(after)
    if circle:
        first = list(after).index(circle[0])
        raise MalformedInput(f"{place}[{first}].after", f"waits for itself: {spell_circle(circle)}")


def _twin(value: str) -> str:
    return f"{reading.shown(value)} is there already"
