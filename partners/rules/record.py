"""How much of a customer record is known, and how much of it is still fresh (journey.md, Customer record). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from partners.rules.record_packs import RecordKey


class Freshness(StrEnum):
    """What one sees beside a key."""

    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"
    NOT_DUE = "not_due"


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """How many of the keys that are due are known and fresh."""

    due: int
    fresh: int
    stale: int
    missing: int

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means all; None where nothing is due."""
        return self.fresh * 100 // self.due if self.due else None


def freshness_of(key: RecordKey, as_of: date | None, today: date, *, is_launched: bool) -> Freshness:
    """The state of one key; what is known before it is due goes stale as anything else."""
    if as_of is not None:
        return Freshness.STALE if (today - as_of).days > key.fresh_days else Freshness.FRESH
    return Freshness.MISSING if key.due == "closed_won" or is_launched else Freshness.NOT_DUE


def coverage_of(keys: Iterable[RecordKey], known: Mapping[str, date], today: date, *, is_launched: bool) -> Coverage:
    """`known`: the day as of which each key is known. Keys that are not due yet and not known do not count."""
    states = [freshness_of(key, known.get(key.id), today, is_launched=is_launched) for key in keys]
    fresh, stale, missing = (states.count(state) for state in (Freshness.FRESH, Freshness.STALE, Freshness.MISSING))
    return Coverage(due=fresh + stale + missing, fresh=fresh, stale=stale, missing=missing)
