"""A person's word on a section that no rule decides (journey.md, Gates: Strategic Value). Added to, never changed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, Right
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from partners.choices import EntryKind
from partners.journey_policy import journey_of_version
from partners.models import GateReview, SectionJudgment, Submission
from partners.rules.journeys import Section
from partners.selectors.gate_words import in_language
from partners.services import gate_news, timeline
from partners.services.gate_locks import LockedGate, lock_gate, lock_submission, person_id, require_open
from partners.services.submissions import weigh_again
from partners.work_choices import SubmissionOutcome

MAX_REASON = 4_000


@transaction.atomic
def judge(
    *, submission: Submission, section: str, is_passed: bool, reason: str, by: Actor, now: datetime
) -> SectionJudgment:
    """Say whether a manual section of a current submission passes, and why; the latest word counts.

    By those who sign in the stage. Raises NotAllowed; DomainError "superseded", "decided", "failed" (nothing that is
    judged now would change how it came out), "signed", "section", "reason".
    """
    gate = lock_gate(GateReview(pk=submission.review_id, organization_id=submission.organization_id))
    locked = lock_submission(gate, submission)
    require_open(gate)
    if not gate.allows(by, Right.SIGN):
        raise NotAllowed(_("Only those who sign at this gate judge its sections."))
    _refuse_settled(locked)
    text = reason.replace("\0", "").strip()
    if not text:
        raise DomainError(_("Say why."), field="reason", code="reason")
    if len(text) > MAX_REASON:
        raise DomainError(_("Use at most %(limit)s characters.") % {"limit": MAX_REASON}, field="reason", code="reason")
    journey = journey_of_version(gate.organization.kind, gate.review.journey_version)
    questionnaire = journey.questionnaire(locked.questionnaire)
    asked = questionnaire.section(section)
    if asked is None or not asked.is_manual:
        raise DomainError(_("This section is not judged by a person."), field="section", code="section")
    judgment: SectionJudgment = SectionJudgment.objects.create(
        organization=gate.organization,
        submission=locked,
        section=asked.id,
        is_passed=is_passed,
        reason=text,
        judged_by_id=person_id(by),
        judged_at=now,
    )
    before = locked.outcome
    weigh_again(gate=gate, submission=locked, questionnaire=questionnaire, now=now)
    _record(gate, locked, asked, judgment, before, by=by, now=now)
    if locked.outcome == SubmissionOutcome.PASSED:
        gate_news.tell_signers(gate, questionnaire, locked, by=by, now=now)
    return judgment


def _refuse_settled(submission: Submission) -> None:
    if submission.outcome == SubmissionOutcome.FAILED:
        raise DomainError(_("This version has failed; the way out is a new one."), code="failed")
    if submission.signatures.exists():
        raise DomainError(_("This version is signed; a correction is a new one."), code="signed")


def _record(
    gate: LockedGate,
    submission: Submission,
    section: Section,
    judgment: SectionJudgment,
    before: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="section.judged",
        target=submission,
        organization_id=gate.organization.pk,
        changes={section.id: [None, judgment.is_passed], "outcome": [before, submission.outcome]},
        reason=judgment.reason,
        now=now,
    )
    title = _("%(section)s was judged as passed") if judgment.is_passed else _("%(section)s was judged as failed")
    timeline.push(
        organization=gate.organization,
        kind=EntryKind.GATE,
        title=title % {"section": in_language(section.title)},
        body=judgment.reason,
        data={"section": section.id, "is_passed": judgment.is_passed, "outcome": submission.outcome},
        field_class="answers",
        at=now,
        by=by,
        target=submission,
    )
