"""Reading CSV files that people send: shape first, then rows, with every fault at its row and column.

Nothing here knows what a column means. Limits come first: a file is never read whole into memory.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

MAX_COLUMNS = 500
MAX_CELL = 32_768
MAX_LINE = 4 * 1024 * 1024
"""Characters: a file without a line's end would be one row, whole in memory, and cells without number."""
_SAMPLE = 256 * 1024
_DELIMITERS = ",;\t|"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# What people send instead of CSV, by its first bytes.
_OTHER_FILES = (
    (b"PK\x03\x04", "Excel"),
    (b"\xd0\xcf\x11\xe0", "Excel"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
)


class CsvError(Exception):
    """The file cannot be read at all. `row` and `column` say where, counted from 1 as a spreadsheet does."""

    def __init__(self, message: str, *, row: int | None = None, column: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.row = row
        self.column = column


@dataclass(frozen=True, kw_only=True)
class CsvShape:
    """How a file is to be read. `columns` are the names of its first row, stripped."""

    encoding: str
    delimiter: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CsvRow:
    """One record. `number` is the line it starts on, the header being 1; `problem` is set if its shape is wrong."""

    number: int
    cells: tuple[str, ...]
    problem: str = ""


def read_shape(path: Path) -> CsvShape:
    """Find out encoding, delimiter and columns. Raises CsvError for what is no usable CSV file."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if not sample.strip():
        raise CsvError(_("The file is empty."))
    for magic, name in _OTHER_FILES:
        if sample.startswith(magic):
            raise CsvError(
                _("This is no CSV but an %(type)s file. Save the table as CSV and upload that.") % {"type": name}
            )
    encoding = _encoding_of(path, sample)
    header = _first_line(path, encoding)
    delimiter = _delimiter_of(header)
    columns = _columns_of(header, delimiter)
    return CsvShape(encoding=encoding, delimiter=delimiter, columns=columns)


def read_known_shape(path: Path, *, encoding: str, delimiter: str) -> CsvShape:
    """The shape of a file whose encoding and delimiter `read_shape` has found out before: reads its first line only.

    Raises CsvError where the file has changed since.
    """
    try:
        header = _first_line(path, encoding)
    except (OSError, UnicodeDecodeError) as error:
        raise CsvError(_("The file can no longer be read. Upload it again.")) from error
    return CsvShape(encoding=encoding, delimiter=delimiter, columns=_columns_of(header, delimiter))


def read_rows(path: Path, shape: CsvShape) -> Iterator[CsvRow]:
    """The records after the header, one at a time. A record of the wrong shape carries its problem and does not stop.

    Raises CsvError only where reading cannot go on (undecodable bytes).
    """
    width = len(shape.columns)
    with path.open(encoding=shape.encoding, newline="", errors="strict") as file:
        reader = csv.reader(_lines(file), delimiter=shape.delimiter, strict=False)
        number = 1
        try:
            next(reader, None)
            while True:
                number = reader.line_num + 1
                cells = next(reader, None)
                if cells is None:
                    return
                if any(cell.strip() for cell in cells):
                    yield CsvRow(number=number, cells=tuple(cells), problem=_problem_of(cells, width))
        except UnicodeDecodeError as error:
            raise CsvError(
                _("Byte %(byte)s cannot be read as %(encoding)s.")
                % {"byte": f"0x{error.object[error.start]:02x}", "encoding": shape.encoding},
                row=number,
            ) from error
        except csv.Error as error:
            raise CsvError(_("The row cannot be read: %(why)s.") % {"why": error}, row=number) from error


# A NUL would end the text inside PostgreSQL; it is carried as this mark and refused at its cell.
NUL_MARK = "\u2400"


def _lines(file: io.TextIOBase) -> Iterator[str]:
    """The lines without NUL. Raises csv.Error for one that is longer than is read."""
    while line := file.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise csv.Error(_("it is longer than %(limit)s characters") % {"limit": MAX_LINE})
        yield line.replace("\0", NUL_MARK) if "\0" in line else line


def _problem_of(cells: list[str], width: int) -> str:
    if len(cells) != width:
        return _("The row has %(found)s cells, the header has %(expected)s.") % {
            "found": len(cells),
            "expected": width,
        }
    for cell in cells:
        if len(cell) > MAX_CELL:
            return _("A cell is longer than %(limit)s characters.") % {"limit": MAX_CELL}
        if NUL_MARK in cell:
            return _("A cell holds a NUL character.")
    return ""


def _encoding_of(path: Path, sample: bytes) -> str:
    for bom, encoding in _BOMS:
        if sample.startswith(bom):
            if _decodes(path, encoding):
                return encoding
            raise CsvError(_("The file says that it is %(encoding)s and is not.") % {"encoding": encoding})
    if _decodes(path, "utf-8"):
        return "utf-8"
    guess = from_bytes(sample, cp_isolation=["cp1252", "latin_1", "cp1250", "cp1251", "shift_jis", "gb18030"]).best()
    if guess is not None and _decodes(path, guess.encoding):
        return guess.encoding
    raise CsvError(_("The file's text encoding is unknown. Save it as UTF-8 and upload it again."))


def _decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file is text in `encoding`; read in pieces, never at once."""
    try:
        with path.open(encoding=encoding, newline="", errors="strict") as file:
            while file.read(_SAMPLE):
                pass
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _first_line(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="") as file:
        line = file.readline(_SAMPLE)
    if len(line) >= _SAMPLE:
        raise CsvError(_("The first row is too long to be a header."), row=1)
    if "\0" in line:
        raise CsvError(_("The header holds a NUL character. Save the table as CSV in UTF-8."), row=1)
    return line


def _delimiter_of(header: str) -> str:
    counts = {mark: header.count(mark) for mark in _DELIMITERS}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _columns_of(header: str, delimiter: str) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in next(csv.reader([header], delimiter=delimiter), []))
    if len(columns) > MAX_COLUMNS:
        raise CsvError(
            _("The file has %(found)s columns; up to %(limit)s are read.")
            % {"found": len(columns), "limit": MAX_COLUMNS},
            row=1,
        )
    for position, name in enumerate(columns, start=1):
        if not name:
            raise CsvError(_("Column %(position)s has no name.") % {"position": position}, row=1)
        if columns.index(name) != position - 1:
            raise CsvError(_("Two columns are called %(name)s.") % {"name": name}, row=1, column=name)
    return columns
