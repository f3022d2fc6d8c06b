"""Statements that the ORM puts together once and a process runs again and again (ADR 0019).

Pages ask the same few questions for the same people all day, and putting a question together takes the ORM longer than
PostgreSQL takes to answer it. Here its text and parameters are kept by what they depend on.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

from common.prepared import Differing

Compose = Callable[..., "QuerySet[Any]"]
Convert = Callable[[Any, Any, Any], Any]
# Values of these kinds may differ from one asking to the next; when a text is made, these stand in for them.
_STAND_INS: Mapping[type, Callable[[int], Any]] = {
    int: lambda number: 2_000_000_000 + number,
    str: lambda number: f"gap\0{number}",
    Differing: lambda number: f"gap\0{number}",
    UUID: lambda number: UUID(int=2**127 + number),
    datetime: lambda number: datetime(1, 1, 1 + number, 1, 1, 1, 1, tzinfo=UTC),
    date: lambda number: date(1, 1, 1 + number),
    list: lambda number: [2_000_000_000 + number],
}
Gap = int | str | UUID | date | list[int]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """`gaps` says which of the parameters is which of the values that differ.

    `names` and `converters` are those of the columns: what the ORM makes of the values of the database. `compiler`
    knows how a row becomes an object.
    """

    sql: str
    params: tuple[Any, ...]
    gaps: tuple[tuple[int, int], ...]
    alias: str
    names: tuple[str, ...] = ()
    converters: tuple[tuple[int, tuple[Convert, ...], Any], ...] = ()
    compiler: Any = field(default=None, compare=False, repr=False)


def fetch(compose: Compose, *key: Hashable, gaps: tuple[Gap, ...] = ()) -> list[tuple[Any, ...]]:
    """The rows of `compose(*key, *gaps)`, a `values_list`, as they are in the database.

    `compose` is a function of a module and makes the same question of the same `key`, whoever asks and whenever: it
    reads neither clock nor database. An actor is a fine key: it holds roles, led people and the policy itself. `gaps`
    are values that the text does not depend on, such as an id: `compose` hands them to filters as they are. A list of
    ids goes to `= ANY`, for `IN` spells out each of them.
    """
    return _rows(_statement(compose, key, tuple(type(value) for value in gaps)), gaps)


def records(compose: Compose, *key: Hashable, gaps: tuple[Gap, ...] = ()) -> list[dict[str, Any]]:
    """The rows of `compose(*key, *gaps)`, a `values`, as the ORM gives them. Else as `fetch`."""
    found = _statement(compose, key, tuple(type(value) for value in gaps))
    return [dict(zip(found.names, row, strict=False)) for row in _converted(found, _rows(found, gaps))]


def _converted(found: Statement, rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    """The values of rows as the ORM gives them."""
    connection, converted = connections[found.alias], [list(row) for row in rows]
    for place, converts, expression in found.converters:
        for convert in converts:
            for values in converted:
                values[place] = convert(values[place], expression, connection)
    return converted


def instances(compose: Compose, *key: Hashable, gaps: tuple[Gap, ...] = ()) -> list[Any]:
    """The rows of `compose(*key, *gaps)` as objects, with what they are joined to and annotated by. Else as `fetch`."""
    found = _statement(compose, key, tuple(type(value) for value in gaps))
    rows, compiler = _rows(found, gaps), found.compiler
    if not rows:
        return []
    select, info = compiler.select, compiler.klass_info
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[start:end]]
    related = get_related_populators(info, select, found.alias)  # type: ignore[call-arg] # an argument of Django 6
    objects = []
    for row in _converted(found, rows):
        made = info["model"].from_db(found.alias, names, row[start:end])
        for populator in related:
            populator.populate(row, made)
        for name, place in compiler.annotation_col_map.items():
            setattr(made, name, row[place])
        objects.append(made)
    return objects


def _rows(found: Statement, gaps: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    if not found.sql:
        return []
    params = list(found.params)
    for place, number in found.gaps:
        params[place] = gaps[number]
    with connections[found.alias].cursor() as cursor:
        cursor.execute(found.sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@lru_cache(maxsize=4_096)
def _statement(compose: Compose, key: tuple[Hashable, ...], kinds: tuple[type, ...]) -> Statement:
    """The question with stand-ins in its gaps; without a text if no row can answer it.

    Raises ValueError for a gap that is no parameter of the question.
    """
    stand_ins = [_STAND_INS[kind](number) for number, kind in enumerate(kinds)]
    question = compose(*key, *stand_ins)
    compiler = question.query.get_compiler(using=question.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return Statement(sql="", params=(), gaps=(), alias=question.db)
    gaps = tuple((place, stand_ins.index(param)) for place, param in enumerate(params) if param in stand_ins)
    if len({number for _place, number in gaps}) < len(kinds):
        raise ValueError(f"{compose.__name__} does not ask with all its gaps")
    columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
    converters = compiler.get_converters(columns)
    return Statement(
        sql=sql,
        params=tuple(params),
        gaps=gaps,
        alias=question.db,
        names=tuple(question.query.selected or ()),
        converters=tuple((place, tuple(converts), column) for place, (converts, column) in converters.items()),
        compiler=compiler,
    )
