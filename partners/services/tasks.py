"""Use cases of tasks: make, edit, hand out, and take them away. Doing them: `task_progress`.

Lock order: the organization, then its tasks. What lists show of them follows in the same transaction.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners import permissions
from partners.models import Organization, SuccessPlan, Task
from partners.services import task_facts, task_order, task_owners
from partners.services.locking import lock_organization, refuse_archived
from partners.services.task_news import record, say, tell
from partners.services.validation import check_fields, clean
from partners.work_choices import TaskSource
from partners.work_permissions import can_arrange

WRITABLE_FIELDS = frozenset(
    {"title", "description", "owner", "contact", "court", "due_on", "is_shared", "is_required", "needs_evidence"}
)
# What a checklist wants is the journey's; it is skipped with a reason, not argued away.
OF_THE_CHECKLIST = frozenset({"is_required", "needs_evidence"})
MAX_TEXT = 32 * 1024
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


@transaction.atomic
def create(
    *,
    by: Actor,
    organization: Organization,
    values: Mapping[str, Any],
    needs: Collection[Task] = (),
    plan: SuccessPlan | None = None,
    now: datetime,
) -> Task:
    """Add a task by hand, in the organization's present stage. `needs`: what it waits for; `plan`: whose step it is.

    Raises NotAllowed; DomainError with `field` (no title, an owner who does not see it, a contact of somebody else).
    """
    locked = lock_organization(organization)
    _require_right(by, locked)
    refuse_archived(locked)
    check_fields(values, WRITABLE_FIELDS)
    source = TaskSource.MANUAL if plan is None else TaskSource.PLAN
    origin: dict[str, Any] = {"stage": locked.stage, "source": source, "plan": plan, "created_by_id": by.user_id}
    task = Task(organization=locked, **origin, **values)
    _check(task, values)
    task.owner_role = task_owners.role_of(task.owner_id, locked) if task.owner_id else ""
    task.save()
    task_order.set_needs(task, needs)
    record(by, "created", task, now)
    say(_("Task added: %(title)s"), task, by, now)
    tell([task.owner_id], _("A task for you: %(title)s"), task, by, now)
    task_facts.refresh([locked.pk])
    return task


@transaction.atomic
def edit(
    *,
    by: Actor,
    task: Task,
    values: Mapping[str, Any],
    needs: Collection[Task] | None = None,
    version: int | None,
    now: datetime,
) -> Task:
    """Change a task that nobody else has changed since `version`; `needs` None leaves what it waits for.

    Without `version` the change is made whatever happened meanwhile (bulk edits set single fields to one value).
    Raises NotAllowed, Conflict with the fields as they are, DomainError with `field`.
    """
    locked = locked_task(task)
    _require_right(by, locked.organization)
    refuse_archived(locked.organization)
    check_fields(values, WRITABLE_FIELDS)
    before = {name: getattr(locked, name) for name in values}
    check_version(locked, version, before)
    changes = activity.changes_between(before, _tidy(values))
    if locked.source == TaskSource.CHECKLIST and (closed := OF_THE_CHECKLIST & changes.keys()):
        message = _("The checklist of the stage says this; skip the task with a reason instead.")
        raise DomainError(message, field=min(closed), code="of_the_checklist")
    for name in changes:
        setattr(locked, name, values[name])
    _check(locked, changes)
    reordered = needs is not None and task_order.set_needs(locked, needs)
    if not changes and not reordered:
        return locked
    if "owner" in changes:
        locked.owner_role = (
            task_owners.role_of(locked.owner_id, locked.organization, locked.owner_role)
            if locked.owner_id
            else locked.owner_role
        )
    locked.version += 1
    locked.save(update_fields=[*changes, "owner_role", "version", "updated_at"])
    record(by, "edited", locked, now, changes)
    if "owner" in changes:
        tell([locked.owner_id], _("A task for you: %(title)s"), locked, by, now)
    task_facts.refresh([locked.organization_id])
    return locked


def assign(*, by: Actor, task: Task, owner: User | None, version: int | None = None, now: datetime) -> Task:
    """Give a task to somebody who sees the organization, or to nobody. Raises as `edit` does."""
    return edit(by=by, task=task, values={"owner": owner}, version=version, now=now)


@transaction.atomic
def archive(*, by: Actor, task: Task, now: datetime) -> Task:
    """Take a task away; `restore` undoes it. What a checklist or a play brought is skipped with a reason instead."""
    return _set_archived(by, task, at=now, verb="archived", now=now)


@transaction.atomic
def restore(*, by: Actor, task: Task, now: datetime) -> Task:
    """Undo of `archive`. Raises NotAllowed."""
    return _set_archived(by, task, at=None, verb="restored", now=now)


def _set_archived(by: Actor, task: Task, *, at: datetime | None, verb: str, now: datetime) -> Task:
    locked = locked_task(task, with_archived=True)
    _require_right(by, locked.organization)
    if (locked.archived_at is None) == (at is None):
        return locked
    if at is not None and locked.source in (TaskSource.CHECKLIST, TaskSource.PLAY):
        message = _("This task belongs to a checklist or a play; skip it with a reason instead.")
        raise DomainError(message, code="of_the_checklist")
    before = locked.archived_at
    locked.archived_at = at
    locked.version += 1
    locked.save(update_fields=["archived_at", "version", "updated_at"])
    record(by, verb, locked, now, {"archived_at": [before, at]})
    task_facts.refresh([locked.organization_id])
    return locked


def locked_task(task: Task, *, with_archived: bool = False) -> Task:
    """The task as it is now, after its organization is locked. Raises Missing."""
    organization = lock_organization(task.organization)
    rows = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("contact")
    found: Task | None = (rows if with_archived else rows.current()).filter(pk=task.pk).first()
    if found is None:
        raise Missing(_("This task does not exist, or it is not yours."))
    found.organization = organization
    return found


def check_version(task: Task, version: int | None, current: Mapping[str, Any]) -> None:
    """Raises Conflict if somebody changed the task since `version`; None asks for no check."""
    if version is not None and task.version != version:
        message = _("Somebody changed this task while you were at it.")
        raise Conflict(message, version=task.version, current=current)


def _require_right(by: Actor, organization: Organization) -> None:
    if not can_arrange(by, organization):
        raise NotAllowed(_("Tasks are arranged by those who work on the organization in its present stage."))


def _tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if name == "title" else value for name, value in values.items()}


def _check(task: Task, changed: Mapping[str, Any]) -> None:
    """Raises DomainError for the first of the changed fields that does not fit."""
    task.title = task.title.strip()
    clean(task, (WRITABLE_FIELDS - {"owner", "contact"}) & changed.keys() | {"title"})
    for field in ("title", "description"):
        if "\0" in getattr(task, field):
            raise DomainError(_("This text holds characters that cannot be kept."), field=field, code="bad_text")
    if len(task.description.encode()) > MAX_TEXT:
        raise DomainError(_("This text is too long; 32 KiB is the most."), field="description", code="too_long")
    if task.due_on is not None and not _EARLIEST <= task.due_on <= _LATEST:
        raise DomainError(_("Choose a day of this century."), field="due_on", code="odd_day")
    contact = task.contact if "contact" in changed else None
    if contact is not None and (contact.organization_id != task.organization_id or contact.archived_at is not None):
        raise DomainError(_("Choose a contact of this organization."), field="contact", code="foreign_contact")
    if "owner" in changed and task.owner is not None:
        task_owners.check_owner(task.owner, task.organization, permissions.subject_of(task.organization))
