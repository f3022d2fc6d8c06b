"""Whom the steps of an escalation reach, and which step fires instead of one that reaches nobody (sla.md R16). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from tickets.rules.sla_packs import Told

Reached = Mapping[Told, AbstractSet[int]]
"""For each target the people whom it stands for now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A step of one clock that has not fired; `due_at` is its instant once that has passed, None before.

    A step that cannot fire any more, since somebody has acknowledged, is not among those that wait.
    """

    place: int
    id: str
    tell: Told
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fired:
    """A step that fires, whom it tells, and the step whose target was empty, if that is why it fires now."""

    place: int
    id: str
    tell: Told
    people: frozenset[int]
    fell_from: str = ""

    @property
    def is_empty(self) -> bool:
        """Nobody could be told: support managers and administrators must hear of it."""
        return not self.people


def firing(waiting: Sequence[Waiting], reached: Reached) -> tuple[Fired, ...]:
    """The steps that fire now, in order. One that reaches nobody lets the next that waits fire at once, due or not."""
    left = {step.place: step for step in sorted(waiting, key=lambda step: step.place)}
    found: list[Fired] = []
    for _due_at, first in sorted((step.due_at, step.place) for step in waiting if step.due_at is not None):
        fell_from = ""
        for place in [place for place in left if place >= first] if first in left else ():
            step = left.pop(place)
            people = frozenset(reached.get(step.tell, frozenset()))
            found.append(Fired(place=place, id=step.id, tell=step.tell, people=people, fell_from=fell_from))
            if people:
                break
            fell_from = step.id
    return tuple(found)
