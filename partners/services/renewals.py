"""Use cases of renewals: written down, judged by their owner, what the other side says, and how they end.

Lock order: the organization, then the renewal. What the machine says is written by `renewal_verdicts` alone; none of
the three verdicts overwrites another. A renewal that ended writes the ledger of revenue.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, FieldClass
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing
from common.templatetags.format import spell_day
from partners.choices import EntryFieldClass, EntryKind
from partners.growth_choices import RenewalState, RevenueKind, Verdict
from partners.models import Loss, Organization, Renewal
from partners.services import losses, renewal_verdicts, revenue, timeline
from partners.services.checklists import local_day
from partners.services.locking import lock_organization, refuse_archived
from partners.services.task_owners import primary_owners
from partners.services.validation import check_fields, clean
from partners.work_permissions import user_opens

WRITABLE_FIELDS = frozenset({"due_on", "notice_on", "amount", "currency", "owner"})
MAX_NOTE = 300
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)
_UNSAID = frozenset({"amount", "owner_note", "partner_note", "renewed_amount", "closing_note"})
OWNER_ROLES = ("csm", "tam", "psm", "pam", "pdm", "tpm")


@transaction.atomic
def create(*, by: Actor, organization: Organization, values: Mapping[str, Any], now: datetime) -> Renewal:
    """Write down when a contract is to be renewed. Raises NotAllowed, DomainError with `field`.

    Without an owner it is theirs who look after the relationship: the CSM, else the TAM, else the next of the roles.
    """
    locked = lock_organization(organization)
    revenue.require_growth(by, locked)
    refuse_archived(locked)
    check_fields(values, WRITABLE_FIELDS)
    made = Renewal(organization=locked, created_by_id=by.user_id, **values)
    if made.owner_id is None:
        made.owner_id = usual_owner(locked)
    _check(made, set(values))
    made.save()
    _record(by, "created", made, now, {"due_on": [None, made.due_on.isoformat()]})
    _say(_("Renewal due on %(day)s") % {"day": spell_day(made.due_on)}, made, by, now)
    renewal_verdicts.judge([made.pk], now=now)
    made.refresh_from_db()
    return made


@transaction.atomic
def edit(*, by: Actor, renewal: Renewal, values: Mapping[str, Any], version: int, now: datetime) -> Renewal:
    """Change what an open one says. Raises NotAllowed, Conflict, DomainError ("closed"; field)."""
    locked = _open_for(by, renewal, None)
    check_fields(values, WRITABLE_FIELDS)
    before = {name: getattr(locked, name) for name in values}
    _check_version(locked, version, before)
    changes = activity.changes_between(before, values)
    if not changes:
        return locked
    for name in changes:
        setattr(locked, name, values[name])
    _check(locked, set(changes))
    _save(locked, changes)
    _record(by, "edited", locked, now, changes)
    if "due_on" in changes:
        _say(_("Renewal due on %(day)s") % {"day": spell_day(locked.due_on)}, locked, by, now)
        renewal_verdicts.judge([locked.pk], now=now)
    return locked


@transaction.atomic
def say(
    *, by: Actor, renewal: Renewal, verdict: str, note: str, side: str = "us", version: int | None = None, now: datetime
) -> Renewal:
    """What its owner says of it (`side` "us", with the reason), or what the other side said ("partner").

    Raises NotAllowed, Conflict; DomainError "closed", an unknown verdict, no reason, watching within the last days.
    """
    locked = _open_for(by, renewal, version)
    text = _note(note)
    if verdict not in Verdict.values:
        raise DomainError(_("Choose a verdict."), field="verdict", code="verdict")
    if side == "us":
        if not text:
            raise DomainError(_("Say why."), field="note", code="reason")
        _refuse_watching(locked, verdict, now)
    prefix = "owner" if side == "us" else "partner"
    before = getattr(locked, f"{prefix}_verdict")
    setattr(locked, f"{prefix}_verdict", verdict)
    setattr(locked, f"{prefix}_note", text)
    setattr(locked, f"{prefix}_at", now)
    _save(locked, (f"{prefix}_verdict", f"{prefix}_note", f"{prefix}_at"))
    _record(by, f"{prefix}_verdict", locked, now, {f"{prefix}_verdict": [before, verdict]})
    label = str(Verdict(verdict).label)
    title = _("Verdict on the renewal") if side == "us" else _("What they say of the renewal")
    _say(title, locked, by, now, body=f"{label}. {text}" if text else label)
    return locked


@transaction.atomic
def renew(
    *,
    by: Actor,
    renewal: Renewal,
    amount: Decimal,
    on: date,
    note: str = "",
    next_due_on: date | None = None,
    version: int | None = None,
    now: datetime,
) -> Renewal:
    """It was renewed on a day, for `amount` a year: what it is more or less goes to the ledger from the due day on.

    `next_due_on` writes the next renewal down. Raises NotAllowed, Conflict, DomainError ("closed"; field).
    """
    locked = _open_for(by, renewal, version)
    _check_end(locked, on, now)
    locked.renewed_amount = amount
    clean(locked, {"renewed_amount"})
    if amount < 0:
        raise DomainError(_("An amount is not below zero."), field="amount", code="negative")
    if next_due_on is not None and next_due_on <= locked.due_on:
        raise DomainError(_("The next one is due later than this one."), field="next_due_on", code="before")
    _close(locked, RenewalState.RENEWED, on, note, by, now)
    difference = amount - locked.amount
    revenue.write(
        organization=locked.organization,
        on=locked.due_on,
        kind=RevenueKind.EXPANSION if difference > 0 else RevenueKind.CONTRACTION,
        amount=difference,
        currency=locked.currency,
        note=_("Renewal of %(day)s") % {"day": spell_day(locked.due_on)},
        source=locked,
        by=by,
        now=now,
    )
    _say(_("Renewed"), locked, by, now, body=f"{amount} {locked.currency}")
    if next_due_on is not None:
        values = {"due_on": next_due_on, "amount": amount, "currency": locked.currency}
        owner = {"owner": locked.owner} if _may_own(locked) else {}
        create(by=by, organization=locked.organization, values=values | owner, now=now)
    return locked


@transaction.atomic
def lose(
    *, by: Actor, renewal: Renewal, on: date, reason: str, note: str = "", version: int | None = None, now: datetime
) -> Renewal:
    """It was not renewed: records the loss of the organization unless one is open, which writes the ledger.

    Raises NotAllowed, Conflict, DomainError ("closed"; field on, reason).
    """
    locked = _open_for(by, renewal, version)
    _check_end(locked, on, now)
    _close(locked, RenewalState.LOST, on, note, by, now)
    _say(_("Not renewed"), locked, by, now, body=locked.closing_note)
    if not Loss.objects.filter(organization=locked.organization, state="open").exists():
        values = {"lost_on": on, "reason": reason, "note": locked.closing_note, "amount": locked.amount}
        sent = {**values, "currency": locked.currency}
        losses.record(by=by, organization=locked.organization, values=sent, source="renewal", now=now)
    return locked


@transaction.atomic
def withdraw(*, by: Actor, renewal: Renewal, note: str, version: int | None = None, now: datetime) -> Renewal:
    """It never was due. Raises NotAllowed, Conflict, DomainError ("closed"; field note)."""
    locked = _open_for(by, renewal, version)
    if not note.strip():
        raise DomainError(_("Say why it is not due."), field="note", code="reason")
    _close(locked, RenewalState.WITHDRAWN, local_day(locked.organization, now), note, by, now)
    _say(_("Renewal withdrawn"), locked, by, now, body=locked.closing_note)
    return locked


@transaction.atomic
def reopen(*, by: Actor, renewal: Renewal, version: int | None = None, now: datetime) -> Renewal:
    """Undo of the three above; what it brought is taken back, a loss stays. Raises NotAllowed, Conflict, "open"."""
    locked = _locked_for(by, renewal)
    _check_version(locked, version, {"state": locked.state})
    if locked.state == RenewalState.OPEN:
        raise DomainError(_("This renewal is open."), code="open")
    before, locked.state = locked.state, RenewalState.OPEN
    _refuse_twin(locked)
    locked.closed_on, locked.renewed_amount, locked.closing_note = None, None, ""
    _save(locked, ("state", "closed_on", "renewed_amount", "closing_note"))
    note = _("A renewal was opened again")
    revenue.take_back(organization=locked.organization, source=locked, note=note, by=by, now=now)
    _record(by, "reopened", locked, now, {"state": [before, "open"]})
    _say(_("Renewal opened again"), locked, by, now)
    return locked


def usual_owner(organization: Organization) -> int | None:
    """Who looks after the relationship today."""
    owners = primary_owners([organization])
    return next((owners[organization.pk, role] for role in OWNER_ROLES if (organization.pk, role) in owners), None)


def a_year_later(day: date) -> date:
    """The same day of the next year; of February 29 the day before."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _close(renewal: Renewal, state: RenewalState, on: date, note: str, by: Actor, now: datetime) -> None:
    renewal.state, renewal.closed_on, renewal.closing_note = state, on, _note(note)
    _save(renewal, ("state", "closed_on", "closing_note", "renewed_amount"))
    _record(by, str(state.value), renewal, now, {"state": ["open", str(state.value)]})


def _locked_for(by: Actor, renewal: Renewal) -> Renewal:
    organization = lock_organization(renewal.organization)
    revenue.require_growth(by, organization)
    refuse_archived(organization)
    found: Renewal | None = Renewal.objects.select_for_update(no_key=True).filter(pk=renewal.pk).first()
    if found is None:
        raise Missing(_("This renewal does not exist, or it is not yours."))
    found.organization = organization
    return found


def _open_for(by: Actor, renewal: Renewal, version: int | None) -> Renewal:
    locked = _locked_for(by, renewal)
    _check_version(locked, version, {"state": locked.state})
    if locked.state != RenewalState.OPEN:
        raise DomainError(_("This renewal is closed; open it again first."), code="closed")
    return locked


def _check_version(renewal: Renewal, version: int | None, current: Mapping[str, Any]) -> None:
    if version is not None and version != renewal.version:
        raise Conflict(_("Somebody changed this while you were at it."), version=renewal.version, current=current)


def _check(renewal: Renewal, fields: set[str]) -> None:
    renewal.currency = (renewal.currency or renewal.organization.currency).upper()
    if renewal.due_on is None or not _EARLIEST <= renewal.due_on <= _LATEST:
        raise DomainError(_("Give a day between 2000 and 2100."), field="due_on", code="day")
    clean(renewal, {"due_on", "notice_on", "amount", "currency"})
    if renewal.amount < 0:
        raise DomainError(_("An amount is not below zero."), field="amount", code="negative")
    if renewal.notice_on is not None and not renewal.due_on - timedelta(days=1_100) <= renewal.notice_on:
        raise DomainError(_("Give a day near the due day."), field="notice_on", code="day")
    if renewal.notice_on is not None and renewal.notice_on > renewal.due_on:
        raise DomainError(_("Notice is given before it is due."), field="notice_on", code="after_due")
    if "owner" in fields and renewal.owner is not None and not _may_own(renewal):
        message = _("This colleague does not read what is commercial of the organization: choose somebody who does.")
        raise DomainError(message, field="owner", code="owner")
    _refuse_twin(renewal)


def _may_own(renewal: Renewal) -> bool:
    """Its owner is asked for a verdict, and so has to read it."""
    return renewal.owner is not None and user_opens(renewal.owner, renewal.organization, FieldClass.COMMERCIAL)


def _refuse_twin(renewal: Renewal) -> None:
    twins = Renewal.objects.filter(organization=renewal.organization, due_on=renewal.due_on, state="open")
    if renewal.state == RenewalState.OPEN and twins.exclude(pk=renewal.pk).exists():
        raise DomainError(_("A renewal of that day is open already."), field="due_on", code="twin")


def _refuse_watching(renewal: Renewal, verdict: str, now: datetime) -> None:
    if renewal_verdicts.is_too_late_to_watch(renewal, verdict, local_day(renewal.organization, now)):
        message = _("So near to its day it is watched no longer: say what becomes of it.")
        raise DomainError(message, field="verdict", code="too_late_to_watch")


def _check_end(renewal: Renewal, on: date, now: datetime) -> None:
    if on > local_day(renewal.organization, now) or on < _EARLIEST:
        raise DomainError(_("Give the day on which it was decided."), field="on", code="future")


def _note(note: str) -> str:
    text = note.replace("\0", "").strip()
    if len(text) > MAX_NOTE:
        message = _("Use up to %(count)s characters.") % {"count": MAX_NOTE}
        raise DomainError(message, field="note", code="too_long")
    return text


def _save(renewal: Renewal, fields: Iterable[str]) -> None:
    renewal.version += 1
    renewal.save(update_fields=[*dict.fromkeys([*fields, "currency"]), "version", "updated_at"])


def _record(by: Actor, verb: str, renewal: Renewal, now: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"renewal.{verb}",
        target=renewal,
        target_name=_("Renewal of %(name)s") % {"name": renewal.organization.name},
        changes={
            name: ["*", "*"] if name in _UNSAID else [getattr(value, "pk", value) for value in pair]
            for name, pair in changes.items()
        },
        now=now,
    )


def _say(title: str, renewal: Renewal, by: Actor, now: datetime, *, body: str = "") -> None:
    """Everybody who opens the organization reads the day; verdicts and amounts are among the commercial fields."""
    timeline.push(
        organization=renewal.organization,
        kind=EntryKind.RENEWAL,
        title=title,
        body=body,
        at=now,
        by=by,
        data={"due_on": renewal.due_on.isoformat(), "state": str(renewal.state)},
        field_class=EntryFieldClass.COMMERCIAL,
        target=renewal,
    )
