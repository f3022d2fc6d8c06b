"""How often promises were kept (sla.md R17). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    def share(self) -> float | None:
        """Of 1; None where nothing was decided."""
        total = self.met + self.breached
        return self.met / total if total else None


def kept(clocks: Iterable[ClockState], metrics: frozenset[Metric]) -> Kept:
    """Met over met and breached, every cycle once."""
    counted = Counter(clock.state for clock in clocks if clock.metric in metrics)
    return Kept(met=counted[State.MET], breached=counted[State.BREACHED])


def by_priority(clocks: Mapping[str, Iterable[ClockState]], metrics: frozenset[Metric]) -> Mapping[str, Kept]:
    """The same for each priority."""
    return {priority: kept(states, metrics) for priority, states in clocks.items()}
