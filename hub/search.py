"""Palette and search page: pages and actions of the menu, then whatever the floors below find."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from common.palette import PaletteGroup, PaletteItem, find_everything
from hub.home import home_actions
from hub.navigation import navigation_for

MAX_TEXT = 100
# One letter matches nearly everything; the menu still answers it.
MIN_TEXT = 2


def palette_groups(request: HttpRequest, actor: Actor, text: str, *, limit: int = 8) -> list[PaletteGroup]:
    """What the palette shows for `text`; without text the actions and pages that the actor has."""
    text = text.strip()[:MAX_TEXT]
    found = find_everything(actor, text, limit=limit) if len(text) >= MIN_TEXT else []
    own = (
        PaletteGroup(label=_("Do"), items=_matching(_actions(actor), text)),
        PaletteGroup(label=_("Go to"), items=_matching(_pages(request), text)),
    )
    return [*found, *(group for group in own if group.items)]


def _actions(actor: Actor) -> list[PaletteItem]:
    return [PaletteItem(label=action.label, url=action.url, icon=action.icon) for action in home_actions(actor)]


def _pages(request: HttpRequest) -> list[PaletteItem]:
    return [
        PaletteItem(label=str(item["label"]), url=item["url"], icon=item["icon"])
        for section in navigation_for(request)
        for item in section["items"]
    ]


def _matching(items: list[PaletteItem], text: str) -> tuple[PaletteItem, ...]:
    folded = text.casefold()
    return tuple(item for item in items if folded in item.label.casefold())
