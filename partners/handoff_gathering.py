"""What the hub puts into a handoff by itself. Modules register gatherers by the name that the policy pack uses.

Several gatherers of one name add up: tickets and health add their known issues to those of this app.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from accounts.rules.access import Actor
from partners.models import Organization

# A handoff is read by a person: what is longer stands behind the link of its last line.
MOST_LINES = 40
MOST_TEXT = 500


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an item. `field_class`: "answers" for what only giver, receiver and readers of answers are shown."""

    label: str
    value: str
    url: str = ""
    field_class: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is gathered: about whom, as far as `by`, the giver, may read it."""

    by: Actor
    organization: Organization
    now: datetime


Gatherer = Callable[[Asked], Iterable[Line]]
_gatherers: dict[str, list[Gatherer]] = defaultdict(list)


def register_gatherer(name: str, gatherer: Gatherer) -> None:
    """Add to what is gathered under `name`; called in AppConfig.ready(). Registering the same again changes nothing."""
    if gatherer not in _gatherers[name]:
        _gatherers[name].append(gatherer)


def gather(name: str, asked: Asked) -> list[dict[str, Any]]:
    """The lines gathered under `name`, as they are stored with the item."""
    lines = [line for gatherer in _gatherers.get(name, ()) for line in gatherer(asked)]
    return [asdict(line) | {"value": line.value[:MOST_TEXT]} for line in lines[:MOST_LINES]]
