"""Plays: runnable lists of steps for a situation, as types, with their pack `plays` (journey.md, Plays). Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.checklists import PlannedTask, WorkingDays, plan
from partners.rules.classification_packs import KINDS, Body, Label


class Better(StrEnum):
    """Which way of a measure is the good one."""

    MORE = "more"
    LESS = "less"


MEASURES: Mapping[str, Better] = MappingProxyType(
    {
        "overdue_tasks": Better.LESS,
        "launch_buffer_days": Better.MORE,
        "days_since_contact": Better.LESS,
        "commitments_kept_percent": Better.MORE,
        "health": Better.MORE,
        "open_tickets": Better.LESS,
        "sla_met_percent": Better.MORE,
        "csat": Better.MORE,
        "adoption_percent": Better.MORE,
        "arr": Better.MORE,
    }
)
"""What a play's effect may be measured by. A module that knows the figure gives it; the others are left out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing to do, so many days after the play began. Without an owner role it is the starter's."""

    id: str
    label: Label
    hint: Label
    owner_role: str
    due_day: int
    after: tuple[str, ...]
    court: str
    needs_evidence: bool
    is_required: bool

    @property
    def week(self) -> None:
        """Steps are due by days; see `checklists.Item`."""
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a play may end."""

    id: str
    label: Label
    is_good: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Play:
    """A situation, who may start it where, what is then done, and how it may end.

    `measures` are read when it begins and `review_after_days` after its end.
    """

    id: str
    label: Label
    when: Label
    starters: tuple[str, ...]
    kinds: frozenset[str]
    stages: frozenset[str]
    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]
    measures: tuple[str, ...]
    review_after_days: int

    def outcome(self, outcome_id: str) -> Outcome | None:
        """The outcome of this id; None if there is none."""
        return next((known for known in self.outcomes if known.id == outcome_id), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayPolicy:
    """The plays in force, in the order of the pack."""

    version: int
    plays: Mapping[str, Play]


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """A measure before a play and after it."""

    measure: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before

    @property
    def is_better(self) -> bool | None:
        """None where nothing has changed."""
        if not self.change:
            return None
        return (self.change > 0) == (MEASURES[self.measure] is Better.MORE)


class EndBlocker(StrEnum):
    """Why a play cannot end like this."""

    UNKNOWN_OUTCOME = "unknown_outcome"
    STEPS_OPEN = "steps_open"


def available(policy: PlayPolicy, *, kind: str, stage: str, roles: Collection[str]) -> tuple[Play, ...]:
    """The plays that somebody in these roles may start on an organization of a kind in a stage."""
    return tuple(
        play
        for play in policy.plays.values()
        if kind in play.kinds and stage in play.stages and not set(play.starters).isdisjoint(roles)
    )


def scheduled(play: Play, *, started_on: date, is_working_day: WorkingDays) -> tuple[PlannedTask, ...]:
    """The steps of a play that begins on a day, each with its working day, none before what it waits for."""
    return plan(play.steps, begins_on=started_on, is_working_day=is_working_day)


def end_blocker(play: Play, *, outcome_id: str, settled: Collection[str]) -> EndBlocker | None:
    """Why a play cannot end with an outcome: a good one needs every required step done or skipped with a reason.

    Any other may come at any time; what is open then is left undone.
    """
    outcome = play.outcome(outcome_id)
    if outcome is None:
        return EndBlocker.UNKNOWN_OUTCOME
    is_open = any(step.is_required and step.id not in settled for step in play.steps)
    return EndBlocker.STEPS_OPEN if outcome.is_good and is_open else None


def effects(play: Play, *, before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> tuple[Effect, ...]:
    """What a play has changed, of the measures that are known on both days."""
    return tuple(
        Effect(measure=measure, before=before[measure], after=after[measure])
        for measure in play.measures
        if measure in before and measure in after
    )


_PLAY_KEYS = (
    "id", "label", "when", "starters", "kinds", "stages", "measures", "review_after_days", "steps", "outcomes",
)  # fmt: skip
_STEP_KEYS = ("id", "label", "hint", "owner_role", "day", "after", "court", "needs_evidence", "is_required")


def parse_plays(body: Body, *, version: int) -> PlayPolicy:
    """The pack `plays`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("plays",))
    plays = [_play(row, place) for place, row in packs.rows(content, "plays", known=_PLAY_KEYS)]
    packs.refuse_twins([play.id for play in plays], "plays", "id")
    return PlayPolicy(version=version, plays={play.id: play for play in plays})


def _play(row: packs.Row, place: str) -> Play:
    steps = tuple(_step(step, where) for where, step in packs.rows(row, "steps", place, known=_STEP_KEYS))
    _check_steps(steps, f"{place}.steps")
    outcomes = tuple(
        Outcome(
            id=packs.identifier(outcome, where),
            label=packs.label(outcome, where),
            is_good=packs.flag(outcome, "is_good", where),
        )
        for where, outcome in packs.rows(row, "outcomes", place, known=("id", "label", "is_good"))
    )
    packs.refuse_twins([outcome.id for outcome in outcomes], f"{place}.outcomes", "id")
    if not any(outcome.is_good for outcome in outcomes):
        raise MalformedInput(f"{place}.outcomes", "must hold a good one (is_good: true)")
    return Play(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        when=packs.label(row, place, "when"),
        starters=_some(row, "starters", place, packs.ROLES),
        kinds=frozenset(_some(row, "kinds", place, KINDS)),
        stages=frozenset(_some(row, "stages", place, packs.STAGES)),
        steps=steps,
        outcomes=outcomes,
        measures=packs.words(row, "measures", place, MEASURES),
        review_after_days=packs.whole(row, "review_after_days", place, least=1),
    )


def _step(row: packs.Row, place: str) -> Step:
    return Step(
        id=packs.identifier(row, place),
        label=packs.label(row, place),
        hint=packs.optional_label(row, place, "hint"),
        owner_role=reading.one_of(row["owner_role"], packs.ROLES, f"{place}.owner_role") if "owner_role" in row else "",
        due_day=packs.whole(row, "day", place),
        after=packs.names(row, "after", place),
        court=reading.one_of(row.get("court", "us"), packs.COURTS, f"{place}.court"),
        needs_evidence=packs.flag(row, "needs_evidence", place),
        is_required=packs.flag(row, "is_required", place, default=True),
    )


def _check_steps(steps: Sequence[Step], place: str) -> None:
    packs.refuse_twins([step.id for step in steps], place, "id")
    packs.check_order({step.id: step.after for step in steps}, place)
    day_of = {step.id: step.due_day for step in steps}
    for index, step in enumerate(steps):
        for name in step.after:
            if step.due_day < day_of[name]:
                raise MalformedInput(
                    f"{place}[{index}].day", f"is before day {day_of[name]} of {name}, which it waits for"
                )


def _some(row: packs.Row, key: str, place: str, choices: Collection[str]) -> tuple[str, ...]:
    found = packs.words(row, key, place, choices)
    if not found:
        raise MalformedInput(reading.at(place, key), "must name at least one")
    return found
