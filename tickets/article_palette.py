"""What the palette finds of articles and tickets: by their words, in any spelling, in one question."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common.palette import PaletteItem, register_finder
from tickets.search import TICKET, Found, find


def _items(actor: Actor, text: str, limit: int) -> list[PaletteItem]:
    """Articles and tickets that `actor` may see, best first; a ticket by its number is found elsewhere."""
    if not actor.is_staff or text.strip().removeprefix("#").isdecimal():
        return []
    return [_item(one) for one in find(actor, text, limit=limit, language=get_language() or "en")[:limit]]


def _item(found: Found) -> PaletteItem:
    if found.kind == TICKET:
        url = reverse("tickets:ticket", args=[int(found.key)])
        return PaletteItem(label=found.title, url=url, icon="ticket", hint=f"#{found.key} · {found.state_label}")
    url = reverse("tickets:article", args=[found.key])
    return PaletteItem(label=found.title, url=url, icon="book", hint=found.state_label)


def offer() -> None:
    """Register the finder; called once from AppConfig.ready()."""
    register_finder("tickets_by_words", _("Articles and tickets"), _items)
