"""Use cases of opportunities: found, moved from stage to stage, won or lost, opened again, put away.

Lock order: the organization, then the opportunity. Winning writes the ledger of revenue; opening again takes that back.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import Conflict, DomainError, Missing
from partners import notices
from partners.choices import EntryFieldClass, EntryKind
from partners.growth_choices import OPEN_STAGES, OpportunityKind, OpportunityStage, RevenueKind
from partners.models import Opportunity, Organization
from partners.permissions import subject_of
from partners.rules.pipeline import PROBABILITIES
from partners.services import revenue, timeline
from partners.services.audience import owners_who_see
from partners.services.checklists import local_day
from partners.services.locking import lock_organization, refuse_archived
from partners.services.validation import check_fields, clean
from partners.work_permissions import user_sees

WRITABLE_FIELDS = frozenset(
    {
        "kind", "title", "amount", "currency", "probability", "expected_on", "owner", "readiness", "business_case",
        "next_step",
    }
)  # fmt: skip
MAX_CASE, MAX_NOTE = 10_000, 300
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)
_UNSAID = frozenset({"amount", "business_case", "next_step", "title", "outcome_note"})


@transaction.atomic
def create(
    *,
    by: Actor,
    organization: Organization,
    values: Mapping[str, Any],
    stage: str = OpportunityStage.IDENTIFIED,
    now: datetime,
) -> Opportunity:
    """Write a chance down in one of the open stages. Raises NotAllowed, DomainError with `field`."""
    locked = lock_organization(organization)
    revenue.require_growth(by, locked)
    refuse_archived(locked)
    check_fields(values, WRITABLE_FIELDS)
    if stage not in OPEN_STAGES:
        raise DomainError(_("It begins in an open stage."), field="stage", code="stage")
    usual = {"probability": PROBABILITIES[str(stage)], "currency": locked.currency}
    sent = usual | {name: value for name, value in values.items() if value is not None or name == "owner"}
    made = Opportunity(organization=locked, stage=stage, created_by_id=by.user_id, **sent)
    _check(made, set(values) | {"amount", "expected_on", "title"})
    made.save()
    _record(by, "created", made, now, {"stage": [None, str(stage)]})
    _say(_("Opportunity found"), made, by, now)
    _tell([made.owner_id], _("An opportunity of yours at %(name)s"), made, by, now)
    return made


@transaction.atomic
def edit(*, by: Actor, opportunity: Opportunity, values: Mapping[str, Any], version: int, now: datetime) -> Opportunity:
    """Change what an open one says. Raises NotAllowed, Conflict, DomainError ("closed", "archived"; field)."""
    locked = _locked_for(by, opportunity)
    check_fields(values, WRITABLE_FIELDS)
    before = {name: getattr(locked, name) for name in values}
    _check_version(locked, version, before)
    _refuse_closed(locked)
    changes = activity.changes_between(before, values)
    if not changes:
        return locked
    for name in changes:
        setattr(locked, name, values[name])
    _check(locked, set(changes))
    _save(locked, changes)
    _record(by, "edited", locked, now, changes)
    if "owner" in changes:
        _tell([locked.owner_id], _("An opportunity of yours at %(name)s"), locked, by, now)
    return locked


@transaction.atomic
def move(*, by: Actor, opportunity: Opportunity, stage: str, version: int | None = None, now: datetime) -> Opportunity:
    """Bring an open one to another open stage; a probability that was the usual one follows. Raises as edit does."""
    locked = _locked_for(by, opportunity)
    _check_version(locked, version, {"stage": locked.stage})
    _refuse_closed(locked)
    if stage not in OPEN_STAGES:
        raise DomainError(_("Say how it ended: won or lost."), field="stage", code="stage")
    if stage == locked.stage:
        return locked
    before, locked.stage = locked.stage, stage
    if locked.probability == PROBABILITIES[before]:
        locked.probability = PROBABILITIES[str(stage)]
    _save(locked, ("stage", "probability"))
    _record(by, "moved", locked, now, {"stage": [before, str(stage)]})
    _say(_("Opportunity moved"), locked, by, now)
    return locked


@transaction.atomic
def close(
    *,
    by: Actor,
    opportunity: Opportunity,
    is_won: bool,
    on: date,
    note: str = "",
    amount: Decimal | None = None,
    version: int | None = None,
    now: datetime,
) -> Opportunity:
    """It was won (for `amount` a year, by default what was expected) or lost. Winning adds to the ledger of revenue.

    Raises NotAllowed, Conflict, DomainError: "closed", a day to come, a loss without a reason.
    """
    locked = _locked_for(by, opportunity)
    _check_version(locked, version, {"stage": locked.stage})
    _refuse_closed(locked)
    if on > local_day(locked.organization, now) or on < _EARLIEST:
        raise DomainError(_("Give the day on which it ended."), field="on", code="future")
    text = _note(note)
    if not is_won and not text:
        raise DomainError(_("Say why it was lost."), field="note", code="reason")
    before, locked.stage = locked.stage, OpportunityStage.WON if is_won else OpportunityStage.LOST
    if is_won and amount is not None:
        locked.amount = amount
        clean(locked, {"amount"})
        _check_amount(locked)
    locked.closed_on, locked.closed_at, locked.outcome_note = on, now, text
    _save(locked, ("stage", "closed_on", "closed_at", "outcome_note", "amount"))
    _record(by, str(locked.stage), locked, now, {"stage": [before, str(locked.stage)]})
    if is_won:
        _earn(locked, by, now)
    _say(_("Opportunity won") if is_won else _("Opportunity lost"), locked, by, now)
    sentence = _("An opportunity at %(name)s was won") if is_won else _("An opportunity at %(name)s was lost")
    _tell(owners_who_see(locked.organization, by.policy), sentence, locked, by, now)
    return locked


@transaction.atomic
def reopen(*, by: Actor, opportunity: Opportunity, version: int | None = None, now: datetime) -> Opportunity:
    """Undo of closing: committed again, and what it brought is taken back. Raises NotAllowed, Conflict, "open"."""
    locked = _locked_for(by, opportunity)
    _check_version(locked, version, {"stage": locked.stage})
    if locked.stage in OPEN_STAGES:
        raise DomainError(_("This opportunity is open."), code="open")
    before, locked.stage = locked.stage, OpportunityStage.COMMITTED
    locked.closed_on, locked.closed_at, locked.outcome_note = None, None, ""
    _save(locked, ("stage", "closed_on", "closed_at", "outcome_note"))
    note = _("An opportunity was opened again")
    revenue.take_back(organization=locked.organization, source=locked, note=note, by=by, now=now)
    _record(by, "reopened", locked, now, {"stage": [before, str(locked.stage)]})
    _say(_("Opportunity opened again"), locked, by, now)
    return locked


@transaction.atomic
def archive(*, by: Actor, opportunity: Opportunity, version: int | None = None, now: datetime) -> Opportunity:
    """Put away one that was written down by mistake. Raises NotAllowed, Conflict, DomainError "won"."""
    locked = _locked_for(by, opportunity)
    _check_version(locked, version, {"stage": locked.stage})
    if locked.stage == OpportunityStage.WON:
        raise DomainError(_("It brought revenue: open it again first."), code="won")
    return _put(locked, now, "archived", by, now)


@transaction.atomic
def restore(*, by: Actor, opportunity: Opportunity, version: int | None = None, now: datetime) -> Opportunity:
    """Undo of archiving. Raises NotAllowed, Conflict."""
    locked = _locked_for(by, opportunity, may_be_archived=True)
    _check_version(locked, version, {"stage": locked.stage})
    return _put(locked, None, "restored", by, now)


def _put(locked: Opportunity, at: datetime | None, verb: str, by: Actor, now: datetime) -> Opportunity:
    if (locked.archived_at is None) is (at is None):
        return locked
    locked.archived_at = at
    _save(locked, ("archived_at",))
    _record(by, verb, locked, now, {})
    return locked


def _earn(won: Opportunity, by: Actor, now: datetime) -> None:
    is_new = won.kind == OpportunityKind.NEW_BUSINESS
    revenue.write(
        organization=won.organization,
        on=won.closed_on or local_day(won.organization, now),
        kind=RevenueKind.NEW if is_new else RevenueKind.EXPANSION,
        amount=won.amount,
        currency=won.currency,
        note=won.title,
        source=won,
        by=by,
        now=now,
    )


def _locked_for(by: Actor, opportunity: Opportunity, *, may_be_archived: bool = False) -> Opportunity:
    organization = lock_organization(opportunity.organization)
    revenue.require_growth(by, organization)
    refuse_archived(organization)
    found: Opportunity | None = Opportunity.objects.select_for_update(no_key=True).filter(pk=opportunity.pk).first()
    if found is None:
        raise Missing(_("This opportunity does not exist, or it is not yours."))
    if found.archived_at is not None and not may_be_archived:
        raise DomainError(_("This opportunity is archived; restore it first."), code="archived")
    found.organization = organization
    return found


def _check_version(opportunity: Opportunity, version: int | None, current: Mapping[str, Any]) -> None:
    if version is not None and version != opportunity.version:
        message = _("Somebody changed this while you were at it.")
        raise Conflict(message, version=opportunity.version, current=current)


def _refuse_closed(opportunity: Opportunity) -> None:
    if opportunity.stage not in OPEN_STAGES:
        raise DomainError(_("This opportunity is closed; open it again first."), code="closed")


def _check(opportunity: Opportunity, fields: set[str]) -> None:
    opportunity.title = opportunity.title.replace("\0", "").strip()
    for name in ("business_case", "next_step"):
        setattr(opportunity, name, (getattr(opportunity, name) or "").replace("\0", "").strip())
    opportunity.currency = (opportunity.currency or opportunity.organization.currency).upper()
    if opportunity.expected_on is None:
        raise DomainError(_("Say when it is expected."), field="expected_on", code="no_day")
    if len(opportunity.business_case) > MAX_CASE:
        message = _("Use up to %(count)s characters.") % {"count": MAX_CASE}
        raise DomainError(message, field="business_case", code="too_long")
    clean(opportunity, fields | {"kind", "currency", "probability", "readiness"})
    if not _EARLIEST <= opportunity.expected_on <= _LATEST:
        raise DomainError(_("Give a day between 2000 and 2100."), field="expected_on", code="day")
    _check_amount(opportunity)
    if opportunity.probability > 100:
        raise DomainError(_("A probability goes from 0 to 100 percent."), field="probability", code="percent")
    owner = opportunity.owner if "owner" in fields else None
    if owner is not None and not user_sees(owner, subject_of(opportunity.organization)):
        raise DomainError(_("This colleague does not see the organization."), field="owner", code="owner")


def _check_amount(opportunity: Opportunity) -> None:
    if opportunity.amount < 0:
        raise DomainError(_("An amount is not below zero."), field="amount", code="negative")


def _note(note: str) -> str:
    text = note.replace("\0", "").strip()
    if len(text) > MAX_NOTE:
        message = _("Use up to %(count)s characters.") % {"count": MAX_NOTE}
        raise DomainError(message, field="note", code="too_long")
    return text


def _save(opportunity: Opportunity, fields: Iterable[str]) -> None:
    opportunity.version += 1
    opportunity.save(update_fields=[*fields, "version", "updated_at"])


def _record(by: Actor, verb: str, opportunity: Opportunity, now: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"opportunity.{verb}",
        target=opportunity,
        target_name=_("Opportunity at %(name)s") % {"name": opportunity.organization.name},
        changes={
            name: ["*", "*"] if name in _UNSAID else [getattr(value, "pk", value) for value in pair]
            for name, pair in changes.items()
        },
        now=now,
    )


def _say(title: str, opportunity: Opportunity, by: Actor, now: datetime) -> None:
    """Everybody who opens the organization reads that there is one; what and how much is commercial."""
    amount = f"{opportunity.amount} {opportunity.currency}"
    parts = [opportunity.title, str(OpportunityStage(opportunity.stage).label), amount, opportunity.outcome_note]
    timeline.push(
        organization=opportunity.organization,
        kind=EntryKind.OPPORTUNITY,
        title=title,
        body=" · ".join(text for text in parts if text),
        at=now,
        by=by,
        data={"stage": str(opportunity.stage)},
        field_class=EntryFieldClass.COMMERCIAL,
        target=opportunity,
    )


def _tell(user_ids: Iterable[int | None], sentence: str, opportunity: Opportunity, by: Actor, now: datetime) -> None:
    # Without title and amount: whoever takes part in sales may own one and reads no commercial fields, as the line on
    # the timeline tells them no more. All who are told were asked for by the policy in this use case.
    notify(
        user_ids={user_id for user_id in user_ids if user_id} - {by.user_id},
        kind=notices.GROWTH,
        title=sentence % {"name": opportunity.organization.name},
        key=f"opportunity:{opportunity.pk}:{opportunity.version}",
        now=now,
        target_type="organization",
        target_id=opportunity.organization_id,
        organization_id=opportunity.organization_id,
    )
