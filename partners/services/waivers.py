"""Waivers: leave for one criterion of a gate to pass until a day, given by an admin with a reason (journey.md, Gates).

A waiver changes nothing that was submitted or signed: whether it counts is asked when the gate is decided.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.labels import stage_label
from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed
from common.templatetags.format import spell_day
from partners import permissions
from partners.choices import EntryKind
from partners.journey_policy import journey_in_force, journey_of_version
from partners.models import GateReview, Organization, Waiver
from partners.rules.gates import CRITERION, SECTION, waivable
from partners.rules.journeys import Journey, JourneyStage
from partners.selectors.gate_state import current_submissions, local_day
from partners.selectors.gate_words import in_language
from partners.services import gate_news, timeline, waiver_requests
from partners.services.gate_locks import lock_gate, person_id
from partners.services.locking import lock_organization, refuse_archived
from partners.services.submissions import weigh_again
from partners.work_choices import SubmissionOutcome

MAX_REASON = 4_000


@transaction.atomic
def grant(
    *,
    organization: Organization,
    stage: str,
    criterion: str,
    reason: str,
    expires_at: datetime,
    by: Actor,
    now: datetime,
) -> Waiver:
    """Let "section:<id>" or "criterion:<id>" of a stage pass until `expires_at`, in place of one that has run out.

    Raises NotAllowed; DomainError with `field` "reason", "expires_at", "stage" or "criterion" (unknown, or one that is
    never waived), and "in_force" where one counts already.
    """
    locked = _locked_for(by, organization)
    refuse_archived(locked)
    text = reason.replace("\0", "").strip()
    if not text or len(text) > MAX_REASON:
        raise DomainError(
            _("Say why, in up to %(limit)s characters.") % {"limit": MAX_REASON}, field="reason", code="reason"
        )
    if expires_at <= now:
        raise DomainError(_("Choose an end that lies ahead."), field="expires_at", code="expires_at")
    where = _stage(locked, stage)
    if criterion not in waivable(where):
        raise DomainError(_refused(where, criterion), field="criterion", code="not_waivable")
    _make_room(locked, stage, criterion, by=by, now=now)
    waiver: Waiver = Waiver.objects.create(
        organization=locked,
        stage=stage,
        criterion=criterion,
        reason=text,
        granted_by_id=person_id(by),
        granted_at=now,
        expires_at=expires_at,
    )
    until = spell_day(local_day(locked, expires_at))
    title = _("%(what)s is waived until %(day)s") % {"what": _name(where, criterion), "day": until}
    _tell(locked, waiver, "waiver.granted", title, text, by=by, now=now)
    waiver_requests.answer_by(waiver, by=by, now=now)
    return waiver


@transaction.atomic
def revoke(*, waiver: Waiver, by: Actor, now: datetime) -> Waiver:
    """Take a waiver back early; what was decided by it stays decided. Raises NotAllowed, DomainError "over"."""
    organization = _locked_for(by, Organization(pk=waiver.organization_id))
    locked = Waiver.objects.select_for_update().filter(pk=waiver.pk).first()
    if locked is None:
        raise Missing(_("This waiver does not exist, or it is not yours."))
    if locked.revoked_at is not None or locked.expires_at <= now:
        raise DomainError(_("This waiver is over already."), code="over")
    _end(locked, by=by, now=now)
    title = _("%(what)s is no longer waived") % {"what": _name(_stage(organization, locked.stage), locked.criterion)}
    _tell(organization, locked, "waiver.revoked", title, "", by=by, now=now)
    return locked


def _locked_for(by: Actor, organization: Organization) -> Organization:
    locked = lock_organization(organization)
    if not permissions.can_use(by, "grant_waiver", locked):
        raise NotAllowed(_("Only an administrator waives a criterion of a gate."))
    return locked


def _stage(organization: Organization, stage: str) -> JourneyStage:
    """The stage in the version that the open review keeps; gates ahead are read in the journey in force."""
    try:
        return _journey(organization, stage).stage(stage)
    except KeyError:
        raise DomainError(_("This stage does not belong to that journey."), field="stage", code="stage") from None


def _journey(organization: Organization, stage: str) -> Journey:
    review = GateReview.objects.filter(organization=organization, stage=stage).order_by("-pk").first()
    if review is not None:
        return journey_of_version(organization.kind, review.journey_version)
    journey = journey_in_force(organization.kind)
    if journey is None:
        raise DomainError(_("No journey is loaded for this kind of organization."), code="no_journey")
    return journey


def _refused(stage: JourneyStage, criterion: str) -> str:
    if _name(stage, criterion) == criterion:
        return str(_("This gate has no such criterion."))
    return str(_("%(what)s is never waived.") % {"what": _name(stage, criterion)})


def _name(stage: JourneyStage, criterion: str) -> str:
    """What a target is called; itself where the journey has none of that name."""
    if criterion.startswith(SECTION):
        section = stage.section(criterion.removeprefix(SECTION))
        return in_language(section.title) if section else criterion
    found = stage.criterion(criterion.removeprefix(CRITERION)) if criterion.startswith(CRITERION) else None
    return in_language(found.label) if found else criterion


def _make_room(organization: Organization, stage: str, criterion: str, *, by: Actor, now: datetime) -> None:
    rows = Waiver.objects.select_for_update().filter(organization=organization, stage=stage, criterion=criterion)
    before = rows.filter(revoked_at__isnull=True).first()
    if before is None:
        return
    if before.expires_at > now:
        raise DomainError(_("This is waived already; revoke that waiver first."), field="criterion", code="in_force")
    _end(before, by=by, now=now)


def _end(waiver: Waiver, *, by: Actor, now: datetime) -> None:
    waiver.revoked_at, waiver.revoked_by_id = now, by.user_id
    waiver.save(update_fields=["revoked_at", "revoked_by"])


def _weigh_again(organization: Organization, stage: str, *, by: Actor, now: datetime) -> None:
    """What is submitted at the open gate comes out by the waivers of now; signers hear of what passes by them."""
    review = GateReview.objects.filter(organization=organization, stage=stage, decided_at__isnull=True).first()
    if review is None:
        return
    gate = lock_gate(review)
    journey = journey_of_version(organization.kind, gate.review.journey_version)
    for submission in current_submissions(gate.review).values():
        before, questionnaire = submission.outcome, journey.questionnaire(submission.questionnaire)
        weigh_again(gate=gate, submission=submission, questionnaire=questionnaire, now=now)
        if submission.outcome != before and submission.outcome != SubmissionOutcome.FAILED:
            gate_news.tell_signers(gate, questionnaire, submission, by=by, now=now)


def _tell(
    organization: Organization, waiver: Waiver, verb: str, title: str, reason: str, *, by: Actor, now: datetime
) -> None:
    _weigh_again(organization, waiver.stage, by=by, now=now)
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=waiver,
        organization_id=organization.pk,
        changes={"criterion": [None, waiver.criterion], "expires_at": [None, waiver.expires_at]},
        reason=reason,
        now=now,
    )
    timeline.push(
        organization=organization,
        kind=EntryKind.GATE,
        title=title,
        body=reason,
        data={"stage": waiver.stage, "criterion": waiver.criterion},
        at=now,
        by=by,
        target=waiver,
    )
    gate_news.tell_owners(
        organization,
        f"{organization.name}, {stage_label(waiver.stage)}: {title}",
        key=f"{verb}:{waiver.public_id}",
        body=reason,
        by=by,
        now=now,
    )
