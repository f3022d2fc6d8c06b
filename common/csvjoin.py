"""Two CSV files as one: what a second file says of each row of the first, found by a column that both have.

Other tools keep in a file of its own which company a deal belongs to. The joined file has a row for each of the first,
on the same lines, so that a fault is still shown where it stands there.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from common.csvio import MAX_COLUMNS, CsvError, CsvRow, CsvShape, read_rows, read_shape

AND = " | "
"""Between the texts of a column where several rows of the second file say different things of one of the first."""
MOST_SAID = 20
"""So many different texts stand in a cell. Who joins by the wrong column, such as the country, has thousands."""
MOST_ROWS = 500_000
"""So many rows of the second file are kept in memory."""


@dataclass(frozen=True, kw_only=True)
class Joint:
    """The columns by which the two belong together, of the first and of the second file."""

    first: str
    second: str


def join_files(first: Path, second: Path, target: Path, *, on: str = "", most: int = 2**30) -> Joint:
    """Write the first file with the columns of the second beside its own; rows without a partner have empty cells.

    `on` names the column, or both as "deal_id=id"; without it it is the one that both have, or the one of several that
    ends with "id". Where rows of the second contradict each other the cell holds all they say: it is for a person to
    choose. Raises CsvError with the place of what cannot be read, or where no column fits, rows of the second say too
    much of one, or both together are longer than `most` characters.
    """
    left, right = read_shape(first), read_shape(second)
    joint = _joint(left.columns, right.columns, on)
    extra = [place for place, name in enumerate(right.columns) if name != joint.second]
    if len(left.columns) + len(extra) > MAX_COLUMNS:
        raise CsvError(_("Together the files have more than %(limit)s columns.") % {"limit": MAX_COLUMNS}, row=1)
    known, key = _known(second, right, joint, extra), left.columns.index(joint.first)
    header = [*left.columns, *_names([right.columns[place] for place in extra], left.columns)]
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(header)
        _write(file, read_rows(first, left), key, known, [""] * len(extra), most)
    return joint


def _joint(left: Sequence[str], right: Sequence[str], on: str) -> Joint:
    if on:
        first, _equals, second = (part.strip() for part in on.partition("="))
        for name, columns in ((first, left), (second or first, right)):
            if name not in columns:
                message = _("There is no column %(name)s; the columns are: %(columns)s.")
                raise CsvError(message % {"name": name, "columns": ", ".join(columns)}, row=1, column=name)
        return Joint(first=first, second=second or first)
    by_name = {name.casefold(): name for name in right}
    common = [name for name in left if name.casefold() in by_name]
    found = common if len(common) == 1 else [name for name in common if name.casefold().endswith("id")]
    if len(found) != 1:
        raise CsvError(_("Say by which column the two files belong together: there is not one that both have."), row=1)
    return Joint(first=found[0], second=by_name[found[0].casefold()])


def _known(path: Path, shape: CsvShape, joint: Joint, extra: Sequence[int]) -> dict[str, list[str]]:
    """By key the cells that are added. Raises CsvError for a row of the wrong shape: nobody could mend it later."""
    found: dict[str, list[str]] = {}
    key = shape.columns.index(joint.second)
    for many, row in enumerate(read_rows(path, shape), start=1):
        if row.problem:
            raise CsvError(_("The second file: %(problem)s") % {"problem": row.problem}, row=row.number)
        if many > MOST_ROWS:
            raise CsvError(_("The second file has more than %(limit)s rows.") % {"limit": MOST_ROWS}, row=row.number)
        cells, name = [row.cells[place].strip() for place in extra], row.cells[key].strip()
        if name:
            before = found.get(name, cells)
            found[name] = [_both(old, new, row.number) for old, new in zip(before, cells, strict=True)]
    return found


def _both(old: str, new: str, row: int) -> str:
    """Raises CsvError with the row of the second file where it is too much for a person to choose from."""
    if not new or not old:
        return old or new
    said = old.split(AND)
    if new in said:
        return old
    if len(said) >= MOST_SAID:
        message = _("The second file: more than %(limit)s rows say different things of one. Join by another column.")
        raise CsvError(message % {"limit": MOST_SAID}, row=row)
    return f"{old}{AND}{new}"


def _names(added: Sequence[str], taken: Sequence[str]) -> list[str]:
    """The columns that are added, under names of their own."""
    used, names = set(taken), []
    for name in added:
        number, fresh = 2, name
        while fresh in used:
            number, fresh = number + 1, f"{name} ({number})"
        used.add(fresh)
        names.append(fresh)
    return names


def _write(
    file: TextIO, rows: Iterator[CsvRow], key: int, known: dict[str, list[str]], nothing: Sequence[str], most: int
) -> None:
    writer, line, written = csv.writer(file, lineterminator="\n"), 2, 0
    for row in rows:
        # Lines without a record stay empty, so that every row keeps its number.
        file.write("\n" * (row.number - line))
        # A row of the wrong shape stays wrong by as much: with cells too many it would else fit the joined header.
        added = nothing if row.problem else known.get(row.cells[key].strip(), nothing)
        cells = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in (*row.cells, *added)]
        written += sum(map(len, cells))
        if written > most:
            message = _("Together the files are too long: leave columns out, or split the first one.")
            raise CsvError(message, row=row.number)
        writer.writerow(cells)
        line = row.number + 1 + sum(cell.count("\n") for cell in cells)
