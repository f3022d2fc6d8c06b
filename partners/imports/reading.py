"""From the rows of a file to checked values: every fault with its place, what was found and what was expected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from common.csvio import CsvShape, read_rows
from partners.imports.fields import ImportField, ImportKind
from partners.rules.import_mapping import ColumnMapping, Source
from partners.rules.import_values import LARGEST_AMOUNT, BadCell, Options, unguarded

_SHOWN = 120
# How many short texts of a field are remembered while a file is read.
_REMEMBERED = 2_000
_SHORT = 60


@dataclass(frozen=True, kw_only=True)
class RowError:
    """One fault. `row` counts from 1 with the header; `column` is the file's own name, "" for the row as a whole."""

    row: int
    column: str
    field: str
    found: str
    expected: str

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class ReadRow:
    """One row of the file: its cells as they are, and the values or the faults."""

    number: int
    cells: tuple[str, ...]
    values: dict[str, Any]
    errors: tuple[RowError, ...]


def expectation(error: BadCell) -> str:
    """What a cell should have been, in words."""
    words = {
        "length": _("at most %(limit)s characters"),
        "formula": _("a text that is no spreadsheet formula (it starts with = or @)"),
        "controls": _("a text without control characters"),
        "date": _("a day such as %(limit)s (the mapping says how days are written)"),
        "date_range": _("a day between 1970 and 2100"),
        "amount": _("an amount such as 1250.00, not negative"),
        "count": _("a whole number up to %(limit)s"),
        "percent": _("a number from 0 to 100"),
        "flag": _("yes or no"),
        "code": _("a code of %(limit)s letters"),
        "email": _("an e-mail address"),
        "website": _("a web address"),
        "timezone": _("a time zone such as Europe/Berlin"),
        "choice": _("one of: %(limit)s"),
        "required": _("a value, since this field is required"),
    }
    limit = _DAYS.get(str(error.limit), error.limit) if error.expected == "date" else error.limit
    return words[error.expected] % {"limit": limit}


_DAYS = {"YMD": "2026-03-09", "DMY": "09.03.2026", "MDY": "03/09/2026"}


def problem_with(field: ImportField, text: str, options: Options) -> str:
    """What a text should have been to stand for `field` in all rows; "" if it may."""
    try:
        field.read(text, options)
    except BadCell as error:
        return expectation(error)
    return ""


def read_values(path: Path, shape: CsvShape, kind: ImportKind, mapping: ColumnMapping) -> Iterator[ReadRow]:
    """Read the file row by row. Raises CsvError where it cannot be read at all."""
    sources = mapping.sources(shape.columns)
    fields = [_FieldReader(field, sources[field.name], mapping) for field in kind.fields if field.name in sources]
    missing = tuple((field, "", "", BadCell("required")) for field in kind.fields if _is_missing(field, sources))
    for row in read_rows(path, shape):
        if mapping.leave_out and mapping.is_left_out(row.cells, shape.columns):
            continue
        if row.problem:
            fault = RowError(row=row.number, column="", field="", found="", expected=row.problem)
            yield ReadRow(number=row.number, cells=row.cells, values={}, errors=(fault,))
            continue
        values: dict[str, Any] = {}
        bad = list(missing)
        for field in fields:
            try:
                values[field.name] = field.value(row.cells)
            except BadCell as error:
                bad.append((field.field, field.source.column, field.source.text(row.cells), error))
        errors = tuple(_fault(row.number, *found) for found in bad) if bad else ()
        yield ReadRow(number=row.number, cells=row.cells, values=values, errors=errors)


def _is_missing(field: ImportField, sources: Mapping[str, Source]) -> bool:
    return field.required and field.name not in sources


def _fault(number: int, field: ImportField, column: str, text: str, error: BadCell) -> RowError:
    return RowError(row=number, column=column, field=field.name, found=text[:_SHOWN], expected=expectation(error))


class _FieldReader:
    """Reads one field of every row. Texts that come again (countries, stages, plans) are read once."""

    def __init__(self, field: ImportField, source: Source, mapping: ColumnMapping) -> None:
        self.field, self.source, self.name = field, source, field.name
        self._options, self._factor = mapping.options, mapping.factors.get(field.name)
        self._known: dict[str, Any] = {}

    def value(self, cells: Sequence[str]) -> Any:
        """Raises BadCell."""
        text = self.source.text(cells)
        try:
            return self._known[text]
        except KeyError:
            pass
        value = self._read(text)
        if len(self._known) < _REMEMBERED and len(text) <= _SHORT:
            self._known[text] = value
        return value

    def _read(self, text: str) -> Any:
        if not text or text.isspace():
            if self.field.required:
                raise BadCell("required")
            return self.field.default
        value = self.field.read(unguarded(text), self._options)
        if self._factor is None:
            return value
        return _multiplied(value, self._factor)


def _multiplied(amount: Decimal, factor: Decimal) -> Decimal:
    product = amount * factor
    if product >= LARGEST_AMOUNT:
        raise BadCell("amount")
    return product.quantize(amount)
