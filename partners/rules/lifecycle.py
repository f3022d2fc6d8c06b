"""The journeys as stage machines: which move is allowed from which stage (journey.md, Gates: no skipping). Pure."""

from enum import StrEnum

from accounts.choices import STAGES_BY_KIND


class MoveRefusal(StrEnum):
    """Why a move is not one."""

    SAME_STAGE = "same_stage"
    FOREIGN_STAGE = "foreign_stage"
    NOT_NEXT = "not_next"


def next_stage(kind: str, stage: str) -> str | None:
    """The stage that follows in the journey of `kind`; None after the last one."""
    journey = [known.value for known in STAGES_BY_KIND[kind]]
    position = journey.index(stage) + 1
    return journey[position] if position < len(journey) else None


def refusal_of_move(kind: str, stage: str, to: str, *, is_override: bool = False) -> MoveRefusal | None:
    """Why an organization of `kind` may not go from `stage` to `to`; None if it may.

    Without override only one step forward; with it any other stage of the same journey, backward too.
    """
    journey = [known.value for known in STAGES_BY_KIND[kind]]
    if to not in journey:
        return MoveRefusal.FOREIGN_STAGE
    if to == stage:
        return MoveRefusal.SAME_STAGE
    if not is_override and to != next_stage(kind, stage):
        return MoveRefusal.NOT_NEXT
    return None
