"""From a checklist to tasks with due days, and what is to be done next (journey.md, Tasks). Pure.

An item is due at the end of a week of the journey or some days after its stage began, on a working day, and never
before what it waits for. A task waits as long as something that it waits for is neither done nor skipped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from partners.rules.cadence import MAX_SHIFT_DAYS
from partners.rules.dependencies import in_order

WorkingDays = Callable[[date], bool]


class Item(Protocol):
    """What of a `journeys.ChecklistItem` is read here; steps of plays fit as well."""

    @property
    def id(self) -> str: ...
    @property
    def week(self) -> int | None: ...
    @property
    def due_day(self) -> int | None: ...
    @property
    def after(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedTask:
    """An item with its day; None where neither the item nor anything that it waits for has one."""

    item_id: str
    due_on: date | None
    after: tuple[str, ...]


class TaskState(StrEnum):
    """What a task is today: `waiting` is blocked by others, `open` can be done now."""

    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A task as it is stored; `order` is its place on the list."""

    id: str
    due_on: date | None = None
    after: tuple[str, ...] = ()
    court: str = "us"
    is_done: bool = False
    is_skipped: bool = False
    is_required: bool = True
    order: int = 0

    @property
    def is_settled(self) -> bool:
        return self.is_done or self.is_skipped


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a task stands today.

    `waits_for`: unsettled tasks directly before it. `court`: whose move it is; of a waiting task, whose move the first
    of those is that hold it up. `holds_up`: how many unsettled tasks wait for it, directly or not.
    """

    task: Task
    state: TaskState
    is_overdue: bool
    days_overdue: int
    waits_for: tuple[str, ...]
    court: str
    holds_up: int

    @property
    def is_actionable(self) -> bool:
        return self.state is TaskState.OPEN


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a list of tasks is; what was skipped is not counted, nor what is not required."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        """Rounded down: 100 only when everything is done. A list without tasks is done."""
        return self.done * 100 // self.total if self.total else 100


def plan(
    items: Sequence[Item], *, begins_on: date, first_week: int = 1, is_working_day: WorkingDays
) -> tuple[PlannedTask, ...]:
    """The items as tasks of a stage that begins on a day, in the order of the list.

    `first_week` is the week of the journey in which the stage begins; weeks before it are due at the end of its first.
    Raises ValueError that names the circle where items wait for each other. Unknown items are not waited for.
    """
    by_id = {item.id: item for item in items}
    due: dict[str, date | None] = {}
    for item_id in in_order({item.id: item.after for item in items}):
        item = by_id[item_id]
        own = _own_day(item, begins_on, first_week, is_working_day)
        before = [day for name in item.after if (day := due.get(name)) is not None]
        due[item_id] = max([*before, own]) if own is not None else max(before, default=None)
    return tuple(PlannedTask(item_id=item.id, due_on=due[item.id], after=tuple(item.after)) for item in items)


def standings(tasks: Sequence[Task], *, today: date) -> tuple[Standing, ...]:
    """How each task stands, in the order given. Tasks of a circle wait; nothing else fails because of them."""
    by_id = {task.id: task for task in tasks}
    followers = _followers(tasks)
    found = []
    for task in tasks:
        waits_for = _open_before(task, by_id)
        is_overdue = not task.is_settled and task.due_on is not None and task.due_on < today
        found.append(
            Standing(
                task=task,
                state=_state(task, waits_for),
                is_overdue=is_overdue,
                days_overdue=(today - task.due_on).days if is_overdue and task.due_on else 0,
                waits_for=waits_for,
                court=_court(task, by_id),
                holds_up=0 if task.is_settled else _held_up(task.id, followers),
            )
        )
    return tuple(found)


def progress(tasks: Sequence[Task]) -> Progress:
    """How many of the required tasks are done."""
    counted = [task for task in tasks if task.is_required and not task.is_skipped]
    return Progress(done=sum(task.is_done for task in counted), total=len(counted))


def next_actions(found: Sequence[Standing], *, limit: int | None = None) -> tuple[Standing, ...]:
    """What can be done now, first what is due first; on the same day what holds up most, then as on the list."""

    def urgency(standing: Standing) -> tuple[date, bool, int, int, str]:
        task = standing.task
        return task.due_on or date.max, not task.is_required, -standing.holds_up, task.order, task.id

    actionable = sorted((standing for standing in found if standing.is_actionable), key=urgency)
    return tuple(actionable[:limit])


def courts(found: Sequence[Standing]) -> Mapping[str, int]:
    """In whose court how many unsettled tasks are."""
    return Counter(standing.court for standing in found if standing.state in (TaskState.OPEN, TaskState.WAITING))


def missing_required(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """The required tasks that a gate still waits for. Skipping one is a decision with a reason, and settles it."""
    return tuple(task for task in tasks if task.is_required and not task.is_settled)


def _own_day(item: Item, begins_on: date, first_week: int, is_working_day: WorkingDays) -> date | None:
    """The last working day of the item's week, or the first one from its day on."""
    if item.week is not None:
        week = max(item.week - first_week, 0)
        first, last = begins_on + timedelta(days=7 * week), begins_on + timedelta(days=7 * week + 6)
        days = [last - timedelta(days=back) for back in range((last - first).days + 1)]
        return next((day for day in days if is_working_day(day)), last)
    if item.due_day is not None:
        wanted = begins_on + timedelta(days=item.due_day)
        days = [wanted + timedelta(days=ahead) for ahead in range(MAX_SHIFT_DAYS + 1)]
        return next((day for day in days if is_working_day(day)), wanted)
    return None


def _state(task: Task, waits_for: tuple[str, ...]) -> TaskState:
    if task.is_done:
        return TaskState.DONE
    if task.is_skipped:
        return TaskState.SKIPPED
    return TaskState.WAITING if waits_for else TaskState.OPEN


def _open_before(task: Task, by_id: Mapping[str, Task]) -> tuple[str, ...]:
    if task.is_settled:
        return ()
    return tuple(name for name in task.after if name in by_id and not by_id[name].is_settled)


def _court(task: Task, by_id: Mapping[str, Task]) -> str:
    """Follow the first open task before it, and so on, to the one that can be done; a circle is nobody's."""
    seen: set[str] = set()
    while waits_for := _open_before(task, by_id):
        if task.id in seen:
            return "nobody"
        seen.add(task.id)
        task = by_id[waits_for[0]]
    return task.court


def _followers(tasks: Sequence[Task]) -> Mapping[str, list[str]]:
    followers: dict[str, list[str]] = {task.id: [] for task in tasks}
    for task in tasks:
        for name in task.after if not task.is_settled else ():
            if name in followers:
                followers[name].append(task.id)
    return followers


def _held_up(task_id: str, followers: Mapping[str, list[str]]) -> int:
    held: set[str] = set()
    ahead = [task_id]
    while ahead:
        for follower in followers[ahead.pop()]:
            if follower not in held:
                held.add(follower)
                ahead.append(follower)
    return len(held - {task_id})
