"""The one writer of CSV files for people: guarded against formulas, bounded, whole in memory.

A request's rows are readable only inside of its transaction, so an export is written before the answer leaves
(ADR 0002); the cap keeps it small enough for that.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

MAX_ROWS = 10_000
CSV = "text/csv; charset=utf-8"
BOM = "\ufeff"
# What a spreadsheet takes for the beginning of a formula, also after blanks; the wide forms are what some read so too.
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
_BREAKS = ("\t", "\r", "\n")


@dataclass(frozen=True, kw_only=True)
class ExportColumn:
    """A column of the file: its heading, and how its value is read from a row.

    `is_plain`: numbers, days and nothing else, which a writer of CSV spells as they are.
    """

    label: str
    value: Callable[[Any], Any]
    is_plain: bool = False


@dataclass(frozen=True, kw_only=True)
class ExportFile:
    """A finished file, by default CSV: `rows` counts its records; `is_cut` says that the list went on."""

    name: str
    content: bytes
    rows: int
    is_cut: bool
    content_type: str = CSV

    def response(self) -> HttpResponse:
        """The file as a download."""
        answer = HttpResponse(self.content, content_type=self.content_type)
        answer["Content-Disposition"] = f'attachment; filename="{self.name}"'
        answer["Cache-Control"] = "private, no-store"
        return answer


def write_csv(
    name: str,
    columns: Sequence[ExportColumn],
    rows: Iterable[Any],
    *,
    max_rows: int = MAX_ROWS,
    with_bom: bool = True,
) -> ExportFile:
    """Write `rows` as UTF-8 CSV (RFC 4180), at most `max_rows`; a cut file says so in its last line.

    With a BOM Excel reads it as UTF-8. `name` is a plain file name, such as "organizations-2026-03-02.csv".
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(guarded(column.label) for column in columns)
    count, is_cut = 0, False
    for row in rows:
        if count == max_rows:
            is_cut = True
            writer.writerow([_("Cut off here after %(count)s rows.") % {"count": max_rows}])
            break
        writer.writerow(guarded(column.value(row)) for column in columns)
        count += 1
    content = (BOM if with_bom else "") + text.getvalue()
    return ExportFile(name=name, content=content.encode(), rows=count, is_cut=is_cut)


def guarded(value: Any) -> str:
    """A value as the text of a cell: moments and days in ISO 8601, nothing for None, texts never as formulas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).replace("\0", "")
    is_formula = text.startswith(_BREAKS) or text.lstrip().startswith(FORMULA)
    return f"'{text}" if is_formula else text
