"""Pages by key: a list goes on where its last row stood in the sort order, never by counting rows (ADR 0010).

A cursor holds the sort key of a row, so it points at a place and not at the row: the row may be edited or deleted and
the place is still there. It is signed together with the order it belongs to; any other text opens the first page.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, Literal
from uuid import UUID

from django.core import signing
from django.db import models
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.expressions import Combinable, OrderBy

from common import composed
from common.prepared import Differing

MAX_CURSOR = 2_000
_SIGNER = signing.Signer(salt="common.pagination")

Nulls = Literal["", "first", "last"]
Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class SortKey:
    """One column of an order: a field or annotation of the rows. `nulls` says where rows without a value stand."""

    name: str
    descending: bool = False
    nulls: Nulls = ""


@dataclass(frozen=True)
class Order:
    """A total order of rows: its keys, then `tie_break`, which must be unique (an id)."""

    keys: tuple[SortKey, ...]
    tie_break: str = "id"

    @property
    def columns(self) -> tuple[SortKey, ...]:
        """All keys with the tie-break; it runs in the direction of the last key, so that one index serves both."""
        is_descending = self.keys[-1].descending if self.keys else False
        return (*self.keys, SortKey(name=self.tie_break, descending=is_descending))

    @property
    def fingerprint(self) -> str:
        return ",".join(f"{'-' if key.descending else ''}{key.name}{key.nulls}" for key in self.columns)

    def ordering(self, *, backwards: bool = False) -> list[OrderBy]:
        """For `order_by`."""
        return [_order_by(key, backwards=backwards) for key in self.columns]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of rows in order, with the cursors of its neighbors (empty where there is none)."""

    rows: Sequence[Any]
    previous: str
    next: str

    @property
    def is_whole(self) -> bool:
        """The list has no other page than this one."""
        return not self.previous and not self.next


def paginate(
    rows: QuerySet[Any],
    order: Order,
    *,
    cursor: str = "",
    size: int,
    key_of: Callable[[Any], Key] | None = None,
) -> Page:
    """The page of `rows` at `cursor`, at most `size` rows, in one statement.

    `key_of` reads the values of `order.columns` from a row; without it rows are models or dictionaries with these
    names. A page that would begin before the first row, or after the last one, is filled up from the other side (a
    second statement): whoever pages back ends on a full first page.
    """

    def ask(key: Key | None, is_backwards: bool) -> list[Any]:
        return list(_question(rows, order, size, is_backwards, key))

    return _paged(ask, order, cursor=cursor, size=size, read=key_of or _reader(order))


def paginate_composed(
    compose: Callable[..., QuerySet[Any]], *key: Hashable, order: Order, cursor: str = "", size: int
) -> Page:
    """The same for the `values` that `compose(*key)` asks for; its statements are composed once (ADR 0019)."""

    def ask(place: Key | None, is_backwards: bool) -> list[Any]:
        if place is not None and not _is_one_range(order.columns):
            # Values that are compared one by one are read by the field that they belong to.
            return list(_question(compose(*key), order, size, is_backwards, place))
        return composed.records(_composed, compose, key, order, size, is_backwards, gaps=place or ())

    return _paged(ask, order, cursor=cursor, size=size, read=_reader(order))


def _composed(
    compose: Callable[..., QuerySet[Any]], key: Key, order: Order, size: int, is_backwards: bool, *place: Any
) -> QuerySet[Any]:
    return _question(compose(*key), order, size, is_backwards, place or None)


def _question(rows: QuerySet[Any], order: Order, size: int, is_backwards: bool, key: Key | None) -> QuerySet[Any]:
    """The rows beyond the place `key`, or the first ones, and one more: it tells whether the list goes on."""
    if key is not None:
        rows = rows.filter(_beyond(order.columns, key, backwards=is_backwards))
    return rows.order_by(*order.ordering(backwards=is_backwards))[: size + 1]


def _paged(
    ask: Callable[[Key | None, bool], list[Any]], order: Order, *, cursor: str, size: int, read: Callable[[Any], Key]
) -> Page:
    place = _decode(cursor, order)
    if place is None:
        found = ask(None, False)
        return _page(found[:size], order, read, has_previous=False, has_next=len(found) > size)
    key, is_backwards = place
    found = ask(key, is_backwards)
    if is_backwards and len(found) > size:
        return _page(found[:size][::-1], order, read, has_previous=True, has_next=True)
    if is_backwards:
        return _paged(ask, order, cursor="", size=size, read=read)
    if not found:
        found = ask(None, True)
        return _page(found[:size][::-1], order, read, has_previous=len(found) > size, has_next=False)
    return _page(found[:size], order, read, has_previous=True, has_next=len(found) > size)


def neighbors(rows: QuerySet[Any], order: Order, key: Key) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """The rows before and after the place `key`, nearest first: for "previous" and "next" on the page of a row."""
    before = rows.filter(_beyond(order.columns, key, backwards=True)).order_by(*order.ordering(backwards=True))
    after = rows.filter(_beyond(order.columns, key, backwards=False)).order_by(*order.ordering())
    return before, after


def encode(order: Order, key: Key, *, backwards: bool = False) -> str:
    """The cursor of the place `key`: what follows it, or with `backwards` what comes before."""
    payload = [order.fingerprint, int(backwards), *(_plain(value) for value in key)]
    return _SIGNER.sign_object(payload)


def was_given_out(cursor: str, order: Order) -> bool:
    """Whether the text is a cursor of this order."""
    return _decode(cursor, order) is not None


def _decode(cursor: str, order: Order) -> tuple[Key, bool] | None:
    if not cursor or len(cursor) > MAX_CURSOR:
        return None
    try:
        payload = _SIGNER.unsign_object(cursor)
    except (signing.BadSignature, ValueError):
        return None
    if len(payload) != 2 + len(order.columns) or payload[0] != order.fingerprint:
        return None
    key = tuple(Differing(value) if isinstance(value, str) else value for value in payload[2:])
    return key, bool(payload[1])


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, UUID)) else value


def _reader(order: Order) -> Callable[[Any], Key]:
    names = [key.name for key in order.columns]

    def read(row: Any) -> Key:
        if isinstance(row, dict):
            return tuple(row[name] for name in names)
        return tuple(reduce(getattr, name.split("__"), row) for name in names)

    return read


def _page(rows: Sequence[Any], order: Order, read: Callable[[Any], Key], *, has_previous: bool, has_next: bool) -> Page:
    return Page(
        rows=rows,
        previous=encode(order, read(rows[0]), backwards=True) if rows and has_previous else "",
        next=encode(order, read(rows[-1])) if rows and has_next else "",
    )


def _order_by(key: SortKey, *, backwards: bool) -> OrderBy:
    is_descending = key.descending is not backwards
    # None, not False: Django refuses False, and without a word about nulls PostgreSQL can use a plain index.
    first = True if key.nulls and (key.nulls == "first") is not backwards else None
    last = True if key.nulls and first is None else None
    return OrderBy(F(key.name), descending=is_descending, nulls_first=first, nulls_last=last)


def _beyond(columns: Sequence[SortKey], key: Key, *, backwards: bool) -> Q | Combinable:
    """The condition of the rows after (or before) the place `key` in the order of `columns`."""
    if _is_one_range(columns):
        comparison = _RowBefore if columns[0].descending is not backwards else _RowAfter
        return comparison(*(F(column.name) for column in columns), *(Value(value) for value in key))
    reached = Q(pk__in=[])
    same = Q()
    for column, value in zip(columns, key, strict=True):
        reached |= same & _after(column, value, backwards=backwards)
        same &= Q(**{f"{column.name}__isnull": True}) if value is None else Q(**{column.name: value})
    return reached


def _is_one_range(columns: Sequence[SortKey]) -> bool:
    """Whether a place divides the order by one comparison of rows: one direction, and no empty values."""
    return len({column.descending for column in columns}) == 1 and not any(column.nulls for column in columns)


def _after(column: SortKey, value: Any, *, backwards: bool) -> Q:
    nulls_come_after = bool(column.nulls) and (column.nulls == "last") is not backwards
    if value is None:
        return Q(pk__in=[]) if nulls_come_after else Q(**{f"{column.name}__isnull": False})
    lookup = "lt" if column.descending is not backwards else "gt"
    beyond = Q(**{f"{column.name}__{lookup}": value})
    return beyond | Q(**{f"{column.name}__isnull": True}) if nulls_come_after else beyond


class _RowAfter(Func):
    """`(a, b) > (x, y)`: one range of an index, however deep the page is."""

    conditional = True
    operator = ">"
    output_field = models.BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_names: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        compiled = [compiler.compile(expression) for expression in self.get_source_expressions()]
        half = len(compiled) // 2
        left = ", ".join(sql for sql, _params in compiled[:half])
        right = ", ".join(sql for sql, _params in compiled[half:])
        params = tuple(param for _sql, some in compiled for param in some)
        return f"({left}) {self.operator} ({right})", params


class _RowBefore(_RowAfter):
    operator = "<"


class BoundedCount(models.Subquery):
    """How many rows a sliced query has, as a column: the slice bounds what counting costs, and it is counted once."""

    template = "(SELECT count(*) FROM (%(subquery)s) bounded)"
    output_field = models.IntegerField()
