"""Whether health recovered after a play. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_RANK = {"red": 0, "yellow": 1, "green": 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Stand:
    """How health stood on a day; `band` may be grey, or "" where nothing was computed."""

    band: str
    score: Decimal | None


def has_recovered(before: Stand, after: Stand) -> bool | None:
    """Whether the band is better than when the play began, or green as it was; None where either is not known."""
    if before.band not in _RANK or after.band not in _RANK:
        return None
    if before.band == "green":
        return after.band == "green"
    return _RANK[after.band] > _RANK[before.band]


def moved_by(before: Stand, after: Stand) -> Decimal | None:
    """How far the score moved; None where either is not known."""
    if before.score is None or after.score is None:
        return None
    return after.score - before.score
