"""Reading what people wrote (JSON, YAML) value by value; every refusal names its place.

Pure. A place is the path to a value, like ``calendars.berlin.weekly.mon[0]``. The functions return the
value in its type or raise ``MalformedInput`` saying what was expected and what was found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

MAX_SHOWN = 60
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class MalformedInput(ValueError):
    """Something in the input is not as it must be: ``problem`` at ``place`` (empty for the whole input)."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(on_one_line(f"{place}: {problem}" if place else problem))
        self.place = place
        self.problem = problem


def read_json(path: Path) -> object:
    """The content of a UTF-8 JSON file. Raises ``MalformedInput``: unreadable, not JSON, a key given twice."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise MalformedInput("", f"cannot be read ({(error.strerror or 'input error').lower()})") from error
    except UnicodeDecodeError as error:
        raise MalformedInput(f"byte {error.start}", "not UTF-8") from error
    try:
        return json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refused_constant)
    except json.JSONDecodeError as error:
        raise MalformedInput(f"line {error.lineno}, column {error.colno}", f"not JSON ({error.msg})") from error
    except MalformedInput:
        raise
    except (RecursionError, ValueError) as error:
        raise MalformedInput("", "nested too deeply, or a number with too many digits") from error


def mapping(found: object, place: str, *, known: Collection[str] | None = None) -> Mapping[str, object]:
    """An object with text keys; with ``known``, no others than these."""
    if not isinstance(found, Mapping):
        raise MalformedInput(place, expected("an object", found))
    for key in found:
        if not isinstance(key, str):
            raise MalformedInput(place, expected("a text as key", key))
        if known is not None and key not in known:
            raise MalformedInput(at(place, key), f"unknown entry; known are {', '.join(known)}")
    return found


def sequence(found: object, place: str) -> Sequence[object]:
    """A list."""
    if not isinstance(found, list | tuple):
        raise MalformedInput(place, expected("a list", found))
    return found


def text(found: object, place: str) -> str:
    """A text that is not empty."""
    if not isinstance(found, str) or not found.strip():
        raise MalformedInput(place, expected("a text", found))
    return found


def one_of(found: object, choices: Collection[str], place: str) -> str:
    """One of the given words."""
    if not isinstance(found, str) or found not in choices:
        raise MalformedInput(place, expected(f"one of {', '.join(choices)}", found))
    return found


def count(found: object, place: str) -> int:
    """A whole number that is not negative."""
    number = int(found) if isinstance(found, float) and found.is_integer() else found
    if not isinstance(number, int) or isinstance(number, bool):
        raise MalformedInput(place, expected("a whole number", found))
    if number < 0:
        raise MalformedInput(place, f"must not be negative, found {shown(found)}")
    return number


def amount(found: object, place: str) -> Decimal:
    """A decimal number that is not negative; a number or, for exactness, a text of digits."""
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        raise MalformedInput(place, expected("a number", found))
    try:
        number = Decimal(str(found))
    except InvalidOperation:
        raise MalformedInput(place, expected("a number", found)) from None
    if not number.is_finite():
        raise MalformedInput(place, expected("a number", found))
    if number < 0:
        raise MalformedInput(place, f"must not be negative, found {shown(found)}")
    return number


def day(found: object, place: str) -> date:
    """A calendar day written like ``2025-12-31``."""
    if isinstance(found, str) and _DATE.fullmatch(found):
        try:
            return date.fromisoformat(found)
        except ValueError:
            pass
    raise MalformedInput(place, expected("a date like 2025-12-31", found))


def member(content: Mapping[str, object], key: str, place: str) -> object:
    """What stands under a key that must be there."""
    if key not in content:
        raise MalformedInput(place, f"{shown(key)} is missing")
    return content[key]


def at(place: str, key: str) -> str:
    """The place of a key within an object."""
    return f"{place}.{key}" if place else key


def expected(what: str, found: object) -> str:
    """The words of a refusal: what should stand there, and what does."""
    return f"expected {what}, found {shown(found)}"


def shown(found: object) -> str:
    """A value in a few characters on one line."""
    if isinstance(found, Mapping):
        return "an object"
    if isinstance(found, list | tuple):
        return "a list"
    if found is None or isinstance(found, bool):
        return json.dumps(found)
    words = f'"{found}"' if isinstance(found, str) else str(found)
    return words if len(words) <= MAX_SHOWN else f"{words[: MAX_SHOWN - 3]}..."


def on_one_line(words: str) -> str:
    """The words with everything that cannot be printed replaced, so that they stay on one line."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words)


def _without_twins(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        raise MalformedInput("", f"the key {shown(twin)} is given twice in one object")
    return content


def _refused_constant(name: str) -> object:
    raise MalformedInput("", f"{name} is not a JSON number")
