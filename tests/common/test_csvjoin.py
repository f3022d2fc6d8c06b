"""Two CSV files as one: rows keep their lines, contradictions are shown, and what does not fit is refused."""

from pathlib import Path

import pytest

from common.csvio import CsvError, read_rows, read_shape
from common.csvjoin import join_files

DEALS = 'deal_id,name,synced\n1,One,x\n\n2,"Two\nlines",x\n3,Three,x\n4\n5,Five,x\n'
COMPANIES = "\n".join(
    (
        "company_id;deal_id;kind;synced",
        "77;1;primary;y",
        "77;1;other;y",
        "88;2;primary;y",
        "81;3;a;y",
        "82;3;a;y",
        ";;a;y",
    )
)


def files(folder: Path, first: str, second: str) -> tuple[Path, Path, Path]:
    paths = (folder / "first.csv", folder / "second.csv", folder / "joined.csv")
    for path, text in zip(paths, (first, second), strict=False):
        path.write_text(text, encoding="utf-8")
    return paths


def test_each_row_keeps_its_line_and_gets_what_the_second_file_says(tmp_path: Path) -> None:
    paths = files(tmp_path, DEALS, COMPANIES)
    joint = join_files(*paths)
    assert (joint.first, joint.second) == ("deal_id", "deal_id")
    shape = read_shape(paths[2])
    assert shape.columns == ("deal_id", "name", "synced", "company_id", "kind", "synced (2)")
    rows = list(read_rows(paths[2], shape))
    assert [row.number for row in rows] == [row.number for row in read_rows(paths[0], read_shape(paths[0]))]
    assert [row.cells[3:5] for row in rows if not row.problem] == [
        ("77", "primary | other"), ("88", "primary"), ("81 | 82", "a"), ("", ""),
    ]  # fmt: skip
    assert [row.number for row in rows if row.problem] == [7]


def test_columns_of_other_names_can_be_said(tmp_path: Path) -> None:
    paths = files(tmp_path, "id,name\n1,One\n", "deal,company\n1,77\n")
    with pytest.raises(CsvError, match="Say by which column"):
        join_files(*paths)
    assert join_files(*paths, on="id = deal").second == "deal"
    assert paths[2].read_text() == "id,name,company\n1,One,77\n"


@pytest.mark.parametrize(
    ("second", "on", "row", "words"),
    [
        ("deal_id,company\n1\n", "", 2, "second file"),
        ("deal_id,company\n1,7\n", "nothing", 1, "no column nothing"),
        ("deal_id,name,owner_id,synced\n", "x=deal_id", 1, "no column x"),
        ("", "", None, "empty"),
        # Joined by a column that is none to join by, each row would hold the whole second file.
        ("deal_id,company\n" + "".join(f"1,{number}\n" for number in range(99)), "", 22, "Join by another column"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, second: str, on: str, row: int | None, words: str) -> None:
    with pytest.raises(CsvError) as caught:
        join_files(*files(tmp_path, DEALS, second), on=on)
    assert (caught.value.row, words in caught.value.message) == (row, True)


def test_a_row_with_too_many_cells_is_no_row_of_the_joined_file(tmp_path: Path) -> None:
    """A comma that nobody quoted: with the columns that are added its number of cells would be right."""
    paths = files(tmp_path, "id,name\n1,Kim, Ltd\n2,Lee\n", "id,company\n1,77\n2,88\n")
    join_files(*paths)
    rows = list(read_rows(paths[2], read_shape(paths[2])))
    assert [(row.number, bool(row.problem), row.cells[-1]) for row in rows] == [(2, True, ""), (3, False, "88")]


def test_both_together_have_a_length(tmp_path: Path) -> None:
    first = "id,name\n" + "".join(f"1,{number}\n" for number in range(100))
    with pytest.raises(CsvError, match="too long") as caught:
        join_files(*files(tmp_path, first, f"id,words\n1,{'x' * 1000}\n"), most=10_500)
    assert caught.value.row == 12
