"""Use cases of agreements: how often one kind of touchpoint takes place with one organization, in place of its rule.

Lock order: the organization, then its agreement. Days are those of the organization. What is planned follows at once.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners import cadence_policy
from partners.choices import EntryKind
from partners.models import CadenceAgreement, Organization
from partners.selectors.agreements import distance_words
from partners.selectors.handoff_checks import local_day
from partners.services import timeline
from partners.services.locking import lock_organization, refuse_archived
from partners.services.touchpoint_plan import bring_in_line
from partners.work_permissions import can_arrange

MAX_REASON = 300
MAX_DAYS, MAX_MONTHS = 366, 24
FURTHEST = timedelta(days=730)


@transaction.atomic
def agree(
    *,
    by: Actor,
    organization: Organization,
    touchpoint: str,
    every_days: int | None = None,
    every_months: int | None = None,
    starts_on: date,
    ends_on: date | None = None,
    reason: str,
    now: datetime,
) -> CadenceAgreement:
    """Agree on another distance from a day on, or with neither distance that none are due meanwhile.

    Raises NotAllowed; DomainError with `field`: an unknown kind, no distance that can be, days that are over or the
    wrong way round, no reason, another agreement from the same day on.
    """
    locked = _require(by, organization)
    made = CadenceAgreement(
        organization=locked,
        touchpoint=touchpoint,
        every_days=every_days,
        every_months=every_months,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.replace("\0", "").strip(),
        made_by_id=by.user_id,
    )
    _check(made, now)
    made.save()
    changes = {name: [None, getattr(made, name)] for name in ("touchpoint", "every_days", "every_months", "starts_on")}
    _note("agreed", made, by, now, changes)
    _say(_("Agreed: %(kind)s %(distance)s") % words_of(made), made, by, now, body=made.reason)
    bring_in_line([locked], now=now)
    return made


@transaction.atomic
def end(*, by: Actor, agreement: CadenceAgreement, version: int | None = None, now: datetime) -> CadenceAgreement:
    """The rule of the organization holds again from today on. Raises NotAllowed, Conflict, DomainError "ended"."""
    organization = _require(by, agreement.organization)
    rows = CadenceAgreement.objects.select_for_update(no_key=True).filter(pk=agreement.pk)
    locked: CadenceAgreement | None = rows.first()
    if locked is None:
        raise Missing(_("This agreement does not exist, or it is not yours."))
    locked.organization = organization
    if version is not None and version != locked.version:
        current = {"ended_at": locked.ended_at}
        raise Conflict(_("Somebody changed this while you were at it."), version=locked.version, current=current)
    if locked.ended_at is not None:
        raise DomainError(_("This agreement has ended already."), code="ended")
    locked.ended_at = now
    locked.version += 1
    locked.save(update_fields=["ended_at", "version", "updated_at"])
    _note("ended", locked, by, now, {"ended_at": [None, now]})
    _say(_("No longer agreed: %(kind)s %(distance)s") % words_of(locked), locked, by, now)
    bring_in_line([organization], now=now)
    return locked


def words_of(agreement: CadenceAgreement) -> dict[str, str]:
    """The kind and the distance of an agreement, in the reader's language. One statement."""
    kind = cadence_policy.kind_label(cadence_policy.policy_in_force(), agreement.touchpoint)
    return {"kind": kind, "distance": distance_words(agreement.every_days, agreement.every_months)}


def _require(by: Actor, organization: Organization) -> Organization:
    locked = lock_organization(organization)
    refuse_archived(locked)
    if not can_arrange(by, locked):
        raise NotAllowed(_("You do not work on this organization in its present stage."))
    return locked


def _check(made: CadenceAgreement, now: datetime) -> None:
    policy = cadence_policy.policy_in_force()
    if policy is None or made.touchpoint not in policy.touchpoints:
        raise DomainError(_("There is no such touchpoint."), field="touchpoint", code="kind")
    if made.every_days is not None and made.every_months is not None:
        raise DomainError(_("Days or months, not both."), field="every_months", code="two_distances")
    for field, value, most in (
        ("every_days", made.every_days, MAX_DAYS),
        ("every_months", made.every_months, MAX_MONTHS),
    ):
        if value is not None and not 1 <= value <= most:
            raise DomainError(_("From 1 to %(most)d.") % {"most": most}, field=field, code="distance")
    if not made.reason:
        raise DomainError(_("Say why, or who asked for it."), field="reason", code="reason")
    if len(made.reason) > MAX_REASON:
        message = _("This is too long; %(count)d characters are the most.") % {"count": MAX_REASON}
        raise DomainError(message, field="reason", code="too_long")
    _check_days(made, local_day(made.organization, now))


def _check_days(made: CadenceAgreement, today: date) -> None:
    if made.starts_on < today:
        raise DomainError(_("This day is over: agree on days to come."), field="starts_on", code="past")
    if made.starts_on > today + FURTHEST:
        raise DomainError(_("Choose a day within the next two years."), field="starts_on", code="far")
    if made.ends_on is not None and made.ends_on <= made.starts_on:
        raise DomainError(_("It ends after it begins."), field="ends_on", code="backward")
    twins = CadenceAgreement.objects.filter(
        organization=made.organization, touchpoint=made.touchpoint, starts_on=made.starts_on, ended_at__isnull=True
    )
    if twins.exists():
        message = _("Something is agreed from this day on already: end that first.")
        raise DomainError(message, field="starts_on", code="twin")


def _note(verb: str, row: CadenceAgreement, by: Actor, now: datetime, changes: dict[str, list[object]]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"cadence_agreement.{verb}",
        target=row,
        target_name=_("Cadence of %(name)s") % {"name": row.organization.name},
        organization_id=row.organization_id,
        changes=changes,
        now=now,
    )


def _say(title: str, row: CadenceAgreement, by: Actor, now: datetime, *, body: str = "") -> None:
    timeline.push(
        organization=row.organization,
        kind=EntryKind.TOUCHPOINT,
        title=title,
        body=body,
        at=now,
        by=by,
        data={"kind": row.touchpoint, "starts_on": row.starts_on.isoformat()},
        target=row,
    )
