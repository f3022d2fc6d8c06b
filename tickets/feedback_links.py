"""Tickets as what product feedback came from: by their number, for those who see them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from partners.feedback_sources import FeedbackSource, register_source
from tickets.models import Ticket

SOURCE = "ticket"


def _find(actor: Actor, key: str) -> tuple[int, int | None] | None:
    if not (key.isascii() and key.isdecimal() and len(key) < 18):
        return None
    rows = Ticket.objects.all().visible_to(actor).filter(number=int(key))
    return rows.values_list("pk", "organization_id").first()


def _url(ticket_id: int) -> str:
    number = Ticket.objects.filter(pk=ticket_id).values_list("number", flat=True).first()
    return reverse("tickets:ticket", args=[number]) if number is not None else ""


def offer() -> None:
    """Called once, when the app is ready."""
    register_source(FeedbackSource(key=SOURCE, label=_("From a ticket"), find=_find, url=_url))
