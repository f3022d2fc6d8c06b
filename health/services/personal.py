"""Where health may name a person: what owners wrote is made neutral on erasure (security.md 19)."""

from datetime import datetime

from django.db.models import F

from health.models import BandOverride, Episode, HealthState, Pulse
from partners.models import OrganizationFacts
from partners.services.erasure import Place, register_places
from partners.services.person_records import Person


def register() -> None:
    """Called once, when the app is ready."""
    register_places(places)


def places(person: Person, now: datetime) -> list[Place]:
    """Pulses, bands set by hand with the reason that is shown of them, and how alerts were answered."""
    here = {"organization_id__in": person.organization_ids}
    version = {"version": F("version") + 1}
    return [
        (Pulse.objects.filter(**here), ("note",), {}),
        (BandOverride.objects.filter(**here), ("reason",), {}),
        (HealthState.objects.filter(**here), ("reason",), {}),
        (OrganizationFacts.objects.filter(**here), ("health_reason",), {}),
        (Episode.objects.filter(**here), ("outcome_note", "snooze_reason"), version),
    ]
