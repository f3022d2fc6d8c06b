"""Rows of several tables that one statement writes: a way there and back for all of them.

Rows that refer to each other get their ids before anything is written (`give_ids`), so that each can name the others.
The doors of the trail, the story and the outbox write through here: within a block theirs go along.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import connection, models

# What waits for the end of the block: texts of INSERT with their parameters.
_waiting: ContextVar[list[tuple[str, list[Any]]] | None] = ContextVar("together", default=None)


@contextmanager
def together() -> Iterator[None]:
    """What is added within is written at the end by one statement; nothing of it if the block fails.

    PostgreSQL checks foreign keys when the transaction ends, and row security by what was there before the statement:
    whoever begins a block shows the transaction all that its rows hang on.
    """
    waiting: list[tuple[str, list[Any]]] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    if waiting:
        *before, (last, params) = waiting
        parts = ", ".join(f"part_{place} AS ({sql})" for place, (sql, _params) in enumerate(before))
        execute(f"WITH {parts} {last}" if parts else last, [*chain(*(values for _sql, values in before)), *params])


def execute(sql: str, params: list[Any]) -> None:
    """Run an INSERT that answers nothing, or have the block run it at its end."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append((sql, params))
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def add(rows: Sequence[models.Model], *, batch_size: int | None = None) -> None:
    """Write new rows of one model: at once, as `bulk_create` does, or with the block.

    Within a block they hold their ids already, or nobody asks for them.
    """
    if not rows:
        return
    if _waiting.get() is None:
        type(rows[0])._base_manager.bulk_create(rows, batch_size=batch_size)
        return
    has_ids = rows[0].pk is not None
    execute(_text(type(rows[0]), len(rows), has_ids), [value for row in rows for value in _values(row, has_ids)])


def give_ids(rows: Sequence[models.Model], *sequences: str) -> list[int]:
    """Give each row the id that it is going to have, and draw a number from each of these sequences: one statement."""
    names = [*(f"{row._meta.db_table}_{row._meta.pk.column}_seq" for row in rows), *sequences]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(['nextval(%s)'] * len(names))}", names)
        drawn = list(cursor.fetchone())
    for row in rows:
        row.pk = drawn.pop(0)
    return drawn


@lru_cache(maxsize=256)
def _text(model: type[models.Model], count: int, has_ids: bool) -> str:
    quote = connection.ops.quote_name
    columns = [quote(field.column) for field in _fields(model, has_ids)]
    places = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) VALUES {', '.join([places] * count)}"  # noqa: S608


@lru_cache(maxsize=256)
def _fields(model: type[models.Model], has_ids: bool) -> tuple[Any, ...]:
    fields = (field for field in model._meta.concrete_fields if not field.generated)
    return tuple(field for field in fields if has_ids or not field.primary_key)


def _values(row: models.Model, has_ids: bool) -> Iterator[Any]:
    # As `bulk_create` does: a row that was made before the one it refers to has an id takes that id now.
    row._prepare_related_fields_for_save(operation_name="together")  # type: ignore[attr-defined]
    for field in _fields(type(row), has_ids):
        yield field.get_db_prep_save(field.pre_save(row, add=True), connection)
    row._state.adding, row._state.db = False, connection.alias
