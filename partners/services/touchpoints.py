"""Use cases of touchpoints: planned by the cadence or arranged by hand, held, skipped with a reason, moved.

Lock order: the organization, then the touchpoint.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import DomainError, Missing, NotAllowed
from common.templatetags.format import spell_day
from partners import cadence_policy, notices, permissions
from partners.choices import EntryKind
from partners.models import Interaction, Organization, Touchpoint
from partners.selectors.handoff_checks import local_day
from partners.services import timeline
from partners.services.locking import lock_organization, refuse_archived
from partners.services.task_owners import check_owner, role_of
from partners.services.touchpoint_plan import bring_in_line, refresh_facts
from partners.work_choices import TouchpointState
from partners.work_permissions import can_arrange

MAX_AHEAD = timedelta(days=730)
_MAX_REASON, _MAX_TOPIC = 300, 200


@transaction.atomic
def generate(*, organization: Organization, now: datetime) -> int:
    """Bring the touchpoints of one organization in line with the cadence; returns how many were written.

    At a launch, and whenever something that the cadence stands on has changed. Safe to call again.
    """
    return bring_in_line([organization], now=now)


@transaction.atomic
def complete(*, by: Actor, touchpoint: Touchpoint, interaction: Interaction | None = None, now: datetime) -> Touchpoint:
    """It was held; `interaction` says how it went. Raises NotAllowed; DomainError "closed", "interaction"."""
    locked = _open(by, touchpoint)
    if interaction is not None and interaction.organization_id != locked.organization_id:
        raise DomainError(_("Choose an interaction with this organization."), field="interaction", code="interaction")
    locked.interaction = interaction
    _close(locked, TouchpointState.DONE, by=by, now=now, verb="completed", fields=("interaction",))
    if interaction is None:
        _say(_("%(kind)s held"), locked, by=by, now=now)
    return locked


@transaction.atomic
def skip(*, by: Actor, touchpoint: Touchpoint, reason: str, now: datetime) -> Touchpoint:
    """It is left out, and why. Raises NotAllowed; DomainError "reason", "closed"."""
    locked = _open(by, touchpoint)
    written = _text(reason, "reason", _MAX_REASON)
    if not written:
        raise DomainError(_("Say why it is left out."), field="reason", code="reason")
    locked.skip_reason = written
    _close(locked, TouchpointState.SKIPPED, by=by, now=now, verb="skipped", fields=("skip_reason",), reason=written)
    _say(_("%(kind)s of %(day)s left out"), locked, by=by, now=now, body=written)
    return locked


@transaction.atomic
def reopen(*, by: Actor, touchpoint: Touchpoint, now: datetime) -> Touchpoint:
    """Undo of `complete` and `skip`. Raises NotAllowed; DomainError "open" for one that is planned."""
    locked = locked_for(by, touchpoint)
    if locked.state not in (TouchpointState.DONE, TouchpointState.SKIPPED):
        raise DomainError(_("This is planned anyway."), code="open")
    locked.interaction, locked.skip_reason = None, ""
    _close(locked, TouchpointState.PLANNED, by=by, now=now, verb="reopened", fields=("interaction", "skip_reason"))
    return locked


@transaction.atomic
def reschedule(*, by: Actor, touchpoint: Touchpoint, on: date, now: datetime) -> Touchpoint:
    """Put it on another day, where it stays; those after it do not move.

    Raises NotAllowed; DomainError "past", "far", "closed".
    """
    locked = _open(by, touchpoint)
    check_day(locked.organization, on, now)
    before = locked.planned_on
    if before == on:
        return locked
    locked.planned_on, locked.overdue_from, locked.is_fixed = on, on + timedelta(days=1), True
    locked.starts_at = same_clock(locked, on)
    locked.version += 1
    locked.save(update_fields=["planned_on", "overdue_from", "is_fixed", "starts_at", "version", "updated_at"])
    refresh_facts([locked.organization_id])
    note("moved", locked, by=by, now=now, changes={"planned_on": [before, on]})
    return locked


@transaction.atomic
def arrange(
    *,
    by: Actor,
    organization: Organization,
    kind: str,
    on: date,
    topic: str = "",
    owner: User | None = None,
    now: datetime,
) -> Touchpoint:
    """Arrange one by hand, beside the cadence; `owner` is who arranges it unless somebody else is named.

    Raises NotAllowed; DomainError "kind", "on", "topic", "owner" (who does not see the organization).
    """
    locked = lock_organization(organization)
    refuse_archived(locked)
    if not can_arrange(by, locked):
        raise NotAllowed(_("You do not work on this organization in its present stage."))
    known = dict(cadence_policy.kind_choices(cadence_policy.policy_in_force()))
    if kind not in known:
        raise DomainError(_("There is no such touchpoint."), field="kind", code="kind")
    check_day(locked, on, now)
    written = _text(topic, "topic", _MAX_TOPIC)
    owner_id = by.user_id if owner is None else owner.pk
    if owner is not None:
        check_owner(owner, locked, permissions.subject_of(locked))
    made = Touchpoint.objects.create(
        organization=locked,
        kind=kind,
        planned_on=on,
        overdue_from=on + timedelta(days=1),
        topic=written,
        owner_id=owner_id,
        owner_role=role_of(owner_id, locked) if owner_id else "",
    )
    refresh_facts([locked.pk])
    note("arranged", made, by=by, now=now, changes={"planned_on": [None, on]})
    _say(_("%(kind)s arranged for %(day)s"), made, by=by, now=now, body=written)
    _tell_owner(made, by=by, now=now)
    return made


@transaction.atomic
def cancel(*, by: Actor, touchpoint: Touchpoint, now: datetime) -> Touchpoint:
    """Take one back that was arranged by hand; those of the cadence are skipped. Raises NotAllowed; DomainError."""
    locked = _open(by, touchpoint)
    if locked.series:
        raise DomainError(_("The cadence wants this one: leave it out with a reason instead."), code="of_the_cadence")
    _close(locked, TouchpointState.CANCELLED, by=by, now=now, verb="cancelled", fields=())
    _say(_("%(kind)s of %(day)s cancelled"), locked, by=by, now=now)
    return locked


def same_clock(touchpoint: Touchpoint, on: date) -> datetime | None:
    """Its time of day on another day, by the organization's clock; None where it has no time."""
    if touchpoint.starts_at is None:
        return None
    zone = ZoneInfo(touchpoint.organization.timezone)
    return datetime.combine(on, touchpoint.starts_at.astimezone(zone).time(), tzinfo=zone)


def can_act(by: Actor, touchpoint: Touchpoint) -> bool:
    """Who works on the organization, and its owner while they open the organization in full."""
    organization = touchpoint.organization
    subject = permissions.subject_of(organization)
    if can_arrange(by, organization, subject=subject):
        return True
    is_own = touchpoint.owner_id is not None and touchpoint.owner_id == by.user_id
    return is_own and permissions.opens_in_full(by, organization, subject=subject)


def locked_for(by: Actor, touchpoint: Touchpoint) -> Touchpoint:
    """The touchpoint and its organization, locked for a use case. Raises Missing, NotAllowed, DomainError."""
    organization = lock_organization(Organization(pk=touchpoint.organization_id))
    refuse_archived(organization)
    rows = Touchpoint.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    found: Touchpoint | None = rows.filter(pk=touchpoint.pk).first()
    if found is None:
        raise Missing(_("This touchpoint does not exist, or it is not yours."))
    found.organization = organization
    if not can_act(by, found):
        raise NotAllowed(_("Its owner does this, and who works on the organization."))
    return found


def _open(by: Actor, touchpoint: Touchpoint) -> Touchpoint:
    locked = locked_for(by, touchpoint)
    if locked.state != TouchpointState.PLANNED:
        message = _("This is no longer planned: %(state)s.") % {"state": TouchpointState(locked.state).label}
        raise DomainError(message, code="closed")
    return locked


def _close(
    row: Touchpoint,
    state: TouchpointState,
    *,
    by: Actor,
    now: datetime,
    verb: str,
    fields: tuple[str, ...],
    reason: str = "",
) -> None:
    before = row.state
    is_open = state is TouchpointState.PLANNED
    row.state, row.closed_at, row.closed_by_id = state, None if is_open else now, None if is_open else by.user_id
    row.version += 1
    row.save(update_fields=["state", "closed_at", "closed_by", "version", "updated_at", *fields])
    refresh_facts([row.organization_id])
    note(verb, row, by=by, now=now, changes={"state": [before, state]}, reason=reason)


def _text(value: str, field: str, most: int) -> str:
    written = value.replace("\0", "").strip()
    if len(written) > most:
        message = _("This is too long; %(count)d characters are the most.") % {"count": most}
        raise DomainError(message, field=field, code="too_long")
    return written


def check_day(organization: Organization, on: date, now: datetime) -> None:
    """A day from today on, within two years. Raises DomainError "past", "far"."""
    today = local_day(organization, now)
    if on < today:
        raise DomainError(_("This day is over: log what happened as an interaction."), field="on", code="past")
    if on > today + MAX_AHEAD:
        raise DomainError(_("Choose a day within the next two years."), field="on", code="far")


def note(
    verb: str, row: Touchpoint, *, by: Actor, now: datetime, changes: Mapping[str, list[object]], reason: str = ""
) -> None:
    """Write it to the trail."""
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"touchpoint.{verb}",
        target=row,
        target_name=_("Touchpoint with %(name)s") % {"name": row.organization.name},
        organization_id=row.organization_id,
        changes=changes,
        reason=reason,
        now=now,
    )


def _say(sentence: str, row: Touchpoint, *, by: Actor, now: datetime, body: str = "") -> None:
    kind = cadence_policy.kind_label(cadence_policy.policy_in_force(), row.kind)
    timeline.push(
        organization=row.organization,
        kind=EntryKind.TOUCHPOINT,
        title=sentence % {"kind": kind, "day": spell_day(row.planned_on)},
        body=body,
        at=now,
        by=by,
        data={"kind": row.kind, "planned_on": row.planned_on.isoformat()},
        target=row,
    )


def _tell_owner(row: Touchpoint, *, by: Actor, now: datetime) -> None:
    if row.owner_id is None or row.owner_id == by.user_id:
        return
    words = {"person": by.name, "name": row.organization.name, "day": spell_day(row.planned_on)}
    notify(
        user_ids=[row.owner_id],
        kind=notices.TOUCHPOINTS,
        title=_("%(person)s arranged a meeting with %(name)s for you on %(day)s") % words,
        key=f"touchpoint:{row.public_id}",
        now=now,
        target_type="touchpoint",
        target_id=row.pk,
    )
