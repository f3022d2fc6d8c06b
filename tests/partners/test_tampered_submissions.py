"""A submission that somebody changed past the application: whoever opens, reads, signs or decides it is told.

The role of the application cannot write these columns (migration 0003), so the tests meddle as the database's owner,
who sees committed rows only.
"""

from typing import Any

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.test import Client

from common.errors import DomainError
from partners.models import GateReview, Organization, Signature, Submission
from partners.services import gates
from tests.cast import Cast
from tests.partners.gate_world import AT, HOUR, accepted_handoff, partner_at, settle_tasks, sign, submitted

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.services]

# Each by itself: what was answered, under which number, by which journey, on which day, with which proof.
MEDDLING = {
    "answers": """answers = jsonb_set(answers, '{beta-customers-count}', '"900"')""",
    "an answer left out": "answers = answers - 'beta-customers-count'",
    "sources": """sources = '{"beta-customers-count": "crm"}'""",
    "evidence": """evidence = '[{"field": "beta-customers-count", "kind": "note", "name": "", "content": "Forged"}]'""",
    "day": "evaluated_on = evaluated_on - 30",
    "journey": "journey_version = journey_version + 1",
    "hash": "content_hash = repeat('0', 64)",
}
WORDS, INTACT_WORDS = "Content is not what was submitted", "Content is as it was submitted"


def meddle(submission: Submission, change: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"UPDATE partners_submission SET {change} WHERE id = %s", [submission.pk])
        assert cursor.rowcount == 1


def stage_of(partner: Organization) -> str:
    return str(Organization.objects.values_list("stage", flat=True).get(pk=partner.pk))


@pytest.fixture
def made(cast: Cast) -> Submission:
    """A submission of Gate 3 that passes; only signatures are wanting."""
    partner = partner_at(cast, "gate_3")
    accepted_handoff(cast, partner)
    settle_tasks(partner)
    return submitted(cast, partner)


def of_petra(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.petra)
    return client


def page_of(cast: Cast, made: Submission) -> str:
    url = f"/organizations/{made.organization.public_id}/gates/gate_3/questionnaires/{made.questionnaire}/versions/1/"
    answer = of_petra(cast).get(url)
    assert answer.status_code == 200
    return str(answer.content.decode())


def read_by_call(cast: Cast, made: Submission) -> Any:
    answer = of_petra(cast).get(f"/api/v1/organizations/{made.organization.public_id}/submissions/{made.public_id}/")
    assert answer.status_code == 200
    return answer.json()


def test_page_and_call_tell_it(cast: Cast, made: Submission) -> None:
    page = page_of(cast, made)
    assert INTACT_WORDS in page
    assert WORDS not in page
    assert page.count("/sign/") == 1
    assert read_by_call(cast, made)["is_intact"] is True
    meddle(made, MEDDLING["answers"])
    page = page_of(cast, made)
    assert WORDS in page
    assert INTACT_WORDS not in page
    assert "nobody signs it" in page
    assert "/sign/" not in page
    found = read_by_call(cast, made)
    assert (found["is_intact"], found["answers"]["beta-customers-count"]) == (False, "900")


def test_whatever_of_it_was_changed_nobody_signs_it_any_more(cast: Cast, made: Submission) -> None:
    kept = Submission.objects.get(pk=made.pk)
    restore = {
        "answers": kept.answers,
        "sources": kept.sources,
        "evidence": kept.evidence,
        "evaluated_on": kept.evaluated_on,
        "journey_version": kept.journey_version,
        "content_hash": kept.content_hash,
    }
    for what, change in MEDDLING.items():
        meddle(made, change)
        with pytest.raises(DomainError) as caught:
            sign(made, cast.actor("petra"), "psm")
        assert caught.value.code == "tampered", what
        Submission.objects.using("owner").filter(pk=made.pk).update(**restore)
    assert not Signature.objects.exists()
    sign(made, cast.actor("petra"), "psm")


def test_the_page_that_signs_says_why_it_does_not(cast: Cast, made: Submission) -> None:
    meddle(made, MEDDLING["answers"])
    url = f"/organizations/{made.organization.public_id}/gates/gate_3/questionnaires/{made.questionnaire}/versions/1/"
    answer = of_petra(cast).post(f"{url}sign/", {"role": "psm", "kind": "typed", "name": "Petra Okafor"})
    assert "What is stored is not what was submitted; submit a new version." in answer.content.decode()
    assert not Signature.objects.exists()
    call = f"/api/v1/organizations/{made.organization.public_id}/submissions/{made.public_id}/sign/"
    refused = of_petra(cast).post(call, {"role": "psm", "name": "Petra Okafor"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "tampered")


def test_the_last_signature_does_not_decide_by_it(cast: Cast, made: Submission) -> None:
    """Changed between two signatures: the second one is refused, and the partner stays."""
    sign(made, cast.actor("petra"), "psm")
    meddle(made, MEDDLING["evidence"])
    with pytest.raises(DomainError) as caught:
        sign(made, cast.actor("ana"), "pam")
    assert caught.value.code == "tampered"
    assert (Signature.objects.count(), stage_of(made.organization)) == (1, "gate_3")


def test_the_decision_itself_looks_at_what_was_signed(cast: Cast, made: Submission) -> None:
    """Also where all have signed: nothing is written back, nothing moves."""
    sign(made, cast.actor("petra"), "psm")
    Signature.objects.create(
        organization=made.organization,
        submission=made,
        signer=cast.ana,
        role="pam",
        kind="typed",
        name=cast.ana.name,
        content_hash=made.content_hash,
        signed_at=AT + HOUR,
    )
    review = GateReview.objects.get(pk=made.review_id)
    meddle(made, MEDDLING["hash"])
    with pytest.raises(DomainError) as caught:
        gates.decide(review=review, by=cast.actor("ana"), now=AT + 2 * HOUR)
    assert caught.value.code == "tampered"
    assert stage_of(made.organization) == "gate_3"
    Submission.objects.using("owner").filter(pk=made.pk).update(content_hash=made.content_hash)
    gates.decide(review=review, by=cast.actor("ana"), now=AT + 2 * HOUR)
    assert stage_of(made.organization) == "post_launch"


def test_the_application_cannot_meddle(made: Submission) -> None:
    for change in MEDDLING.values():
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE partners_submission SET {change} WHERE id = %s", [made.pk])
