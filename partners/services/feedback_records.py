"""What feedback and beta programs keep of a person at an organization: handed out, made neutral on erasure."""

from datetime import datetime
from typing import Any

from django.db.models import F

from partners.feedback_choices import ReleaseNoteState
from partners.models import BetaSeat, FeedbackItem, FeedbackVoice, ReleaseNote
from partners.services.erasure import Place, register_places
from partners.services.person_records import Person, register_part, work_events


def register() -> None:
    """Called once, when the app is ready."""
    register_part("feedback", _voices)
    register_part("beta_programs", _seats)
    register_part("release_notes", _notes)
    register_places(places)


def _voices(person: Person) -> list[Any]:
    rows = FeedbackVoice.objects.filter(contact_id__in=person.contact_ids).order_by("created_at", "id")
    return list(rows.values("need", "words", "created_at", title=F("item__title")))


def _seats(person: Person) -> list[Any]:
    rows = BetaSeat.objects.filter(contact_id__in=person.contact_ids).order_by("pk")
    return list(rows.values("state", "feedback", "sessions", title=F("program__title")))


def _notes(person: Person) -> list[Any]:
    rows = ReleaseNote.objects.filter(contact_id__in=person.contact_ids, state=ReleaseNoteState.SENT)
    return list(rows.order_by("sent_at", "pk").values("subject", "body", "sent_at"))


def places(person: Person, now: datetime) -> list[Place]:
    """Words of their organizations may name the person, those of items that these ask for too; drafts go to nobody."""
    drafts = ReleaseNote.objects.filter(contact_id__in=person.contact_ids, state=ReleaseNoteState.DRAFT)
    drafts.update(contact=None, updated_at=now)
    here = {"organization_id__in": person.organization_ids}
    asked_for = FeedbackVoice.objects.filter(**here).values("item_id")
    return [
        (FeedbackVoice.objects.filter(**here), ("words",), {}),
        (BetaSeat.objects.filter(**here), ("feedback",), {}),
        (ReleaseNote.objects.filter(**here), ("subject", "body"), {}),
        (FeedbackItem.objects.filter(pk__in=asked_for), ("title", "description", "answer"), {}),
        (work_events("FeedbackVoice").filter(**here), ("words",), {}),
        (work_events("BetaSeat").filter(**here), ("feedback",), {}),
        (work_events("FeedbackItem").filter(pgh_obj_id__in=asked_for), ("title", "description", "answer"), {}),
    ]
