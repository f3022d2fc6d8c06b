"""One change to many tasks: each row by its own use case, refusals listed by row, the rest undone in one go.

What is done waits for nothing else of it: of tasks that wait for each other the first ones come first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError
from partners.models import Evidence, Task, TaskDependency
from partners.rules.dependencies import in_order
from partners.services import evidence, task_progress, tasks
from partners.services.locking import lock_organizations
from partners.work_choices import OPEN_TASKS, TaskState

MAX_ROWS = 200


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A task that was changed: its version since, what stood in its fields before, and the note it got with that.

    Plain values, for a session.
    """

    task_id: int
    version: int
    before: Mapping[str, Any]
    note_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class TaskRefusal:
    """A task that stayed as it was, and why in the user's words."""

    public_id: str
    title: str
    message: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class BulkEdit:
    """What a bulk edit did."""

    changed: tuple[Changed, ...]
    unchanged: int
    refusals: tuple[TaskRefusal, ...]

    @property
    def want_evidence(self) -> tuple[TaskRefusal, ...]:
        """Those that a note would let through: they need evidence, or wait for one that does."""
        if not any(row.code == "evidence" for row in self.refusals):
            return ()
        return tuple(row for row in self.refusals if row.code in ("evidence", "waiting"))


@transaction.atomic
def edit_many(
    *, by: Actor, found: Sequence[Task], values: Mapping[str, Any], state: str = "", note: str = "", now: datetime
) -> BulkEdit:
    """Set `values` (of owner, due_on, court) and bring each task into `state`, as far as each of them allows.

    A `note` is kept as evidence with each task that this makes done.
    Raises DomainError where nothing is to be changed, or too much at once; `field` "note" for one with nothing done.
    """
    if not values and not state:
        raise DomainError(_("Choose what to change."), code="nothing")
    if note.strip() and state != TaskState.DONE:
        raise DomainError(_("A note is kept with tasks that are marked as done."), field="note", code="note")
    if len(found) > MAX_ROWS:
        raise DomainError(_("Up to %(count)s tasks at once.") % {"count": MAX_ROWS}, code="too_many")
    lock_organizations({task.organization_id for task in found})
    changed: list[Changed] = []
    refusals: list[TaskRefusal] = []
    for task in _first_things_first(found):
        before = _state_of(task, (*values, *(("state",) if state else ())))
        try:
            with transaction.atomic():
                kept = _keep_note(by, task, note, now)
                after = _apply(by, task, values, state, now)
        except DomainError as error:
            refusals.append(_refusal(task, error))
            continue
        if after.version != task.version:
            changed.append(Changed(task_id=task.pk, version=after.version, before=before, note_id=kept))
    return BulkEdit(
        changed=tuple(changed), unchanged=len(found) - len(changed) - len(refusals), refusals=tuple(refusals)
    )


@transaction.atomic
def undo_many(*, by: Actor, rows: Iterable[Changed], now: datetime) -> int:
    """Put back what `edit_many` changed, where nobody has touched the task since, and take its notes away.

    Returns how many.
    Raises DomainError "nothing" where nothing of it is left.
    """
    wanted = {row.task_id: row for row in rows}
    found = list(Task.objects.visible_to(by).filter(pk__in=wanted).select_related("organization"))
    lock_organizations({task.organization_id for task in found})
    done = 0
    for task in sorted(found, key=lambda one: (one.organization_id, one.pk)):
        row = wanted[task.pk]
        if task.version != row.version:
            continue
        values = _restored({name: value for name, value in row.before.items() if name not in _OF_THE_STATE})
        try:
            with transaction.atomic():
                after = tasks.edit(by=by, task=task, values=values, version=None, now=now) if values else task
                _put_back(by, after, row.before, now)
                _take_note(by, row.note_id, now)
        except DomainError:
            continue
        done += 1
    if not done:
        raise DomainError(_("Nothing of this is left to undo."), code="nothing")
    return done


def _first_things_first(found: Sequence[Task]) -> list[Task]:
    """In the order of organizations and rows, but each task after those among them that it waits for."""
    by_id = {str(task.pk): task for task in sorted(found, key=lambda one: (one.organization_id, one.pk))}
    after: dict[str, list[str]] = {name: [] for name in by_id}
    for task_id, needed_id in TaskDependency.objects.filter(task__in=found).values_list("task_id", "needed_id"):
        after[str(task_id)].append(str(needed_id))
    return [by_id[name] for name in in_order(after)]


def _refusal(task: Task, error: DomainError) -> TaskRefusal:
    return TaskRefusal(public_id=str(task.public_id), title=task.title, message=error.message, code=error.code)


def _keep_note(by: Actor, task: Task, note: str, now: datetime) -> int | None:
    """Beside a task that is about to be done; with others it would be proof of nothing."""
    if not note.strip() or task.state not in OPEN_TASKS:
        return None
    return evidence.add_note(by=by, task=task, note=note, now=now).pk


def _take_note(by: Actor, note_id: int | None, now: datetime) -> None:
    kept = Evidence.objects.current().filter(pk=note_id).select_related("task__organization").first()
    if kept is not None:
        evidence.remove(by=by, evidence=kept, now=now)


def _state_of(task: Task, names: Iterable[str]) -> dict[str, Any]:
    plain: dict[str, Callable[[], Any]] = {
        "owner": lambda: task.owner_id,
        "due_on": lambda: task.due_on.isoformat() if task.due_on else None,
        "court": lambda: task.court,
        "state": lambda: str(task.state),
    }
    kept = {name: plain[name]() for name in names}
    return kept | {"skip_reason": task.skip_reason} if kept.get("state") == TaskState.SKIPPED else kept


def _restored(plain: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(plain)
    if "owner" in values:
        values["owner"] = User.objects.filter(pk=values["owner"] or 0).first()
    if values.get("due_on"):
        values["due_on"] = date.fromisoformat(values["due_on"])
    return values


def _apply(by: Actor, task: Task, values: Mapping[str, Any], state: str, now: datetime) -> Task:
    after = tasks.edit(by=by, task=task, values=values, version=None, now=now) if values else task
    if state and state != after.state:
        use_case = _TO_STATE.get(state)
        if use_case is None:
            raise DomainError(_("Skipping needs a reason of its own."), field="state", code="reason")
        after = use_case(by=by, task=after, now=now)
    return after


def _put_back(by: Actor, task: Task, before: Mapping[str, Any], now: datetime) -> None:
    """Into the state that a task had; what is settled is opened first."""
    state = before.get("state") or task.state
    if state == task.state:
        return
    if task.state not in OPEN_TASKS:
        task = task_progress.reopen(by=by, task=task, now=now)
    if state == TaskState.SKIPPED:
        task_progress.skip(by=by, task=task, reason=before["skip_reason"], now=now)
    elif state != task.state:
        _TO_STATE[state](by=by, task=task, now=now)


_OF_THE_STATE = frozenset({"state", "skip_reason"})
_TO_STATE: Mapping[str, Callable[..., Task]] = {
    TaskState.OPEN: task_progress.reopen,
    TaskState.STARTED: task_progress.start,
    TaskState.DONE: task_progress.complete,
}
