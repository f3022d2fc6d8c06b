"""Surveys, written directly: services are for the tests that are about them."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import Team, User
from partners.models import Contact, SurveyRequest, SurveyResponse

_numbers = count(1)


def make_survey(
    contact: Contact,
    *,
    score: int | None = None,
    at: datetime,
    agent: User | None = None,
    team: Team | None = None,
    comment: str = "",
    **fields: Any,
) -> SurveyRequest:
    """A survey that went out at `at`, with its answer if there is a `score`."""
    number = next(_numbers)
    values = {"subject_type": "ticket", "subject_id": number, "subject_key": str(number), **fields}
    request: SurveyRequest = SurveyRequest.objects.create(
        organization_id=contact.organization_id,
        contact=contact,
        agent=agent,
        team=team,
        occasion=f"made {number}",
        occurred_at=at - timedelta(hours=1),
        due_at=at,
        state="sent",
        sent_at=at,
        expires_at=at + timedelta(days=14),
        **values,
    )
    if score is not None:
        SurveyResponse.objects.create(
            organization_id=contact.organization_id,
            request=request,
            score=score,
            comment=comment,
            channel="mail",
            answered_at=at + timedelta(hours=1),
            changed_at=at + timedelta(hours=1),
        )
    return request
