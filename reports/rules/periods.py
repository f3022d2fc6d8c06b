"""Periods of reports: months, quarters, years and spans of days, in the reporting zone (reports.md). Pure.

Relative ones ("last-quarter") move with the day: which period they are is asked anew each time they are read.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
YEARS = range(1990, 2200)
LONGEST = timedelta(days=3 * 366)


class Span(StrEnum):
    """What kind of period it is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    DAYS = "days"


_MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}
RELATIVE = ("this-month", "last-month", "this-quarter", "last-quarter", "this-year", "last-year")
"""As an address spells periods that move with the day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """From the day `first` to the day `last`, both inside."""

    span: Span
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def key(self) -> str:
        """As an address spells it: 2026-11, 2026-Q4, 2026, 2026-10-01..2026-10-09."""
        match self.span:
            case Span.MONTH:
                return f"{self.first:%Y-%m}"
            case Span.QUARTER:
                return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
            case Span.YEAR:
                return f"{self.first.year}"
        return f"{self.first.isoformat()}..{self.last.isoformat()}"

    def is_over(self, today: date) -> bool:
        return self.last < today

    def previous(self) -> Period:
        """The period before: the month before a month, as many days before a span of days."""
        if self.span is Span.DAYS:
            last = self.first - timedelta(days=1)
            return Period(span=Span.DAYS, first=last - timedelta(days=self.days - 1), last=last)
        return period_of(self.first - timedelta(days=1), self.span)

    def following(self) -> Period:
        """The period after it."""
        if self.span is Span.DAYS:
            first = self.last + timedelta(days=1)
            return Period(span=Span.DAYS, first=first, last=first + timedelta(days=self.days - 1))
        return period_of(self.last + timedelta(days=1), self.span)


def period_of(day: date, span: Span) -> Period:
    """The month, quarter or year that a day lies in; a span of days is the day alone."""
    if span is Span.DAYS:
        return Period(span=span, first=day, last=day)
    months = _MONTHS[span]
    first_month = (day.month - 1) // months * months + 1
    last_month = first_month + months - 1
    last = date(day.year, last_month, monthrange(day.year, last_month)[1])
    return Period(span=span, first=date(day.year, first_month, 1), last=last)


def parse_period(text: str) -> Period | None:
    """The period that an address names; None for what is none, is longer than three years or lies out of all time."""
    if (found := _MONTH.fullmatch(text)) and 1 <= int(found[2]) <= 12 and int(found[1]) in YEARS:
        return period_of(date(int(found[1]), int(found[2]), 1), Span.MONTH)
    if (found := _QUARTER.fullmatch(text)) and int(found[1]) in YEARS:
        return period_of(date(int(found[1]), int(found[2]) * 3, 1), Span.QUARTER)
    if _YEAR.fullmatch(text) and int(text) in YEARS:
        return period_of(date(int(text), 1, 1), Span.YEAR)
    return _days(text)


def period_on(text: str, today: date) -> Period | None:
    """The period that an address names on a day: a relative one is the one of that day or the one before it."""
    if text not in RELATIVE:
        return parse_period(text)
    which, _mark, span = text.partition("-")
    current = period_of(today, Span(span))
    return current if which == "this" else current.previous()


def relative_of(period: Period, today: date) -> str:
    """The relative name that a period has on a day, if it has one: who saves it means that, most of the time."""
    return next((key for key in RELATIVE if period_on(key, today) == period), "")


def months_until(last: date, count: int) -> list[Period]:
    """So many months, the last of them the one that a day lies in, oldest first."""
    months = [period_of(last, Span.MONTH)]
    while len(months) < count:
        months.append(months[-1].previous())
    return months[::-1]


def _days(text: str) -> Period | None:
    first_text, mark, last_text = text.partition("..")
    try:
        first, last = date.fromisoformat(first_text), date.fromisoformat(last_text)
    except ValueError:
        return None
    is_sound = mark and first <= last and first.year in YEARS and last.year in YEARS and last - first < LONGEST
    return Period(span=Span.DAYS, first=first, last=last) if is_sound else None
