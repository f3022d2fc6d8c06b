"""Homes per role: which panels, in which order. Several roles add up; an unknown panel leaves no hole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common import panels

# Most urgent first. Keys of modules that are not installed are passed over.
LAYOUTS: dict[str, tuple[str, ...]] = {
    "pam": ("alerts", "tasks", "portfolio", "gates", "coming_up", "grants", "notices"),
    "pdm": ("gates", "coming_up", "tasks", "plans", "portfolio", "load", "notices"),
    "tpm": ("gates", "coming_up", "tasks", "plans", "portfolio", "notices"),
    "psm": ("alerts", "gates", "coming_up", "tasks", "plans", "health", "notices"),
    "tam": ("incidents", "alerts", "coming_up", "tasks", "partner_tickets", "health", "growth", "notices"),
    "csm": ("alerts", "gates", "coming_up", "tasks", "partner_tickets", "health", "quiet", "growth", "notices"),
    "integration": ("gates", "coming_up", "tasks", "portfolio", "notices"),
    "support": ("incidents", "desk", "notices", "contacts"),
    "senior": ("incidents", "desk", "on_call", "notices", "contacts"),
    "supportlead": ("incidents", "desk_figures", "csat", "notices", "people", "contacts"),
    "techlead": ("alerts", "tasks", "health_bands", "team", "portfolio", "notices", "news"),
    "csmlead": ("alerts", "tasks", "health_bands", "team", "portfolio", "notices", "news"),
    "manager": ("health_bands", "unowned", "grants", "plans", "growth_people", "stages", "team", "notices", "news"),
    "admin": ("house", "unowned", "grants", "stages", "notices", "news"),
}
# Participants know organizations by their summary.
_DEFAULT = ("tasks", "coming_up", "portfolio", "notices", "news")
# The first role of this order decides what comes first for people with several.
_ORDER = tuple(LAYOUTS)


def panel_keys(roles: Iterable[str]) -> tuple[str, ...]:
    """The panels of a person with `roles`, each once, urgent ones of every role before the rest."""
    layouts = [LAYOUTS.get(role, _DEFAULT) for role in sorted(roles, key=_position)]
    longest = max((len(layout) for layout in layouts), default=0)
    ranked = [layout[place] for place in range(longest) for layout in layouts if place < len(layout)]
    return tuple(dict.fromkeys(ranked))


def _position(role: str) -> int:
    return _ORDER.index(role) if role in _ORDER else len(_ORDER)


@dataclass(frozen=True, kw_only=True)
class Action:
    """A button on top of a home: what its reader starts most often."""

    label: str
    url: str
    icon: str


def home_actions(actor: Actor) -> list[Action]:
    """What `actor` may start from home."""
    new = reverse("partners:organization_create")
    offered = (
        ("create_partner", _("Add partner"), f"{new}?kind=partner", "plus"),
        ("create_customer", _("Add customer"), f"{new}?kind=customer", "plus"),
    )
    return [Action(label=label, url=url, icon=icon) for may, label, url, icon in offered if actor.has(may)]


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """The panels in columns. Read one after the other, as on a phone, the most urgent still come first."""

    before: list[panels.LoadedPanel]
    main: list[panels.LoadedPanel]
    after: list[panels.LoadedPanel]


def arranged(loaded: list[panels.LoadedPanel]) -> Arrangement:
    """Wide panels in the main column; of the others those that are more urgent than every wide one before it."""
    main = [one for one in loaded if one.panel.wide]
    first = loaded.index(main[0]) if main else len(loaded)
    return Arrangement(before=loaded[:first], main=main, after=[one for one in loaded[first:] if not one.panel.wide])


def home_panels(actor: Actor, *, now: datetime) -> list[panels.LoadedPanel]:
    """The panels of `actor`'s home that have something to say now."""
    request = panels.PanelRequest(actor=actor, now=now)
    return panels.load("home", panel_keys(actor.active_roles), request)
