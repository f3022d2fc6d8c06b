"""What a new version of a calendar would move: upper floors are asked before it is saved (sla.md, architecture.md)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from common.workhours import WorkHours


@dataclass(frozen=True, kw_only=True)
class CalendarChange:
    """A version that is not saved yet: `hours` would be in force from `effective_at` on."""

    calendar_id: int | None
    effective_at: datetime
    hours: WorkHours
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What would move: a sentence, and how bad it is ("", "warning" or "danger")."""

    text: str | Promise
    tone: str = ""
    url: str = ""


Provider = Callable[[CalendarChange], list[Impact]]
_providers: dict[str, Provider] = {}


def register_impact_provider(key: str, provider: Provider) -> None:
    """Have a module say what a change of hours would move; called in AppConfig.ready(). It must write nothing."""
    _providers[key] = provider


def impacts_of(change: CalendarChange) -> list[Impact]:
    """Everything that would move, in the order of the providers' keys."""
    return [impact for key in sorted(_providers) for impact in _providers[key](change)]


Listener = Callable[[int], None]
_listeners: list[Listener] = []


def on_version_added(listener: Listener) -> None:
    """Have an upper floor told of a calendar that got a version, in its transaction; called in AppConfig.ready()."""
    if listener not in _listeners:
        _listeners.append(listener)


def version_added(calendar_id: int) -> None:
    """Tell them."""
    for listener in _listeners:
        listener(calendar_id)
