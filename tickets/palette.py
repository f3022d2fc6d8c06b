"""What the palette finds of tickets: one by its number, with or without the sign before it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common.palette import PaletteItem, register_finder
from tickets.models import Ticket


def _items(actor: Actor, text: str, limit: int) -> list[PaletteItem]:
    """The ticket of that number if `actor` sees it; words are looked up elsewhere."""
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 15):
        return []
    found = Ticket.objects.all().visible_to(actor).filter(number=int(digits))
    return [
        PaletteItem(
            label=f"#{ticket.number} {ticket.subject}",
            url=reverse("tickets:ticket", args=[ticket.number]),
            icon="ticket",
            hint=str(ticket.get_status_display()),
        )
        for ticket in found[:limit]
    ]


def offer() -> None:
    """Register the finder; called once from AppConfig.ready()."""
    register_finder("tickets", _("Tickets"), _items)
