"""The list of tickets as a file of any length."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.exportables import TABLES, Asked, Exportable, OpenedList, register
from common.listing import ListQuery
from tickets import lists
from tickets.scope import scope_of
from tickets.selectors.rows import ticket_row

_CHUNK = 2_000


def _tickets(asked: Asked) -> OpenedList:
    query = ListQuery.parse(asked.query, lists.STATE_KEYS)
    shown = lists.open_list(asked.actor, query, path="", now=asked.now)

    def rows() -> Iterator[Any]:
        found = shown.rows.order_by(*shown.order.ordering())
        return (ticket_row(values, now=asked.now) for values in found.iterator(chunk_size=_CHUNK))

    return OpenedList(
        title=_("Tickets"), stem="tickets", query=query.encode(), columns=shown.export_columns(), rows=rows
    )


def offer() -> None:
    """Called once, when the app is ready."""
    register(Exportable(what="tickets", formats=TABLES, open=_tickets, scope=scope_of))
