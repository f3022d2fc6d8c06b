"""One row of every model of the work on a journey, for the tests that hold all of them behind both walls."""

from accounts.models import User
from partners.models import (
    Commitment,
    CommitmentChange,
    Draft,
    DraftAnswer,
    Evidence,
    Forecast,
    GateReview,
    HandoffItem,
    HandoffReturn,
    Organization,
    PlayRun,
    SectionJudgment,
    Signature,
    Submission,
    Task,
    TaskDependency,
    Touchpoint,
    Waiver,
    WaiverRequest,
)
from tests.factories.partners import NOW, make_handoff

TODAY = NOW.date()


def make_work(organization: Organization, giver: User, receiver: User) -> None:
    """A row of every model of gates, tasks, handoffs, commitments, plays, touchpoints and forecasts."""
    own = {"organization": organization}
    _make_gate(organization, giver)
    task, needed = (Task.objects.create(**own, title=title) for title in ("Train them", "Book a room"))
    TaskDependency.objects.create(**own, task=task, needed=needed)
    Evidence.objects.create(**own, task=task, kind="note", note="Booked", added_at=NOW)
    # An open one would show the organization to its receiver.
    handoff = make_handoff(organization, giver, receiver, state="accepted")
    HandoffItem.objects.create(**own, handoff=handoff, key="people", title="People")
    HandoffReturn.objects.create(**own, handoff=handoff, reasons="Nothing about support", returned_at=NOW)
    promise = Commitment.objects.create(**own, title="Send the plan", due_on=TODAY, made_at=NOW)
    CommitmentChange.objects.create(
        **own, commitment=promise, was_due_on=TODAY, due_on=TODAY, reason="Later", changed_at=NOW
    )
    run = {"play": "silence", "title": "Silence", "policy_version": 1, "reason": "Quiet", "started_on": TODAY}
    PlayRun.objects.create(**own, **run, started_at=NOW)
    Touchpoint.objects.create(**own, kind="check_in", planned_on=TODAY)
    Forecast.objects.create(**own, as_of=TODAY, journey_version=1, computed_at=NOW)


def _make_gate(organization: Organization, user: User) -> None:
    own = {"organization": organization}
    review = GateReview.objects.create(**own, stage=organization.stage, journey_version=1, opened_at=NOW)
    draft = Draft.objects.create(**own, review=review, questionnaire="readiness")
    DraftAnswer.objects.create(**own, draft=draft, field="runbooks", value="yes", updated_at=NOW)
    submission = Submission.objects.create(
        **own,
        review=review,
        questionnaire="readiness",
        number=1,
        journey_version=1,
        answers={},
        evaluated_on=TODAY,
        submitted_by=user,
        submitted_at=NOW,
        content_hash="0" * 64,
        outcome="awaits_review",
        result={},
    )
    SectionJudgment.objects.create(
        **own, submission=submission, section="value", is_passed=True, reason="Fits", judged_by=user, judged_at=NOW
    )
    Signature.objects.create(
        **own, submission=submission, signer=user, role="pam", kind="typed", name=user.name, signed_at=NOW
    )
    Waiver.objects.create(
        **own,
        stage=organization.stage,
        criterion="section:tier",
        reason="Agreed",
        granted_by=user,
        granted_at=NOW,
        expires_at=NOW.replace(year=NOW.year + 1),
    )
    asked = {"criterion": "section:tier", "reason": "Not yet agreed", "asked_by": user, "asked_at": NOW}
    WaiverRequest.objects.create(**own, review=review, **asked)
