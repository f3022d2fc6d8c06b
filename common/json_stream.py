"""A JSON object of any length, read element by element: no more of it is held than the element at hand. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Any, TextIO

PART = 64 * 1024
MOST = 8 * 1024 * 1024
"""Characters of one element: what is longer is none, or is no list of things."""
_NUMBER = frozenset("0123456789.eE+-")
_BEGINS = frozenset('"{[-0123456789tfnNI')


class MalformedJson(ValueError):
    """What is not JSON, or not one object, with how many characters before it could be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One value of the object, or one of those in a list of it, under the name that it has there."""

    name: str
    value: Any
    is_listed: bool


def elements(file: TextIO, *, most: int = MOST) -> Iterator[Element]:
    """The values of the object that `file` holds, those of its lists one by one; a name may come more than once.

    Raises MalformedJson at the first place that cannot be read; what came before has been given.
    """
    window = _Window(file, most)
    window.expect("{")
    while window.peek() != "}":
        name = window.value()
        if not isinstance(name, str):
            window.refuse("a name in quotes was expected")
        window.expect(":")
        if window.peek() == "[":
            window.expect("[")
            while window.peek() != "]":
                yield Element(name=name, value=window.value(), is_listed=True)
                window.separate("]")
            window.expect("]")
        else:
            yield Element(name=name, value=window.value(), is_listed=False)
        window.separate("}")
    window.expect("}")
    if window.peek():
        window.refuse("there is something after the object")


class _Window:
    """The stretch of the file around the place that is read."""

    def __init__(self, file: TextIO, most: int) -> None:
        self.file, self.most = file, most
        self.text, self.at, self.before, self.is_end = "", 0, 0, False
        self.decoder = JSONDecoder()

    def peek(self) -> str:
        """The next character that is no space; empty at the end of the file."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in " \t\n\r":
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._more():
                return ""

    def expect(self, character: str) -> None:
        if self.peek() != character:
            self.refuse(f"{character} was expected")
        self.at += 1

    def separate(self, end: str) -> None:
        """Go over the comma after a value, or stay before the end; a comma before the end is a fault."""
        if self.peek() == end:
            return
        self.expect(",")
        if self.peek() == end:
            self.refuse("a value was expected")

    def value(self) -> Any:
        """The value that begins here, whole."""
        if self.peek() not in _BEGINS:
            self.refuse("a value was expected")
        while True:
            fault: Exception | None = None
            try:
                found, end = self.decoder.raw_decode(self.text, self.at)
            except (JSONDecodeError, RecursionError) as error:
                fault = error
            if fault is None and (self.is_end or not self._may_go_on(end)):
                self.at = end
                return found
            if isinstance(fault, RecursionError) or len(self.text) - self.at > self.most:
                self.refuse("one value is too long or too deep")
            if not self._more() and fault is not None:
                self.refuse(fault.msg if isinstance(fault, JSONDecodeError) else str(fault))

    def _may_go_on(self, end: int) -> bool:
        """Whether what was read may be the begin of a longer number: of `1.5e-3` the window may hold `1.5e-`."""
        return len(self.text) - end < 3 and _NUMBER.issuperset(self.text[end:])

    def refuse(self, why: str) -> None:
        raise MalformedJson(f"{why} (character {self.before + self.at})")

    def _more(self) -> bool:
        """Read on, each time as much as there is, so that a long value is not looked at too often; False at the end."""
        if self.is_end:
            return False
        part = self.file.read(max(PART, len(self.text) - self.at))
        self.before += self.at
        self.text, self.at = self.text[self.at :] + part, 0
        self.is_end = not part
        return True
