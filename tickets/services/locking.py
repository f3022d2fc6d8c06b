"""Tickets locked for a change. Lock order: the organization, then tickets by id, then their parts."""

from collections.abc import Collection
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import Conflict, DomainError, Missing
from tickets.choices import TicketStatus
from tickets.models import Ticket


def lock_ticket(by: Actor, ticket: Ticket) -> Ticket:
    """The ticket as it is now, locked to the end of the transaction. Raises Missing where `by` does not see it."""
    return lock_tickets(by, [ticket.pk])[0]


def lock_tickets(by: Actor, ticket_ids: Collection[int]) -> list[Ticket]:
    """Several, in the order of their ids. Raises Missing if one of them is not there for `by`."""
    wanted = sorted(set(ticket_ids))
    rows = Ticket.objects.visible_to(by).filter(pk__in=wanted).select_related("queue", "category")
    found = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if len(found) != len(wanted):
        raise Missing(_("This ticket does not exist, or it is not yours."))
    return found


def refuse_final(ticket: Ticket) -> None:
    """Raise DomainError for a ticket that nothing is done with any more."""
    if ticket.merged_into_id is not None:
        raise DomainError(_("This ticket was merged into another one: go on there."), code="merged")
    if ticket.status == TicketStatus.CLOSED:
        raise DomainError(_("This ticket is closed. Open a follow-up."), code="closed")


def check_version(ticket: Ticket, version: int | None, current: dict[str, Any]) -> None:
    """Raise Conflict if somebody changed the ticket after `version` was read."""
    if version is not None and ticket.version != version:
        raise Conflict(_("Somebody else changed this ticket."), version=ticket.version, current=current)


def save(ticket: Ticket, fields: Collection[str]) -> None:
    """Write these fields, the instants of its clocks and the next version."""
    ticket.version = F("version") + 1
    ticket.save(update_fields=[*fields, "breaches_at", "due_at", "moved_at", "version", "updated_at"])
    ticket.refresh_from_db(fields=["version"])
