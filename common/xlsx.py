"""The one writer of workbooks for people: typed cells, a head that stays and filters; texts are never formulas.

Bounded as CSV files are (common/export.py). Moments are written in the installation's zone, which the head says.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import get_default_timezone, get_default_timezone_name
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from common.export import MAX_ROWS, ExportColumn, ExportFile
from common.text_size import clean

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CHARACTERS = 32_767
"""A cell holds no more."""
_LARGEST = 10**15
"""Beyond so many digits a spreadsheet rounds: such numbers are written as texts."""
_WIDEST, _NARROWEST = 60, 8


def write_xlsx(
    name: str, columns: Sequence[ExportColumn], rows: Iterable[Any], *, max_rows: int = MAX_ROWS
) -> ExportFile:
    """Write `rows` as a workbook of one sheet, at most `max_rows`; a cut one says so in its last line."""
    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = Workbook(content, options)
    sheet = Sheet(book)
    sheet.head([column.label for column in columns])
    count, is_cut = 0, False
    for row in rows:
        if count == max_rows:
            is_cut = True
            sheet.line(count + 1, [_("Cut off here after %(count)s rows.") % {"count": max_rows}])
            break
        count += 1
        sheet.line(count, [column.value(row) for column in columns])
    sheet.close(count, len(columns))
    book.close()
    return ExportFile(name=name, content=content.getvalue(), rows=count, is_cut=is_cut, content_type=XLSX)


class Sheet:
    """The sheet while it is written, line by line."""

    def __init__(self, book: Workbook) -> None:
        self.sheet = book.add_worksheet()
        self.bold = book.add_format({"bold": True, "bottom": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def head(self, labels: Sequence[str]) -> None:
        self.sheet.freeze_panes(1, 0)
        for at, label in enumerate(labels):
            self.sheet.set_column(at, at, min(max(len(label) + 2, _NARROWEST), _WIDEST))
            self.sheet.write_string(0, at, clean(label), self.bold)
        self.sheet.set_footer("&L" + get_default_timezone_name().replace("&", "&&") + "&R&P / &N")

    def line(self, number: int, values: Sequence[Any]) -> None:
        for at, value in enumerate(values):
            self._cell(number, at, value)

    def close(self, count: int, width: int) -> None:
        if count and width:
            self.sheet.autofilter(0, 0, count, width - 1)

    def _cell(self, number: int, at: int, value: Any) -> None:
        match value:
            case None:
                return
            case bool():
                self.sheet.write_string(number, at, _("yes") if value else _("no"))
            case int() | float() | Decimal() if -_LARGEST < value < _LARGEST:
                self.sheet.write_number(number, at, float(value))
            case datetime():
                local = value.astimezone(get_default_timezone()).replace(tzinfo=None)
                self.sheet.write_datetime(number, at, local, self.moment)
            case date():
                self.sheet.write_datetime(number, at, value, self.day)
            case _:
                self.sheet.write_string(number, at, clean(str(value))[:MOST_CHARACTERS])
