"""A JSON object of any length, read element by element: no more of it is held than the element at hand. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, TextIO

import ijson
from ijson.common import ObjectBuilder

MOST = 200_000
"""Values within one element: what holds more is none, or is no list of things."""
DEEPEST = 100
_BEGINS, _ENDS = frozenset({"start_map", "start_array"}), frozenset({"end_map", "end_array"})


class MalformedJson(ValueError):
    """What is not JSON, or not one object, or holds an element that is too long or too deep."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One value of the object, or one of those in a list of it, under the name that it has there.

    Numbers are int, or Decimal where they have a fraction or an exponent.
    """

    name: str
    value: Any
    is_listed: bool


def elements(file: TextIO, *, most: int = MOST) -> Iterator[Element]:
    """The values of the object that `file` holds, those of its lists one by one; a name may come more than once.

    Raises MalformedJson at the first place that cannot be read; what came before has been given.
    """
    try:
        events = ijson.basic_parse(_Encoded(file))
        if next(events, ("", None))[0] != "start_map":
            _refuse("an object was expected")
        yield from _elements(events, most)
    except ijson.JSONError as error:
        raise MalformedJson(str(error).strip().partition("\n")[0]) from error


def _elements(events: Iterator[tuple[str, Any]], most: int) -> Iterator[Element]:
    name, is_listed, depth, count, built = "", False, 0, 0, ObjectBuilder()
    for event, value in events:
        if not depth:
            if event == "map_key":
                name = value
            elif event == "start_array" and not is_listed:
                is_listed = True
                continue
            elif event == "end_array":
                is_listed = False
            if event in ("map_key", "end_array", "end_map"):
                continue
            count, built = 0, ObjectBuilder()
        built.event(event, value)
        count, depth = count + 1, depth + (event in _BEGINS) - (event in _ENDS)
        if count > most or depth > DEEPEST:
            _refuse(f"one value under {name!r} is too long or too deep")
        if not depth:
            yield Element(name=name, value=built.value, is_listed=is_listed)


def _refuse(why: str) -> NoReturn:
    raise MalformedJson(why)


class _Encoded:
    """A file of text as the parser wants it: in bytes."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        # Nothing is what the parser asks for first, to see whether it gets bytes.
        return self._file.read(size).encode() if size else b""
