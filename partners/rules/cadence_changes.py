"""From the touchpoints that are there to those that are due: what to add, to move and to withdraw. Pure.

What is done, skipped or fixed by hand stays as it is. Only what is still ahead follows the rule, so that a launch day
that moves, a holiday or an absence moves the days to come and doubles none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from partners.rules.cadence import Slot


class TouchpointState(StrEnum):
    """A cancelled one was withdrawn because it was due no more; it comes back if its day does."""

    PLANNED = "planned"
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Existing:
    """A touchpoint that is there. `anchored_on` is None for one that was added by hand.

    `is_fixed`: a person has put it on its day, where it stays.
    """

    id: int
    touchpoint: str
    anchored_on: date | None
    planned_on: date
    state: TouchpointState
    is_fixed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """An existing touchpoint that takes the place of a slot, planned again if it was cancelled.

    No other touchpoint of its kind has the anchored day of the slot.
    """

    id: int
    slot: Slot


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What brings the touchpoints that are there in line; empty where they are."""

    add: tuple[Slot, ...] = ()
    move: tuple[Move, ...] = ()
    withdraw: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.add or self.move or self.withdraw)


def changes(existing: Sequence[Existing], wanted: Sequence[Slot], *, today: date, until: date) -> Changes:
    """What to do to the touchpoints of one organization so that those from today up to `until` are the wanted ones.

    Planned ones keep their identity as long as they can: first those of the same anchored day, then in their order.
    """
    add: list[Slot] = []
    move: list[Move] = []
    withdraw: list[int] = []
    for kind in sorted({one.touchpoint for one in existing} | {slot.touchpoint for slot in wanted}):
        mine = [one for one in existing if one.touchpoint == kind]
        cancelled = [one for one in mine if one.state is TouchpointState.CANCELLED]
        movable = [one for one in mine if _is_movable(one) and today <= one.planned_on < until]
        settled = [one for one in mine if one not in movable and one not in cancelled]
        due = [
            slot
            for slot in wanted
            if slot.touchpoint == kind and today <= slot.planned_on < until and not _is_answered(slot, settled)
        ]
        back = [(one, slot) for one in cancelled for slot in due if slot.anchored_on == one.anchored_on]
        move += [Move(id=one.id, slot=slot) for one, slot in back]
        came_back = {slot.anchored_on for _, slot in back}
        pairs, spare, lacking = _paired(movable, [slot for slot in due if slot.anchored_on not in came_back])
        move += [Move(id=one.id, slot=slot) for one, slot in pairs if not _is_in_place(one, slot)]
        withdraw += [one.id for one in spare]
        add += lacking
    return Changes(add=tuple(add), move=tuple(move), withdraw=tuple(withdraw))


def _is_movable(one: Existing) -> bool:
    """Planned by the rule and left where it put it; what was added by hand stays too."""
    return one.state is TouchpointState.PLANNED and not one.is_fixed and one.anchored_on is not None


def _is_answered(slot: Slot, settled: Sequence[Existing]) -> bool:
    """Whether one that stays answers for the slot: of the same anchored day, or on the same day."""
    return any(one.anchored_on == slot.anchored_on or one.planned_on == slot.planned_on for one in settled)


def _is_in_place(one: Existing, slot: Slot) -> bool:
    return one.anchored_on == slot.anchored_on and one.planned_on == slot.planned_on


def _paired(
    movable: Sequence[Existing], due: Sequence[Slot]
) -> tuple[list[tuple[Existing, Slot]], list[Existing], list[Slot]]:
    by_anchor = {slot.anchored_on: slot for slot in due}
    pairs: list[tuple[Existing, Slot]] = []
    spare: list[Existing] = []
    for one in sorted(movable, key=lambda one: (one.planned_on, one.id)):
        slot = by_anchor.pop(one.anchored_on, None) if one.anchored_on else None
        if slot is None:
            spare.append(one)
        else:
            pairs.append((one, slot))
    left = sorted(by_anchor.values(), key=lambda slot: slot.planned_on)
    both = min(len(spare), len(left))
    pairs += zip(spare[:both], left[:both], strict=True)
    return pairs, spare[both:], left[both:]
