"""Use cases of training: a need, its session, who was there and what they took from it (journey.md, Training)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError
from partners import permissions
from partners.choices import EntryKind
from partners.enablement_choices import TrainingResult, TrainingState
from partners.models import Contact, Organization, Training, TrainingAttendee
from partners.services import keeping
from partners.services.checklists import local_day
from partners.services.validation import check_fields
from partners.work_permissions import user_sees

WRITABLE_FIELDS = frozenset({"title", "need", "held_on", "minutes", "trainer"})
MAX_MINUTES = 60 * 24 * 5
MOST = 200
_ENDED = (TrainingState.HELD, TrainingState.CANCELLED)


@transaction.atomic
def add(*, by: Actor, organization: Organization, values: Mapping[str, Any], now: datetime) -> Training:
    """Write a need down; with a day it is planned. Raises NotAllowed, DomainError with `field`."""
    locked = keeping.begin(by, organization)
    check_fields(values, WRITABLE_FIELDS)
    made = Training(organization=locked, **values)
    made.state = TrainingState.PLANNED if made.held_on else TrainingState.NEEDED
    _check(made)
    made.save()
    keeping.record(by, "training.added", made, now)
    sentence = _("Training planned: %(title)s") if made.held_on else _("Training needed: %(title)s")
    keeping.say(made, EntryKind.TRAINING, sentence % {"title": made.title}, by, now)
    return made


@transaction.atomic
def edit(
    *, by: Actor, training: Training, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> Training:
    """Change a training that is not over. Raises NotAllowed, Conflict, DomainError ("closed"; field)."""
    locked = _open(by, training, version)
    check_fields(values, WRITABLE_FIELDS)
    if not (changes := keeping.put(locked, values)):
        return locked
    locked.state = TrainingState.PLANNED if locked.held_on else TrainingState.NEEDED
    _check(locked)
    keeping.save(locked, [*changes, "state"])
    keeping.record(by, "training.edited", locked, now, changes)
    return locked


@transaction.atomic
def hold(
    *, by: Actor, training: Training, held_on: date, note: str = "", version: int | None = None, now: datetime
) -> Training:
    """It was held. Raises NotAllowed, Conflict, DomainError ("closed"; field held_on of a day to come)."""
    locked = _open(by, training, version)
    if held_on > local_day(locked.organization, now):
        raise DomainError(_("This day is still to come."), field="held_on", code="future")
    locked.state, locked.held_on, locked.outcome_note = TrainingState.HELD, held_on, keeping.closing(note)
    _check(locked)
    keeping.save(locked, ["state", "held_on", "outcome_note"])
    keeping.record(by, "training.held", locked, now)
    keeping.say(locked, EntryKind.TRAINING, _("Training held: %(title)s") % {"title": locked.title}, by, now, body=note)
    return locked


@transaction.atomic
def cancel(*, by: Actor, training: Training, note: str, version: int | None = None, now: datetime) -> Training:
    """It does not take place, and why. Raises NotAllowed, Conflict, DomainError ("closed"; field note)."""
    locked = _open(by, training, version)
    locked.state, locked.outcome_note = TrainingState.CANCELLED, keeping.closing(note, is_needed=True)
    keeping.save(locked, ["state", "outcome_note"])
    keeping.record(by, "training.cancelled", locked, now)
    sentence = _("Training cancelled: %(title)s") % {"title": locked.title}
    keeping.say(locked, EntryKind.TRAINING, sentence, by, now, body=locked.outcome_note)
    return locked


@transaction.atomic
def attend(
    *,
    by: Actor,
    training: Training,
    contact: Contact | None = None,
    user: User | None = None,
    result: str = TrainingResult.EXPECTED,
    now: datetime,
) -> TrainingAttendee:
    """Name somebody of theirs or of ours, or say how it went for them.

    Raises NotAllowed; DomainError with `field`: nobody or two at once, somebody of another organization, an unknown
    result, a result of a training that was not held.
    """
    locked = keeping.locked_row(by, training)
    _check_person(locked, contact, user)
    if result not in TrainingResult.values:
        raise DomainError(_("Choose a result."), field="result", code="unknown_result")
    if result != TrainingResult.EXPECTED and locked.state != TrainingState.HELD:
        raise DomainError(_("There is a result once it was held."), field="result", code="not_held")
    if locked.attendees.count() >= MOST:
        raise DomainError(_("A training has up to %(count)s people.") % {"count": MOST}, code="too_many")
    made, _is_new = TrainingAttendee.objects.update_or_create(
        training=locked, contact=contact, user=user, defaults={"organization": locked.organization, "result": result}
    )
    keeping.save(locked, [])
    keeping.record(by, "training.attended", locked, now, {"result": ["", str(result)]})
    return made


@transaction.atomic
def leave_out(*, by: Actor, attendee: TrainingAttendee, now: datetime) -> None:
    """Take a name off the list again. Raises NotAllowed."""
    locked = keeping.locked_row(by, attendee.training)
    TrainingAttendee.objects.filter(pk=attendee.pk, training=locked).delete()
    keeping.save(locked, [])
    keeping.record(by, "training.left_out", locked, now)


def _open(by: Actor, training: Training, version: int | None) -> Training:
    locked = keeping.locked_row(by, training, version)
    if locked.state in _ENDED:
        raise DomainError(_("This training is over."), code="closed")
    return locked


def _check(row: Training) -> None:
    keeping.tidy(row, {"title", "need", "held_on", "minutes", "outcome_note"})
    if row.minutes is not None and not 0 < row.minutes <= MAX_MINUTES:
        raise DomainError(_("Give minutes of up to five days."), field="minutes", code="minutes")
    if row.trainer is not None and not user_sees(row.trainer, permissions.subject_of(row.organization)):
        raise DomainError(_("This colleague does not see the organization."), field="trainer", code="unseen")


def _check_person(training: Training, contact: Contact | None, user: User | None) -> None:
    if (contact is None) == (user is None):
        raise DomainError(_("Choose one person, of theirs or of ours."), field="contact", code="one_person")
    if contact is not None and (contact.organization_id != training.organization_id or contact.archived_at):
        raise DomainError(_("This person does not belong to the organization."), field="contact", code="foreign")
    if user is not None and not user_sees(user, permissions.subject_of(training.organization)):
        raise DomainError(_("This colleague does not see the organization."), field="user", code="unseen")
