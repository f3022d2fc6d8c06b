"""Working calendars and questions about business time, read from JSON as `manage.py worktime` takes them.

Pure. Every refusal names its place: ``calendars.berlin.weekly.mon[0]: the interval must end after it starts``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from common import reading
from common.reading import MalformedInput
from common.workhours import DAY_SECONDS, Intervals, LocalInterval, WorkHours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CALENDAR_KEYS = ("timezone", "weekly", "holidays", "breaks", "shifts", "note")
_LOCAL_TIME = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9]))?", re.ASCII)
_OPERANDS: Mapping[str, tuple[str, ...]] = {
    "add": ("seconds",),
    "subtract": ("seconds",),
    "between": ("to",),
    "is_open": (),
    "is_holiday": (),
    "due_business_days": ("days",),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question to a calendar. Of ``seconds``, ``days`` and ``to`` the one that ``op`` needs is set."""

    id: str
    calendar: str
    op: str
    at: datetime
    to: datetime | None = None
    seconds: int = 0
    days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionFile:
    """Calendars by name, and the questions in the order of the file; every calendar asked for is there."""

    calendars: Mapping[str, WorkHours]
    questions: Sequence[Question]


def parse_question_file(body: object) -> QuestionFile:
    """Read ``{calendars, cases}``. Raises ``MalformedInput``."""
    content = reading.mapping(body, "")
    calendars = {
        name: parse_work_hours(calendar, f"calendars.{name}")
        for name, calendar in reading.mapping(reading.member(content, "calendars", ""), "calendars").items()
    }
    questions: dict[str, Question] = {}
    for index, case in enumerate(reading.sequence(reading.member(content, "cases", ""), "cases")):
        question = _parse_question(case, f"cases[{index}]")
        if question.calendar not in calendars:
            problem = f"there is no calendar {reading.shown(question.calendar)}"
            raise MalformedInput(f"cases[{index}] ({question.id}).calendar", problem)
        if question.id in questions:
            raise MalformedInput(f"cases[{index}].id", f"{reading.shown(question.id)} is the id of an earlier case")
        questions[question.id] = question
    return QuestionFile(calendars=calendars, questions=tuple(questions.values()))


def parse_work_hours(body: object, place: str) -> WorkHours:
    """Read one calendar ``{timezone, weekly, holidays, breaks, shifts}``. Raises ``MalformedInput``."""
    content = reading.mapping(body, place, known=_CALENDAR_KEYS)

    def part(key: str) -> tuple[object, str]:
        return reading.member(content, key, place), reading.at(place, key)

    weekly = reading.mapping(*part("weekly"), known=WEEKDAYS)
    return WorkHours(
        timezone=parse_zone(*part("timezone")),
        weekly=tuple(parse_intervals(weekly.get(day, []), reading.at(place, f"weekly.{day}")) for day in WEEKDAYS),
        holidays=_parse_holidays(*part("holidays")),
        breaks=_parse_by_date(*part("breaks")),
        shifts=_parse_by_date(*part("shifts")),
    )


def parse_zone(body: object, place: str) -> str:
    """Read the name of an IANA time zone. Raises ``MalformedInput``."""
    name = reading.text(body, place)
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise MalformedInput(place, f"there is no time zone {reading.shown(name)}") from None
    return name


def parse_intervals(body: object, place: str) -> Intervals:
    """Read ``[["09:00", "12:30"], ["13:00", "24:00"]]``. Raises ``MalformedInput``."""
    items = reading.sequence(body, place)
    return tuple(_parse_interval(item, f"{place}[{index}]") for index, item in enumerate(items))


def parse_instant(body: object, place: str) -> datetime:
    """Read an ISO 8601 instant; it must carry an offset or ``Z``. Raises ``MalformedInput``."""
    try:
        instant = datetime.fromisoformat(body) if isinstance(body, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise MalformedInput(place, reading.expected("an ISO 8601 instant with its offset", body))
    return instant


def _parse_question(body: object, place: str) -> Question:
    content = reading.mapping(body, place)
    name = reading.text(reading.member(content, "id", place), reading.at(place, "id"))
    place = f"{place} ({name})"

    def part(key: str) -> tuple[object, str]:
        return reading.member(content, key, place), reading.at(place, key)

    op = reading.one_of(part("op")[0], _OPERANDS, reading.at(place, "op"))
    for operand in _OPERANDS[op]:
        reading.member(content, operand, place)
    return Question(
        id=name,
        calendar=reading.text(*part("calendar")),
        op=op,
        at=parse_instant(*part("at")),
        to=parse_instant(*part("to")) if "to" in content else None,
        seconds=reading.count(*part("seconds")) if "seconds" in content else 0,
        days=reading.count(*part("days")) if "days" in content else 0,
    )


def _parse_holidays(body: object, place: str) -> frozenset[date]:
    items = reading.sequence(body, place)
    return frozenset(reading.day(item, f"{place}[{index}]") for index, item in enumerate(items))


def _parse_by_date(body: object, place: str) -> dict[date, Intervals]:
    return {
        reading.day(day, reading.at(place, day)): parse_intervals(intervals, reading.at(place, day))
        for day, intervals in reading.mapping(body, place).items()
    }


def _parse_interval(body: object, place: str) -> LocalInterval:
    ends = reading.sequence(body, place)
    if len(ends) != 2:
        raise MalformedInput(place, f"expected a start and an end, found {len(ends)} entries")
    start, end = (_parse_local_time(item, f"{place}[{index}]") for index, item in enumerate(ends))
    if end <= start:
        raise MalformedInput(place, f"the interval must end after it starts, found {ends[0]} to {ends[1]}")
    return LocalInterval(start=start, end=end)


def _parse_local_time(body: object, place: str) -> int:
    found = _LOCAL_TIME.fullmatch(body) if isinstance(body, str) else None
    if found is not None:
        hour, minute, second = (int(part or 0) for part in found.groups())
        seconds = hour * 3_600 + minute * 60 + second
        if seconds <= DAY_SECONDS:
            return seconds
    raise MalformedInput(place, reading.expected("a local time from 00:00 to 24:00", body))
