"""Use cases of commitments: promises of both sides, made, kept, broken, renegotiated, withdrawn (journey.md).

Lock order: the organization, then the commitment. Days are those of the organization. Agreeing another day keeps the
days before; whether a promise was kept on time is judged by `rules.commitments`.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners import notices
from partners.choices import EntryKind
from partners.models import Commitment, CommitmentChange, Organization
from partners.rules.commitments import CommitmentMove, CommitmentState, after
from partners.services import timeline
from partners.services.checklists import local_day
from partners.services.locking import lock_organization, refuse_archived
from partners.services.validation import check_fields, clean
from partners.work_permissions import can_arrange, can_settle, user_opens, who_open

WRITABLE_FIELDS = frozenset({"side", "title", "description", "owner", "contact", "due_on"})
# The day is agreed anew with a reason, and the side is what the promise is.
EDITABLE_FIELDS = frozenset({"title", "description", "owner", "contact"})
MAX_TEXT = 32 * 1024
MAX_NOTE = 300
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)
_WORDS = frozenset({"title", "description", "outcome_note"})


@transaction.atomic
def make(
    *,
    by: Actor,
    organization: Organization,
    values: Mapping[str, Any],
    source: models.Model | None = None,
    now: datetime,
) -> Commitment:
    """Write down what one side promised; `source` is where: an interaction, a handoff, a review.

    Raises NotAllowed; DomainError with `field` (no title, no day, an owner who does not see the organization).
    """
    locked = lock_organization(organization)
    if not can_arrange(by, locked):
        raise NotAllowed(_("Commitments are made by those who work on the organization in its present stage."))
    return _make(locked, values, by=by, source=source, now=now)


@transaction.atomic
def make_published(
    *, by: Actor, organization: Organization, values: Mapping[str, Any], source: models.Model, now: datetime
) -> Commitment:
    """The same for a promise that a document of an upper floor holds, which has asked its own policy who publishes it.

    Raises DomainError with `field`.
    """
    return _make(lock_organization(organization), values, by=by, source=source, now=now)


def _make(
    locked: Organization, values: Mapping[str, Any], *, by: Actor, source: models.Model | None, now: datetime
) -> Commitment:
    refuse_archived(locked)
    check_fields(values, WRITABLE_FIELDS)
    if values.get("due_on") is None:
        raise DomainError(_("A promise has a day."), field="due_on", code="no_day")
    made = Commitment(organization=locked, made_by_id=by.user_id, made_at=now, **values)
    if source is not None:
        made.source_type, made.source_id = source._meta.model_name or "", source.pk
    _check(made, values)
    made.save()
    _record(by, "made", made, now, {"due_on": [None, made.due_on]})
    _say(_("We promised: %(title)s") if made.side == "us" else _("They promised: %(title)s"), made, by, now)
    _tell([made.owner_id], _("A promise of yours: %(title)s"), made, by, now)
    return made


@transaction.atomic
def edit(*, by: Actor, commitment: Commitment, values: Mapping[str, Any], version: int, now: datetime) -> Commitment:
    """Change the words of a promise or who looks after it. Raises NotAllowed, Conflict, DomainError with `field`."""
    locked = _locked_for(by, commitment)
    if not can_arrange(by, locked.organization):
        raise NotAllowed(_("Commitments are changed by those who work on the organization in its present stage."))
    check_fields(values, EDITABLE_FIELDS)
    before = {name: getattr(locked, name) for name in values}
    _check_version(locked, version, before)
    changes = activity.changes_between(before, values)
    if not changes:
        return locked
    for name in changes:
        setattr(locked, name, values[name])
    _check(locked, changes)
    _save(locked, changes)
    _record(by, "edited", locked, now, changes)
    if "owner" in changes:
        _tell([locked.owner_id], _("A promise of yours: %(title)s"), locked, by, now)
    return locked


@transaction.atomic
def keep(*, by: Actor, commitment: Commitment, note: str = "", version: int | None = None, now: datetime) -> Commitment:
    """Say that a promise was kept. Raises NotAllowed, Conflict, DomainError "settled"."""
    return _settle(by, commitment, CommitmentMove.KEEP, _note(note), version, now)


@transaction.atomic
def break_(*, by: Actor, commitment: Commitment, note: str, version: int | None = None, now: datetime) -> Commitment:
    """Say that a promise was not kept, and why. Raises NotAllowed, Conflict, DomainError ("settled"; field "note")."""
    return _settle(by, commitment, CommitmentMove.BREAK, _note(note, _("Say what went wrong.")), version, now)


@transaction.atomic
def withdraw(*, by: Actor, commitment: Commitment, note: str, version: int | None = None, now: datetime) -> Commitment:
    """Take a promise back by agreement: it counts neither way. Raises as `break_` does."""
    return _settle(
        by, commitment, CommitmentMove.WITHDRAW, _note(note, _("Say why it is no longer due.")), version, now
    )


@transaction.atomic
def reopen(*, by: Actor, commitment: Commitment, version: int | None = None, now: datetime) -> Commitment:
    """Undo of the three above. Raises NotAllowed, Conflict, DomainError "settled" for one that is open."""
    return _settle(by, commitment, CommitmentMove.REOPEN, "", version, now)


@transaction.atomic
def renegotiate(
    *, by: Actor, commitment: Commitment, due_on: date, reason: str, version: int | None = None, now: datetime
) -> Commitment:
    """Agree another day; the one before is kept. Raises NotAllowed, Conflict, DomainError (`field` due_on, reason)."""
    locked = _locked_for(by, commitment)
    _check_version(locked, version, {"due_on": locked.due_on})
    _after(locked, CommitmentMove.RENEGOTIATE)
    why = _note(reason, _("Say why another day was agreed."), field="reason")
    if due_on == locked.due_on:
        raise DomainError(_("This is the day it has already."), field="due_on", code="same_day")
    before, locked.due_on = locked.due_on, due_on
    _check(locked, {"due_on": due_on})
    _save(locked, ("due_on",))
    CommitmentChange.objects.create(
        organization=locked.organization,
        commitment=locked,
        was_due_on=before,
        due_on=due_on,
        reason=why,
        changed_by_id=by.user_id,
        changed_at=now,
    )
    _record(by, "renegotiated", locked, now, {"due_on": [before, due_on]})
    _say(_("Another day for: %(title)s"), locked, by, now, body=why)
    _tell([locked.owner_id], _("Another day for: %(title)s"), locked, by, now)
    return locked


def _settle(
    by: Actor, commitment: Commitment, move: CommitmentMove, note: str, version: int | None, now: datetime
) -> Commitment:
    locked = _locked_for(by, commitment)
    _check_version(locked, version, {"state": locked.state})
    before, state = locked.state, _after(locked, move)
    is_open = state is CommitmentState.OPEN
    locked.state, locked.outcome_note = state.value, note
    locked.closed_at = None if is_open else now
    locked.closed_on = None if is_open else local_day(locked.organization, now)
    _save(locked, ("state", "outcome_note", "closed_at", "closed_on"))
    verb, sentence = _SAID[move]
    _record(by, verb, locked, now, {"state": [before, state.value]})
    _say(sentence(), locked, by, now, body=note)
    _tell([locked.owner_id, locked.made_by_id], sentence(), locked, by, now)
    return locked


_SAID: Mapping[CommitmentMove, tuple[str, Any]] = {
    CommitmentMove.KEEP: ("kept", lambda: _("Kept: %(title)s")),
    CommitmentMove.BREAK: ("broken", lambda: _("Not kept: %(title)s")),
    CommitmentMove.WITHDRAW: ("withdrawn", lambda: _("No longer due: %(title)s")),
    CommitmentMove.REOPEN: ("reopened", lambda: _("Open again: %(title)s")),
}


def _after(commitment: Commitment, move: CommitmentMove) -> CommitmentState:
    """Raises DomainError "settled" where the state does not know the move."""
    try:
        return after(move, CommitmentState(commitment.state))
    except ValueError:
        message = _("“%(title)s” is %(state)s already.")
        words = {"title": commitment.title, "state": commitment.get_state_display().lower()}
        raise DomainError(message % words, code="settled") from None


def _locked_for(by: Actor, commitment: Commitment) -> Commitment:
    """The commitment as it is now. Raises Missing, NotAllowed, DomainError "archived"."""
    organization = lock_organization(commitment.organization)
    found = Commitment.objects.select_for_update(no_key=True).filter(pk=commitment.pk).first()
    if found is None:
        raise Missing(_("This commitment does not exist, or it is not yours."))
    found.organization = organization
    if by.is_contact or not can_settle(by, found):
        raise NotAllowed(_("Its owner and those who work on the organization say how a promise went."))
    refuse_archived(organization)
    locked: Commitment = found
    return locked


def _check_version(commitment: Commitment, version: int | None, current: Mapping[str, Any]) -> None:
    if version is not None and commitment.version != version:
        message = _("Somebody changed this commitment while you were at it.")
        raise Conflict(message, version=commitment.version, current=current)


def _check(commitment: Commitment, changed: Mapping[str, Any]) -> None:
    commitment.title = commitment.title.strip()
    for field in ("title", "description"):
        if "\0" in getattr(commitment, field):
            raise DomainError(_("This text holds characters that cannot be kept."), field=field, code="bad_text")
    clean(commitment, (WRITABLE_FIELDS - {"owner", "contact"}) & changed.keys() | {"title"})
    if len(commitment.description.encode()) > MAX_TEXT:
        raise DomainError(_("This text is too long; 32 KiB is the most."), field="description", code="too_long")
    if not _EARLIEST <= commitment.due_on <= _LATEST:
        raise DomainError(_("Choose a day of this century."), field="due_on", code="odd_day")
    contact = commitment.contact if "contact" in changed else None
    here = commitment.organization_id
    if contact is not None and (contact.organization_id != here or contact.archived_at is not None):
        raise DomainError(_("Choose a contact of this organization."), field="contact", code="foreign_contact")
    if "owner" in changed and commitment.owner is not None:
        check_owner(commitment.owner, commitment.organization)


def check_owner(owner: User, organization: Organization) -> None:
    """By its summary alone one reads no promise, and so keeps none. Raises DomainError at `owner`."""
    if not user_opens(owner, organization):
        message = _("%(name)s does not open %(organization)s in its present stage: choose somebody who does.")
        words = {"name": owner.name, "organization": organization.name}
        raise DomainError(message % words, field="owner", code="owner_does_not_see")


def _note(text: str, missing: str = "", *, field: str = "note") -> str:
    """Raises DomainError where words are missing that are needed (`missing` says so), or too many."""
    note = text.replace("\0", "").strip()
    if missing and not note:
        raise DomainError(missing, field=field, code="reason")
    if len(note) > MAX_NOTE:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": MAX_NOTE}, field=field, code="too_long")
    return note


def _save(commitment: Commitment, fields: Iterable[str]) -> None:
    commitment.version += 1
    commitment.save(update_fields=[*fields, "version", "updated_at"])


def _record(by: Actor, verb: str, commitment: Commitment, now: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"commitment.{verb}",
        target=commitment,
        target_name=_("Commitment with %(name)s") % {"name": commitment.organization.name},
        changes={
            name: ["*", "*"] if name in _WORDS else [getattr(value, "pk", value) for value in pair]
            for name, pair in changes.items()
        },
        now=now,
    )


def _say(sentence: str, commitment: Commitment, by: Actor, now: datetime, *, body: str = "") -> None:
    timeline.push(
        organization=commitment.organization,
        kind=EntryKind.COMMITMENT,
        title=sentence % {"title": commitment.title},
        body=body,
        at=now,
        by=by,
        data={"side": commitment.side, "due_on": commitment.due_on.isoformat(), "state": commitment.state},
        target=commitment,
    )


def _tell(user_ids: Iterable[int | None], sentence: str, commitment: Commitment, by: Actor, now: datetime) -> None:
    """Those of them who still open the organization; they may have made or been given it long ago."""
    notify(
        user_ids=who_open(set(user_ids) - {by.user_id}, commitment.organization),
        kind=notices.COMMITMENTS,
        title=sentence % {"title": commitment.title},
        body=commitment.organization.name,
        key=f"commitment:{commitment.pk}:{commitment.version}",
        now=now,
        target_type="commitment",
        target_id=commitment.pk,
        organization_id=commitment.organization_id,
    )
