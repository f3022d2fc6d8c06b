"""Use cases of working copies of policy: begin, change, take a change back, publish, discard.

A copy belongs to all who write policy. Every change is made to the body as it is by then, under a lock, so that nobody
writes over what somebody else has just saved.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import Conflict, DomainError, Missing
from common.models import PolicyVersion, PolicyWorkingCopy
from common.pack_files import ENDING, MAX_BYTES, PackFileError, dump_pack, read_pack_content
from common.packs import PackSource, canonical_json, kind_of
from common.services import policies
from common.services.policies import PlannedPack

Edit = Callable[[dict[str, Any]], dict[str, Any]]


@transaction.atomic
def begin(*, name: str, now: datetime, actor_id: int | None) -> tuple[PolicyWorkingCopy, bool]:
    """The working copy of a pack, and whether it began now, from the version in force. Raises Missing."""
    active = PolicyVersion.objects.filter(name=name, is_active=True).first()
    if active is None:
        raise Missing(_("There is no such policy."))
    return PolicyWorkingCopy.objects.get_or_create(
        name=name,
        defaults={
            "body": active.body,
            "base_version": active.version,
            "edited_by_id": actor_id,
            "edited_at": now,
        },
    )


@transaction.atomic
def change(*, name: str, edit: Edit, now: datetime, actor_id: int | None) -> tuple[PolicyWorkingCopy, bool]:
    """Put what `edit` makes of the body in its place; also says whether anything changed by that.

    Raises Missing, DomainError "too_large", and what `edit` raises.
    """
    copy = _locked(name)
    body = edit(copy.body)
    written = canonical_json(body)
    if written == canonical_json(copy.body):
        return copy, False
    if len(written.encode()) > MAX_BYTES:
        raise DomainError(_("The policy would be too large: at most %d KB.") % (MAX_BYTES // 1024), code="too_large")
    return _save(copy, body, before=copy.body, now=now, actor_id=actor_id), True


@transaction.atomic
def take_back(*, name: str, version: int, now: datetime, actor_id: int | None) -> PolicyWorkingCopy:
    """Undo the last change, if it is still that of `version`; again, and it is done again. Raises Missing, Conflict."""
    copy = _locked(name)
    _check(copy, version)
    if copy.before is None:
        raise DomainError(_("There is nothing to take back."), code="nothing_to_undo")
    return _save(copy, copy.before, before=copy.body, now=now, actor_id=actor_id)


@transaction.atomic
def publish(
    *, name: str, version: int, base: int, note: str, now: datetime, actor_id: int | None, actor_name: str
) -> PlannedPack:
    """Make the copy the version in force, and end it. `version` and `base` are what was looked at.

    Raises Missing; Conflict where the copy was changed or another version put in force meanwhile; DomainError
    "unfinished" with the first fault.
    """
    copy = _locked(name)
    _check(copy, version)
    try:
        source = source_of_copy(copy)
        [plan] = policies.load_packs(sources=[source], now=now, actor_id=actor_id, actor_name=actor_name, note=note)
    except PackFileError as error:
        what = ": ".join(part for part in (error.path, error.message) if part)
        raise DomainError(_("This cannot be published: %s") % what, code="unfinished") from error
    if plan.in_force != base:
        raise Conflict(
            _("Version %(version)s was put in force while you were looking. Look at the changes again.")
            % {"version": plan.in_force},
            version=plan.in_force or 0,
        )
    copy.delete()
    return plan


@transaction.atomic
def discard(*, name: str, version: int) -> None:
    """Throw the copy away, if nobody has changed it since. Raises Missing, Conflict."""
    copy = _locked(name)
    _check(copy, version)
    copy.delete()


def source_of_copy(copy: PolicyWorkingCopy) -> PackSource:
    """The copy as the file that it could be exported to. Raises PackFileError where no such file would be read."""
    text = dump_pack(kind_of(copy.name), copy.body)
    return read_pack_content(f"{copy.name}{ENDING}", text.encode())


def _locked(name: str) -> PolicyWorkingCopy:
    copy = PolicyWorkingCopy.objects.select_for_update().filter(name=name).first()
    if copy is None:
        raise Missing(_("There is no working copy any longer: it was published or discarded."))
    return copy


def _check(copy: PolicyWorkingCopy, version: int) -> None:
    if copy.version != version:
        raise Conflict(
            _("The working copy was changed while you were looking. Look at it again."), version=copy.version
        )


def _save(
    copy: PolicyWorkingCopy, body: dict[str, Any], *, before: dict[str, Any], now: datetime, actor_id: int | None
) -> PolicyWorkingCopy:
    copy.body, copy.before = body, before
    copy.version += 1
    copy.edited_by_id, copy.edited_at = actor_id, now
    copy.save(update_fields=["body", "before", "version", "edited_by_id", "edited_at"])
    return copy
