"""What is wrong with a plan, whatever the work is: nobody, no day, an order that cannot be kept (journey.md). Pure.

A finding is a code, the place it is about and the words that a sentence needs. It blocks nothing: people see it and
mend the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from partners.rules.cadence import WorkingDays
from partners.rules.dependencies import find_circle, in_order

QUIET_AFTER_DAYS = 14


class PlanFlaw(StrEnum):
    """The kinds of findings, worst first. The parameters of each stand beside it."""

    CIRCLE = "circle"  # tasks
    LAUNCH_BEFORE_CRITICAL_PATH = "launch_before_critical_path"  # launch_on, ends_on, tasks
    DUE_AFTER_LAUNCH = "due_after_launch"  # due_on, launch_on
    BROKEN_ORDER = "broken_order"  # due_on, before, before_due_on
    UNKNOWN_PREDECESSOR = "unknown_predecessor"  # before
    NO_OWNER = "no_owner"
    NO_DATE = "no_date"
    NO_LAUNCH_DATE = "no_launch_date"
    UNTOUCHED = "untouched"  # since, days


Param = str | int | date | tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanTask:
    """A task of a plan. `days`: the working days that it takes once it can begin; 1 where nobody has said."""

    id: str
    owner_id: int | None = None
    due_on: date | None = None
    after: tuple[str, ...] = ()
    is_settled: bool = False
    is_required: bool = True
    days: int = 1
    touched_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The tasks of an organization up to its launch, and the day that is planned for it."""

    tasks: Sequence[PlanTask]
    is_working_day: WorkingDays
    launch_on: date | None = None
    is_launched: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One flaw at one place: the id of a task, or empty for the plan as a whole."""

    flaw: PlanFlaw
    place: str = ""
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class CriticalPath:
    """The chain of open required tasks that takes longest, and the day on which its last one can be done."""

    tasks: tuple[str, ...]
    ends_on: date


def findings(plan: Plan, *, today: date, quiet_after_days: int = QUIET_AFTER_DAYS) -> tuple[Finding, ...]:
    """Everything that is wrong with a plan, worst first, then by the order of its tasks."""
    found = [*_of_order(plan), *_of_launch(plan, today)]
    for task in plan.tasks:
        if not task.is_settled:
            found += _of_task(task, today, quiet_after_days)
    worst = {flaw: rank for rank, flaw in enumerate(PlanFlaw)}
    return tuple(sorted(found, key=lambda finding: worst[finding.flaw]))


def critical_path(plan: Plan, *, today: date) -> CriticalPath | None:
    """The longest chain of open required tasks from today on; None where none is open, or where they run in a circle.

    Voluntary tasks count where a required one waits for them.
    """
    open_tasks = {task.id: task for task in plan.tasks if not task.is_settled}
    after = {task.id: tuple(name for name in task.after if name in open_tasks) for task in open_tasks.values()}
    if find_circle(after):
        return None
    length: dict[str, int] = {}
    before: dict[str, str | None] = {}
    for task_id in in_order(after):
        longest = max(after[task_id], key=lambda name: length[name], default=None)
        before[task_id] = longest
        length[task_id] = max(open_tasks[task_id].days, 1) + (length[longest] if longest else 0)
    required = [task.id for task in plan.tasks if task.id in open_tasks and task.is_required]
    last: str | None = max(required, key=lambda name: length[name], default=None)
    if last is None:
        return None
    ends_on = _after_working_days(today, length[last], plan.is_working_day)
    chain: list[str] = []
    while last is not None:
        chain.append(last)
        last = before[last]
    return CriticalPath(tasks=tuple(reversed(chain)), ends_on=ends_on)


def _of_order(plan: Plan) -> list[Finding]:
    by_id = {task.id: task for task in plan.tasks}
    found = []
    circle = find_circle({task.id: task.after for task in plan.tasks})
    if circle:
        found.append(Finding(flaw=PlanFlaw.CIRCLE, place=circle[0], params={"tasks": circle}))
    for task in plan.tasks:
        for name in task.after:
            before = by_id.get(name)
            if before is None:
                found.append(Finding(flaw=PlanFlaw.UNKNOWN_PREDECESSOR, place=task.id, params={"before": name}))
            elif _is_broken(task, before):
                params: dict[str, Param] = {"before": name}
                params |= {key: day for key, day in (("due_on", task.due_on), ("before_due_on", before.due_on)) if day}
                found.append(Finding(flaw=PlanFlaw.BROKEN_ORDER, place=task.id, params=params))
    return found


def _is_broken(task: PlanTask, before: PlanTask) -> bool:
    """Due before something that it waits for and that is still to be done."""
    if task.is_settled or before.is_settled or task.due_on is None or before.due_on is None:
        return False
    return task.due_on < before.due_on


def _of_launch(plan: Plan, today: date) -> list[Finding]:
    if plan.is_launched:
        return []
    if plan.launch_on is None:
        return [Finding(flaw=PlanFlaw.NO_LAUNCH_DATE)]
    found = [
        Finding(
            flaw=PlanFlaw.DUE_AFTER_LAUNCH,
            place=task.id,
            params={"due_on": task.due_on, "launch_on": plan.launch_on},
        )
        for task in plan.tasks
        if task.is_required and not task.is_settled and task.due_on and task.due_on > plan.launch_on
    ]
    path = critical_path(plan, today=today)
    if path and path.ends_on > plan.launch_on:
        params: dict[str, Param] = {"launch_on": plan.launch_on, "ends_on": path.ends_on, "tasks": path.tasks}
        found.append(Finding(flaw=PlanFlaw.LAUNCH_BEFORE_CRITICAL_PATH, params=params))
    return found


def _of_task(task: PlanTask, today: date, quiet_after_days: int) -> list[Finding]:
    found = []
    if task.owner_id is None:
        found.append(Finding(flaw=PlanFlaw.NO_OWNER, place=task.id))
    if task.due_on is None:
        found.append(Finding(flaw=PlanFlaw.NO_DATE, place=task.id))
    if task.touched_on and (today - task.touched_on).days > quiet_after_days:
        params: dict[str, Param] = {"since": task.touched_on, "days": (today - task.touched_on).days}
        found.append(Finding(flaw=PlanFlaw.UNTOUCHED, place=task.id, params=params))
    return found


def _after_working_days(today: date, days: int, is_working_day: WorkingDays) -> date:
    """The last of so many working days from today on; plain days where there are not enough in reach."""
    reach = days * 3 + 60
    left = days
    for ahead in range(reach):
        day = today + timedelta(days=ahead)
        left -= is_working_day(day)
        if not left:
            return day
    return today + timedelta(days=days - 1)
