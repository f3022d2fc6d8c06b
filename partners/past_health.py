"""The bands of past days, which the floor above keeps: it says here how to ask for them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Band = tuple[str, Decimal | None]


@dataclass(frozen=True, kw_only=True)
class PastBands:
    """`of`: band and score of organizations on a day, by their ids; `having`: a question for the ids of organizations
    with one of these bands on a day (an empty band: nothing computed)."""

    of: Callable[[Iterable[int], date], Mapping[int, Band]]
    having: Callable[[Iterable[str], date], Any]


_kept: list[PastBands] = []


def keep_bands(bands: PastBands) -> None:
    """Say how bands of past days are read. Called once, when the app that keeps them is ready."""
    _kept[:] = [bands]


def past_bands() -> PastBands | None:
    """How to ask for them; None where nothing keeps bands."""
    return _kept[0] if _kept else None
