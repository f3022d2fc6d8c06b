"""From a cell of text to a value: what was found, what was expected. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import available_timezones

_DATE_ORDERS: Mapping[str, tuple[int, int, int]] = {"YMD": (0, 1, 2), "DMY": (2, 1, 0), "MDY": (2, 0, 1)}
_DATE_PARTS = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[ T].*)?")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_WEBSITE = re.compile(r"https?://[^\s<>\"]+\.[^\s<>\"]+", re.IGNORECASE)
# What guards a text of an exported file from being computed by a spreadsheet, and before what it stands.
_GUARD = re.compile(r"'(?=\s*[=+\-@|%\t\r\n\uff1d\uff0b\uff0d\uff20])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
EARLIEST = date(1970, 1, 1)
LATEST = date(2100, 12, 31)
LARGEST_AMOUNT = Decimal(10) ** 14


class BadCell(ValueError):
    """A cell that cannot be taken: `expected` is a code, `limit` a figure that belongs to it."""

    def __init__(self, expected: str, limit: object = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.limit = limit


@dataclass(frozen=True, kw_only=True)
class Options:
    """How numbers and dates of a file are written. `date_order`: YMD, DMY or MDY; `decimal`: "." or ","."""

    date_order: str = "YMD"
    decimal: str = "."


def unguarded(cell: str) -> str:
    """The cell without the apostrophe that an export puts before what looks like a formula: files come back as sent."""
    return cell[1:] if _GUARD.match(cell) else cell


def as_text(cell: str, *, limit: int) -> str:
    """The text without blanks around it.

    Raises BadCell "length", "formula" for what a spreadsheet would compute, "controls" for what no text holds.
    """
    text = cell.strip()
    if text.startswith(("=", "@")):
        raise BadCell("formula")
    if _CONTROLS.search(text):
        raise BadCell("controls")
    if len(text) > limit:
        raise BadCell("length", limit)
    return text


def as_day(cell: str, options: Options) -> date:
    """A day in the file's order; a time behind it is left out. Raises BadCell "date", "date_range"."""
    found = _DATE_PARTS.fullmatch(cell.strip())
    if found is None:
        raise BadCell("date", options.date_order)
    # A leading year is a year in any order.
    order = _DATE_ORDERS["YMD"] if len(found.group(1)) == 4 else _DATE_ORDERS[options.date_order]
    parts = [int(found.group(position + 1)) for position in order]
    try:
        day = date(*parts)
    except ValueError:
        raise BadCell("date", options.date_order) from None
    if not EARLIEST <= day <= LATEST:
        raise BadCell("date_range")
    return day


def as_amount(cell: str, options: Options) -> Decimal:
    """An amount with up to 14 digits before the point, rounded to cents. Raises BadCell "amount"."""
    thousands = "," if options.decimal == "." else "."
    text = cell.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "")
    text = text.lstrip("$€£").replace(thousands, "").replace(options.decimal, ".")
    try:
        amount = Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise BadCell("amount") from None
    if not amount.is_finite() or amount < 0 or amount >= LARGEST_AMOUNT:
        raise BadCell("amount")
    return amount


def as_count(cell: str, *, largest: int) -> int:
    """A whole number from 0. Raises BadCell "count"."""
    text = cell.strip().replace(",", "").replace(" ", "")
    if not text.isascii() or not text.isdecimal() or int(text) > largest:
        raise BadCell("count", largest)
    return int(text)


def as_percent(cell: str, options: Options) -> int:
    """A share from 0 to 100, rounded to whole percents. Raises BadCell "percent"."""
    text = cell.strip().removesuffix("%").rstrip().replace(options.decimal, ".")
    try:
        share = Decimal(text)
    except InvalidOperation:
        raise BadCell("percent") from None
    if not share.is_finite() or not 0 <= share <= 100:
        raise BadCell("percent")
    return int(share.to_integral_value())


def as_flag(cell: str) -> bool:
    """Yes or no. Raises BadCell "flag"."""
    text = cell.strip().casefold()
    if text in ("yes", "true", "1", "y", "t"):
        return True
    if text in ("no", "false", "0", "n", "f"):
        return False
    raise BadCell("flag")


def as_code(cell: str, *, length: int) -> str:
    """A code of `length` letters, in capitals (country, currency). Raises BadCell "code"."""
    text = cell.strip().upper()
    if len(text) != length or not text.isascii() or not text.isalpha():
        raise BadCell("code", length)
    return text


def as_email(cell: str) -> str:
    """An address in lower case. Raises BadCell "email"."""
    text = cell.strip().lower()
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise BadCell("email")
    return text


def as_website(cell: str) -> str:
    """An address of the web; https is added where the scheme is missing. Raises BadCell "website"."""
    text = cell.strip()
    if text and "://" not in text:
        text = f"https://{text}"
    if len(text) > 200 or not _WEBSITE.fullmatch(text):
        raise BadCell("website")
    return text


def as_timezone(cell: str) -> str:
    """An IANA zone. Raises BadCell "timezone"."""
    text = cell.strip()
    if text not in _timezones():
        raise BadCell("timezone")
    return text


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    """The names are files; a process lists them once."""
    return frozenset(available_timezones())


def as_choice(cell: str, choices: Mapping[str, str]) -> str:
    """One of `choices` ({value: label}), by value or label, whatever the case. Raises BadCell "choice"."""
    wanted = _folded(cell)
    for value, label in choices.items():
        if wanted in (_folded(value), _folded(label)):
            return value
    raise BadCell("choice", ", ".join(choices))


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text).strip().casefold()
