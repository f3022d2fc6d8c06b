"""What incidents keep of a person at an organization: handed out, and made neutral on erasure (security.md 19)."""

from datetime import datetime
from typing import Any

from django.db.models import F

from partners.services.erasure import Place
from partners.services.person_records import Person
from tickets.models import Incident, IncidentEntry, IncidentSubscriber, PostMortemVersion, PreventionAction
from tickets.rules.post_mortems import SECTIONS


def subscriptions(person: Person) -> list[Any]:
    """Which incidents a contact follows."""
    rows = IncidentSubscriber.objects.filter(contact_id__in=person.contact_ids).order_by("added_at", "id")
    return list(rows.values("incident__number", "incident__public_title", "added_at"))


def places(person: Person, now: datetime) -> list[Place]:
    """Where incidents that affected their organizations may name the person; they follow none any more."""
    IncidentSubscriber.objects.filter(contact_id__in=person.contact_ids).delete()
    here = Incident.objects.filter(affected__organization_id__in=person.organization_ids).values("pk")
    version = {"version": F("version") + 1}
    return [
        (Incident.objects.filter(pk__in=here), ("title", "public_title", "summary"), version),
        (IncidentEntry.objects.filter(incident__in=here), ("body", "changes"), {}),
        (PostMortemVersion.objects.filter(post_mortem__incident__in=here), SECTIONS, {}),
        (PreventionAction.objects.filter(organization_id__in=person.organization_ids), ("title",), {}),
    ]
