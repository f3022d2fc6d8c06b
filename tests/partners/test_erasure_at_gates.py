"""Erasing a person reaches what is being written at gates; what was signed stays, and is counted."""

from datetime import UTC, datetime

import pytest

from partners.models import Draft, DraftAnswer, GateReview, Submission
from partners.services.erasure import NEUTRAL_NAME, erase_person
from partners.services.person_records import find_person
from tests.cast import Cast
from tests.factories.accounts import make_user
from tests.factories.partners import make_contact

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_drafts_name_nobody_and_signed_answers_stay(cast: Cast) -> None:
    make_contact(cast.northwind, name="Mia Wallace", email="mia@northwind.example")
    review, _ = GateReview.objects.get_or_create(
        organization=cast.northwind,
        decided_at=None,
        defaults={"stage": cast.northwind.stage, "journey_version": 1, "opened_at": NOW},
    )
    draft = Draft.objects.create(organization=cast.northwind, review=review, questionnaire="q")
    answer = DraftAnswer.objects.create(
        organization=cast.northwind, draft=draft, field="sponsor", value="Mia Wallace", updated_at=NOW
    )
    signed = Submission.objects.create(
        organization=cast.northwind,
        review=review,
        questionnaire="q",
        number=1,
        journey_version=1,
        answers={"sponsor": "Mia Wallace"},
        evaluated_on=NOW.date(),
        submitted_by=make_user(),
        submitted_at=NOW,
        content_hash="0" * 64,
        outcome="passed",
        result={},
    )
    done = erase_person(person=find_person("mia@northwind.example"), reason="asked for in writing", now=NOW)
    answer.refresh_from_db()
    signed.refresh_from_db()
    assert (answer.value, answer.version) == (NEUTRAL_NAME, 2)
    assert signed.answers == {"sponsor": "Mia Wallace"}
    assert done.signed == 1
