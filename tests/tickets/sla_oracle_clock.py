"""What the oracle keeps of one SLA clock, and which of the events are one save."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.tickets.sla_oracle_hours import read_instant

SAVED = ("priority", "policy", "calendar_version")
DIVIDES_SAVES = ("created", "public_reply", "merged_into")

Json = dict[str, Any]


@dataclass
class Terms:
    """What a clock runs under (R10)."""

    origin: int
    budget: int
    calendar: str


@dataclass
class Clock:
    """One cycle of one metric."""

    metric: str
    cycle: int
    started_at: int
    terms: Terms
    changed_at: int
    idle: list[tuple[int, int | None]] = field(default_factory=list)
    floor: int | None = None
    frozen: tuple[int | None, int | None] | None = None
    breached_at: int | None = None
    stopped_at: int | None = None
    is_met: bool = False
    is_solved: bool = False
    is_overdrawn: bool = False
    is_cancelled: bool = False
    acknowledged_at: int | None = None
    fired: dict[str, int] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        """Whether it has not stopped."""
        return self.stopped_at is None

    @property
    def is_idle(self) -> bool:
        """Whether it stands still now: paused, or its ticket solved."""
        return bool(self.idle) and self.idle[-1][1] is None

    def rest(self, at: int) -> None:
        """Stand still from now on."""
        if not self.is_idle:
            self.idle.append((at, None))

    def wake(self, at: int) -> None:
        """Run again from now on."""
        if self.is_idle:
            self.idle[-1] = (self.idle[-1][0], at)

    def counts(self, at: int) -> bool:
        """Whether the moment is outside every pause; an open-ended one lasts."""
        return not any(start <= at and (end is None or at < end) for start, end in self.idle)

    def would_count(self, at: int, now: int) -> bool:
        """The same, if it resumed now."""
        return at >= now or self.counts(at)


def saves_of(events: list[Json]) -> list[tuple[int, list[Json]]]:
    """The events, those that change terms gathered where the first of their save stands (reading 5)."""
    saves: list[tuple[int, list[Json]]] = []
    gathering: tuple[int, list[Json]] | None = None
    for event in events:
        at = read_instant(event["at"])
        if gathering is not None and (gathering[0] != at or event["type"] in DIVIDES_SAVES):
            gathering = None
        if event["type"] in SAVED and gathering is not None:
            gathering[1].append(event)
            continue
        saves.append((at, [event]))
        if event["type"] in SAVED:
            gathering = saves[-1]
    return saves
