"""What surveys keep of a person at an organization: handed out, and made neutral on erasure (security.md 19)."""

from datetime import datetime
from typing import Any

from partners.models import SurveyRefusal, SurveyRequest, SurveyResponse
from partners.services.erasure import Place, register_places
from partners.services.person_records import Person, register_part
from partners.survey_choices import SurveyState


def register() -> None:
    """Called once, when the app is ready."""
    register_part("surveys", _surveys)
    register_places(places)


def _surveys(person: Person) -> list[Any]:
    rows = SurveyRequest.objects.filter(contact_id__in=person.contact_ids).order_by("occurred_at", "id")
    answer = ("response__score", "response__comment", "response__answered_at")
    refused = set(SurveyRefusal.objects.filter(contact_id__in=person.contact_ids).values_list("contact_id", flat=True))
    found = rows.values("contact_id", "subject_type", "subject_key", "state", "sent_at", *answer)
    return [{**row, "asks_no_more": row.pop("contact_id") in refused} for row in found]


def places(person: Person, now: datetime) -> list[Place]:
    """Comments may name the person; what they were still to be asked is not asked."""
    waiting = SurveyRequest.objects.filter(contact_id__in=person.contact_ids, state=SurveyState.WAITING)
    waiting.update(state=SurveyState.CANCELLED, updated_at=now)
    return [(SurveyResponse.objects.filter(organization_id__in=person.organization_ids), ("comment",), {})]
