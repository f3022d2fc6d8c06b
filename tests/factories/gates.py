"""Reviews of gates, written directly; and leaving a stage without walking through its gate."""

from datetime import datetime
from typing import Any

from accounts.rules.access import Actor
from partners.models import GateReview, Organization
from partners.services import stages


def make_review(organization: Organization, **fields: Any) -> GateReview:
    """An open review of the stage in which an organization is."""
    values = {"stage": organization.stage, "journey_version": 1, "opened_at": organization.stage_entered_at, **fields}
    return GateReview.objects.create(organization=organization, **values)


def decided_review(organization: Organization, *, by: Actor, now: datetime, reason: str = "") -> GateReview:
    """The present gate as one that `by` decided; with a reason, as one that was overridden."""
    organization.refresh_from_db()
    open_one = GateReview.objects.filter(organization=organization, decided_at__isnull=True).first()
    review = open_one or make_review(organization)
    review.outcome = "overridden" if reason else "passed"
    review.decided_at, review.decided_by_id, review.reason = max(now, review.opened_at), by.user_id, reason
    review.save()
    return review


def leave(
    organization: Organization, *, to: str, by: Actor, now: datetime, reason: str = "", override: bool = False
) -> Organization:
    """Move an organization on as the decision of its gate does."""
    review = decided_review(organization, by=by, now=now, reason=reason if override else "")
    return stages.move(organization=organization, to=to, review=review, by=by, reason=reason, now=now)
