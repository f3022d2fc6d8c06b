"""Use cases of doing tasks: start, complete, reopen, skip, block. Lock order: the organization, then the task."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError, NotAllowed
from partners.models import Evidence, Task
from partners.services import task_facts, task_order
from partners.services.evidence import write_note
from partners.services.locking import refuse_archived
from partners.services.task_news import record, say, tell
from partners.services.tasks import check_version, locked_task
from partners.work_choices import OPEN_TASKS, TaskState
from partners.work_permissions import can_arrange, can_do

MAX_REASON = 300


@transaction.atomic
def start(*, by: Actor, task: Task, version: int | None = None, now: datetime) -> Task:
    """Say that somebody is at it. Raises NotAllowed; DomainError "settled" for one that is done or skipped."""
    locked = _locked_for(by, task, version)
    _require_open(locked)
    return _change(by, locked, "started", now, state=TaskState.STARTED)


@transaction.atomic
def complete(*, by: Actor, task: Task, note: str = "", version: int | None = None, now: datetime) -> Task:
    """Tick a task off; a `note` goes to its evidence.

    Raises NotAllowed; DomainError: "settled" (who was faster is named), "waiting" (for which others), "evidence" where
    the task needs some and has none.
    """
    locked = _locked_for(by, task, version)
    _require_open(locked)
    task_order.require_ready(locked, by)
    if note.strip():
        write_note(by=by, task=locked, note=note, now=now)
    if locked.needs_evidence and not Evidence.objects.current().filter(task=locked).exists():
        message = _("This task needs evidence: add a file, a link or a note that shows that it is done.")
        raise DomainError(message, field="note", code="evidence")
    _change(by, locked, "completed", now, state=TaskState.DONE, done_at=now, done_by_id=by.user_id, blocked_reason="")
    say(_("Done: %(title)s"), locked, by, now)
    tell([locked.owner_id, locked.created_by_id], _("Done: %(title)s"), locked, by, now)
    return locked


@transaction.atomic
def reopen(*, by: Actor, task: Task, version: int | None = None, now: datetime) -> Task:
    """Take up again what was done, skipped or begun; its evidence stays. Raises NotAllowed."""
    locked = _locked_for(by, task, version)
    if locked.state == TaskState.SKIPPED and not can_arrange(by, locked.organization):
        raise NotAllowed(_("Who works on the organization decides what is skipped."))
    if locked.state == TaskState.OPEN:
        return locked
    was_settled = locked.state not in OPEN_TASKS
    _change(by, locked, "reopened", now, state=TaskState.OPEN, done_at=None, done_by_id=None, skip_reason="")
    if was_settled:
        say(_("Reopened: %(title)s"), locked, by, now)
        tell([locked.owner_id], _("Reopened: %(title)s"), locked, by, now)
    return locked


@transaction.atomic
def skip(*, by: Actor, task: Task, reason: str, version: int | None = None, now: datetime) -> Task:
    """Decide that a task is not done at all. Raises NotAllowed without the right to work here; DomainError "reason"."""
    locked = _locked_for(by, task, version)
    if not can_arrange(by, locked.organization):
        raise NotAllowed(_("Who works on the organization decides what is skipped."))
    _require_open(locked)
    why = _reason(reason, _("Say why this is not done."))
    _change(by, locked, "skipped", now, state=TaskState.SKIPPED, skip_reason=why, blocked_reason="")
    say(_("Skipped: %(title)s"), locked, by, now, body=why)
    tell([locked.owner_id], _("Skipped: %(title)s"), locked, by, now)
    return locked


@transaction.atomic
def block(*, by: Actor, task: Task, reason: str, version: int | None = None, now: datetime) -> Task:
    """Say what keeps a task from being done. Raises NotAllowed; DomainError "reason", "settled"."""
    locked = _locked_for(by, task, version)
    _require_open(locked)
    why = _reason(reason, _("Say what blocks this."))
    _change(by, locked, "blocked", now, blocked_reason=why)
    say(_("Blocked: %(title)s"), locked, by, now, body=why)
    tell([locked.owner_id, locked.created_by_id], _("Blocked: %(title)s"), locked, by, now)
    return locked


@transaction.atomic
def unblock(*, by: Actor, task: Task, version: int | None = None, now: datetime) -> Task:
    """Nothing said blocks it any longer; what it waits for may still. Raises NotAllowed."""
    locked = _locked_for(by, task, version)
    if not locked.blocked_reason:
        return locked
    return _change(by, locked, "unblocked", now, blocked_reason="")


def _locked_for(by: Actor, task: Task, version: int | None) -> Task:
    locked = locked_task(task)
    if not can_do(by, locked):
        raise NotAllowed(_("This task was given to somebody else."))
    refuse_archived(locked.organization)
    check_version(locked, version, {"state": locked.state})
    return locked


def _require_open(task: Task) -> None:
    if task.state == TaskState.DONE:
        name = task.done_by.name if task.done_by else _("somebody")
        raise DomainError(_("%(name)s has done this already.") % {"name": name}, code="settled")
    if task.state == TaskState.SKIPPED:
        raise DomainError(_("This was skipped; reopen it first."), code="settled")


def _reason(text: str, missing: str) -> str:
    """Raises DomainError (`field` "reason") for none, or one that is too long."""
    why = text.replace("\0", "").strip()
    if not why:
        raise DomainError(missing, field="reason", code="reason")
    if len(why) > MAX_REASON:
        message = _("Use up to %(count)s characters.") % {"count": MAX_REASON}
        raise DomainError(message, field="reason", code="too_long")
    return why


def _change(by: Actor, task: Task, verb: str, now: datetime, **values: Any) -> Task:
    changes = {name: [getattr(task, name), value] for name, value in values.items() if getattr(task, name) != value}
    for name, value in values.items():
        setattr(task, name, value)
    task.version += 1
    fields = [name.removesuffix("_id") for name in values]
    task.save(update_fields=[*fields, "version", "updated_at"])
    # Free words stay with the row: the trail can never be corrected.
    record(by, verb, task, now, changes)
    task_facts.refresh([task.organization_id])
    return task
