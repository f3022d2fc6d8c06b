"""Use cases of training: what there is to learn, what somebody has done, who is reminded.

Lock order: the module, then the record.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.choices import USER_ROLES
from accounts.models import Delivery, TrainingModule, TrainingRecord, User
from accounts.rules import training as rules
from accounts.rules.access import Actor
from accounts.selectors import training as reading
from accounts.services import activity
from accounts.services.notifications import Notice, NoticeKind, notify_each, register_kind
from accounts.training_choices import TrainingResult
from accounts.training_querysets import MANAGE
from common.errors import Conflict, DomainError, Missing, NotAllowed

REMINDERS = register_kind(
    NoticeKind(key="training", label=_("Training of this month is still open"), delivery=Delivery.DIGEST)
)
_FIELDS = ("name", "description", "link", "roles", "is_required", "since")
_is_link = URLValidator(schemes=["https", "http"])


@transaction.atomic
def add_module(*, by: Actor, values: Mapping[str, Any], now: datetime) -> TrainingModule:
    """Say that there is something to learn. Raises NotAllowed, DomainError with `field`."""
    _require(by)
    module = TrainingModule()
    _set(module, values)
    module.save()
    _record(by, "training.module_added", module, module.name, now, {"roles": [None, module.roles]})
    return module


@transaction.atomic
def edit_module(
    *, by: Actor, module: TrainingModule, values: Mapping[str, Any], version: int, now: datetime
) -> TrainingModule:
    """Change a module; months that are over are counted anew by it. Raises NotAllowed, Conflict, DomainError."""
    locked = _locked(by, module)
    if locked.version != version:
        raise Conflict(_("Somebody else changed this module."), version=locked.version)
    before = {name: getattr(locked, name) for name in _FIELDS}
    _set(locked, values)
    changes = activity.changes_between(before, {name: getattr(locked, name) for name in _FIELDS})
    if changes:
        locked.version += 1
        locked.save(update_fields=[*changes, "version", "updated_at"])
        plain = {name: [_plain(value) for value in pair] for name, pair in changes.items()}
        _record(by, "training.module_changed", locked, locked.name, now, plain)
    return locked


@transaction.atomic
def archive_module(*, by: Actor, module: TrainingModule, now: datetime) -> TrainingModule:
    """Nobody has to do it from this month on; what was done stays. Raises NotAllowed, Missing."""
    locked = _locked(by, module)
    if locked.archived_at is None:
        locked.archived_at = now
        locked.version += 1
        locked.save(update_fields=["archived_at", "version", "updated_at"])
        _record(by, "training.module_archived", locked, locked.name, now, {})
    return locked


@transaction.atomic
def complete(
    *,
    by: Actor,
    module: TrainingModule,
    month: date,
    result: str = TrainingResult.ATTENDED,
    note: str = "",
    certificate: str = "",
    now: datetime,
) -> TrainingRecord:
    """Write down that one has done a module for a month; again changes what was written down.

    Raises NotAllowed, DomainError with `field` (a month that is settled; a module of other roles; no link).
    """
    if by.user_id is None or not by.is_staff or not by.active_roles:
        raise NotAllowed(_("Training is recorded by colleagues for themselves."))
    locked = TrainingModule.objects.select_for_update(no_key=True).filter(pk=module.pk).first()
    if locked is None:
        raise Missing(_("There is no such module."))
    _check_month(locked, month, by, now)
    row = TrainingRecord.objects.filter(module=locked, user_id=by.user_id, month=month).first()
    before = row.result if row is not None else None
    row = row or TrainingRecord(module=locked, user_id=by.user_id, month=month, recorded_by_id=by.user_id, version=0)
    row.result, row.note, row.certificate = _result(result), _note(note), _link(certificate, "certificate")
    row.completed_at, row.version = now, row.version + 1
    row.save()
    changes: dict[str, list[Any]] = {"result": [before, row.result], "month": [None, f"{month:%Y-%m}"]}
    _record(by, "training.recorded", row, locked.name, now, changes)
    return row


@transaction.atomic
def take_back(*, by: Actor, record: TrainingRecord, now: datetime) -> None:
    """Take one's own record away while its month is open. Raises Missing, DomainError "settled"."""
    rows = TrainingRecord.objects.select_for_update(of=("self",)).select_related("module")
    found = rows.filter(pk=record.pk, user_id=by.user_id or 0).first()
    if found is None:
        raise Missing(_("There is no such record."))
    if not rules.may_be_recorded(found.month, today=reading.today_here(now)):
        raise DomainError(_("This month is settled."), code="settled")
    _record(by, "training.taken_back", found, found.module.name, now, {"result": [found.result, None]})
    found.delete()


def remind(*, now: datetime) -> int:
    """In the last week of a month, tell everybody once what is still open for them; how many are new."""
    today = reading.today_here(now)
    if not rules.is_time_to_remind(today):
        return 0
    month = rules.month_of(today)
    modules = list(reading.modules_of(month))
    due = reading.due_pairs(modules, reading.roles_at(month, now=now), month)
    done = TrainingRecord.objects.filter(month=month).exclude(result=TrainingResult.FAILED)
    open_pairs = due - set(done.values_list("user_id", "module_id"))
    names = {module.pk: module.name for module in modules}
    missing: dict[int, list[str]] = {}
    for user_id, module_id in open_pairs:
        missing.setdefault(user_id, []).append(names[module_id])
    people = User.objects.filter(pk__in=missing, is_active=True)
    return notify_each([_reminder(user, missing[user.pk], month) for user in people], kind=REMINDERS, now=now)


def _reminder(user: User, missing: list[str], month: date) -> Notice:
    with override(user.language or None):
        title = ngettext(
            "%(count)s training module is open until the end of the month",
            "%(count)s training modules are open until the end of the month",
            len(missing),
        ) % {"count": len(missing)}
    return Notice(
        user_id=user.pk,
        title=title,
        body=", ".join(sorted(missing)),
        key=f"training:{month:%Y-%m}",
        target_type="training",
        target_id=user.pk,
    )


def _require(by: Actor) -> None:
    if not by.has(MANAGE):
        raise NotAllowed(_("What there is to learn is said by those who look after training."))


def _locked(by: Actor, module: TrainingModule) -> TrainingModule:
    _require(by)
    found: TrainingModule | None = TrainingModule.objects.select_for_update().filter(pk=module.pk).first()
    if found is None:
        raise Missing(_("There is no such module."))
    return found


def _set(module: TrainingModule, values: Mapping[str, Any]) -> None:
    for name in _FIELDS:
        if name in values:
            setattr(module, name, values[name])
    module.name = module.name.replace("\0", "").strip()[:120]
    module.description = module.description.replace("\0", "").strip()[:500]
    if not module.name:
        raise DomainError(_("Give the module a name."), field="name")
    same = TrainingModule.objects.current().filter(name__iexact=module.name).exclude(pk=module.pk)
    if same.exists():
        raise DomainError(_("There is a module with this name."), field="name")
    module.roles = sorted(set(module.roles or ()))
    if not module.roles or not set(module.roles) <= set(USER_ROLES):
        raise DomainError(_("Say for which roles it is."), field="roles")
    module.link = _link(module.link, "link")
    module.since = rules.month_of(module.since)


def _check_month(module: TrainingModule, month: date, by: Actor, now: datetime) -> None:
    if not rules.may_be_recorded(month, today=reading.today_here(now)):
        raise DomainError(_("Only this month and the one before can be written down."), field="month", code="settled")
    if module.archived_at is not None or not by.active_roles & set(module.roles):
        raise DomainError(_("This module is not for your roles."), field="module", code="not_yours")


def _result(text: str) -> str:
    if text not in TrainingResult.values:
        raise DomainError(_("Say how it went."), field="result")
    return text


def _note(text: str) -> str:
    note = text.replace("\0", "").strip()
    if len(note) > 500:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": 500}, field="note")
    return note


def _link(text: str, field: str) -> str:
    link = text.strip()
    try:
        if link:
            _is_link(link)
    except ValidationError as error:
        raise DomainError(_("This is no link."), field=field, code="no_link") from error
    if len(link) > 200:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": 200}, field=field)
    return link


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _record(by: Actor, verb: str, target: Any, name: str, now: datetime, changes: Mapping[str, list[Any]]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=target,
        target_name=name,
        changes=dict(changes),
        now=now,
    )
