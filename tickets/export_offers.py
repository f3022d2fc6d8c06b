"""The lists of this app that can be had as files of any length, and those of what the desk reads below."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.exportables import TABLES, Asked, Exportable, OpenedList, register
from common.listing import ListQuery
from common.pouring import poured
from partners.exported import voices
from tickets import lists
from tickets.exported_quality import quality
from tickets.scope import scope_of
from tickets.selectors.rows import ticket_row


def _tickets(asked: Asked) -> OpenedList:
    query = ListQuery.parse(asked.query, lists.STATE_KEYS)
    shown = lists.open_list(asked.actor, query, path="", now=asked.now)

    def rows() -> Iterator[Any]:
        found = shown.rows.order_by(*shown.order.ordering())
        return (ticket_row(values, now=asked.now) for values in poured(found))

    return OpenedList(
        title=_("Tickets"), stem="tickets", query=query.encode(), columns=shown.export_columns(), rows=rows
    )


def offer() -> None:
    """Called once, when the app is ready."""
    own = {"tickets": _tickets, "quality": quality}
    # Of the floor below; what is said of the desk is read in its scope.
    for what, open_list in (own | {"surveys": voices.surveys, "campaign": voices.campaign}).items():
        is_told = what != "campaign"
        register(Exportable(what=what, formats=TABLES, open=open_list, scope=scope_of, is_for_programs=is_told))
