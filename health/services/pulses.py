"""What owners think of an organization: a pulse with its reason, which counts as a sample of its metric at once.

Lock order: the organization, then what ingest locks. The organization is computed anew once this has committed.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import DomainError, NotAllowed
from health import notices
from health.choices import MAX_WORDS, PulseValue
from health.models import Pulse
from health.permissions import can_pulse
from health.services.changes import recompute_soon, take_sample
from partners.choices import EntryKind
from partners.models import Organization
from partners.services import timeline
from partners.services.audience import owners_who_see
from partners.services.locking import lock_organization, refuse_archived
from partners.work_permissions import policy_in_force

METRIC = "owner_pulse"
POINTS = {PulseValue.GREEN: Decimal(100), PulseValue.YELLOW: Decimal(50), PulseValue.RED: Decimal(0)}


@transaction.atomic
def give(*, organization: Organization, value: str, note: str = "", by: Actor, now: datetime) -> Pulse:
    """Say how an organization feels: "green", "yellow" or "red"; the latter two say why.

    Raises NotAllowed; DomainError with `field` "value" or "note", "archived".
    """
    locked = lock_organization(organization)
    if not can_pulse(by, locked):
        raise NotAllowed(_("A pulse is given by the owners who work on the organization in its present stage."))
    refuse_archived(locked)
    text = note.replace("\0", "").strip()
    _check(value, text)
    pulse = Pulse.objects.create(organization=locked, value=value, note=text, given_by_id=by.user_id or 0, given_at=now)
    take_sample(locked, METRIC, POINTS[PulseValue(value)], at=now)
    recompute_soon(locked, reason=f"pulse:{pulse.pk}", now=now)
    _tell(locked, pulse, by=by, now=now)
    return pulse


def _check(value: str, note: str) -> None:
    if value not in PulseValue.values:
        raise DomainError(_("Choose one of the three."), field="value", code="value")
    if value != PulseValue.GREEN and not note:
        raise DomainError(_("Say why, so that others can help."), field="note", code="required")
    if len(note) > MAX_WORDS:
        raise DomainError(_("Say it in up to %(limit)s characters.") % {"limit": MAX_WORDS}, field="note", code="long")


def _tell(organization: Organization, pulse: Pulse, *, by: Actor, now: datetime) -> None:
    label = PulseValue(pulse.value).label
    before = _value_before(pulse)
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="health.pulse",
        target=pulse,
        target_name=_("Pulse of %(name)s") % {"name": organization.name},
        organization_id=organization.pk,
        changes={"value": [before, pulse.value]},
        reason=pulse.note,
        now=now,
    )
    data: dict[str, Any] = {"what": "pulse", "value": pulse.value, "organization": str(organization.public_id)}
    title = _("Pulse: %(word)s") % {"word": label}
    timeline.push(
        organization=organization,
        kind=EntryKind.HEALTH,
        title=title,
        body=pulse.note,
        data=data,
        at=now,
        by=by,
        target=pulse,
    )
    if pulse.value == PulseValue.RED:
        others = owners_who_see(organization, policy_in_force()) - {by.user_id or 0}
        notify(
            user_ids=others,
            kind=notices.PULSES,
            title=_("%(name)s sees %(organization)s at risk") % {"name": by.name, "organization": organization.name},
            body=pulse.note,
            key=f"pulse:{pulse.pk}",
            now=now,
            target_type="organization_health",
            target_id=organization.pk,
            organization_id=organization.pk,
        )


def _value_before(pulse: Pulse) -> str | None:
    earlier = Pulse.objects.filter(organization_id=pulse.organization_id, pk__lt=pulse.pk)
    return earlier.order_by("-pk").values_list("value", flat=True).first()
