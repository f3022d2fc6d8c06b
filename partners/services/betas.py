"""Use cases of beta programs: a program, the organizations in it, what they say. Lock order: organization, seat."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.scope import Scope, scoped
from partners import notices, permissions
from partners.choices import EntryKind
from partners.feedback_choices import BetaSeatState, BetaState
from partners.gate_checks import Asked, GateCheck, found, register
from partners.models import BetaProgram, BetaSeat, Contact, Organization
from partners.rules.gates import FactState
from partners.selectors.betas import sessions_of
from partners.services import timeline
from partners.services.audience import owners_who_see
from partners.services.feedback import MANAGE
from partners.services.locking import lock_organization, refuse_archived
from partners.services.validation import check_fields, clean
from partners.work_permissions import policy_in_force

PROGRAM_FIELDS = frozenset({"title", "description", "item", "starts_on", "ends_on", "state"})
SEAT_FIELDS = frozenset({"contact", "state", "feedback", "sessions"})
MAX_TEXT, MAX_SESSIONS = 10_000, 999
_WORDS = frozenset({"description", "feedback", "contact", "item"})


@transaction.atomic
def make(*, by: Actor, values: Mapping[str, Any], now: datetime) -> BetaProgram:
    """Plan a program. Raises NotAllowed, DomainError with `field`."""
    _require_manager(by)
    check_fields(values, PROGRAM_FIELDS)
    made = BetaProgram(created_by_id=by.user_id, **values)
    _check_program(made)
    made.save()
    _record(by, "beta.made", made, made.title, None, now, {"title": [None, made.title]})
    return made


@transaction.atomic
def edit(
    *, by: Actor, program: BetaProgram, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> BetaProgram:
    """Change a program, open or close it. Raises NotAllowed, Missing, Conflict, DomainError with `field`."""
    _require_manager(by)
    check_fields(values, PROGRAM_FIELDS)
    locked = BetaProgram.objects.select_for_update(of=("self",)).filter(pk=program.pk).first()
    if locked is None:
        raise Missing(_("This program does not exist."))
    before = {name: getattr(locked, name) for name in values}
    _check_version(locked, version)
    changes = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    if not changes:
        return locked
    for name in changes:
        setattr(locked, name, values[name])
    _check_program(locked)
    _save(locked, changes)
    _record(by, "beta.edited", locked, locked.title, None, now, changes)
    return locked


@transaction.atomic
def invite(
    *, by: Actor, program: BetaProgram, organization: Organization, contact: Contact | None = None, now: datetime
) -> BetaSeat:
    """Give an organization a seat. Raises NotAllowed, Missing; DomainError: closed, has one already ("seated")."""
    locked = _locked_organization(by, organization)
    current = BetaProgram.objects.select_for_update().filter(pk=program.pk).first()
    if current is None:
        raise Missing(_("This program does not exist."))
    if current.state == BetaState.CLOSED:
        raise DomainError(_("This program is closed."), code="closed")
    if BetaSeat.objects.filter(program=current, organization=locked).exists():
        message = _("%(name)s has a seat already.") % {"name": locked.name}
        raise DomainError(message, field="organization", code="seated")
    seat = BetaSeat(organization=locked, program=current, contact=contact)
    _check_seat(seat)
    seat.save()
    _say(_("Invited to the beta: %(title)s"), seat, by, now)
    _record(by, "beta_seat.invited", seat, current.title, locked.pk, now, {"state": [None, seat.state]})
    return seat


@transaction.atomic
def update_seat(
    *, by: Actor, seat: BetaSeat, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> BetaSeat:
    """Write down how it goes: the state, sessions, what they say. Raises NotAllowed, Missing, Conflict, DomainError."""
    check_fields(values, SEAT_FIELDS)
    organization = _locked_organization(by, seat.organization)
    locked = _locked_seat(seat, organization)
    _check_version(locked, version)
    before = {name: getattr(locked, name) for name in values}
    changes = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    if not changes:
        return locked
    for name in changes:
        setattr(locked, name, values[name])
    _check_seat(locked)
    _save(locked, changes)
    _record(by, "beta_seat.edited", locked, locked.program.title, organization.pk, now, changes)
    if "state" in changes:
        _say(f"{BetaSeatState(locked.state).label}: %(title)s", locked, by, now)
    return locked


@transaction.atomic
def answer(*, by: Actor, seat: BetaSeat, joins: bool, now: datetime) -> BetaSeat:
    """A contact takes an invitation or not, in the portal. Raises Missing; DomainError "answered"."""
    if not by.is_contact or by.organization_id is None or seat.organization_id != by.organization_id:
        raise Missing(_("There is no such invitation."))
    organization = lock_organization(seat.organization)
    locked = _locked_seat(seat, organization)
    if locked.state != BetaSeatState.INVITED or locked.program.state == BetaState.CLOSED:
        raise DomainError(_("This was answered already, or the program is closed."), code="answered")
    before, locked.state = locked.state, BetaSeatState.JOINED if joins else BetaSeatState.DECLINED
    _save(locked, ["state"])
    _record(
        by, "beta_seat.answered", locked, locked.program.title, organization.pk, now, {"state": [before, locked.state]}
    )
    # Owners are looked up for whom to tell, and a contact sees none of them.
    with scoped(Scope.all()):
        _say(f"{BetaSeatState(locked.state).label}: %(title)s", locked, by, now)
        words = {"name": organization.name, "title": locked.program.title}
        said = _("%(name)s takes part in the beta: %(title)s") if joins else _("%(name)s declines the beta: %(title)s")
        notify(
            user_ids=owners_who_see(organization, policy_in_force()),
            kind=notices.RELEASES,
            title=said % words,
            key=f"beta:{locked.pk}:{locked.version}",
            now=now,
            target_type="organization",
            target_id=organization.pk,
            organization_id=organization.pk,
        )
    return locked


def _require_manager(by: Actor) -> None:
    if not by.has(MANAGE):
        raise NotAllowed(_("Beta programs are run by those who manage feedback."))


def _locked_organization(by: Actor, organization: Organization) -> Organization:
    locked = lock_organization(organization)
    if not permissions.can_use(by, "log_interaction", locked):
        raise NotAllowed(_("Seats are given by those who open the organization."))
    refuse_archived(locked)
    return locked


def _locked_seat(seat: BetaSeat, organization: Organization) -> BetaSeat:
    rows = BetaSeat.objects.select_for_update(of=("self",)).select_related("program", "contact")
    row: BetaSeat | None = rows.filter(pk=seat.pk, organization=organization).first()
    if row is None:
        raise Missing(_("This seat does not exist, or it is not yours."))
    row.organization = organization
    return row


def _check_version(row: BetaProgram | BetaSeat, version: int | None) -> None:
    if version is not None and version != row.version:
        message = _("Somebody changed this while you were at it.")
        raise Conflict(message, version=row.version, current={"state": row.state})


def _check_program(program: BetaProgram) -> None:
    program.title = " ".join(program.title.replace("\0", "").split())
    program.description = program.description.replace("\0", "").strip()[:MAX_TEXT]
    if not program.title:
        raise DomainError(_("Give it a title."), field="title", code="no_title")
    if not isinstance(program.starts_on, date) or not isinstance(program.ends_on, date):
        raise DomainError(_("Give the first and the last day."), field="starts_on", code="no_days")
    if program.ends_on < program.starts_on:
        raise DomainError(_("The last day lies before the first."), field="ends_on", code="backwards")
    if program.state not in BetaState.values:
        raise DomainError(_("Choose a state."), field="state", code="unknown_state")
    clean(program, {"title"})


def _check_seat(seat: BetaSeat) -> None:
    seat.feedback = seat.feedback.replace("\0", "").strip()
    if len(seat.feedback) > MAX_TEXT:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": MAX_TEXT}, field="feedback", code="too_long")
    if seat.state not in BetaSeatState.values:
        raise DomainError(_("Choose a state."), field="state", code="unknown_state")
    if not 0 <= seat.sessions <= MAX_SESSIONS:
        message = _("Use a number up to %(most)s.") % {"most": MAX_SESSIONS}
        raise DomainError(message, field="sessions", code="off_scale")
    contact = seat.contact
    if contact is not None and (contact.organization_id != seat.organization_id or contact.archived_at is not None):
        raise DomainError(_("Choose a contact of this organization."), field="contact", code="foreign")


def _save(row: BetaProgram | BetaSeat, fields: Any) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version", "updated_at"])


def _say(title: str, seat: BetaSeat, by: Actor, now: datetime) -> None:
    timeline.push(
        organization=seat.organization,
        kind=EntryKind.FEEDBACK,
        title=title % {"title": seat.program.title},
        body=seat.feedback,
        at=now,
        by=by,
        target=seat,
    )


def _record(
    by: Actor,
    verb: str,
    target: BetaProgram | BetaSeat,
    name: str,
    organization_id: int | None,
    now: datetime,
    changes: Mapping[str, Any],
) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=target,
        organization_id=organization_id,
        target_name=name,
        changes={key: ["*", "*"] if key in _WORDS else list(pair) for key, pair in changes.items()},
        now=now,
    )


def _sessions_logged(asked: Asked) -> FactState:
    """Sessions of beta programs were held, as many as the criterion names under `least` (one without)."""
    sessions, seats = sessions_of(asked.organization.pk)
    least = asked.params.get("least", 1)
    least = least if isinstance(least, int) and least > 0 else 1
    if not seats:
        return found(False, _("It takes part in no beta program."))
    words = {"sessions": sessions, "least": least}
    text = _("%(sessions)s of %(least)s beta sessions are logged.") if sessions < least else _("%(sessions)s logged.")
    return found(sessions >= least, text % words)


def register_check() -> None:
    """The fact that gates may wait for; called once, when the app is ready."""
    register(
        GateCheck(
            name="beta_sessions_logged",
            label=gettext_lazy("Beta sessions are logged"),
            check=_sessions_logged,
            place=lambda key: reverse("partners:organization_feedback", args=[key]),
        )
    )
