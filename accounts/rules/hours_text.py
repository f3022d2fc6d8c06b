"""Hours as people type them, and back: "09:00-12:30, 13:00-17:00", "2026-12-24 09:00-12:00", "2026-12-25 closed". Pure.

What cannot be read raises HoursProblem with a code and the words at fault; the form says it in the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

CLOSED = ("", "closed", "-", "\N{EN DASH}")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-4])(?::([0-5][0-9]))?", re.ASCII)
_DASHES = re.compile("[\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Pairs = list[list[str]]


class HoursProblem(ValueError):
    """Hours that cannot be read. `code`: interval, clock, order, day or twice; `line` counts from 1, 0 for one line."""

    def __init__(self, code: str, words: str, *, line: int = 0) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code
        self.words = words
        self.line = line


def read_hours(text: str) -> Pairs:
    """The intervals of one day as stored, [["09:00", "12:30"], ...]; [] for a closed one. Raises HoursProblem."""
    text = _DASHES.sub("-", text.strip().lower())
    if text in CLOSED:
        return []
    return [_read_interval(part.strip()) for part in text.replace(";", ",").split(",") if part.strip()]


def read_days(text: str) -> dict[str, Pairs]:
    """One day a line with its hours. Raises HoursProblem with the line."""
    found: dict[str, Pairs] = {}
    for line, (day, rest) in _lines(text):
        if day in found:
            raise HoursProblem("twice", day, line=line)
        try:
            found[day] = read_hours(rest)
        except HoursProblem as problem:
            raise HoursProblem(problem.code, problem.words, line=line) from problem
    return found


def read_named_days(text: str) -> tuple[str, ...]:
    """One day a line, with or without a name after it. Raises HoursProblem with the line."""
    found: dict[str, str] = {}
    for line, (day, rest) in _lines(text):
        if day in found:
            raise HoursProblem("twice", day, line=line)
        found[day] = f"{day} {rest}".strip()
    return tuple(found[day] for day in sorted(found))


def write_hours(pairs: Iterable[Sequence[str]]) -> str:
    """The intervals of a day as one types them; "closed" for none."""
    return ", ".join(f"{start}-{end}" for start, end in pairs) or CLOSED[1]


def write_days(days: Mapping[str, Iterable[Sequence[str]]]) -> str:
    """Days with their hours, one a line."""
    return "\n".join(f"{day} {write_hours(days[day])}" for day in sorted(days))


def _lines(text: str) -> Iterable[tuple[int, tuple[str, str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.strip()
        if not words:
            continue
        day, _, rest = words.partition(" ")
        yield number, (_read_day(day.rstrip(":,"), number), rest.strip())


def _read_day(text: str, line: int) -> str:
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    raise HoursProblem("day", text, line=line)


def _read_interval(text: str) -> list[str]:
    ends = text.split("-")
    if len(ends) != 2:
        raise HoursProblem("interval", text)
    start, end = (_read_clock(part.strip()) for part in ends)
    if end <= start:
        raise HoursProblem("order", text)
    return [start, end]


def _read_clock(text: str) -> str:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise HoursProblem("clock", text)
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    if hour == 24 and minute:
        raise HoursProblem("clock", text)
    return f"{hour:02d}:{minute:02d}"
