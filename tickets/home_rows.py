"""The lines of tickets on the homes; made in Python like the cells of lists (tickets/columns.py)."""

from collections.abc import Iterable

from django.utils.safestring import SafeString

from common.listing import ListQuery
from common.markup import joined, markup
from common.templatetags.format import Clock
from tickets.columns import priority_chip, promise_cell, status_chip, ticket_url
from tickets.selectors.rows import TicketRow


def ticket_lines(rows: Iterable[TicketRow], clock: Clock, within: ListQuery) -> SafeString:
    """Items of a list: number and subject, whose it is, how urgent, what is due. They lead on within a list."""
    suffix = f"?{ListQuery((('list', within.encode()),)).encode()}"
    return joined(
        markup(
            '<li data-row tabindex="-1"><span class="row-main"><a class="row-title row-wrap" href="{}{}" data-row-link>'
            '<span class="ticket-number">#{}</span> {}</a><span class="row-hint">{}</span></span>'
            '<span class="row-end">{} {} {}</span></li>',
            ticket_url(row.number),
            suffix,
            row.number,
            row.subject,
            " · ".join(part for part in (row.organization_name or row.requester, row.queue_name) if part),
            priority_chip(row),
            status_chip(row),
            promise_cell(row, clock),
        )
        for row in rows
    )
