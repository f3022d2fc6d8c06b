"""Whom a gate tells what: who has to judge or to sign, whose signature is void, and that a gate was passed."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.labels import stage_label
from accounts.rules.access import Actor
from accounts.services.notifications import NoticeKind, notify
from partners import notices
from partners.journey_policy import journey_of_version
from partners.models import Organization, Signature, Submission
from partners.rules.journeys import Questionnaire
from partners.selectors.gate_words import in_language
from partners.services.audience import owners_who_see, ties_of
from partners.services.gate_locks import LockedGate
from partners.work_choices import SubmissionOutcome


def tell_signers(
    gate: LockedGate, questionnaire: Questionnaire, submission: Submission, *, by: Actor, now: datetime
) -> None:
    """Those who have still to sign a submission that passes, or to judge one that waits for it."""
    if submission.outcome == SubmissionOutcome.FAILED:
        return
    words = {"organization": gate.organization.name, "name": in_language(questionnaire.name)}
    title = _("%(organization)s: %(name)s waits for your signature") % words
    if submission.outcome == SubmissionOutcome.AWAITS_REVIEW:
        title = _("%(organization)s: a section of %(name)s waits for a judgment") % words
    _tell(
        gate.organization,
        notices.SIGNATURES,
        missing_signers(gate, submission) - _self(by),
        title,
        key=f"sign:{submission.public_id}:{submission.outcome}",
        now=now,
        target=submission,
    )


def remind_signers(
    gate: LockedGate, questionnaire: Questionnaire, submission: Submission, *, by: Actor, now: datetime
) -> int:
    """Tell those who have still to sign once more, at most once a day; returns how many were told."""
    words = {"organization": gate.organization.name, "name": in_language(questionnaire.name), "person": by.name}
    return _tell(
        gate.organization,
        notices.SIGNATURES,
        missing_signers(gate, submission) - _self(by),
        _("%(person)s reminds you: %(organization)s, %(name)s waits for your signature") % words,
        key=f"remind:{submission.public_id}:{now.date().isoformat()}",
        now=now,
        target=submission,
    )


def missing_signers(gate: LockedGate, submission: Submission) -> set[int]:
    """The people who may sign in a role that has not signed yet."""
    signed = set(Signature.objects.filter(submission=submission).values_list("role", flat=True))
    journey = journey_of_version(gate.organization.kind, gate.review.journey_version)
    wanted = [role for role in journey.stage(gate.review.stage).signers if role not in signed]
    ties = ties_of(gate.organization).held
    return {user_id for user_id, role in ties if role in wanted}


def tell_signatures_void(
    gate: LockedGate,
    questionnaire: Questionnaire,
    submission: Submission,
    *,
    signers: set[int],
    by: Actor,
    now: datetime,
) -> None:
    """Those whose signature stood under the version that this one supersedes."""
    words = {"organization": gate.organization.name, "name": in_language(questionnaire.name), "person": by.name}
    _tell(
        gate.organization,
        notices.SIGNATURES,
        signers - _self(by),
        _("%(organization)s: %(person)s submitted a new version of %(name)s; your signature was under the old one")
        % words,
        key=f"void:{submission.public_id}",
        now=now,
        target=submission,
    )


def tell_owners(organization: Organization, title: str, *, key: str, by: Actor, now: datetime, body: str = "") -> None:
    """The owners to whom the organization is open now."""
    _tell(
        organization,
        notices.GATES,
        owners_who_see(organization, by.policy) - _self(by),
        title,
        key=key,
        now=now,
        body=body,
    )


def passed_title(organization: Organization, stage: str) -> str:
    """That a gate was passed, in a line."""
    return _("%(organization)s passed %(stage)s") % {"organization": organization.name, "stage": stage_label(stage)}


def _tell(
    organization: Organization,
    kind: NoticeKind,
    user_ids: set[int],
    title: str,
    *,
    key: str,
    now: datetime,
    body: str = "",
    target: Organization | Submission | None = None,
) -> int:
    at = target or organization
    return notify(
        user_ids=user_ids,
        kind=kind,
        title=title,
        body=body,
        key=key,
        now=now,
        target_type=at._meta.model_name or "",
        target_id=at.pk,
        organization_id=organization.pk,
    )


def _self(by: Actor) -> set[int]:
    """Nobody is told what they did themselves."""
    return set() if by.user_id is None else {by.user_id}
