"""What upper floors know of organizations that a verdict on a renewal asks for: adoption, open criticals.

A floor that is not installed leaves its figure out: what is not known fires nothing.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal

from partners.rules.renewals import FACTS

Reader = Callable[[Collection[int], datetime], Mapping[int, Decimal]]
_readers: dict[str, Reader] = {}


def register_signal(fact: str, read: Reader) -> None:
    """`read` answers a figure for some of these organizations in few statements; called once, in AppConfig.ready()."""
    if fact not in FACTS:
        raise ValueError(f"no signal of a renewal asks for {fact}")
    _readers[fact] = read


def figures_above(organization_ids: Collection[int], now: datetime) -> dict[int, dict[str, Decimal]]:
    """What the registered readers know, by organization."""
    found: dict[int, dict[str, Decimal]] = {}
    for fact, read in _readers.items():
        for organization_id, value in read(organization_ids, now).items():
            found.setdefault(organization_id, {})[fact] = value
    return found
