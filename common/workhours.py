"""Working calendars: what they say, and the instants that follow from it.

Pure: no database and no clock of its own. A calendar is resolved per local date (sla.md R7): its hours,
or the special hours of that date, are turned into instants with ``fold=0`` (a local time that a clock
change skips moves forward by the gap, one that occurs twice means the first), then the breaks of that
date are cut out; a holiday has no hours at all. The instants are regrouped by UTC day, which no clock
change can tear, and remembered by the calendar, which is immutable.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

DAY_SECONDS = 86_400
BLOCK_DAYS = 8
"""How many UTC days are summed up together; blocks begin at ordinals divisible by it."""

NOTHING = timedelta(0)
_DAY = timedelta(days=1)
_REMEMBERED_DAYS = 8_192


class WorktimeError(ValueError):
    """A calendar that cannot be, or a question about business time that has no answer."""


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class LocalInterval:
    """Half-open stretch ``[start, end)`` of one local day, in seconds after its midnight; 86400 is 24:00.

    Raises ``WorktimeError`` when it is empty, reversed or leaves its day.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= DAY_SECONDS:
            raise WorktimeError("an interval must end after it starts, within one day")


class Span(NamedTuple):
    """Half-open stretch ``[start, end)`` of instants in UTC."""

    start: datetime
    end: datetime


Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Intervals = tuple[LocalInterval, ...]
Spans = tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class WorkHours:
    """One immutable working calendar.

    ``weekly`` has seven entries from Monday on. ``shifts`` replace the hours of their local date (an
    empty tuple closes it), ``breaks`` close parts of theirs, ``holidays`` are closed whatever else is
    said; they are a set, or anything hashable that answers ``in`` and never changes its mind.
    Overlapping and touching intervals are merged, so that writing hours in pieces changes nothing.
    Raises ``WorktimeError`` when ``weekly`` has not seven entries; an unknown zone raises as ``ZoneInfo``.
    """

    timezone: str
    weekly: tuple[Intervals, ...]
    holidays: Container[date] = frozenset()
    breaks: Mapping[date, Intervals] = field(default_factory=dict, hash=False)
    shifts: Mapping[date, Intervals] = field(default_factory=dict, hash=False)
    zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _by_date: dict[date, Spans] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_utc_day: dict[date, Spans] = field(default_factory=dict, init=False, repr=False, compare=False)
    _by_block: dict[int, timedelta] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise WorktimeError("weekly hours must have seven entries, from Monday to Sunday")
        settle = object.__setattr__
        settle(self, "zone", ZoneInfo(self.timezone))
        settle(self, "weekly", tuple(_merged_intervals(hours) for hours in self.weekly))
        settle(self, "breaks", {day: _merged_intervals(hours) for day, hours in self.breaks.items()})
        settle(self, "shifts", {day: _merged_intervals(hours) for day, hours in self.shifts.items()})

    @property
    def first_open_date(self) -> date | None:
        """The first local date that can be open; ``date.min`` with weekly hours, None if there is none."""
        return date.min if any(self.weekly) else min(self._open_shifts(), default=None)

    @property
    def last_open_date(self) -> date | None:
        """The last local date that can be open; ``date.max`` with weekly hours, None if there is none."""
        return date.max if any(self.weekly) else max(self._open_shifts(), default=None)

    def spans_of_date(self, day: date) -> Spans:
        """The business time that belongs to one local date: its hours as instants, breaks cut out."""
        spans = self._by_date.get(day)
        if spans is None:
            spans = self._resolved_date(day)
            _remember(self._by_date, day, spans)
        return spans

    def instant(self, day: date, clock: timedelta) -> datetime:
        """The instant in UTC at which the local clock shows ``clock`` after midnight of ``day``, by ``fold=0``."""
        # zoneinfo reads a skipped local time with the offset from before the gap: that is the move forward.
        shown = datetime.combine(day, time.min) + clock
        return shown.replace(tzinfo=self.zone).astimezone(UTC)

    def spans_of_utc_day(self, day: date) -> Spans:
        """The open stretches inside one UTC day, in order and apart from each other."""
        spans = self._by_utc_day.get(day)
        if spans is None:
            spans = self._regrouped(day)
            _remember(self._by_utc_day, day, spans)
        return spans

    def total_of_utc_days(self, first: int, last: int) -> timedelta:
        """Business time of the UTC days with ordinals in ``[first, last)``, whole blocks at a time."""
        total = NOTHING
        ordinal = first
        while ordinal < last:
            if ordinal % BLOCK_DAYS == 0 and ordinal + BLOCK_DAYS <= last:
                total += self.total_of_block(ordinal)
                ordinal += BLOCK_DAYS
            else:
                total += self._total_of_utc_day(ordinal)
                ordinal += 1
        return total

    def total_of_block(self, first: int) -> timedelta:
        """Business time of the ``BLOCK_DAYS`` UTC days from ordinal ``first`` on."""
        total = self._by_block.get(first)
        if total is None:
            days = range(first, first + BLOCK_DAYS)
            total = sum((self._total_of_utc_day(ordinal) for ordinal in days), NOTHING)
            _remember(self._by_block, first, total)
        return total

    def _open_shifts(self) -> Iterator[date]:
        return (day for day, hours in self.shifts.items() if hours and day not in self.holidays)

    def _total_of_utc_day(self, ordinal: int) -> timedelta:
        spans = self.spans_of_utc_day(date.fromordinal(ordinal))
        return sum((span.end - span.start for span in spans), NOTHING)

    def _resolved_date(self, day: date) -> Spans:
        if day in self.holidays:
            return ()
        shift = self.shifts.get(day)
        spans = self._resolved(day, self.weekly[day.weekday()] if shift is None else shift)
        for pause in self._resolved(day, self.breaks.get(day, ())):
            spans = [piece for span in spans for piece in _without(span, pause)]
        return tuple(spans)

    def _resolved(self, day: date, intervals: Intervals) -> list[Span]:
        """Local intervals as instants; one that a clock change empties or turns around vanishes."""
        spans = (
            Span(
                self.instant(day, timedelta(seconds=interval.start)), self.instant(day, timedelta(seconds=interval.end))
            )
            for interval in intervals
        )
        return _merged_spans(span for span in spans if span.start < span.end)

    def _regrouped(self, day: date) -> Spans:
        start = datetime.combine(day, time.min, tzinfo=UTC)
        end = start + _DAY
        # No zone was ever more than 16 hours from UTC: three local dates can reach into a UTC day.
        reaching = (span for near in (day - _DAY, day, day + _DAY) for span in self.spans_of_date(near))
        return tuple(
            _merged_spans(
                Span(max(span.start, start), min(span.end, end))
                for span in reaching
                if span.start < end and start < span.end
            )
        )


def _merged_intervals(intervals: Iterable[LocalInterval]) -> Intervals:
    merged: list[LocalInterval] = []
    for interval in sorted(intervals):
        if merged and interval.start <= merged[-1].end:
            merged[-1] = LocalInterval(start=merged[-1].start, end=max(merged[-1].end, interval.end))
        else:
            merged.append(interval)
    return tuple(merged)


def _merged_spans(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _without(span: Span, pause: Span) -> Iterator[Span]:
    if pause.end <= span.start or span.end <= pause.start:
        yield span
        return
    if span.start < pause.start:
        yield Span(span.start, pause.start)
    if pause.end < span.end:
        yield Span(pause.end, span.end)


def _remember(cache: dict[Key, Value], key: Key, value: Value) -> None:
    """Keep a resolved day, in bounds: a walk over centuries must not keep them all."""
    if len(cache) >= _REMEMBERED_DAYS:
        cache.clear()
    cache[key] = value
