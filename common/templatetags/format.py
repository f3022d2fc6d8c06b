"""Dates, numbers and money in the reader's language, made in Python.

Django's own `date` filter costs a page of a hundred cells as much as its queries: here a language is compiled once,
from Django's own formats, and a cell is a join of strings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.formats import get_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from common.markup import markup

register = template.Library()

DASH = "—"
NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}

DatePart = Callable[[date], str]


@cache
def date_parts(language: str) -> tuple[DatePart, ...]:
    """The pieces of a date in a language, in the order of Django's DATE_FORMAT for it, with short month names."""
    with override(language):
        months = [""] + [str(MONTHS_3[number]).title() for number in range(1, 13)]
        pattern = get_format("DATE_FORMAT")
    letters: dict[str, DatePart] = {
        **dict.fromkeys("FNMEb", lambda day: months[day.month]),
        "j": lambda day: str(day.day),
        "d": lambda day: f"{day.day:02d}",
        "n": lambda day: str(day.month),
        "m": lambda day: f"{day.month:02d}",
        "Y": lambda day: str(day.year),
        "y": lambda day: f"{day.year % 100:02d}",
    }
    parts: list[DatePart] = []
    is_escaped = False
    for letter in pattern:
        if letter == "\\" and not is_escaped:
            is_escaped = True
            continue
        part = None if is_escaped else letters.get(letter)
        parts.append(part or _constant(letter))
        is_escaped = False
    return tuple(parts)


def _constant(text: str) -> DatePart:
    return lambda day: text


@cache
def is_twelve_hour(language: str) -> bool:
    """Whether a language reads the clock with a.m. and p.m., by Django's TIME_FORMAT for it."""
    with override(language):
        return any(letter in get_format("TIME_FORMAT") for letter in "Pga")


@cache
def separators(language: str) -> tuple[str, str]:
    """Thousands and decimal separator of a language."""
    with override(language):
        return str(get_format("THOUSAND_SEPARATOR")) or ",", str(get_format("DECIMAL_SEPARATOR"))


@cache
def weekday_names(language: str) -> tuple[str, ...]:
    """Short names of Monday to Sunday."""
    with override(language):
        return tuple(str(WEEKDAYS_ABBR[number]) for number in range(7))


def _language() -> str:
    return get_language() or "en"


def spell_day(day: date) -> str:
    """A day in the reader's language: "Mar 14, 2026", "14. Mär 2026"."""
    return _day_words(_language(), day.year, day.month, day.day)


# A list has the same few days, clock times and spans in row after row; each is put together once in a process.
@lru_cache(maxsize=8_192)
def _day_words(language: str, year: int, month: int, day: int) -> str:
    spelled = date(year, month, day)
    return "".join(part(spelled) for part in date_parts(language))


def spell_time(moment: datetime) -> str:
    """The clock time of a moment as its own zone shows it: "2:05 PM" or "14:05"."""
    return _time_words(_language(), moment.hour, moment.minute)


@lru_cache(maxsize=8_192)
def _time_words(language: str, hour: int, minute: int) -> str:
    if not is_twelve_hour(language):
        return f"{hour:02d}:{minute:02d}"
    return f"{(hour - 1) % 12 + 1}:{minute:02d}{NO_BREAK_SPACE}{'AM' if hour < 12 else 'PM'}"


def spell_number(value: Decimal | float | int, places: int = 0) -> str:
    """A number with the reader's separators and `places` decimals."""
    thousands, point = separators(_language())
    plain = f"{value:,.{places}f}"
    return plain.replace(",", "\0").replace(".", point).replace("\0", thousands)


def spell_money(amount: Decimal | float | int, currency: str = "") -> str:
    """An amount with its currency; cents only where there are any."""
    exact = Decimal(str(amount)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    number = spell_number(exact, 0 if exact == exact.to_integral_value() else 2)
    if not currency:
        return number
    symbol = SYMBOLS.get(currency)
    if symbol and _language().startswith("en"):
        return f"-{symbol}{number[1:]}" if number.startswith("-") else f"{symbol}{number}"
    return f"{number}{NO_BREAK_SPACE}{symbol or currency}"


def spell_percent(share: Decimal | float | int, places: int = 0) -> str:
    """A share of one as per cent, with the thin space that languages other than English want."""
    return _percent_words(_language(), share, places)


@lru_cache(maxsize=4_096, typed=True)
def _percent_words(language: str, share: Decimal | float | int, places: int) -> str:
    space = "" if language.startswith("en") else NARROW_SPACE
    with override(language):
        return f"{spell_number(share * 100, places)}{space}%"


def spell_duration(value: float | timedelta | None) -> str:
    """Seconds or a timedelta in the two largest units: "2 d 3 h", "3 h 20 min", "45 s"; a dash for None."""
    if value is None:
        return DASH
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    units = [(days, _("d")), (hours, _("h")), (minutes, _("min")), (seconds, _("s"))]
    first = next((position for position, (amount, _name) in enumerate(units) if amount), len(units) - 1)
    words = [f"{amount}{NO_BREAK_SPACE}{name}" for amount, name in units[first : first + 2] if amount or first == 3]
    return sign + " ".join(words)


def spell_ago(moment: datetime, now: datetime) -> str:
    """How far a moment lies from `now`, both aware: "5 min ago", "in 3 days"."""
    return _ago_words(_language(), int((now - moment).total_seconds()))


def _ago_words(language: str, seconds: int) -> str:
    unit = next((unit for unit, below in _REACH if abs(seconds) < below), _YEAR)
    return _span_words(language, unit, abs(seconds) // unit, seconds > 0)


_MINUTE, _HOUR, _DAY, _MONTH, _YEAR = 60, 3_600, 86_400, 2_629_800, 31_557_600
# A span is said in seconds up to a minute, in minutes up to an hour and so on; in days up to two months.
_REACH = ((1, _MINUTE), (_MINUTE, _HOUR), (_HOUR, _DAY), (_DAY, 60 * _DAY), (_MONTH, 730 * _DAY))


@lru_cache(maxsize=4_096)
def _span_words(language: str, unit: int, count: int, is_past: bool) -> str:
    with override(language):
        words = {
            1: _("just now"),
            _MINUTE: ngettext("%(count)d min", "%(count)d min", count),
            _HOUR: ngettext("%(count)d h", "%(count)d h", count),
            _DAY: ngettext("%(count)d day", "%(count)d days", count),
            _MONTH: ngettext("%(count)d month", "%(count)d months", count),
            _YEAR: ngettext("%(count)d year", "%(count)d years", count),
        }[unit]
        if unit == 1:
            return words
        return (_("%(span)s ago") if is_past else _("in %(span)s")) % {"span": words % {"count": count}}


def _zone(zone: tzinfo | str | None) -> tzinfo:
    if not zone:
        return timezone.get_current_timezone()
    return ZoneInfo(zone) if isinstance(zone, str) else zone


@register.filter
def local_datetime(moment: datetime | None, zone: tzinfo | str | None = None) -> SafeString | str:
    """Day and time of a moment in a zone (the reader's own unless told); hovering names the zone."""
    if moment is None:
        return DASH
    local = moment.astimezone(_zone(zone))
    return markup(
        '<time datetime="{}" title="{}">{}, {}</time>',
        local.isoformat(timespec="seconds"),
        f"{weekday_names(_language())[local.weekday()]} {local:%H:%M} {local.tzinfo}",
        spell_day(local),
        spell_time(local),
    )


@register.filter
def local_time(moment: datetime | None, zone: tzinfo | str | None = None) -> SafeString | str:
    """Clock time of a moment in a zone; hovering shows the day."""
    if moment is None:
        return DASH
    local = moment.astimezone(_zone(zone))
    return markup(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        f"{spell_day(local)} {local.tzinfo}",
        spell_time(local),
    )


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """A day; a moment is taken to the reader's zone first. Hovering names the weekday."""
    if value is None:
        return DASH
    local = value.astimezone(timezone.get_current_timezone()).date() if isinstance(value, datetime) else value
    return markup(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        weekday_names(_language())[local.weekday()],
        spell_day(local),
    )


@register.filter
def before_answer(label: str) -> str:
    """A label in front of what it asks for: a question keeps its mark, anything else gets a colon."""
    return label if label.endswith("?") else f"{label}:"


@register.filter
def ago(moment: datetime | None, now: datetime | None = None) -> SafeString | str:
    """How long ago, or in how long; hovering shows the moment. Pass the page's `now` so that a page has one clock."""
    return DASH if moment is None else Clock(now or timezone.now()).ago(moment)


class Clock:
    """`ago` for many moments: the reader's language and zone are asked once, and not for every row."""

    def __init__(self, now: datetime) -> None:
        self.now, self.language, self.zone = now, _language(), timezone.get_current_timezone()

    def ago(self, moment: datetime) -> SafeString:
        """How far `moment` lies from the clock's own, as the filter of this name marks it up."""
        local = moment.astimezone(self.zone)
        return markup(
            '<time datetime="{}" title="{}, {} {}">{}</time>',
            local.isoformat(timespec="seconds"),
            _day_words(self.language, local.year, local.month, local.day),
            _time_words(self.language, local.hour, local.minute),
            local.tzinfo,
            _ago_words(self.language, int((self.now - moment).total_seconds())),
        )


@register.filter
def money(amount: Decimal | float | int | None, currency: str = "") -> str:
    """An amount in a currency (ISO code), a dash for None."""
    return DASH if amount is None else spell_money(amount, currency)


@register.filter
def whole_money(amount: Decimal | float | int | None, currency: str = "") -> str:
    """An amount without cents, as sums of many are read; a dash for None."""
    return DASH if amount is None else spell_money(round(Decimal(amount)), currency)


@register.filter
def number(value: Decimal | float | int | None, places: int = 0) -> str:
    """A number with the reader's separators, a dash for None."""
    return DASH if value is None else spell_number(value, places)


@register.filter
def percent(share: Decimal | float | int | None, places: int = 0) -> str:
    """A share of one as per cent: 0.13 is "13%" or "13 %" as the language has it; a dash for None."""
    return DASH if share is None else spell_percent(share, places)
