"""What upper floors say in the head of an organization's page; read with it, in its one statement."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from accounts.rules.access import Actor


@dataclass(frozen=True, kw_only=True)
class Mark:
    """`read` gives an expression over organizations, of no more than the actor; `say` what its value means, in words
    with a tone, or None for nothing to say. `url_name` is the page behind it, which takes the key of the organization.
    """

    key: str
    label: str | Promise
    read: Callable[[Actor], Any]
    say: Callable[[Any], tuple[str, str] | None]
    url_name: str
    icon: str = ""
    # What a panel of the overview says, read with the page there: an expression over organizations, of what an actor
    # sees at a moment and of what happened since another.
    read_short: Callable[[Actor, datetime, datetime], Any] | None = None


@dataclass(frozen=True, kw_only=True)
class ShownMark:
    """A mark as it is drawn."""

    label: str
    words: str
    tone: str
    icon: str
    url: str


_marks: dict[str, Mark] = {}


def register_mark(mark: Mark) -> None:
    """Offer a mark; called in AppConfig.ready() of the app whose it is."""
    _marks[mark.key] = mark


def known_marks() -> tuple[Mark, ...]:
    """All of them, in the order in which they were offered."""
    return tuple(_marks.values())
