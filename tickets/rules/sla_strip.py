"""A clock as a strip: its time as stretches, each with the rule and the calendar version that make it so. Pure.

The stretches are apart from each other, in order, and cover everything from the start of the clock to its stop, or to
the instant at which it is looked at; those that are counted add up to what the clock says has elapsed (R5, R10).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from common import worktime
from tickets.rules.sla_calendar import Timeline, Version
from tickets.rules.sla_clock import ClockState
from tickets.rules.sla_events import SOLVED


class Kind(StrEnum):
    """What a stretch of time is to a clock."""

    COUNTED = "counted"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    PAUSED = "paused"
    BEFORE_TERMS = "before_terms"


class Rule(StrEnum):
    """The rule of sla.md that a stretch follows from."""

    COUNTED = "R5"
    HOURS = "R7"
    PAUSE = "R8"
    SOLVED = "R9"
    TERMS = "R10"
    VERSIONS = "R12"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Half-open ``[start, end)``. ``version`` names the hours in force; a pause asks no calendar and has none.

    ``before_terms`` is time before the origin of the terms in force: a raise that counts from the change (R10).
    """

    start: datetime
    end: datetime
    kind: Kind
    rule: Rule
    version: str = ""

    @property
    def length(self) -> timedelta:
        """How long it lasts, in plain time."""
        return self.end - self.start


def strip(state: ClockState) -> tuple[Stretch, ...]:
    """The stretches of a clock up to its stop or ``state.asof``."""
    until = state.asof if state.stopped_at is None else state.stopped_at
    joined: list[Stretch] = []
    for stretch in _stretches(state, until):
        if (
            joined
            and joined[-1].end == stretch.start
            and replace(stretch, start=joined[-1].start) == replace(joined[-1], end=stretch.end)
        ):
            joined[-1] = replace(joined[-1], end=stretch.end)
        else:
            joined.append(stretch)
    return tuple(joined)


def _stretches(state: ClockState, until: datetime) -> Iterator[Stretch]:
    at = state.started_at
    for start, end in state.runs:
        yield from _standing(state, at, start)
        at = until if end is None else min(end, until)
        yield from _running(state, start, at)
    yield from _standing(state, at, until)


def _standing(state: ClockState, start: datetime, end: datetime) -> Iterator[Stretch]:
    """Time in which the clock does not run: solved by R9, anything else a pause by R8."""
    cuts = [at for at, _ in state.statuses if start < at < end]
    for low, high in _pairs(start, cuts, end):
        status = next((status for at, status in reversed(state.statuses) if at <= low), "")
        yield Stretch(start=low, end=high, kind=Kind.PAUSED, rule=Rule.SOLVED if status == SOLVED else Rule.PAUSE)


def _running(state: ClockState, start: datetime, end: datetime) -> Iterator[Stretch]:
    origin = min(max(state.terms.origin, start), end)
    if start < origin:
        yield Stretch(start=start, end=origin, kind=Kind.BEFORE_TERMS, rule=Rule.TERMS)
    timeline = state.eras[-1].timeline
    if origin < end:
        yield from _by_calendar(timeline, origin, end)


def _by_calendar(timeline: Timeline, start: datetime, end: datetime) -> Iterator[Stretch]:
    for version, low, high in timeline.windows(start, end):
        at, stop = low, high or end
        rule = Rule.COUNTED if len(timeline.versions) == 1 else Rule.VERSIONS
        for span in worktime.open_stretches(version.hours, low, stop):
            yield from _closed(version, at, span.start)
            yield Stretch(start=span.start, end=span.end, kind=Kind.COUNTED, rule=rule, version=version.name)
            at = span.end
        yield from _closed(version, at, stop)


def _closed(version: Version, start: datetime, end: datetime) -> Iterator[Stretch]:
    """Closed time, cut at local midnights: a holiday is a local date (R7)."""
    if start >= end:
        return
    day = start.astimezone(version.hours.zone).date()
    cuts: list[datetime] = []
    while (midnight := _midnight(version, day := day + timedelta(days=1))) < end:
        if midnight > start:
            cuts.append(midnight)
    for low, high in _pairs(start, cuts, end):
        is_holiday = worktime.is_holiday(version.hours, low)
        yield Stretch(
            start=low,
            end=high,
            kind=Kind.HOLIDAY if is_holiday else Kind.CLOSED,
            rule=Rule.HOURS,
            version=version.name,
        )


def _midnight(version: Version, day: date) -> datetime:
    return version.hours.instant(day, timedelta(0))


def _pairs(start: datetime, cuts: list[datetime], end: datetime) -> Iterator[tuple[datetime, datetime]]:
    edges = [start, *cuts, end]
    return ((low, high) for low, high in pairwise(edges) if low < high)
