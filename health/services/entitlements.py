"""Use cases of entitlements: how much of a metric an organization has bought, from which day until which.

Lock order: the organization, then its entitlements.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, FieldClass, Right
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed
from health.models import Entitlement, Metric, RecomputeMark
from partners import permissions
from partners.models import Organization
from partners.services.locking import lock_organization, refuse_archived

MARK = "entitlements"
_MOST = Decimal(10) ** 14


@transaction.atomic
def put(
    *,
    by: Actor,
    organization: Organization,
    metric: str,
    amount: Decimal,
    starts_on: date,
    ends_on: date | None = None,
    source: str = "",
    now: datetime,
) -> Entitlement:
    """Say what was bought from a day on; said again for the same day it corrects what was said.

    One that is open and began before ends the day before. Raises NotAllowed, DomainError with `field`.
    """
    locked = _locked(by, organization)
    found = Metric.objects.filter(key=metric, is_retired=False).first()
    may_read = found is not None and (
        not found.is_commercial or permissions.may_read_fields(by, locked, FieldClass.COMMERCIAL)
    )
    if found is None or not may_read:
        raise DomainError(_("Choose a metric that is in use."), field="metric", code="unknown")
    if not amount.is_finite() or not 0 < amount < _MOST:
        raise DomainError(_("An amount is more than nothing."), field="amount")
    if ends_on is not None and ends_on < starts_on:
        raise DomainError(_("It ends before it begins."), field="ends_on")
    rows = Entitlement.objects.filter(organization=locked, metric=found)
    later = rows.filter(starts_on__gt=starts_on).order_by("starts_on").first()
    if later is not None and (ends_on is None or ends_on >= later.starts_on):
        words = {"day": later.starts_on.isoformat()}
        raise DomainError(_("Another one begins on %(day)s: end this one before.") % words, field="ends_on")
    over = Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)
    for earlier in rows.filter(over, starts_on__lt=starts_on):
        earlier.ends_on = date.fromordinal(starts_on.toordinal() - 1)
        earlier.save(update_fields=["ends_on"])
    before = rows.filter(starts_on=starts_on).first()
    values = {"amount": amount, "ends_on": ends_on, "source": source.strip()[:60]}
    made, _is_new = Entitlement.objects.update_or_create(
        organization=locked, metric=found, starts_on=starts_on, defaults=values
    )
    changes = {f"{metric} {starts_on}": [before.amount if before else None, amount]}
    _record(by, "entitlement.set", locked, changes, now)
    return made


@transaction.atomic
def remove(*, by: Actor, entitlement: Entitlement, now: datetime) -> None:
    """Take back what was never bought. Raises NotAllowed, Missing, DomainError."""
    locked = _locked(by, entitlement.organization)
    found = Entitlement.objects.select_related("metric").filter(pk=entitlement.pk).first()
    if found is None:
        raise Missing(_("This entitlement does not exist any more."))
    changes = {f"{found.metric.key} {found.starts_on}": [found.amount, None]}
    found.delete()
    _record(by, "entitlement.removed", locked, changes, now)


def can_entitle(actor: Actor, organization: Organization, *, subject: Any = None) -> bool:
    """Whoever works on the organization says what it has bought."""
    return permissions.may(actor, Right.WORK, organization, subject=subject).allowed


def _locked(by: Actor, organization: Organization) -> Organization:
    locked = lock_organization(organization)
    if not can_entitle(by, locked):
        raise NotAllowed(_("What was bought is written down by those who work on the organization."))
    refuse_archived(locked)
    return locked


def _record(by: Actor, verb: str, organization: Organization, changes: dict[str, list[Any]], now: datetime) -> None:
    # The computation that holds an earlier mark has not seen this.
    RecomputeMark.objects.update_or_create(organization=organization, defaults={"since": now, "reason": MARK})
    activity.record(
        verb=verb,
        target=organization,
        target_name=organization.name,
        organization_id=organization.pk,
        changes=changes,
        now=now,
        actor_id=by.user_id,
        actor_name=by.name,
    )
