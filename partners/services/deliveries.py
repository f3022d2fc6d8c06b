"""Use cases of services that a gemstone promises: days delivered are added, and withdrawn where that was a mistake."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError, Missing
from partners.enablement_policy import known_services
from partners.models import Organization, ServiceDelivery
from partners.services import keeping
from partners.services.checklists import local_day

MAX_DAYS = Decimal(60)


@transaction.atomic
def record(
    *,
    by: Actor,
    organization: Organization,
    service: str,
    delivered_on: date,
    days: Decimal,
    note: str = "",
    now: datetime,
) -> ServiceDelivery:
    """Write down days of a service, promised to this organization or not.

    Raises NotAllowed; DomainError with `field`: a service that no gemstone has, a day to come, days of nothing.
    """
    locked = keeping.begin(by, organization)
    if service not in known_services():
        raise DomainError(_("Choose a service."), field="service", code="unknown_service")
    if delivered_on > local_day(locked, now):
        raise DomainError(_("This day is still to come."), field="delivered_on", code="future")
    if not days.is_finite() or not 0 < days <= MAX_DAYS:
        raise DomainError(_("Give days between 0 and 60."), field="days", code="days")
    made = ServiceDelivery(
        organization=locked,
        service=service,
        delivered_on=delivered_on,
        days=days,
        note=keeping.closing(note),
        recorded_by_id=by.user_id,
        recorded_at=now,
    )
    keeping.tidy(made, {"delivered_on", "days", "note"})
    made.save()
    keeping.record(by, "service_delivery.recorded", made, now)
    return made


@transaction.atomic
def withdraw(*, by: Actor, delivery: ServiceDelivery, now: datetime) -> ServiceDelivery:
    """It was a mistake and counts no longer. Raises NotAllowed, Missing, DomainError "withdrawn"."""
    locked = keeping.begin(by, delivery.organization)
    found = ServiceDelivery.objects.select_for_update(no_key=True).filter(pk=delivery.pk).first()
    if found is None:
        raise Missing(_("This does not exist any more."))
    if found.withdrawn_at is not None:
        raise DomainError(_("This counts no longer already."), code="withdrawn")
    found.organization, found.withdrawn_at = locked, now
    found.save(update_fields=["withdrawn_at"])
    keeping.record(by, "service_delivery.withdrawn", found, now)
    return found
