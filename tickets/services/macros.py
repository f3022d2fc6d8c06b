"""Use cases of macros: a text with changes that is applied with one click; of one person, or of everybody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed
from tickets import permissions
from tickets.choices import Priority
from tickets.models import Macro, Queue, Ticket
from tickets.services.bulk import BulkChange, change_many, tags_of

STATUSES = ("open", "pending", "on_hold", "solved")
CHANGES = frozenset({"status", "priority", "queue", "assign_me", "add_tags"})


@transaction.atomic
def save_macro(
    *,
    by: Actor,
    macro: Macro | None,
    name: str,
    body: str,
    is_note: bool,
    changes: Mapping[str, Any],
    for_all: bool,
    now: datetime,
) -> Macro:
    """Keep a macro. Raises NotAllowed: one of everybody by those who do not manage support; DomainError ("name")."""
    if not permissions.can_work(by) or by.user_id is None:
        raise NotAllowed(_("Macros are for those who work on tickets."))
    row = _locked(by, macro) if macro is not None else Macro()
    if for_all and not permissions.can_manage_support(by):
        raise NotAllowed(_("Macros of everybody are kept by support managers."))
    row.name, row.body, row.is_note = " ".join(name.split())[:120], body.strip(), is_note
    if not row.name:
        raise DomainError(_("Give the macro a name."), field="name")
    row.changes = checked_changes(changes)
    if not row.body and not row.changes:
        raise DomainError(_("A macro has a text or changes something."), field="body", code="nothing")
    row.owner_id = None if for_all else (row.owner_id or by.user_id)
    if row.pk:
        row.version += 1
    row.save()
    _record(by, "macro.saved", row, now)
    return row


@transaction.atomic
def archive_macro(*, by: Actor, macro: Macro, now: datetime) -> Macro:
    """Take a macro away; what was done with it stays. Raises NotAllowed, Missing."""
    row = _locked(by, macro)
    row.archived_at = now
    row.save(update_fields=["archived_at"])
    _record(by, "macro.archived", row, now)
    return row


def checked_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes without empty ones, tags in their one spelling. Raises DomainError for what there is none of."""
    found = {key: value for key, value in changes.items() if value}
    if unknown := sorted(set(found) - CHANGES):
        raise DomainError(_("A macro does not change %(names)s.") % {"names": ", ".join(unknown)})
    if "status" in found and found["status"] not in STATUSES:
        raise DomainError(_("There is no such status."), field="status")
    if "priority" in found and found["priority"] not in Priority.values:
        raise DomainError(_("There is no such priority."), field="priority")
    if "add_tags" in found:
        found["add_tags"] = tags_of(found["add_tags"])
    return found


@transaction.atomic
def apply_changes(*, by: Actor, macro: Macro, ticket: Ticket, now: datetime) -> None:
    """Change a ticket as a macro says, but for the status, which goes with the message. Raises DomainError."""
    wanted = macro.changes
    values: dict[str, Any] = {}
    if wanted.get("assign_me"):
        values["assignee"] = User.objects.get(pk=by.user_id)
    if wanted.get("queue"):
        queue = Queue.objects.filter(key=wanted["queue"], archived_at__isnull=True).first()
        if queue is None:
            raise DomainError(_("The queue of this macro is gone."), code="queue")
        values["queue"] = queue
    asked = BulkChange(
        values=values,
        priority=wanted.get("priority", ""),
        priority_reason=_("Macro: %(name)s") % {"name": macro.name},
        add_tags=tuple(wanted.get("add_tags", ())),
    )
    if not asked.is_empty:
        result = change_many(by=by, found=[ticket], asked=asked, now=now)
        if result.refusals:
            raise DomainError(result.refusals[0].message, code="macro")
    count_use(macro.pk)


def count_use(macro_id: int) -> None:
    """Count that a macro was applied, by a person or by a rule. One statement."""
    Macro.objects.filter(pk=macro_id).update(used=F("used") + 1)


def _locked(by: Actor, macro: Macro) -> Macro:
    row = Macro.objects.visible_to(by).select_for_update().filter(pk=macro.pk, archived_at__isnull=True).first()
    if row is None or (row.owner_id not in (None, by.user_id)):
        raise Missing(_("This macro does not exist, or it is not yours."))
    if row.owner_id is None and not permissions.can_manage_support(by):
        raise NotAllowed(_("Macros of everybody are kept by support managers."))
    return row


def _record(by: Actor, verb: str, macro: Macro, now: datetime) -> None:
    activity.record(verb=verb, target=macro, now=now, actor_id=by.user_id, actor_name=by.name)
