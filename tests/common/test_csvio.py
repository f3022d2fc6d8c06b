"""Files that people send: each is read, or refused with a reason and its place."""

from pathlib import Path

import pytest

from common.csvio import MAX_COLUMNS, MAX_LINE, CsvError, read_rows, read_shape


def file_of(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter", "columns"),
    [
        (b"name,kind\nA,partner\n", "utf-8", ",", ("name", "kind")),
        (b"\xef\xbb\xbfname;kind\nA;partner\n", "utf-8-sig", ";", ("name", "kind")),
        ("name\tkind\nÄ\tpartner\n".encode("utf-16"), "utf-16", "\t", ("name", "kind")),
        (b'"name, full",kind\n"A, B",x\n', "utf-8", ",", ("name, full", "kind")),
        (b"name\nA\n", "utf-8", ",", ("name",)),
    ],
)
def test_the_shape_is_found(
    tmp_path: Path, content: bytes, encoding: str, delimiter: str, columns: tuple[str, ...]
) -> None:
    shape = read_shape(file_of(tmp_path, content))
    assert (shape.encoding, shape.delimiter, shape.columns) == (encoding, delimiter, columns)


def test_a_western_encoding_is_guessed(tmp_path: Path) -> None:
    content = "name,city\nMüller & Söhne,Köln\nGrüße,Düsseldorf\nCafé Français,Besançon\n".encode("cp1252")
    path = file_of(tmp_path, content)
    rows = list(read_rows(path, read_shape(path)))
    assert rows[0].cells == ("Müller & Söhne", "Köln")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"a,b,a\n1,2,3\n", "Two columns"),
        (b"a,,c\n1,2,3\n", "no name"),
        (b"a\0b,c\n1,2\n", "NUL"),
        (b"x" * 300_000, "too long"),
    ],
)
def test_what_is_no_csv_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(CsvError, match=words):
        read_shape(file_of(tmp_path, content))


def test_ten_thousand_columns_are_refused_at_the_header(tmp_path: Path) -> None:
    header = ",".join(f"c{number}" for number in range(10_000)).encode()
    with pytest.raises(CsvError, match=f"10000 columns; up to {MAX_COLUMNS}") as refused:
        read_shape(file_of(tmp_path, header + b"\n"))
    assert refused.value.row == 1


def test_faults_of_a_row_do_not_stop_the_others(tmp_path: Path) -> None:
    path = file_of(tmp_path, b'a,b\n1,2\n1\n1,2,3\n\n"x\ny",2\n1,\x00\n5,6\n')
    rows = list(read_rows(path, read_shape(path)))
    assert [(row.number, bool(row.problem)) for row in rows] == [
        (2, False),
        (3, True),
        (4, True),
        (6, False),
        (8, True),
        (9, False),
    ]
    assert "NUL" in rows[4].problem
    assert rows[3].cells == ("x\ny", "2")


def test_a_huge_cell_is_a_fault_of_its_row(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"a\n" + b"y" * 40_000 + b"\nok\n")
    rows = list(read_rows(path, read_shape(path)))
    assert ["longer" in row.problem for row in rows] == [True, False]


def test_a_cell_beyond_the_readers_limit_stops_with_its_row(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"a\nfine\n" + b"y" * 200_000 + b"\n")
    with pytest.raises(CsvError, match="cannot be read") as refused:
        list(read_rows(path, read_shape(path)))
    assert refused.value.row == 3


def test_a_line_that_never_ends_stops_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"a,b\n1,2\n" + b"," * (MAX_LINE + 1))
    with pytest.raises(CsvError, match="longer than") as refused:
        list(read_rows(path, read_shape(path)))
    assert refused.value.row == 3
