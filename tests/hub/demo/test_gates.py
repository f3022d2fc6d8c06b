"""The gates of the demo world: every stage that is behind was left by a decision, every present one is under way."""

from __future__ import annotations

from django.utils import timezone

from partners.journey_policy import journey_of_version
from partners.models import (
    DraftAnswer,
    GateReview,
    Organization,
    Signature,
    StagePeriod,
    Submission,
    Waiver,
    WaiverRequest,
)
from partners.selectors.gate_state import gate_state
from partners.selectors.submission_content import is_as_hashed


def test_every_stay_has_its_gate() -> None:
    for organization in Organization.objects.prefetch_related("stage_periods", "gate_reviews"):
        stays = [(stay.stage, stay.entered_at, stay.left_at) for stay in organization.stage_periods.all()]
        reviews = sorted(organization.gate_reviews.all(), key=lambda review: review.opened_at)
        assert [(review.stage, review.opened_at, review.decided_at) for review in reviews] == stays
        assert {review.outcome for review in reviews[:-1]} <= {"passed"}
        assert reviews[-1].outcome == ""


def test_what_was_signed_is_intact_and_signed_by_those_who_had_to() -> None:
    now = timezone.now()
    for submission in Submission.objects.select_related("review", "organization").prefetch_related("signatures"):
        organization, review = submission.organization, submission.review
        stage = journey_of_version(organization.kind, review.journey_version).stage(review.stage)
        questionnaire = next(one for one in stage.questionnaires if one.id == submission.questionnaire)
        assert is_as_hashed(submission, organization, questionnaire)
        assert review.opened_at <= submission.submitted_at <= (review.decided_at or now)
        if submission.superseded_at is not None:
            assert (submission.outcome, list(submission.signatures.all())) == ("failed", [])
        elif review.decided_at is not None:
            assert {signature.role for signature in submission.signatures.all()} == set(stage.signers)
            assert submission.outcome == "passed"
    assert Submission.objects.count() > 350
    assert 30 < Submission.objects.exclude(superseded_at=None).count() < 150
    assert not Signature.objects.filter(signed_at__gt=now).exists()


def test_present_gates_are_in_many_states() -> None:
    now = timezone.now()
    waiting = Submission.objects.filter(review__decided_at__isnull=True)
    found = {submission.outcome for submission in waiting}
    assert found == {"passed", "failed", "awaits_review"}
    outcomes = set()
    for submission in waiting.select_related("review", "organization"):
        state = gate_state(submission.organization, submission.review, now=now)
        assert state.decision is not None
        outcomes.add(state.decision.outcome.value)
    assert outcomes >= {"failed", "awaits_review", "awaits_signature"}
    assert Waiver.objects.filter(expires_at__gt=now, stage="pre_contract", revoked_at__isnull=True).exists()
    assert sorted(WaiverRequest.objects.values_list("answer", flat=True)) == ["", "granted"]
    [failed] = waiting.filter(outcome="failed")
    assert failed.review.stage == "gate_0"
    assert sum(len(section["broken"]) for section in failed.result["sections"]) >= 3
    assert waiting.filter(signatures__role="pdm", review__stage="gate_0").exists()


def test_drafts_are_half_filled() -> None:
    drafts = DraftAnswer.objects.values("draft").distinct().count()
    assert drafts > 60
    assert not DraftAnswer.objects.filter(updated_at__gt=timezone.now()).exists()
    assert StagePeriod.objects.count() == GateReview.objects.count()
