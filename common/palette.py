"""The palette: every floor offers what it can find for an actor, and the roof shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class PaletteItem:
    """One line: where it leads, what it says, and a hint in gray."""

    label: str
    url: str
    icon: str = "arrow-right"
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class PaletteGroup:
    label: str | Promise
    items: tuple[PaletteItem, ...]


Finder = Callable[[Any, str, int], list[PaletteItem]]
_finders: dict[str, tuple[str | Promise, Finder]] = {}


def register_finder(key: str, label: str | Promise, find: Finder) -> None:
    """Offer `find(actor, text, limit)`; called in AppConfig.ready() of the app that knows the objects."""
    _finders[key] = (label, find)


def find_everything(actor: Any, text: str, *, limit: int) -> list[PaletteGroup]:
    """The groups in which something was found, in the order of registration."""
    groups = []
    for label, find in _finders.values():
        if items := tuple(find(actor, text, limit)):
            groups.append(PaletteGroup(label=label, items=items))
    return groups
