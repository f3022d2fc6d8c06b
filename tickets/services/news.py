"""Telling those who have or watch a ticket that the partner wrote."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.services.notifications import notify
from tickets import notices
from tickets.models import Message, Ticket, Watcher


def tell_of_message(*, ticket: Ticket, message: Message, now: datetime) -> int:
    """Put up a notice for the assignee and for colleagues who watch; how many are new. Sees all organizations.

    Who no longer sees the ticket is told nothing of it when the notice is read (tickets/targets.py).
    """
    watching = Watcher.objects.filter(ticket=ticket, user__isnull=False).values_list("user_id", flat=True)
    return notify(
        user_ids=[*watching, *([ticket.assignee_id] if ticket.assignee_id else [])],
        kind=notices.WATCHED,
        title=_("The partner wrote on #%(number)s: %(subject)s") % {"number": ticket.number, "subject": ticket.subject},
        key=f"ticket-message:{message.pk}",
        now=now,
        target_type="ticket",
        target_id=ticket.pk,
    )
