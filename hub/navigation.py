"""The menu as data: what each person may open, and no more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
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
            Item(label=_("My tasks"), url_name="partners:tasks", icon="checklist", key="m"),
            Item(label=_("Promises"), url_name="partners:commitments", icon="heart-handshake"),
            Item(label=_("Calendar"), url_name="partners:calendar", icon="calendar-event", key="y"),
            Item(label=_("My checklists"), url_name="partners:routines", icon="checklist"),
            Item(label=_("Tickets"), url_name="tickets:tickets", icon="ticket", key="t"),
            Item(label=_("Incidents"), url_name="tickets:incidents", icon="flame", key="i"),
            Item(label=_("Handoffs"), url_name="partners:handoffs", icon="arrows-exchange", key="f"),
            Item(label=_("Notifications"), url_name="accounts:notifications", icon="bell", key="n"),
        ),
    ),
    Section(
        label=_("Organizations"),
        items=(
            Item(label=_("All organizations"), url_name="partners:organization_list", icon="building", key="o"),
            Item(label=_("Board by gate"), url_name="partners:organization_board", icon="layout-kanban", key="b"),
            Item(label=_("Health"), url_name="health:portfolio", icon="heartbeat", key="e"),
            Item(label=_("Launches"), url_name="partners:at_risk", icon="rocket", key="l"),
            Item(label=_("Gone quiet"), url_name="partners:quiet", icon="bell-off"),
            Item(label=_("Growth"), url_name="partners:growth", icon="chart-line"),
            Item(label=_("Pipeline"), url_name="partners:pipeline", icon="coin"),
            Item(label=_("Renewals"), url_name="partners:renewals", icon="refresh"),
            Item(label=_("Business reviews"), url_name="partners:reviews", icon="report-analytics"),
            Item(label=_("References"), url_name="partners:references", icon="medal"),
            Item(label=_("Success plans"), url_name="partners:success_plans", icon="target-arrow"),
            Item(label=_("Losses"), url_name="partners:losses", icon="user-off"),
            Item(label=_("Product feedback"), url_name="partners:feedback", icon="message"),
        ),
    ),
    Section(
        label=_("Quality"),
        items=(
            Item(label=_("Reports"), url_name="reports:gallery", icon="chart-bar", capability="see_reports"),
            Item(label=_("Exports"), url_name="accounts:exports", icon="download", capability="export_data"),
            Item(label=_("Satisfaction"), url_name="partners:surveys", icon="heart", capability="see_reports"),
            Item(label=_("Campaigns"), url_name="partners:campaigns", icon="send", capability="see_reports"),
            Item(label=_("Service levels kept"), url_name="tickets:promises", icon="alarm", capability="see_reports"),
            Item(
                label=_("Quality reviews"),
                url_name="tickets:quality",
                icon="clipboard-check",
                capability="review_quality",
            ),
            Item(
                label=_("Reviews of my work"),
                url_name="tickets:quality_mine",
                icon="user",
                capability="see_queue_tickets",
            ),
            Item(label=_("Training"), url_name="accounts:training", icon="school"),
        ),
    ),
    Section(
        label=_("Help"),
        items=(
            Item(label=_("Guides"), url_name="partners:guides", icon="books", key="d"),
            Item(label=_("Knowledge base"), url_name="tickets:articles", icon="book", key="k"),
            Item(label=_("Why can I (not) see this?"), url_name="hub:why", icon="help-circle", key="w"),
            Item(label=_("Team contacts"), url_name="accounts:directory", icon="address-book", key="c"),
            Item(label=_("On call"), url_name="accounts:on_call", icon="phone"),
        ),
    ),
    Section(
        label=_("Administration"),
        items=(
            Item(label=_("Import"), url_name="partners:import_list", icon="upload", capability="import_data"),
            Item(label=_("People"), url_name="accounts:people", icon="users", capability="manage_people"),
            Item(label=_("Calendars"), url_name="accounts:calendars", icon="calendar", capability="manage_calendars"),
            Item(
                label=_("Service levels"), url_name="tickets:service_levels", icon="alarm", capability="manage_support"
            ),
            Item(label=_("Routing"), url_name="tickets:routing_trial", icon="route", capability="manage_support"),
            Item(label=_("Automation"), url_name="tickets:automation", icon="bolt", capability="manage_support"),
            Item(
                label=_("Import of tickets"), url_name="tickets:import_list", icon="upload", capability="manage_support"
            ),
            Item(label=_("Mail that came in"), url_name="tickets:mails", icon="mail", capability="manage_support"),
            Item(label=_("Webhooks"), url_name="tickets:webhooks", icon="webhook", capability="manage_connectors"),
            Item(label=_("Policies"), url_name="hub:policies", icon="scale", capability="manage_policies"),
            Item(label=_("Audit trail"), url_name="accounts:audit", icon="history", capability="read_audit"),
            Item(label=_("Background work"), url_name="hub:jobs", icon="activity", capability="replay_jobs"),
            Item(label=_("Admin site"), url_name="admin:index", icon="settings", capability="use_admin"),
        ),
    ),
)


Menu = Sequence[Mapping[str, Any]]
_CAPABILITIES = frozenset(item.capability for section in SECTIONS for item in section.items if item.capability)


def navigation_for(request: HttpRequest) -> Menu:
    """The sections and items that the actor may open, with the current one marked."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.is_staff or not actor.active_roles:
        return ()
    held = frozenset(capability for capability in _CAPABILITIES if actor.has(capability))
    menu = _menu(get_language(), held, "")
    current = _current((item["url"] for section in menu for item in section["items"]), request.path)
    return _menu(get_language(), held, current) if current else menu


@lru_cache(maxsize=1_024)
def _menu(language: str | None, held: frozenset[str], current: str) -> Menu:
    """The menu of those who hold these capabilities, on one of its pages; `language` is the one in force.

    Made once in a process, since every page shows one of a few dozen.
    """
    offered = [
        (section, [item for item in section.items if not item.capability or item.capability in held])
        for section in SECTIONS
    ]
    return tuple(
        {"label": str(section.label), "items": tuple(_shown(item, current) for item in items)}
        for section, items in offered
        if items
    )


def _current(urls: Iterable[str], path: str) -> str:
    """The entry whose address is the longest beginning of `path`: the board lies below the list."""
    inside = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(inside, key=len, default="")


def _shown(item: Item, current: str) -> Mapping[str, Any]:
    url = reverse(item.url_name)
    return {"label": str(item.label), "url": url, "icon": item.icon, "is_active": url == current, "key": item.key}
