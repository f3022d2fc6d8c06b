"""The menu as data: what each person may open, and no more."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Item:
    """One entry: `capability` empty means every colleague; `key` is the letter of its g-shortcut."""

    label: str | Promise
    url_name: str
    icon: str
    capability: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    label: str | Promise
    items: tuple[Item, ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        label="",
        items=(
            Item(label=_("Home"), url_name="hub:home", icon="home", key="h"),
            Item(label=_("Notifications"), url_name="accounts:notifications", icon="bell", key="n"),
        ),
    ),
    Section(
        label=_("Organizations"),
        items=(
            Item(label=_("All organizations"), url_name="partners:organization_list", icon="building", key="o"),
            Item(label=_("Board by gate"), url_name="partners:organization_board", icon="layout-kanban", key="b"),
        ),
    ),
    Section(
        label=_("Help"),
        items=(
            Item(label=_("Why can I (not) see this?"), url_name="hub:why", icon="help-circle", key="w"),
            Item(label=_("Team contacts"), url_name="accounts:directory", icon="address-book", key="t"),
        ),
    ),
    Section(
        label=_("Administration"),
        items=(
            Item(label=_("Import"), url_name="partners:import_list", icon="upload", capability="import_data"),
            Item(label=_("People"), url_name="accounts:people", icon="users", capability="manage_people"),
            Item(label=_("Calendars"), url_name="accounts:calendars", icon="calendar", capability="manage_calendars"),
            Item(label=_("Policies"), url_name="hub:policies", icon="scale", capability="manage_policies"),
            Item(label=_("Audit trail"), url_name="accounts:audit", icon="history", capability="read_audit"),
            Item(label=_("Background work"), url_name="hub:jobs", icon="activity", capability="replay_jobs"),
            Item(label=_("Admin site"), url_name="admin:index", icon="settings", capability="use_admin"),
        ),
    ),
)


def navigation_for(request: HttpRequest) -> list[dict[str, Any]]:
    """The sections and items that the actor may open, with the current one marked."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.is_staff or not actor.active_roles:
        return []
    offered = [
        (section, [_shown(item) for item in section.items if not item.capability or actor.has(item.capability)])
        for section in SECTIONS
    ]
    _mark_current([item for _section, items in offered for item in items], request.path)
    return [{"label": section.label, "items": items} for section, items in offered if items]


def _mark_current(items: list[dict[str, Any]], path: str) -> None:
    """Mark the entry whose address is the longest beginning of `path`: the board lies below the list."""
    inside = [item for item in items if path == item["url"] or (item["url"] != "/" and path.startswith(item["url"]))]
    if inside:
        max(inside, key=lambda item: len(item["url"]))["is_active"] = True


def _shown(item: Item) -> dict[str, Any]:
    return {"label": item.label, "url": reverse(item.url_name), "icon": item.icon, "is_active": False, "key": item.key}
