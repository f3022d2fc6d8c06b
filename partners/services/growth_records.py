"""Where opportunities, renewals, autopsies of losses and business reviews name people, for export and erasure."""

from datetime import datetime

from django.db.models import F

from partners.models import BalanceMove, BusinessReview, LossAutopsy, Opportunity, Renewal, RevenueChange, ReviewSection
from partners.services.erasure import Place, register_places
from partners.services.person_records import Person, work_events

_OF_OPPORTUNITIES = ("title", "business_case", "next_step", "outcome_note")
_OF_RENEWALS = ("owner_note", "partner_note", "closing_note")
_OF_AUTOPSIES = ("findings", "lessons")
_OF_REVIEWS = ("title", "summary", "agenda", "follow_up", "cancel_reason")
_PRESENTED = {"state": "presented"}


def register() -> None:
    """Called in AppConfig.ready()."""
    register_places(places)


def places(person: Person, now: datetime) -> list[Place]:
    """What people wrote of growth and in reviews. What was presented has its own way (review_erasure.py)."""
    here = {"organization_id__in": person.organization_ids}
    version = {"version": F("version") + 1}
    reviews = BusinessReview.objects.filter(**here)
    unshown = ReviewSection.objects.filter(review__in=reviews.exclude(**_PRESENTED))
    return [
        (Opportunity.objects.filter(**here), _OF_OPPORTUNITIES, version),
        (work_events("Opportunity").filter(**here), _OF_OPPORTUNITIES, {}),
        (Renewal.objects.filter(**here), _OF_RENEWALS, version),
        (work_events("Renewal").filter(**here), _OF_RENEWALS, {}),
        (RevenueChange.objects.filter(**here), ("note",), {}),
        (LossAutopsy.objects.filter(**here), _OF_AUTOPSIES, version),
        (work_events("LossAutopsy").filter(**here), _OF_AUTOPSIES, {}),
        (reviews.exclude(**_PRESENTED), _OF_REVIEWS, version),
        (reviews.filter(**_PRESENTED), ("follow_up",), version),
        (work_events("BusinessReview").filter(**here), _OF_REVIEWS, {}),
        (BalanceMove.objects.filter(**here), ("reason",), {}),
        (unshown, ("content", "note"), version),
    ]
