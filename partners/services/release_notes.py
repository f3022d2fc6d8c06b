"""Use cases of release notes: a mail drafted for everybody who asked for something, sent once by their owner."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common import outbox
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.mail import Envelope, send_mail
from partners import notices, permissions
from partners.choices import CARRYING_ROLE, EntryKind, Stage
from partners.feedback_choices import ReleaseNoteState
from partners.models import Assignment, Contact, FeedbackItem, FeedbackVoice, Organization, ReleaseNote
from partners.services import timeline
from partners.services.locking import lock_organization
from partners.services.validation import check_fields, clean

MAIL = "partners.release_note"
MAX_BODY = 10_000
FIELDS = frozenset({"subject", "body", "contact"})


def draft_for(*, item: FeedbackItem, by: Actor, now: datetime) -> None:
    """A draft for everybody who asks for the item, with its owner told once. Scope of all; safe to run twice."""
    voices = list(FeedbackVoice.objects.filter(item=item).select_related("organization", "contact").order_by("pk"))
    ids = [voice.organization_id for voice in voices if voice.organization.archived_at is None]
    owners, contacts = _owners(ids), _contacts(ids)
    drafts = [
        _draft(item, voice, owners.get(voice.organization_id), _asking(voice) or contacts.get(voice.organization_id))
        for voice in voices
        if voice.organization_id in set(ids)
    ]
    ReleaseNote.objects.bulk_create(drafts, batch_size=500, ignore_conflicts=True)
    notify(
        user_ids={draft.owner_id for draft in drafts if draft.owner_id is not None} - {by.user_id},
        kind=notices.RELEASES,
        title=_("Released: %(title)s. A draft waits for you to send") % {"title": item.title},
        key=f"release:{item.pk}:{item.version}",
        now=now,
        target_type="feedback",
        target_id=item.pk,
    )


def _asking(voice: FeedbackVoice) -> Contact | None:
    contact = voice.contact
    return contact if contact is not None and contact.archived_at is None and contact.email else None


def _owners(organization_ids: list[int]) -> dict[int, int]:
    """Who carries each of them in its stage, else whoever is assigned the longest."""
    rows = Assignment.objects.active().filter(organization_id__in=organization_ids, user__is_active=True)
    found: dict[int, int] = {}
    for row in rows.select_related("organization").order_by("organization_id", "-is_primary", "started_at", "pk"):
        carries = CARRYING_ROLE[Stage(row.organization.stage)] == row.role
        if carries:
            found.setdefault(-row.organization_id, row.user_id)
        found.setdefault(row.organization_id, row.user_id)
    return {pk: found.get(-pk, user_id) for pk, user_id in found.items() if pk > 0}


def _contacts(organization_ids: list[int]) -> dict[int, Contact]:
    rows = Contact.objects.filter(organization_id__in=organization_ids, archived_at__isnull=True).exclude(email="")
    found: dict[int, Contact] = {}
    for row in rows.order_by("organization_id", "-is_primary", "pk"):
        found.setdefault(row.organization_id, row)
    return found


def _draft(item: FeedbackItem, voice: FeedbackVoice, owner_id: int | None, contact: Contact | None) -> ReleaseNote:
    with override(voice.organization.language or settings.LANGUAGE_CODE):
        lines = [
            _("Hello %(name)s,") % {"name": contact.name if contact else voice.organization.name},
            _("you asked for this, and it is there now: %(title)s") % {"title": item.title},
            item.answer,
            _("Tell us how it works for you."),
        ]
        subject = _("It is there: %(title)s") % {"title": item.title}
    body = "\n\n".join(filter(None, lines))
    values: dict[str, Any] = {"subject": subject[:200], "body": body[:MAX_BODY], "owner_id": owner_id}
    return ReleaseNote(organization=voice.organization, item=item, contact=contact, **values)


@transaction.atomic
def edit(
    *, by: Actor, note: ReleaseNote, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> ReleaseNote:
    """Change a draft. Raises NotAllowed, Missing, Conflict, DomainError with `field`; "settled"."""
    check_fields(values, FIELDS)
    locked = _locked(by, note, version)
    for name, value in values.items():
        setattr(locked, name, value)
    _check(locked)
    _save(locked, *values)
    return locked


@transaction.atomic
def send(*, by: Actor, note: ReleaseNote, version: int | None = None, now: datetime) -> ReleaseNote:
    """Send a draft to its contact, once. Raises NotAllowed, Missing, Conflict, DomainError (`field` contact)."""
    locked = _locked(by, note, version)
    contact = locked.contact
    if contact is None or not contact.email or contact.archived_at is not None:
        raise DomainError(_("Choose somebody with an e-mail address."), field="contact", code="no_address")
    locked.state, locked.sent_at, locked.sent_by_id = ReleaseNoteState.SENT, now, by.user_id
    _save(locked, "state", "sent_at", "sent_by")
    outbox.put(topic=MAIL, payload={"note_id": locked.pk}, organization_id=locked.organization_id, now=now)
    _record(by, "sent", locked, now)
    title = _("Told of a release: %(title)s") % {"title": locked.item.title}
    timeline.push(
        organization=locked.organization,
        kind=EntryKind.FEEDBACK,
        title=title,
        body=locked.body,
        at=now,
        by=by,
        target=locked,
    )
    return locked


@transaction.atomic
def discard(*, by: Actor, note: ReleaseNote, version: int | None = None, now: datetime) -> ReleaseNote:
    """Send nothing. Raises NotAllowed, Missing, Conflict, DomainError "settled"."""
    locked = _locked(by, note, version)
    locked.state = ReleaseNoteState.DISCARDED
    _save(locked, "state")
    _record(by, "discarded", locked, now)
    return locked


@transaction.atomic
def restore(*, by: Actor, note: ReleaseNote, now: datetime) -> ReleaseNote:
    """Undo of discarding. Raises NotAllowed, Missing, DomainError "settled" for one that was sent."""
    locked = _locked(by, note, None, state=ReleaseNoteState.DISCARDED)
    locked.state = ReleaseNoteState.DRAFT
    _save(locked, "state")
    _record(by, "restored", locked, now)
    return locked


@outbox.handler(MAIL)
def deliver_release_note(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Mail one; nothing leaves where the person has gone meanwhile."""
    rows = ReleaseNote.objects.select_related("contact__user", "organization", "sent_by")
    note = rows.filter(pk=payload["note_id"], state=ReleaseNoteState.SENT).first()
    if note is None or note.contact is None or note.contact.archived_at is not None or not note.contact.email:
        return
    user = note.contact.user
    language = (user.language if user is not None else "") or note.organization.language
    envelope = Envelope(reply_to=note.sent_by.email if note.sent_by is not None else "")
    context = {"subject": note.subject, "body": note.body, "sender": note.sent_by.name if note.sent_by else ""}
    mail: dict[str, Any] = {"template": "release_note", "context": context, "key": key, "language": language}
    send_mail(to=note.contact.email, envelope=envelope, **mail)


def may_send(actor: Actor, organization: Organization) -> bool:
    """Who may leave word of a talk there may send it."""
    return permissions.can_use(actor, "log_interaction", organization)


def _locked(
    by: Actor, note: ReleaseNote, version: int | None, *, state: ReleaseNoteState = ReleaseNoteState.DRAFT
) -> ReleaseNote:
    organization = lock_organization(note.organization)
    if not may_send(by, organization):
        raise NotAllowed(_("Release notes are sent by those who open the organization."))
    rows = ReleaseNote.objects.select_for_update(of=("self",)).select_related("item", "contact")
    found: ReleaseNote | None = rows.filter(pk=note.pk).first()
    if found is None:
        raise Missing(_("This draft does not exist, or it is not yours."))
    if version is not None and version != found.version:
        current = {"subject": found.subject, "body": found.body}
        raise Conflict(_("Somebody changed this while you were at it."), version=found.version, current=current)
    if found.state != state:
        raise DomainError(_("This was sent or discarded already."), code="settled")
    found.organization = organization
    return found


def _check(note: ReleaseNote) -> None:
    note.subject = " ".join(note.subject.replace("\0", "").split())
    note.body = note.body.replace("\0", "").strip()
    if len(note.body) > MAX_BODY:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": MAX_BODY}, field="body", code="too_long")
    contact = note.contact
    if contact is not None and (contact.organization_id != note.organization_id or contact.archived_at is not None):
        raise DomainError(_("Choose a contact of this organization."), field="contact", code="foreign")
    clean(note, {"subject", "body"})


def _save(note: ReleaseNote, *fields: str) -> None:
    note.version += 1
    note.save(update_fields=[*fields, "version", "updated_at"])


def _record(by: Actor, verb: str, note: ReleaseNote, now: datetime) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"release_note.{verb}",
        target=note,
        organization_id=note.organization_id,
        target_name=note.item.title,
        now=now,
    )
