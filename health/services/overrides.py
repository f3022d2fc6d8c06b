"""A band set by hand, for at most thirty days and with a reason; the computed band stays visible beside it.

Lock order: the organization, then its override. It ends by itself: `end_overdue` runs with the schedule.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import DomainError, Missing, NotAllowed
from common.templatetags.format import spell_day
from health import notices
from health.choices import LONGEST_BY_HAND, MAX_WORDS, SET_BY_HAND, Band
from health.models import BandOverride
from health.permissions import can_override
from health.services.changes import recompute_soon
from partners.choices import EntryKind
from partners.models import Organization
from partners.services import timeline
from partners.services.audience import owners_who_see
from partners.services.locking import lock_organization, refuse_archived
from partners.work_permissions import policy_in_force

_SWEPT = 200


@transaction.atomic
def set_band(
    *, organization: Organization, band: str, reason: str, until: datetime, by: Actor, now: datetime
) -> BandOverride:
    """Show a band until a moment, at most thirty days ahead; one that is in force ends.

    Raises NotAllowed; DomainError with `field` "band", "reason" or "until", "archived".
    """
    locked = _locked_for(by, organization)
    refuse_archived(locked)
    text = reason.replace("\0", "").strip()
    _check(band, text, until, now)
    before = _open(locked)
    if before is not None:
        _close(before, by=by, now=now)
    made = BandOverride.objects.create(
        organization=locked, band=band, reason=text, set_by_id=by.user_id or 0, started_at=now, until=until
    )
    figures = {"band": Band(band).label, "day": spell_day(timezone.localdate(until))}
    title = _("Health set to %(band)s by hand until %(day)s") % figures
    _record(locked, made, "health.override_set", title, by=by, now=now, before=before.band if before else None)
    others = owners_who_see(locked, policy_in_force()) - {by.user_id or 0}
    notify(
        user_ids=others,
        kind=notices.OVERRIDES,
        title=_("%(organization)s: %(what)s") % {"organization": locked.name, "what": title},
        body=text,
        key=f"override:{made.pk}",
        now=now,
        target_type="organization_health",
        target_id=locked.pk,
        organization_id=locked.pk,
    )
    recompute_soon(locked, reason=f"override:{made.pk}", now=now)
    return made


@transaction.atomic
def end(*, organization: Organization, by: Actor, now: datetime) -> BandOverride:
    """Take the override back before its day. Raises NotAllowed, DomainError "over" where none is in force."""
    locked = _locked_for(by, organization)
    found = _open(locked)
    if found is None or found.until <= now:
        raise DomainError(_("No band is set by hand any longer."), code="over")
    _close(found, by=by, now=now)
    title = _("The band set by hand was taken back")
    _record(locked, found, "health.override_ended", title, by=by, now=now, before=found.band)
    recompute_soon(locked, reason=f"override:{found.pk}", now=now)
    return found


def end_overdue(*, now: datetime) -> int:
    """End the overrides whose time is over, each in its own transaction; returns how many."""
    due = BandOverride.objects.filter(ended_at__isnull=True, until__lte=now).order_by("organization_id")
    return sum(_end_one(pk, now=now) for pk in due.values_list("organization_id", flat=True)[:_SWEPT])


@transaction.atomic
def _end_one(organization_id: int, *, now: datetime) -> bool:
    try:
        locked = lock_organization(Organization(pk=organization_id))
    except Missing:
        return False
    found = _open(locked)
    if found is None or found.until > now:
        return False
    found.ended_at = found.until
    found.save(update_fields=["ended_at"])
    title = _("The band set by hand has run out")
    _record(locked, found, "health.override_ended", title, by=None, now=now, before=found.band)
    recompute_soon(locked, reason=f"override:{found.pk}", now=now)
    return True


def _locked_for(by: Actor, organization: Organization) -> Organization:
    locked = lock_organization(organization)
    if not can_override(by, locked):
        raise NotAllowed(
            _("A band is set by hand by owners who work on the organization, by managers and administrators.")
        )
    return locked


def _check(band: str, reason: str, until: datetime, now: datetime) -> None:
    if band not in SET_BY_HAND:
        raise DomainError(_("Choose green, yellow or red."), field="band", code="band")
    if not reason or len(reason) > MAX_WORDS:
        message = _("Say why, in up to %(limit)s characters.") % {"limit": MAX_WORDS}
        raise DomainError(message, field="reason", code="reason")
    if until <= now:
        raise DomainError(_("Choose an end that lies ahead."), field="until", code="past")
    if until > now + LONGEST_BY_HAND:
        raise DomainError(_("A band is set by hand for at most 30 days."), field="until", code="too_long")


def _open(organization: Organization) -> BandOverride | None:
    found: BandOverride | None = (
        BandOverride.objects.select_for_update().filter(organization=organization, ended_at__isnull=True).first()
    )
    return found


def _close(found: BandOverride, *, by: Actor, now: datetime) -> None:
    found.ended_at, found.ended_by_id = now, by.user_id
    found.save(update_fields=["ended_at", "ended_by"])


def _record(
    organization: Organization,
    override: BandOverride,
    verb: str,
    title: str,
    *,
    by: Actor | None,
    now: datetime,
    before: str | None,
) -> None:
    is_set = verb.endswith("_set")
    activity.record(
        actor_id=by.user_id if by else None,
        actor_name=by.name if by else "",
        verb=verb,
        target=override,
        target_name=_("Health of %(name)s") % {"name": organization.name},
        organization_id=organization.pk,
        changes={"band": [before, override.band if is_set else None], "until": [None, override.until.isoformat()]},
        reason=override.reason if is_set else "",
        now=now,
    )
    timeline.push(
        organization=organization,
        kind=EntryKind.HEALTH,
        title=title,
        body=override.reason if is_set else "",
        data={"what": "override", "band": override.band, "organization": str(organization.public_id)},
        at=now,
        by=by,
        target=override,
    )
