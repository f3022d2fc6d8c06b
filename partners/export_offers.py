"""The list of organizations as a file of any length."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.exportables import TABLES, Asked, Exportable, OpenedList, register
from common.listing import ListQuery
from partners import lists
from partners.scope import scope_of
from partners.selectors.listing import ROW_FIELDS, reading_of, row_of

_CHUNK = 2_000


def _organizations(asked: Asked) -> OpenedList:
    query = ListQuery.parse(asked.query, lists.STATE_KEYS)
    shown = lists.open_list(asked.actor, query, path="", now=asked.now)

    def rows() -> Iterator[Any]:
        found = shown.rows.order_by(*shown.order.ordering()).values(*ROW_FIELDS)
        reading = reading_of(asked.actor, now=asked.now)
        return (row_of(row, reading) for row in found.iterator(chunk_size=_CHUNK))

    return OpenedList(
        title=_("Organizations"), stem="organizations", query=query.encode(), columns=shown.export_columns(), rows=rows
    )


def offer() -> None:
    """Called once, when the app is ready."""
    register(Exportable(what="organizations", formats=TABLES, open=_organizations, scope=scope_of))
