"""How notices and lines of the audit trail open a quality review and a survey, in the reader's own scope."""

from django.urls import reverse

from accounts.rules.access import Actor
from common.targets import register_target
from partners.models import SurveyRequest
from partners.survey_policy import subject_of
from tickets.models import QualityReview
from tickets.selectors.quality import own_reach


def offer() -> None:
    """Called once, when the app is ready. Reviews belong to no organization: who may read them, they say themselves."""
    register_target("qualityreview", _review, guards_notices=True)
    register_target("surveyrequest", _survey)


def _review(actor: Actor, pk: int) -> str | None:
    rows = QualityReview.objects.all().visible_to(actor).filter(pk=pk).values_list("public_id", flat=True)
    with own_reach(actor):
        found = rows.first()
    return reverse("tickets:quality_review", args=[found]) if found is not None else None


def _survey(actor: Actor, pk: int) -> str | None:
    """What the survey is about."""
    rows = SurveyRequest.objects.all().visible_to(actor).filter(pk=pk)
    found = rows.values_list("subject_type", "subject_key").first()
    subject = subject_of(found[0]) if found is not None else None
    return subject.url(actor, found[1]) if subject is not None and found is not None else None
