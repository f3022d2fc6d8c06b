"""The pack `success_plans`, as types: templates of success plans, and who should have one. Pure.

Days count from the start of the plan. An objective with a metric is measured; one without is judged by people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.cadence_packs import ARR_SEGMENTS
from partners.rules.classification_packs import KINDS, Body, Label

DIRECTIONS = ("more", "less")
KEYS = (
    "id", "label", "hint", "en", "de", "expected_of", "templates", "days", "kinds", "stages", "arr_segments",
    "objectives", "title", "measure", "metric", "direction", "target", "tasks", "owner_role", "day", "is_shared",
)  # fmt: skip
_TEMPLATE = ("id", "label", "hint", "kinds", "days", "objectives", "tasks")


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectiveTemplate:
    """One thing to reach within so many days. `target` is None where people agree on it."""

    title: Label
    measure: Label
    metric: str
    direction: str
    target: Decimal | None
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskTemplate:
    """One step, due so many days after the start; `owner_role` is the role whose primary owner takes it."""

    id: str
    title: Label
    owner_role: str
    day: int
    is_shared: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanTemplate:
    """A kind of plan, for organizations of these kinds."""

    id: str
    label: Label
    hint: Label
    kinds: tuple[str, ...]
    days: int
    objectives: tuple[ObjectiveTemplate, ...]
    tasks: tuple[TaskTemplate, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """Organizations that should have an active plan; None where a trait does not matter."""

    kinds: tuple[str, ...]
    stages: tuple[str, ...] | None
    arr_segments: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SuccessPlanPolicy:
    """The templates in force, by id in their order, and of whom a plan is expected."""

    version: int
    expected_of: tuple[Expected, ...]
    templates: Mapping[str, PlanTemplate]

    def templates_for(self, kind: str) -> tuple[PlanTemplate, ...]:
        """Those that a kind of organization may begin."""
        return tuple(template for template in self.templates.values() if kind in template.kinds)


def parse_success_plans(body: Body, *, version: int) -> SuccessPlanPolicy:
    """The pack `success_plans`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("expected_of", "templates"))
    expected = tuple(
        _expected(row, place)
        for place, row in packs.rows(content, "expected_of", known=("kinds", "stages", "arr_segments"))
    )
    templates = [_template(row, place) for place, row in packs.rows(content, "templates", known=_TEMPLATE)]
    packs.refuse_twins([template.id for template in templates], "templates", "id")
    return SuccessPlanPolicy(
        version=version, expected_of=expected, templates={template.id: template for template in templates}
    )


def _expected(row: packs.Row, place: str) -> Expected:
    return Expected(
        kinds=_kinds(row, place),
        stages=packs.words(row, "stages", place, packs.STAGES) or None,
        arr_segments=packs.words(row, "arr_segments", place, ARR_SEGMENTS) or None,
    )


def _template(row: packs.Row, place: str) -> PlanTemplate:
    days = packs.whole(row, "days", place, least=1)
    known = ("title", "measure", "metric", "direction", "target", "days")
    objectives = tuple(_objective(each, at, days) for at, each in packs.rows(row, "objectives", place, known=known))
    steps = packs.rows(row, "tasks", place, known=("id", "title", "owner_role", "day", "is_shared"))
    tasks = tuple(_task(each, at, days) for at, each in steps)
    packs.refuse_twins([task.id for task in tasks], f"{place}.tasks", "id")
    return PlanTemplate(
        id=_short(row, place),
        label=packs.label(row, place),
        hint=packs.optional_label(row, place, "hint"),
        kinds=_kinds(row, place),
        days=days,
        objectives=objectives,
        tasks=tasks,
    )


def _objective(row: packs.Row, place: str, most: int) -> ObjectiveTemplate:
    metric = packs.identifier(row, place, "metric") if "metric" in row else ""
    direction = reading.one_of(row.get("direction", "more"), DIRECTIONS, f"{place}.direction")
    return ObjectiveTemplate(
        title=packs.label(row, place, "title"),
        measure=packs.label(row, place, "measure"),
        metric=metric,
        direction=direction,
        target=reading.amount(row["target"], f"{place}.target") if "target" in row else None,
        days=_within(row, "days", place, most),
    )


def _task(row: packs.Row, place: str, most: int) -> TaskTemplate:
    return TaskTemplate(
        id=packs.identifier(row, place),
        title=packs.label(row, place, "title"),
        owner_role=reading.one_of(reading.member(row, "owner_role", place), packs.ROLES, f"{place}.owner_role"),
        day=_within(row, "day", place, most),
        is_shared=packs.flag(row, "is_shared", place),
    )


def _within(row: packs.Row, key: str, place: str, most: int) -> int:
    found = packs.whole(row, key, place)
    if found > most:
        raise MalformedInput(f"{place}.{key}", f"lies after the end of the plan on day {most}")
    return found


def _kinds(row: packs.Row, place: str) -> tuple[str, ...]:
    found = packs.words(row, "kinds", place, KINDS)
    if not found:
        raise MalformedInput(f"{place}.kinds", "name at least one kind of organization")
    return found


def _short(row: packs.Row, place: str) -> str:
    found = packs.identifier(row, place)
    if len(found) > 40:
        raise MalformedInput(f"{place}.id", "use up to 40 characters")
    return found
