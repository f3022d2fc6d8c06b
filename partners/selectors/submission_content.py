"""What a submission says, put together from its row, and whether that is still what was hashed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from partners.models import Organization, Submission
from partners.rules.computed import ComputedAnswer
from partners.rules.content import Evidence, Signed, content_of, digest
from partners.rules.gate_records import computed_of
from partners.rules.journeys import Questionnaire


def hash_of(
    organization: Organization,
    questionnaire: Questionnaire,
    *,
    number: int,
    journey_version: int,
    evaluated_on: date,
    answers: Mapping[str, str],
    computed: Mapping[str, ComputedAnswer],
    sources: Mapping[str, str],
    evidence: Sequence[Mapping[str, Any]],
) -> str:
    """The SHA-256 of a submission with these contents. `evidence` as it is kept with a submission."""
    about = Signed(
        organization=str(organization.public_id),
        number=number,
        journey_kind=organization.kind,
        journey_version=journey_version,
        evaluated_on=evaluated_on,
    )
    kept = [
        Evidence(section=one["field"], name=f"{one['kind']}: {one['name']}", content=one["content"]) for one in evidence
    ]
    return digest(content_of(about, questionnaire, answers=answers, computed=computed, sources=sources, evidence=kept))


def is_as_hashed(submission: Submission, organization: Organization, questionnaire: Questionnaire) -> bool:
    """Whether a submission still says what it said when it was made; a row that somebody changed does not."""
    computed = computed_of(submission.result)
    texts = {field: answer.text for field, answer in computed.items()}
    if any(submission.answers.get(field, "") != text for field, text in texts.items()):
        return False
    found = hash_of(
        organization,
        questionnaire,
        number=submission.number,
        journey_version=submission.journey_version,
        evaluated_on=submission.evaluated_on,
        answers=submission.answers,
        computed=computed,
        sources=submission.sources,
        evidence=submission.evidence,
    )
    return found == submission.content_hash
