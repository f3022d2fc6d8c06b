"""What success plans and enablement keep of a person at an organization: handed out, made neutral on erasure."""

from datetime import datetime
from typing import Any

from django.db.models import F

from partners.models import (
    IntegrationStep,
    Objective,
    Recommendation,
    ReferenceRequest,
    ServiceDelivery,
    SuccessPlan,
    TechnicalIntegration,
    Training,
    TrainingAttendee,
    Win,
)
from partners.services.erasure import Place, register_places
from partners.services.person_records import Person, register_part, work_events


def register() -> None:
    """Called once, when the app is ready."""
    register_part("trainings", _trainings)
    register_part("references", _references)
    register_places(places)


def _trainings(person: Person) -> list[Any]:
    rows = TrainingAttendee.objects.filter(contact_id__in=person.contact_ids).order_by("pk")
    return list(rows.values("result", title=F("training__title"), held_on=F("training__held_on")))


def _references(person: Person) -> list[Any]:
    rows = Win.objects.filter(contact_id__in=person.contact_ids).order_by("pk")
    return list(rows.values("title", "consent", "consent_until", "audience"))


def places(person: Person, now: datetime) -> list[Place]:
    """Words of their organizations may name the person."""
    here, version = {"organization_id__in": person.organization_ids}, {"version": F("version") + 1}
    kept: list[tuple[Any, tuple[str, ...], dict[str, Any]]] = [
        (SuccessPlan, ("title", "goal", "closing_note"), version),
        (Objective, ("title", "measure", "closing_note"), version),
        (Training, ("title", "need", "outcome_note"), version),
        (Recommendation, ("title", "why", "effect"), version),
        (TechnicalIntegration, ("name", "purpose"), version),
        (IntegrationStep, ("note",), {}),
        (Win, ("title", "story"), version),
        (ReferenceRequest, ("wanted_for", "closing_note"), version),
    ]
    found: list[Place] = [(ServiceDelivery.objects.filter(**here), ("note",), {})]
    for model, fields, more in kept:
        found.append((model.objects.filter(**here), fields, more))
        found.append((work_events(model.__name__).filter(**here), fields, {}))
    return found
