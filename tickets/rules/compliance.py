"""How often promises were kept (sla.md R17). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.rules.sla_clock import ClockState, State
from tickets.rules.sla_terms import Metric

RESPONSE = frozenset({Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE})
RESOLUTION = frozenset({Metric.RESOLUTION})


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """Promises that were kept and broken; what is cancelled or still open counts in neither."""

    met: int = 0
    breached: int = 0

    @property
    def total(self) -> int:
        """All that were decided."""
        return self.met + self.breached

    @property
    def share(self) -> float | None:
        """Of 1; None where nothing was decided."""
        return self.met / self.total if self.total else None


def kept(clocks: Iterable[ClockState], metrics: frozenset[Metric]) -> Kept:
    """Met over met and breached, every cycle once."""
    counted = Counter(clock.state for clock in clocks if clock.metric in metrics)
    return Kept(met=counted[State.MET], breached=counted[State.BREACHED])


def by_priority(clocks: Mapping[str, Iterable[ClockState]], metrics: frozenset[Metric]) -> Mapping[str, Kept]:
    """The same for each priority."""
    return {priority: kept(states, metrics) for priority, states in clocks.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """A promise that was kept or broken, and when."""

    at: datetime
    is_met: bool


def decided(
    *,
    state: str,
    breach_at: datetime | None,
    breached_at: datetime | None,
    stopped_at: datetime | None,
    now: datetime,
) -> Decided | None:
    """What became of a clock: a breach counts once, at its instant, a met one at its stop; None for any other.

    A clock that runs is broken strictly after its breach instant, whether or not anybody has written that down.
    """
    if breached_at is not None:
        return Decided(at=breached_at, is_met=False)
    if state == State.MET.value and stopped_at is not None:
        return Decided(at=stopped_at, is_met=True)
    if state == State.RUNNING.value and breach_at is not None and breach_at < now:
        return Decided(at=breach_at, is_met=False)
    return None
