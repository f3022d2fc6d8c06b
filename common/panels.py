"""Panels: an upper floor offers a fragment, a lower page shows it. A module that is not installed leaves no hole.

A panel's `load` gets a PanelRequest and returns the context of its template, or None when it has nothing to say.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class PanelRequest:
    """What a panel may ask of the page: who looks, when, for whom (own or the team), and on which object.

    `known` is what the page has read for its panels.
    """

    actor: Any
    now: datetime
    team: bool = False
    subject: Any = None
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Panel:
    """`slot` is the page that shows it; `wide` panels take the whole row; `tone` colors the frame of urgent ones."""

    key: str
    slot: str
    title: str | Promise
    template: str
    load: Callable[[PanelRequest], Mapping[str, Any] | None]
    wide: bool = False
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class LoadedPanel:
    panel: Panel
    context: Mapping[str, Any]


_panels: dict[tuple[str, str], Panel] = {}


def register(panel: Panel) -> Panel:
    """Offer a panel; called in AppConfig.ready() of the app that has it."""
    _panels[(panel.slot, panel.key)] = panel
    return panel


def load(slot: str, keys: Iterable[str], request: PanelRequest) -> list[LoadedPanel]:
    """The panels of `slot` named by `keys`, in that order, without unknown ones and without empty ones."""
    found = []
    for key in dict.fromkeys(keys):
        panel = _panels.get((slot, key))
        context = panel.load(request) if panel is not None else None
        if panel is not None and context is not None:
            found.append(LoadedPanel(panel=panel, context=context))
    return found
