"""The list of organizations for a file, of today or of a past day: what its columns are, and all of its rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.rules.access import Actor
from common.errors import DomainError
from common.export import ExportColumn
from common.listing import ListQuery
from common.past import PastDay
from partners.lists import OrganizationList, open_list
from partners.past_list import open_past
from partners.selectors.listing import ROW_FIELDS, reading_of, row_of
from partners.selectors.past import AS_OF, asked_past

_CHUNK = 2_000


@dataclass(frozen=True, kw_only=True)
class ListFile:
    """`query` is what was understood of the address; `rows` are read once, through a cursor of the server."""

    columns: Sequence[ExportColumn]
    rows: Callable[[], Iterator[Any]]
    query: str
    past: PastDay | None = None


def file_of_list(actor: Actor, query: ListQuery, *, now: datetime) -> ListFile:
    """What the list of an address shows, whole. Raises DomainError `query` for a past day that cannot be read: a file
    of another day helps nobody."""
    past, problem = asked_past(actor, query.get(AS_OF), now=now)
    if problem:
        raise DomainError(problem, field="query", code="as_of")
    if past is not None:
        then = open_past(actor, query, past, path="")
        return ListFile(columns=then.export_columns(), rows=then.every_row, query=query.encode(), past=past)
    shown = open_list(actor, query.without(AS_OF), path="", now=now)
    return ListFile(columns=shown.export_columns(), rows=lambda: _rows(shown), query=shown.query.encode())


def _rows(shown: OrganizationList) -> Iterator[Any]:
    found = shown.rows.order_by(*shown.order.ordering()).values(*ROW_FIELDS)
    reading = reading_of(shown.actor, now=shown.now)
    return (row_of(row, reading) for row in found.iterator(chunk_size=_CHUNK))
