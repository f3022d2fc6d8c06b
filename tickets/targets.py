"""How notices and lines of the audit trail open a ticket, in the reader's own scope."""

from django.urls import reverse

from accounts.rules.access import Actor
from common.targets import register_target
from tickets.models import Ticket


def offer() -> None:
    """Called once, when the app is ready. A notice of a ticket is told to those alone who may still open it: it belongs
    to no organization, since support opens none."""
    register_target("ticket", _ticket, guards_notices=True)


def _ticket(actor: Actor, pk: int) -> str | None:
    found = Ticket.objects.visible_to(actor).filter(pk=pk).values_list("number", flat=True).first()
    if found is None:
        return None
    return reverse("tickets:portal_ticket" if actor.is_contact else "tickets:ticket", args=[found])
