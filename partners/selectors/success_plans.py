"""Success plans as people read them: each with its objectives, how they move, and its tasks counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from partners.models import Objective, SuccessPlan, Task
from partners.plan_choices import ObjectiveState, PlanState
from partners.rules.objectives import Measured, Pace, elapsed, moved, pace, pace_of_plan
from partners.selectors.page import OrganizationPage
from partners.selectors.task_rows import DUE_SORT, FIELDS, TaskRow, task_rows, with_row_facts
from partners.work_choices import OPEN_TASKS

MOST, MOST_STEPS = 50, 500
PACE_WORDS = {
    Pace.AHEAD: (_("Ahead"), "success"),
    Pace.ON_TRACK: (_("On track"), "info"),
    Pace.BEHIND: (_("Behind"), "danger"),
    Pace.UNKNOWN: (_("Not known yet"), "neutral"),
}
_TONES = {"achieved": "success", "missed": "danger", "dropped": "neutral"}
_PLAN_TONES = {"draft": "neutral", "active": "info", "completed": "success", "abandoned": "neutral"}


@dataclass(frozen=True, kw_only=True)
class ObjectiveRow:
    """One objective. `gain` is None where its reader does not read commercial fields."""

    public_id: str
    title: str
    measure: str
    is_measured: bool
    target: Decimal | None
    value: Decimal | None
    target_on: date
    achieved_on: date | None
    percent: int | None
    gain: Decimal | None
    currency: str
    word: str
    tone: str
    note: str
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """One plan with its objectives in their order."""

    public_id: str
    title: str
    goal: str
    starts_on: date
    ends_on: date
    owner: str
    state: str
    state_label: str
    state_tone: str
    pace_label: str
    pace_tone: str
    is_shared: bool
    note: str
    tasks: int
    tasks_done: int
    objectives: tuple[ObjectiveRow, ...]
    steps: tuple[TaskRow, ...]
    version: int

    @property
    def is_draft(self) -> bool:
        return self.state == PlanState.DRAFT

    @property
    def is_active(self) -> bool:
        return self.state == PlanState.ACTIVE

    @property
    def is_open(self) -> bool:
        return self.is_draft or self.is_active


def plans_of(page: OrganizationPage, today: date) -> list[PlanRow]:
    """The plans of the page's organization, the latest first: three statements."""
    rows = list(_with_tasks(page.actor).filter(organization_id=page.row.pk).order_by("-starts_on", "-pk")[:MOST])
    steps = _steps(page, [plan.pk for plan in rows if plan.state == PlanState.ACTIVE])
    return [plan_row(plan, today, with_money=page.shows_commercial, steps=steps.get(plan.pk, ())) for plan in rows]


def _steps(page: OrganizationPage, plan_ids: Sequence[int]) -> dict[int, list[TaskRow]]:
    """The tasks of plans in force, by day."""
    found: dict[int, list[TaskRow]] = {}
    if plan_ids:
        tasks = Task.objects.visible_to(page.actor).current().filter(plan_id__in=plan_ids)
        values = with_row_facts(tasks, page.actor).order_by(DUE_SORT, "pk").values("plan_id", *FIELDS)[:MOST_STEPS]
        for one, row in zip(values, task_rows(values, actor=page.actor, now=page.now), strict=True):
            found.setdefault(one["plan_id"], []).append(row)
    return found


def _with_tasks(actor: Actor) -> Any:
    seen: Any = SuccessPlan.objects.visible_to(actor)
    current = Q(tasks__archived_at__isnull=True)
    is_open = Q(tasks__state__in=[state.value for state in OPEN_TASKS])
    return (
        seen.select_related("owner")
        .annotate(all_tasks=Count("tasks", filter=current), open_tasks=Count("tasks", filter=current & is_open))
        .prefetch_related(Prefetch("objectives", queryset=Objective.objects.visible_to(actor)))
    )


def _measured(one: Any, starts_on: date) -> Measured:
    return Measured(
        starts_on=starts_on,
        target_on=one.target_on,
        direction=one.direction,
        baseline=one.baseline,
        target=one.target,
        value=one.value,
    )


def plan_row(plan: Any, today: date, *, with_money: bool, steps: Sequence[TaskRow] = ()) -> PlanRow:
    objectives: Sequence[Any] = plan.objectives.all()
    paces = [pace(_measured(one, plan.starts_on), today) for one in objectives if one.state == ObjectiveState.OPEN]
    done = plan.all_tasks - plan.open_tasks
    found = pace_of_plan(
        paces,
        done=sum(one.state == ObjectiveState.ACHIEVED for one in objectives),
        tasks=plan.all_tasks,
        tasks_done=done,
        time=elapsed(plan.starts_on, plan.ends_on, today),
    )
    label, tone = PACE_WORDS[found]
    return PlanRow(
        public_id=str(plan.public_id),
        title=plan.title,
        goal=plan.goal,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        owner=plan.owner.name if plan.owner else "",
        state=plan.state,
        state_label=str(PlanState(plan.state).label),
        state_tone=_PLAN_TONES[plan.state],
        pace_label=str(label),
        pace_tone=tone,
        is_shared=plan.is_shared,
        note=plan.closing_note,
        tasks=plan.all_tasks,
        tasks_done=done,
        objectives=tuple(_objective(one, plan.starts_on, today, with_money) for one in objectives),
        steps=tuple(steps),
        version=plan.version,
    )


def _objective(one: Any, starts_on: date, today: date, with_money: bool) -> ObjectiveRow:
    rule, is_open = _measured(one, starts_on), one.state == ObjectiveState.OPEN
    label, tone = PACE_WORDS[pace(rule, today)]
    way = moved(rule) if is_open else None
    return ObjectiveRow(
        public_id=str(one.public_id),
        title=one.title,
        measure=one.measure,
        is_measured=bool(one.metric),
        target=one.target,
        value=one.value,
        target_on=one.target_on,
        achieved_on=one.achieved_on,
        percent=None if way is None else round(100 * way),
        gain=one.gain if with_money else None,
        currency=one.currency,
        word=str(label) if is_open else str(ObjectiveState(one.state).label),
        tone=tone if is_open else _TONES[one.state],
        note=one.closing_note,
        is_open=is_open,
    )
