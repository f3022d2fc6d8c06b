"""Tickets as short stories, for tables: days of one week (Mon is 2 June 2025, Mon2 a week later), times in UTC.

The office is open Monday to Friday from 9 to 17 (UTC); the branch also has a break from 12 to 13 every day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from common.worktime import LocalInterval, WorkHours
from tickets.rules.sla import Book, replay
from tickets.rules.sla_clock import ClockState
from tickets.rules.sla_events import By, Event, EventType
from tickets.rules.sla_terms import Metric, Policy, Target, Unit

MONDAY = date(2025, 6, 2)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHORT = {"first": Metric.FIRST_RESPONSE, "next": Metric.NEXT_RESPONSE, "update": Metric.PERIODIC_UPDATE}
METRICS: Mapping[str, Metric] = {**SHORT, "resolution": Metric.RESOLUTION}
UNITS = {"s": Unit.SECONDS, "m": Unit.MINUTES, "h": Unit.HOURS, "bd": Unit.BUSINESS_DAYS}


def hours(*spans: tuple[int, int], days: int = 5, **more: Any) -> WorkHours:
    """Open at these whole hours on the first days of the week."""
    day = tuple(LocalInterval(start=3_600 * start, end=3_600 * end) for start, end in spans)
    return WorkHours(timezone="Etc/UTC", weekly=((day,) * days + ((),) * 7)[:7], **more)


CALENDARS = {
    "office": hours((9, 17)),
    "branch": hours((9, 12), (13, 17)),
    "long": hours((9, 20)),
    "tue_closed": hours((9, 17), holidays=frozenset({date(2025, 6, 3)})),
    "mon2_closed": hours((9, 17), holidays=frozenset({date(2025, 6, 9)})),
    "never": hours(),
}


def target(words: str) -> Target:
    """ "4h office" or "3bd office" or "90m 24x7"."""
    amount, clock = words.split()
    digits = amount.rstrip("smhbd")
    return Target(amount=Decimal(digits), unit=UNITS[amount[len(digits) :]], clock=clock)


def policy(name: str, *, pause: Sequence[str] = ("pending",), from_start: bool = False, **targets: str) -> Policy:
    """``high="first 4h office, resolution 16h office"``; the pauses are those of update and resolution."""
    by_priority = {}
    for priority, words in targets.items():
        pairs = (words_of_one.strip().split(maxsplit=1) for words_of_one in words.split(","))
        by_priority[priority] = {METRICS[metric]: target(rest) for metric, rest in pairs}
    pause_on = {metric: frozenset(pause) for metric in (Metric.PERIODIC_UPDATE, Metric.RESOLUTION)}
    return Policy(name=name, targets=by_priority, pause_on=pause_on, from_start=from_start)


_TAM = {
    "critical": "first 1h 24x7, next 1h 24x7, update 2h 24x7, resolution 24h 24x7",
    "high": "first 4h office, next 4h office, resolution 16h office",
    "medium": "first 1bd office, next 1bd office, resolution 5bd office",
    "low": "first 3bd office, next 3bd office, resolution 10bd office",
    "nothing": "",
}
POLICIES = [
    policy("tam", **{priority: words for priority, words in _TAM.items() if words}),
    policy("strict", from_start=True, **{priority: words for priority, words in _TAM.items() if words}),
    policy("patient", pause=("pending", "on_hold"), high="resolution 8h office"),
    policy("ready", pause=(), high="resolution 8h office"),
    policy("none"),
    policy("first", high="first 8h office", low="first 24h 24x7"),
    policy("solve", high="resolution 2h office", low="resolution 8h office", all_day="resolution 2h 24x7"),
    policy("branch", high="resolution 4h branch"),
    policy("odd", high="first 90s 24x7, resolution 0.25h office", zero="first 0s office, resolution 0bd office"),
    policy("never", high="first 1h never"),
]
BOOK = Book(policies={each.name: each for each in POLICIES}, calendars=CALENDARS)


def at(words: str) -> datetime:
    """ "Mon 10:00", "Tue2 09:30:15"."""
    day, clock = words.split()
    offset = DAYS.index(day[:3]) + 7 * (int(day[3:] or 1) - 1)
    hour, minute, *seconds = (int(part) for part in clock.split(":"))
    start = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC) + timedelta(days=offset)
    return start + timedelta(hours=hour, minutes=minute, seconds=sum(seconds))


def event(words: str) -> Event:
    """ "Mon 10:00 created customer", "... reply agent", "... status pending", "... calendar office long Tue 00:00"."""
    day, clock, kind, *rest = words.split()
    when = at(f"{day} {clock}")
    if kind in ("created", "reply", "ack"):
        by = By(rest[0]) if rest else None
        return Event(at=when, type=EventType("public_reply" if kind == "reply" else kind), by=by)
    if kind == "calendar":
        effective_at = at(" ".join(rest[2:])) if rest[2:] else None
        return Event(at=when, type=EventType.CALENDAR_VERSION, calendar=rest[0], to=rest[1], effective_at=effective_at)
    return Event(at=when, type=EventType(kind), to=rest[0] if rest else "")


def clocks(
    story: str, asof: str, *, under: str = "tam", priority: str = "high", book: Book = BOOK
) -> tuple[ClockState, ...]:
    """The clocks of a story, its events one a line or divided by ";"."""
    lines = [line.strip() for line in story.replace("\n", ";").split(";") if line.strip()]
    return replay([event(line) for line in lines], policy=under, priority=priority, book=book, asof=at(asof))


def told(story: str, asof: str, **more: Any) -> list[str]:
    """The clocks of a story, each on one line."""
    return [line_of(state) for state in clocks(story, asof, **more)]


def line_of(state: ClockState) -> str:
    """ "first 1 running due Mon 17:00 breach Tue 09:00 used 1:00 of 4:00"; breach only where it differs."""
    metric = next(short for short, metric in METRICS.items() if metric is state.metric)
    words = [metric, str(state.cycle), state.state.value]
    assert state.breached_at == (state.breach_at if state.state.value == "breached" else None)
    if state.state.value == "cancelled":
        return " ".join([*words, "stop", moment(state.stopped_at)])
    if state.due_at:
        words += ["due", moment(state.due_at)]
    if state.breach_at != state.due_at:
        words += ["breach", moment(state.breach_at)]
    if state.stopped_at:
        words += ["stop", moment(state.stopped_at)]
    return " ".join([*words, "used", length(state.elapsed), "of", length(state.budget)])


def moment(when: datetime | None) -> str:
    """The words of ``at``."""
    if when is None:
        return "never"
    offset = (when.date() - MONDAY).days
    week = f"{offset // 7 + 1}" if offset >= 7 else ""
    return f"{DAYS[offset % 7]}{week} {when:%H:%M}" + (f":{when:%S}" if when.second else "")


def length(duration: timedelta) -> str:
    """ "26:30", with seconds where there are some."""
    minutes, seconds = divmod(duration // timedelta(seconds=1), 60)
    return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
