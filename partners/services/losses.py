"""Use cases of losses: an organization has left, came back, or never had (health.md, issue 4 scope 6).

Lock order: the organization, then its loss. Days are those of the organization. A loss moves no stage and archives
nothing: who looks after the organization, and what is known of it, stays.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners import notices
from partners.choices import EntryFieldClass, EntryKind
from partners.loss_choices import LossReason, LossState
from partners.models import Loss, Organization, StagePeriod
from partners.permissions import can_record_loss
from partners.services import autopsies, revenue, timeline
from partners.services.audience import owners_who_see
from partners.services.checklists import local_day
from partners.services.locking import lock_organization, refuse_archived
from partners.services.validation import check_fields, clean

WRITABLE_FIELDS = frozenset({"lost_on", "reason", "note", "amount", "currency"})
MAX_NOTE, MAX_CLOSING = 10_000, 300
_EARLIEST = date(2000, 1, 1)
_WORDS = frozenset({"note", "closing_note"})
_COMMERCIAL = frozenset({"amount"})


@transaction.atomic
def record(
    *, by: Actor, organization: Organization, values: Mapping[str, Any], now: datetime, source: str = ""
) -> Loss:
    """Write down that an organization has left, from which day on and why.

    Raises NotAllowed; DomainError with `field`: a day to come or before it was there, an unknown reason, an amount
    below nothing, a loss that is open already ("lost").
    """
    locked = lock_organization(organization)
    _require(by, locked)
    refuse_archived(locked)
    check_fields(values, WRITABLE_FIELDS)
    made = Loss(organization=locked, recorded_by_id=by.user_id, recorded_at=now, source=source[:60], **values)
    _check(made, now)
    made.save()
    revenue.settle_loss(loss=made, by=by, now=now)
    autopsies.want(made)
    _record(by, "recorded", made, now, {name: [None, getattr(made, name)] for name in values})
    _say(_("Lost"), made, by, now, body=_why(made))
    _tell(_("%(name)s has left us"), made, by, now)
    return made


@transaction.atomic
def edit(*, by: Actor, loss: Loss, values: Mapping[str, Any], version: int, now: datetime) -> Loss:
    """Correct what was written down. Raises NotAllowed, Conflict, DomainError with `field`."""
    locked = _locked_for(by, loss)
    check_fields(values, WRITABLE_FIELDS)
    before = {name: getattr(locked, name) for name in values}
    _check_version(locked, version, before)
    changes = activity.changes_between(before, values)
    if not changes:
        return locked
    for name in changes:
        setattr(locked, name, values[name])
    _check(locked, now)
    _save(locked, changes)
    if "lost_on" in changes:
        revenue.settle_loss(loss=locked, by=by, now=now)
        autopsies.want(locked)
    _record(by, "edited", locked, now, changes)
    _say(_("Loss corrected"), locked, by, now, body=_why(locked))
    return locked


@transaction.atomic
def come_back(
    *, by: Actor, loss: Loss, returned_on: date, note: str = "", version: int | None = None, now: datetime
) -> Loss:
    """The organization is with us again from a day on. Raises NotAllowed, Conflict, DomainError ("closed"; field)."""
    locked = _open_for(by, loss, version)
    if returned_on <= locked.lost_on:
        message = _("It can come back on a later day than it left.")
        raise DomainError(message, field="returned_on", code="before_loss")
    _not_ahead(locked.organization, returned_on, now, "returned_on")
    locked.returned_on = returned_on
    return _close(locked, LossState.RETURNED, note, by, now)


@transaction.atomic
def withdraw(*, by: Actor, loss: Loss, note: str, version: int | None = None, now: datetime) -> Loss:
    """It was a mistake and counts nowhere. Raises NotAllowed, Conflict, DomainError ("closed"; field note)."""
    locked = _open_for(by, loss, version)
    if not note.strip():
        raise DomainError(_("Say why this is no loss."), field="note", code="reason")
    return _close(locked, LossState.WITHDRAWN, note, by, now)


@transaction.atomic
def reopen(*, by: Actor, loss: Loss, version: int | None = None, now: datetime) -> Loss:
    """Undo of the two above. Raises NotAllowed, Conflict, DomainError "open", or "lost" where another one is open."""
    locked = _locked_for(by, loss)
    _check_version(locked, version, {"state": locked.state})
    if locked.state == LossState.OPEN:
        raise DomainError(_("This loss is open."), code="open")
    before, locked.state = locked.state, LossState.OPEN
    locked.returned_on, locked.closed_at, locked.closed_by_id, locked.closing_note = None, None, None, ""
    _check(locked, now)
    _save(locked, ("state", "returned_on", "closed_at", "closed_by", "closing_note"))
    revenue.settle_loss(loss=locked, by=by, now=now)
    _record(by, "reopened", locked, now, {"state": [before, locked.state]})
    _say(_("Lost after all"), locked, by, now, body=_why(locked))
    return locked


def started_on(organization: Organization) -> date:
    """The local day since which it is with us: its first stage as far as we know, or when it was written down."""
    first = StagePeriod.objects.filter(organization=organization).order_by("entered_at").values_list("entered_at")
    moments = [organization.created_at, *(row[0] for row in first[:1])]
    return local_day(organization, min(moments))


def _close(loss: Loss, state: LossState, note: str, by: Actor, now: datetime) -> Loss:
    text = note.replace("\0", "").strip()
    if len(text) > MAX_CLOSING:
        message = _("Use up to %(count)s characters.") % {"count": MAX_CLOSING}
        raise DomainError(message, field="note", code="too_long")
    loss.state, loss.closing_note, loss.closed_at, loss.closed_by_id = state, text, now, by.user_id
    _save(loss, ("state", "closing_note", "closed_at", "closed_by", "returned_on"))
    revenue.settle_loss(loss=loss, by=by, now=now)
    _record(by, str(state.value), loss, now, {"state": [LossState.OPEN.value, state.value]})
    is_back = state is LossState.RETURNED
    _say(_("Came back") if is_back else _("Not lost: recorded by mistake"), loss, by, now, body=text)
    _tell(_("%(name)s is with us again") if is_back else _("%(name)s has not left us"), loss, by, now)
    return loss


def _locked_for(by: Actor, loss: Loss) -> Loss:
    organization = lock_organization(loss.organization)
    _require(by, organization)
    refuse_archived(organization)
    found: Loss | None = Loss.objects.select_for_update(no_key=True).filter(pk=loss.pk).first()
    if found is None:
        raise Missing(_("This loss does not exist, or it is not yours."))
    found.organization = organization
    return found


def _open_for(by: Actor, loss: Loss, version: int | None) -> Loss:
    locked = _locked_for(by, loss)
    _check_version(locked, version, {"state": locked.state})
    if locked.state != LossState.OPEN:
        raise DomainError(_("This loss is closed already."), code="closed")
    return locked


def _require(by: Actor, organization: Organization) -> None:
    if not can_record_loss(by, organization):
        raise NotAllowed(_("Losses are recorded by those who work here and read its commercial fields."))


def _check_version(loss: Loss, version: int | None, current: Mapping[str, Any]) -> None:
    if version is not None and version != loss.version:
        raise Conflict(_("Somebody changed this while you were at it."), version=loss.version, current=current)


def _check(loss: Loss, now: datetime) -> None:
    if loss.lost_on is None:
        raise DomainError(_("Say since which day it is lost."), field="lost_on", code="no_day")
    if loss.reason not in LossReason.values:
        raise DomainError(_("Choose a reason."), field="reason", code="unknown_reason")
    loss.note = loss.note.replace("\0", "").strip()
    if len(loss.note) > MAX_NOTE:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": MAX_NOTE}, field="note", code="too_long")
    loss.currency = (loss.currency or loss.organization.currency).upper() if loss.amount is not None else ""
    clean(loss, {"lost_on", "reason", "note", "amount", "currency"})
    if loss.amount is not None and loss.amount < 0:
        raise DomainError(_("An amount is not below zero."), field="amount", code="negative")
    _not_ahead(loss.organization, loss.lost_on, now, "lost_on")
    _check_neighbors(loss)


def _check_neighbors(loss: Loss) -> None:
    """It was there before, and no other loss covers the day."""
    since = started_on(loss.organization)
    if loss.lost_on < max(since, _EARLIEST):
        message = _("It is with us since %(day)s.") % {"day": since.isoformat()}
        raise DomainError(message, field="lost_on", code="before_start")
    others = Loss.objects.filter(organization=loss.organization).exclude(pk=loss.pk).valid()
    if any(other.state == LossState.OPEN for other in others) and loss.state == LossState.OPEN:
        raise DomainError(_("It is recorded as lost already."), field="lost_on", code="lost")
    for other in others:
        ends_after = other.returned_on is None or other.returned_on > loss.lost_on
        if ends_after and (loss.returned_on is None or loss.returned_on > other.lost_on):
            raise DomainError(_("Another loss covers this day."), field="lost_on", code="overlaps")


def _not_ahead(organization: Organization, day: date, now: datetime, field: str) -> None:
    if day > local_day(organization, now):
        raise DomainError(_("This day is still to come."), field=field, code="future")


def _save(loss: Loss, fields: Iterable[str]) -> None:
    loss.version += 1
    loss.save(update_fields=[*dict.fromkeys([*fields, "note", "currency"]), "version", "updated_at"])


def _why(loss: Loss) -> str:
    reason = str(LossReason(loss.reason).label)
    return f"{reason}. {loss.note}" if loss.note else reason


def _record(by: Actor, verb: str, loss: Loss, now: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"loss.{verb}",
        target=loss,
        target_name=_("Loss of %(name)s") % {"name": loss.organization.name},
        changes={name: ["*", "*"] if name in _WORDS | _COMMERCIAL else list(pair) for name, pair in changes.items()},
        now=now,
    )


def _say(title: str, loss: Loss, by: Actor, now: datetime, *, body: str) -> None:
    """Everybody who opens the organization reads that it has left; why is among the commercial fields."""
    timeline.push(
        organization=loss.organization,
        kind=EntryKind.LOSS,
        title=f"{title} ({loss.returned_on or loss.lost_on})",
        body=body,
        at=now,
        by=by,
        data={"lost_on": loss.lost_on.isoformat(), "state": str(loss.state)},
        field_class=EntryFieldClass.COMMERCIAL,
        target=loss,
    )


def _tell(sentence: str, loss: Loss, by: Actor, now: datetime) -> None:
    # Without the reason: not every owner reads commercial fields.
    notify(
        user_ids=owners_who_see(loss.organization, by.policy) - {by.user_id},
        kind=notices.LOSSES,
        title=sentence % {"name": loss.organization.name},
        key=f"loss:{loss.pk}:{loss.version}",
        now=now,
        target_type="organization",
        target_id=loss.organization_id,
        organization_id=loss.organization_id,
    )
