"""Use cases of voices: an organization asks for an item of feedback, in its own words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners import permissions
from partners.choices import EntryKind
from partners.feedback_choices import FeedbackState, Need
from partners.feedback_sources import source_of
from partners.models import FeedbackItem, FeedbackVoice, Organization
from partners.rules.feedback import joined, stronger
from partners.services import timeline
from partners.services.locking import lock_organization, refuse_archived
from partners.services.validation import check_fields

FIELDS = frozenset({"need", "words", "contact"})
MAX_WORDS = 10_000


@transaction.atomic
def add(
    *, by: Actor, item: FeedbackItem, organization: Organization, values: Mapping[str, Any], now: datetime
) -> FeedbackVoice:
    """An organization asks for it too. `values` may hold "source", as (type, key) of a ticket or a talk.

    Raises NotAllowed, Missing; DomainError: asks already ("voiced"), it is "released", a contact of others, an unknown
    source.
    """
    check_fields(values, FIELDS | {"source"})
    locked = _locked_organization(by, organization)
    current = FeedbackItem.objects.select_for_update().filter(pk=item.pk, archived_at__isnull=True).first()
    if current is None:
        raise Missing(_("This feedback does not exist, or was merged into other feedback."))
    if current.state == FeedbackState.RELEASED:
        # Its drafts have been made: whoever came later would be counted, and told of nothing.
        message = _("This is released. Write down what is still missing as feedback of its own.")
        raise DomainError(message, code="released")
    if FeedbackVoice.objects.filter(item=item, organization=locked).exists():
        message = _("%(name)s asks for this already.") % {"name": locked.name}
        raise DomainError(message, field="organization", code="voiced")
    sent = {name: value for name, value in values.items() if name in FIELDS}
    voice = FeedbackVoice(organization=locked, item=item, added_by_id=by.user_id, **sent)
    voice.source_type, voice.source_id = source_of(by, values.get("source"), locked.pk)
    _check(voice)
    voice.save()
    _record(by, "added", voice, now, {"need": [None, voice.need]})
    title = _("Asks for: %(title)s") % {"title": item.title}
    timeline.push(
        organization=locked, kind=EntryKind.FEEDBACK, title=title, body=voice.words, at=now, by=by, target=voice
    )
    return voice


@transaction.atomic
def edit(
    *, by: Actor, voice: FeedbackVoice, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> FeedbackVoice:
    """Change how much it is needed, or the words. Raises NotAllowed, Missing, Conflict, DomainError with `field`."""
    check_fields(values, FIELDS)
    locked = _locked(by, voice)
    before = {name: getattr(locked, name) for name in values}
    if version is not None and version != locked.version:
        message = _("Somebody changed this while you were at it.")
        raise Conflict(message, version=locked.version, current={**before, "contact": str(locked.contact or "")})
    if all(before[name] == values[name] for name in values):
        return locked
    for name, value in values.items():
        setattr(locked, name, value)
    _check(locked)
    locked.version += 1
    locked.save(update_fields=[*values, "version", "updated_at"])
    _record(by, "edited", locked, now, {name: ["*", "*"] for name in values})
    return locked


@transaction.atomic
def remove(*, by: Actor, voice: FeedbackVoice, now: datetime) -> None:
    """It does not ask for this any more. Raises NotAllowed, Missing; DomainError "released"."""
    locked = _locked(by, voice)
    if locked.item.state == FeedbackState.RELEASED:
        raise DomainError(_("It is released: who asked for it stays."), code="released")
    _record(by, "removed", locked, now, {"need": [locked.need, None]})
    title = _("Asks no longer for: %(title)s") % {"title": locked.item.title}
    timeline.push(organization=locked.organization, kind=EntryKind.FEEDBACK, title=title, at=now, by=by)
    locked.delete()


def move_all(gone: FeedbackItem, kept: FeedbackItem) -> None:
    """The voices of an item become those of another; who asked for both asks once, with both words. Scope of all."""
    there = {voice.organization_id: voice for voice in FeedbackVoice.objects.filter(item=kept)}
    for voice in FeedbackVoice.objects.select_for_update(of=("self",)).filter(item=gone).order_by("pk"):
        same = there.get(voice.organization_id)
        if same is None:
            continue
        same.words, same.need = joined(same.words, voice.words), stronger(same.need, voice.need)
        same.version += 1
        same.save(update_fields=["words", "need", "version", "updated_at"])
        voice.delete()
    FeedbackVoice.objects.filter(item=gone).update(item=kept)


def tell_of_move(*, item: FeedbackItem, by: Actor, now: datetime) -> None:
    """A line in the story of everybody who asks for it. Scope of all."""
    words = {"title": item.title, "state": FeedbackState(item.state).label}
    title = _("%(title)s: %(state)s") % words
    voices = FeedbackVoice.objects.filter(item=item).select_related("organization").order_by("pk")
    timeline.push_many(
        timeline.line(
            organization=voice.organization,
            kind=EntryKind.FEEDBACK,
            title=title,
            body=item.answer,
            at=now,
            by=by,
            target=voice,
        )
        for voice in voices
    )


def _locked_organization(by: Actor, organization: Organization) -> Organization:
    locked = lock_organization(organization)
    if not permissions.can_use(by, "log_interaction", locked):
        raise NotAllowed(_("Feedback is written down by those who open the organization."))
    refuse_archived(locked)
    return locked


def _locked(by: Actor, voice: FeedbackVoice) -> FeedbackVoice:
    organization = _locked_organization(by, voice.organization)
    rows = FeedbackVoice.objects.select_for_update(of=("self",)).select_related("item")
    found: FeedbackVoice | None = rows.filter(pk=voice.pk).first()
    if found is None:
        raise Missing(_("This does not exist, or it is not yours."))
    found.organization = organization
    return found


def _check(voice: FeedbackVoice) -> None:
    voice.words = voice.words.replace("\0", "").strip()
    if len(voice.words) > MAX_WORDS:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": MAX_WORDS}, field="words", code="too_long")
    if voice.need not in Need.values:
        raise DomainError(_("Say how much it is needed."), field="need", code="unknown_need")
    contact = voice.contact
    if contact is not None and (contact.organization_id != voice.organization_id or contact.archived_at is not None):
        raise DomainError(_("Choose a contact of this organization."), field="contact", code="foreign")


def _record(by: Actor, verb: str, voice: FeedbackVoice, now: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"feedback_voice.{verb}",
        target=voice,
        organization_id=voice.organization_id,
        target_name=voice.item.title,
        changes=changes,
        now=now,
    )
