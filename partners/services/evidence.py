"""Evidence beside a task or an answer of a draft: a file, a link or a note. Taken away it is kept, and shown no more.

Lock order: the organization, then the task. Files are told by their content, stored under names of our own, and leave
the house as attachments only (security.md 11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed
from common.services import stored_files
from partners.models import Draft, Evidence, Organization, Task
from partners.services.locking import lock_organization, refuse_archived
from partners.services.tasks import locked_task
from partners.work_choices import OPEN_TASKS, EvidenceKind
from partners.work_permissions import can_arrange, can_do

MAX_NOTE = 8 * 1024
MAX_PIECES = 50


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where evidence goes: one task, or one field of one draft."""

    organization: Organization
    task: Task | None
    draft: Draft | None
    field: str

    @property
    def pieces(self) -> Any:
        here = Evidence.objects.current()
        return here.filter(task=self.task) if self.task else here.filter(draft=self.draft, field=self.field)


@transaction.atomic
def add_file(
    *,
    by: Actor,
    task: Task | None = None,
    draft: Draft | None = None,
    field: str = "",
    file: UploadedFile,
    now: datetime,
) -> Evidence:
    """Keep a file as evidence of a task, or of one answer of a draft.

    Raises NotAllowed; DomainError (`field` "file"): too large, empty, or of a kind that is not taken.
    """
    place = _locked_place(by, task, draft, field)
    limit = settings.EVIDENCE_MAX_BYTES
    own, whose = by.user_id, place.organization.pk
    keeping = stored_files.kept(file=file, folder="evidence", most_bytes=limit, owner_id=own, organization_id=whose)
    with keeping as stored:
        return _add(by, place, now, kind=EvidenceKind.FILE, file=stored)


@transaction.atomic
def add_link(
    *, by: Actor, task: Task | None = None, draft: Draft | None = None, field: str = "", url: str, now: datetime
) -> Evidence:
    """Keep an address as evidence; https only. Raises NotAllowed, DomainError (`field` "url")."""
    place = _locked_place(by, task, draft, field)
    address = url.strip()
    try:
        URLValidator(schemes=["https"])(address)
        has_password = urlsplit(address).password is not None
    except (ValidationError, ValueError):
        message = _("Give an address that begins with https://.")
        raise DomainError(message, field="url", code="bad_url") from None
    if len(address) > 500 or has_password or not address.isprintable():
        raise DomainError(_("Give an address of up to 500 characters, without a password."), field="url")
    return _add(by, place, now, kind=EvidenceKind.LINK, url=address)


@transaction.atomic
def add_note(
    *, by: Actor, task: Task | None = None, draft: Draft | None = None, field: str = "", note: str, now: datetime
) -> Evidence:
    """Keep some words as evidence. Raises NotAllowed, DomainError (`field` "note")."""
    place = _locked_place(by, task, draft, field)
    return _add(by, place, now, kind=EvidenceKind.NOTE, note=_checked_note(note))


def write_note(*, by: Actor, task: Task, note: str, now: datetime) -> Evidence:
    """The same beside a use case that has locked the task and checked the right. Raises DomainError."""
    place = _Place(organization=task.organization, task=task, draft=None, field="")
    return _add(by, place, now, kind=EvidenceKind.NOTE, note=_checked_note(note))


@transaction.atomic
def remove(*, by: Actor, evidence: Evidence, now: datetime) -> Evidence:
    """Take a piece of evidence away: who added it, or who works on the organization. It stays in the database.

    Raises NotAllowed; DomainError "settled" while its task is done or its gate decided.
    """
    place = _locked_place(by, evidence.task, evidence.draft, evidence.field)
    locked = Evidence.objects.select_for_update(no_key=True).filter(pk=evidence.pk).first()
    if locked is None:
        raise Missing(_("This evidence does not exist, or it is not yours."))
    is_own = locked.added_by_id == by.user_id
    if not is_own and (by.is_contact or not can_arrange(by, place.organization)):
        raise NotAllowed(_("Who added it takes it away."))
    if place.task is not None and place.task.state not in OPEN_TASKS:
        raise DomainError(_("The task is settled with it; reopen the task first."), code="settled")
    if locked.removed_at is None:
        locked.removed_at = now
        locked.save(update_fields=["removed_at"])
        _record(by, "evidence.removed", locked, place, now, {"removed_at": [None, now]})
    return locked


def _locked_place(by: Actor, task: Task | None, draft: Draft | None, field: str) -> _Place:
    """Raises NotAllowed for those who may not write there, DomainError "settled" where nothing is written any more."""
    if task is not None:
        locked = locked_task(task)
        if not can_do(by, locked):
            raise NotAllowed(_("This task was given to somebody else."))
        refuse_archived(locked.organization)
        if by.is_contact and locked.state not in OPEN_TASKS:
            raise DomainError(_("This is done already."), code="settled")
        return _Place(organization=locked.organization, task=locked, draft=None, field="")
    if draft is None:
        raise ValueError("evidence is of a task or of a draft")
    organization = lock_organization(draft.organization)
    refuse_archived(organization)
    if by.is_contact or not can_arrange(by, organization):
        raise NotAllowed(_("You do not work on this organization in its present stage."))
    current = Draft.objects.select_related("review").get(pk=draft.pk)
    if current.review.decided_at is not None:
        raise DomainError(_("This gate is decided; its answers stay as they are."), code="settled")
    return _Place(organization=organization, task=None, draft=current, field=field[:80])


def _add(by: Actor, place: _Place, now: datetime, **content: Any) -> Evidence:
    if place.pieces.count() >= MAX_PIECES:
        raise DomainError(_("There are %(count)s pieces already; that is the most.") % {"count": MAX_PIECES})
    made: Evidence = Evidence.objects.create(
        organization=place.organization,
        task=place.task,
        draft=place.draft,
        field=place.field,
        added_by_id=by.user_id,
        added_at=now,
        **content,
    )
    digest = made.file.sha256 if made.file else None
    _record(by, "evidence.added", made, place, now, {"kind": [None, made.kind], "sha256": [None, digest]})
    return made


def _checked_note(note: str) -> str:
    text = note.replace("\0", "").strip()
    if not text:
        raise DomainError(_("Write a few words."), field="note", code="blank")
    if len(text.encode()) > MAX_NOTE:
        raise DomainError(_("This note is too long; 8 KiB is the most."), field="note", code="too_long")
    return text


def _record(
    by: Actor, verb: str, evidence: Evidence, place: _Place, now: datetime, changes: Mapping[str, list[Any]]
) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=place.task or evidence,
        target_name=_("Evidence of %(name)s") % {"name": place.organization.name},
        organization_id=place.organization.pk,
        changes=changes,
        now=now,
    )
