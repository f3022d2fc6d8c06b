"""Work that other modules know of: tickets, escalations, whatever takes hours of a week. They register a provider.

What partners knows itself (gate work, touchpoints, reviews, risks) is counted by `rules.capacity`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

from partners.rules.capacity_packs import MinuteRange


@dataclass(frozen=True, kw_only=True)
class LoadAsked:
    """Of whom, and of which week: its Monday and Sunday."""

    user_ids: frozenset[int]
    first_on: date
    last_on: date
    now: datetime


@dataclass(frozen=True, kw_only=True)
class LoadLine:
    """What one kind of work takes one person in that week, and how many of the kind there are."""

    user_id: int
    label: str | Promise
    minutes: MinuteRange
    count: int


Provider = Callable[[LoadAsked], Iterable[LoadLine]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Count `provider` in; called in AppConfig.ready(). It answers for everybody asked about in one statement."""
    _providers[name] = provider


def unregister(name: str) -> None:
    """Count it no more."""
    _providers.pop(name, None)


def lines_of(asked: LoadAsked) -> list[LoadLine]:
    """What all providers say, in the order of their names."""
    return [line for name in sorted(_providers) for line in _providers[name](asked)]
