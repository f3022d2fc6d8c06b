"""Files for people that are written as rows come, of any length: nothing of them is held in memory.

A file is begun, takes rows by the thousand, and is closed when whoever gave the rows has let go of them: closing a
large workbook takes longer than a transaction may stand idle.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, Protocol

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from common.export import BOM, CSV, ExportColumn, guarded
from common.export_sql import Lines
from common.xlsx import XLSX, Sheet

BATCH = 5_000
Pulse = Callable[[int], None]
"""Told after each batch how many rows are written; raises what ends the writing."""
Copy = Callable[[Lines, int], None]
"""Writes lines of guarded CSV, so many at most."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """How many rows a file holds, and whether there were more than it takes."""

    rows: int
    is_cut: bool


class RowFile(Protocol):
    """A file that takes rows."""

    most_rows: int
    content_type: str

    def write(self, rows: Sequence[Any]) -> None: ...

    def close(self, *, cut_at: int) -> None:
        """The end; `cut_at` other than 0 says that the list went on after so many rows."""


def pour(file: RowFile, rows: Iterable[Any], *, pulse: Pulse) -> Written:
    """Write `rows` as far as the file takes them; it is not closed yet."""
    count = 0
    for batch in _batches(rows):
        left = file.most_rows - count
        file.write(batch[:left])
        count += min(len(batch), left)
        pulse(count)
        if len(batch) > left:
            return Written(rows=count, is_cut=True)
    return Written(rows=count, is_cut=False)


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    following = iter(rows)
    while batch := list(islice(following, BATCH)):
        yield batch


class CsvFile:
    """UTF-8 CSV (RFC 4180) with a mark by which Excel knows it."""

    most_rows = 5_000_000
    content_type = CSV

    def __init__(self, file: BinaryIO, columns: Sequence[ExportColumn]) -> None:
        self._columns = columns
        self._file = file
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
        self._text.write(BOM)
        self._writer = csv.writer(self._text)
        self._writer.writerow([guarded(column.label) for column in columns])

    def write(self, rows: Sequence[Any]) -> None:
        """Column by column: a call for each cell would take most of the time."""
        self._writer.writerows(zip(*(_cells(column, rows) for column in self._columns), strict=True))

    def take(self, copy: Copy, *, pulse: Pulse) -> Written:
        """Lines that the database writes itself, instead of `pour`."""
        self._text.flush()
        lines = _Lines(self._file, self.most_rows, pulse)
        copy(lines, self.most_rows + 1)
        return Written(rows=lines.rows, is_cut=lines.is_cut)

    def close(self, *, cut_at: int) -> None:
        if cut_at:
            self._writer.writerow([cut_words(cut_at)])
        self._text.flush()
        self._text.detach()


class _Lines:
    """Counts the lines on their way, and ends them as CSV does."""

    def __init__(self, file: BinaryIO, most: int, pulse: Pulse) -> None:
        self._file, self._most, self._pulse = file, most, pulse
        self.rows, self.is_cut = 0, False

    def write(self, data: bytes) -> None:
        if self.rows == self._most:
            self.is_cut = True
            return
        self.rows += 1
        self._file.write(data[:-1] + b"\r\n")
        if not self.rows % BATCH:
            self._pulse(self.rows)


class WorkbookFile:
    """A workbook of one sheet, as `common.xlsx` writes it; a sheet holds little more than a million rows."""

    most_rows = 1_000_000
    content_type = XLSX

    def __init__(self, file: BinaryIO, columns: Sequence[ExportColumn]) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = Workbook(file, options)
        self._columns = columns
        self._sheet = Sheet(self._book)
        self._sheet.head([column.label for column in columns])
        self._count = 0

    def write(self, rows: Sequence[Any]) -> None:
        for row in rows:
            self._count += 1
            self._sheet.line(self._count, [column.value(row) for column in self._columns])

    def close(self, *, cut_at: int) -> None:
        if cut_at:
            self._sheet.line(self._count + 1, [cut_words(cut_at)])
        self._sheet.close(self._count, len(self._columns))
        self._book.close()


def cut_words(count: int) -> str:
    """The last line of a file that does not hold all."""
    return _("Cut off here after %(count)s rows.") % {"count": count}


def _cells(column: ExportColumn, rows: Sequence[Any]) -> Iterable[Any]:
    """The texts of a column. What begins with a letter or a digit cannot be a formula, and needs no closer look."""
    values = map(column.value, rows)
    if column.is_plain:
        return values
    return [
        value if type(value) is str and value[:1].isalnum() and "\0" not in value else guarded(value)
        for value in values
    ]
