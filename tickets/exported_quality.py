"""Reviews of solved tickets as a file."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.exportables import Asked, OpenedList
from common.export import ExportColumn
from common.listing import ListQuery
from common.pouring import poured
from tickets.selectors import quality as reading

MONTH = "month"


def quality(asked: Asked) -> OpenedList:
    """The reviews of a month; the reader's own for who reviews nobody."""
    month = reading.month_of(ListQuery.parse(asked.query, (MONTH,)).get(MONTH), now=asked.now)

    def rows() -> Iterator[Any]:
        with reading.own_reach(asked.actor):
            yield from poured(reading.reviews(asked.actor, month=month))

    return OpenedList(
        title=_("Quality reviews"), stem="quality", query=f"month={month.key}", columns=_columns(), rows=rows
    )


def _columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Ticket"), value=lambda row: row.number),
        ExportColumn(label=_("Solved"), value=lambda row: row.solved_at),
        ExportColumn(label=_("Agent"), value=lambda row: row.agent.name),
        ExportColumn(label=_("Reviewer"), value=lambda row: row.reviewer.name),
        ExportColumn(label=_("Reviewed"), value=lambda row: row.given_at),
        ExportColumn(label=_("Score in percent"), value=lambda row: row.score),
        ExportColumn(label=_("Passed"), value=lambda row: row.is_passed),
        ExportColumn(label=_("Comment"), value=lambda row: row.comment),
        ExportColumn(label=_("Answer"), value=lambda row: row.answer),
    ]
