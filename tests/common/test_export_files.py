"""Files that are written as rows come: the same cells as those written at once, guarded, cut at their end."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.export import FORMULA, ExportColumn, guarded, write_csv
from common.export_files import BATCH, CsvFile, RowFile, WorkbookFile, Written, pour
from common.export_sql import PARAMETERS, Lines, copy_csv, guarded_sql

TEXTS = ("plain", "=1+1", "  +x", "-2", "@a", "\tb", "＝wide", "1st", "", 'ümlaut, "quoted"\nbroken', "a\0b", "|c")
VALUES = (None, True, 7, Decimal("-1.50"), date(2026, 3, 2), datetime(2026, 3, 2, 9, tzinfo=UTC), *TEXTS)
COLUMNS = [
    ExportColumn(label="=Label", value=itemgetter(0)),
    ExportColumn(label="Number", value=itemgetter(1), is_plain=True),
]


def written(kind: Any, rows: Any, *, most: int | None = None, pulse: Any = lambda rows: None) -> tuple[bytes, Written]:
    content = io.BytesIO()
    file: RowFile = kind(content, COLUMNS)
    if most is not None:
        file.most_rows = most
    done = pour(file, rows, pulse=pulse)
    file.close(cut_at=done.rows if done.is_cut else 0)
    return content.getvalue(), done


@given(st.lists(st.tuples(st.sampled_from(VALUES) | st.text(max_size=5), st.integers() | st.none()), max_size=20))
def test_a_long_file_says_what_a_short_one_says(rows: list[Any]) -> None:
    assert written(CsvFile, rows)[0] == write_csv("x.csv", COLUMNS, rows).content


@pytest.mark.parametrize(("most", "expected"), [(3, (3, True)), (10, (10, False)), (11, (10, False))])
def test_it_has_an_end_and_says_so(most: int, expected: tuple[int, bool]) -> None:
    content, done = written(CsvFile, (("a", number) for number in range(10)), most=most)
    assert (done.rows, done.is_cut) == expected
    assert (f"Cut off here after {most} rows." in content.decode()) == expected[1]
    assert content.decode().count("a,") == expected[0]


def test_it_tells_how_far_it_is_and_asks_for_no_more_than_it_needs() -> None:
    told, given_out = [], 0

    def rows() -> Iterator[Any]:
        nonlocal given_out
        while True:
            given_out += 1
            yield "a", given_out

    written(CsvFile, rows(), most=BATCH + 1, pulse=told.append)
    assert told == [BATCH, BATCH + 1]
    assert given_out == 2 * BATCH


def test_a_workbook_has_typed_cells_a_head_that_stays_and_filters() -> None:
    with ZipFile(io.BytesIO(written(WorkbookFile, [("=1+1", 5), ("b", None)])[0])) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    for part in ('state="frozen"', '<autoFilter ref="A1:B3"/>', "<t>=1+1</t>", '<c r="B2"><v>5</v></c>'):
        assert part in sheet, part
    assert "<f>" not in sheet


@pytest.mark.django_db
def test_the_database_guards_and_writes_as_we_do() -> None:
    """Whatever blanks stand before what begins a formula, and however a text has to be quoted."""
    blanks = [letter for letter in map(chr, range(0x3100)) if letter.isspace()]
    begins = [*FORMULA, "a", "1", "#", "^", "]", "\\", "\u200b="]
    texts = [f"{blank}{begin}x" for blank in ("", *blanks) for begin in begins]
    texts += [text for text in TEXTS if "\0" not in text] + ["a, b", 'say "it"', "two\r\nlines", "\\", "-", " "]
    content = io.BytesIO()
    file, told = CsvFile(content, COLUMNS[:1]), []
    sql = f"SELECT {guarded_sql('given')} FROM unnest(%(texts)s::text[]) given"

    def copy(lines: Lines, most: int) -> None:
        copy_csv(f"{sql} LIMIT {most}", {"texts": texts, **PARAMETERS}, lines)

    done = file.take(copy, pulse=told.append)
    file.close(cut_at=0)
    assert (done.rows, done.is_cut) == (len(texts), False)
    found = csv.reader(io.StringIO(content.getvalue().decode("utf-8-sig"), newline=""))
    assert [row[0] if row else "" for row in found][1:] == [guarded(text) for text in texts]
    file = CsvFile(io.BytesIO(), COLUMNS[:1])
    file.most_rows = 3
    assert file.take(copy, pulse=told.append) == Written(rows=3, is_cut=True)
