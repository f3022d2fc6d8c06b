"""From the rows of a file to checked values: every fault with its place, what was found and what was expected."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from common.csvio import CsvShape, read_rows
from partners.imports.kinds import ImportField, ImportKind
from partners.rules.import_mapping import ColumnMapping
from partners.rules.import_values import BadCell

_SHOWN = 120


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
        "date": _("a day in the order %(limit)s, such as 2026-03-09 (choose the order on the mapping page)"),
        "date_range": _("a day between 1970 and 2100"),
        "amount": _("an amount such as 1250.00, not negative"),
        "count": _("a whole number up to %(limit)s"),
        "code": _("a code of %(limit)s letters"),
        "email": _("an e-mail address"),
        "website": _("a web address"),
        "timezone": _("a time zone such as Europe/Berlin"),
        "choice": _("one of: %(limit)s"),
        "required": _("a value, since this field is required"),
    }
    return words[error.expected] % {"limit": error.limit}


def read_values(path: Path, shape: CsvShape, kind: ImportKind, mapping: ColumnMapping) -> Iterator[ReadRow]:
    """Read the file row by row. Raises CsvError where it cannot be read at all."""
    fields = [field for field in kind.fields if field.name in mapping.fields]
    missing = [field for field in kind.fields if field.required and field.name not in mapping.fields]
    for row in read_rows(path, shape):
        if row.problem:
            fault = RowError(row=row.number, column="", field="", found="", expected=row.problem)
            yield ReadRow(number=row.number, cells=row.cells, values={}, errors=(fault,))
            continue
        cells = mapping.cells_of(dict(zip(shape.columns, row.cells, strict=True)))
        values: dict[str, Any] = {}
        errors = [
            RowError(row=row.number, column="", field=field.name, found="", expected=expectation(BadCell("required")))
            for field in missing
        ]
        for field in fields:
            text, column = cells[field.name]
            try:
                values[field.name] = _value_of(field, text, mapping)
            except BadCell as error:
                errors.append(
                    RowError(
                        row=row.number,
                        column=column,
                        field=field.name,
                        found=text[:_SHOWN],
                        expected=expectation(error),
                    )
                )
        yield ReadRow(number=row.number, cells=row.cells, values=values, errors=tuple(errors))


def _value_of(field: ImportField, text: str, mapping: ColumnMapping) -> Any:
    if not text.strip():
        if field.required:
            raise BadCell("required")
        return field.default
    value = field.read(text, mapping.options)
    factor = mapping.factors.get(field.name)
    return value if factor is None else (value * factor).quantize(value)
