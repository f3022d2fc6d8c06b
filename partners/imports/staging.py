"""The staging table of a run: rows go in by COPY, are resolved and checked by set, and move on by INSERT SELECT."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from common.ids import uuid7
from partners.imports.fields import ImportKind

_BATCH = 5000
_NULL = "\\N"
# What every run needs beside its fields: the row, the object it means, and ids made ahead for what it makes.
_COMMON = "row integer NOT NULL, public_id uuid NOT NULL, organization_id bigint, target_id bigint, is_new boolean"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What was written, or would have been."""

    created: int
    updated: int
    unchanged: int


def create_stage(kind: ImportKind) -> None:
    """Make the staging table of this transaction; it goes with it."""
    execute("DROP TABLE IF EXISTS pg_temp.import_stage")
    columns = ", ".join(f"{field.name} {field.column_type}" for field in kind.fields)
    execute(f"CREATE TEMPORARY TABLE import_stage ({_COMMON}, user_id bigint, {columns}) ON COMMIT DROP")


def copy_rows(kind: ImportKind, rows: Iterable[tuple[int, dict[str, Any]]]) -> int:
    """Copy (row number, values) into the staging table; returns how many."""
    names = ("row", "public_id", *kind.names)
    # A field that the file does not have is its default in every row, or nothing.
    blanks = [(field.name, _cell(field.default)) for field in kind.fields]
    total = 0
    for batch in _batches(rows):
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        for number, values in batch:
            row = [blank if (value := values.get(name)) is None else value for name, blank in blanks]
            writer.writerow([number, uuid7(), *row])
        buffer.seek(0)
        with connection.cursor() as cursor:
            cursor.copy_expert(
                f"COPY import_stage ({', '.join(names)}) FROM STDIN WITH (FORMAT csv, NULL '{_NULL}')", buffer
            )
        total += len(batch)
    execute("CREATE UNIQUE INDEX ON import_stage (row)")
    execute("ANALYZE import_stage")
    return total


def _batches(rows: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    batch: list[tuple[int, dict[str, Any]]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _cell(value: Any) -> Any:
    return _NULL if value is None else value


def execute(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> int:
    """Run a statement; returns the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return int(cursor.rowcount)


def fetch(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall())


def staged() -> int:
    """How many rows are staged."""
    return int(fetch("SELECT count(*) FROM import_stage")[0][0])


def settle(table: str) -> None:
    """Rows that mean nothing known are new: draw the ids of what they will make, for all that goes along with it."""
    execute(
        """
        UPDATE import_stage SET is_new = target_id IS NULL,
            target_id = coalesce(target_id, nextval(pg_get_serial_sequence(%s, 'id')))
        """,
        [table],
    )


def drop_rows(numbers: Iterable[int]) -> None:
    """Take rejected rows out of the staging table."""
    execute("DELETE FROM import_stage WHERE row = ANY (%s)", [sorted(numbers)])
