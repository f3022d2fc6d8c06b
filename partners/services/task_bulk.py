"""One change to many tasks: each row by its own use case, refusals listed by row, the rest undone in one go."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError
from partners.models import Task
from partners.services import task_progress, tasks
from partners.services.locking import lock_organizations
from partners.work_choices import TaskState

MAX_ROWS = 200


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A task that was changed: its version since, and what stood in its fields before. Plain values, for a session."""

    task_id: int
    version: int
    before: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class TaskRefusal:
    """A task that stayed as it was, and why in the user's words."""

    public_id: str
    title: str
    message: str


@dataclass(frozen=True, kw_only=True)
class BulkEdit:
    """What a bulk edit did."""

    changed: tuple[Changed, ...]
    unchanged: int
    refusals: tuple[TaskRefusal, ...]


@transaction.atomic
def edit_many(
    *, by: Actor, found: Sequence[Task], values: Mapping[str, Any], state: str = "", now: datetime
) -> BulkEdit:
    """Set `values` (of owner, due_on, court) and bring each task into `state`, as far as each of them allows.

    Raises DomainError where nothing is to be changed, or too much at once.
    """
    if not values and not state:
        raise DomainError(_("Choose what to change."), code="nothing")
    if len(found) > MAX_ROWS:
        raise DomainError(_("Up to %(count)s tasks at once.") % {"count": MAX_ROWS}, code="too_many")
    lock_organizations({task.organization_id for task in found})
    changed: list[Changed] = []
    refusals: list[TaskRefusal] = []
    for task in sorted(found, key=lambda one: (one.organization_id, one.pk)):
        before = _state_of(task, (*values, *(("state",) if state else ())))
        try:
            with transaction.atomic():
                after = _apply(by, task, values, state, now)
        except DomainError as error:
            refusals.append(TaskRefusal(public_id=str(task.public_id), title=task.title, message=error.message))
            continue
        if after.version != task.version:
            changed.append(Changed(task_id=task.pk, version=after.version, before=before))
    return BulkEdit(
        changed=tuple(changed), unchanged=len(found) - len(changed) - len(refusals), refusals=tuple(refusals)
    )


@transaction.atomic
def undo_many(*, by: Actor, rows: Iterable[Changed], now: datetime) -> int:
    """Put back what `edit_many` changed, where nobody has touched the task since. Returns how many.

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
        values = _restored({name: value for name, value in row.before.items() if name != "state"})
        try:
            with transaction.atomic():
                _apply(by, task, values, row.before.get("state", ""), now)
        except DomainError:
            continue
        done += 1
    if not done:
        raise DomainError(_("Nothing of this is left to undo."), code="nothing")
    return done


def _state_of(task: Task, names: Iterable[str]) -> dict[str, Any]:
    plain: dict[str, Callable[[], Any]] = {
        "owner": lambda: task.owner_id,
        "due_on": lambda: task.due_on.isoformat() if task.due_on else None,
        "court": lambda: task.court,
        "state": lambda: task.state,
    }
    return {name: plain[name]() for name in names}


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


_TO_STATE: Mapping[str, Callable[..., Task]] = {
    TaskState.OPEN: task_progress.reopen,
    TaskState.STARTED: task_progress.start,
    TaskState.DONE: task_progress.complete,
}
