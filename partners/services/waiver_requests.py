"""Waivers are asked for by those who work at a gate, and answered by those who grant them (journey.md, Gates).

Granting is the use case of `waivers`; it answers what waits for the same criterion. Lock order: the organization, then
the request.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import RoleGrant
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import DomainError, Missing, NotAllowed
from partners import notices, permissions
from partners.choices import EntryKind
from partners.journey_policy import journey_of_version
from partners.models import GateReview, Organization, Waiver, WaiverRequest
from partners.rules.gates import waivable
from partners.rules.journeys import JourneyStage
from partners.selectors.gate_history import target_in_words
from partners.services import timeline
from partners.services.locking import lock_organization, refuse_archived
from partners.work_choices import WaiverAnswer
from partners.work_permissions import can_arrange, who_open

GRANT = "grant_waiver"
MAX_REASON = 4_000


@transaction.atomic
def ask(*, by: Actor, review: GateReview, criterion: str, reason: str, now: datetime) -> WaiverRequest:
    """Ask to have "section:<id>" or "criterion:<id>" of an open gate waived; those who grant waivers are told.

    Raises NotAllowed; DomainError with `field` "reason" or "criterion" (unknown, or one that is never waived), and
    "decided", "in_force" (waived already), "asked" (somebody has asked already).
    """
    organization = lock_organization(Organization(pk=review.organization_id))
    refuse_archived(organization)
    if by.user_id is None or not can_arrange(by, organization):
        raise NotAllowed(_("Waivers are asked for by those who work at the gate."))
    open_review = GateReview.objects.filter(pk=review.pk, decided_at__isnull=True).first()
    if open_review is None:
        raise DomainError(_("This gate is decided."), code="decided")
    words = _words(reason, _("Say why it should be waived."), "reason")
    stage = _stage_of(open_review, organization)
    if criterion not in waivable(stage):
        message = _("This gate has no such criterion, or it is never waived.")
        raise DomainError(message, field="criterion", code="not_waivable")
    here = {"organization": organization, "criterion": criterion}
    if Waiver.objects.filter(**here, stage=open_review.stage, revoked_at=None, expires_at__gt=now).exists():
        raise DomainError(_("This is waived already."), field="criterion", code="in_force")
    if WaiverRequest.objects.filter(review=open_review, criterion=criterion, answer="").exists():
        raise DomainError(_("Somebody has asked for it already."), field="criterion", code="asked")
    made: WaiverRequest = WaiverRequest.objects.create(
        **here, review=open_review, reason=words, asked_by_id=by.user_id, asked_at=now
    )
    title = _("%(person)s asks to have %(what)s waived") % {
        "person": by.name,
        "what": target_in_words(stage, criterion),
    }
    _write_down(made, organization, "asked", title, words, by=by, now=now)
    held = RoleGrant.objects.filter(role__in=by.policy.roles_with(GRANT), ended_at__isnull=True)
    granting = who_open(held.values_list("user_id", flat=True), organization)
    _tell(granting, made, f"{organization.name}: {title}", words, by=by, now=now)
    return made


@transaction.atomic
def refuse(*, by: Actor, asked: WaiverRequest, note: str, now: datetime) -> WaiverRequest:
    """Answer with no, and why. Raises NotAllowed, Missing, DomainError ("answered"; field "note")."""
    organization, locked = _locked(asked)
    if not permissions.can_use(by, GRANT, organization):
        raise NotAllowed(_("Only an administrator waives a criterion of a gate."))
    _refuse_answered(locked)
    words = _words(note, _("Say why not."), "note")
    _answer(locked, WaiverAnswer.REFUSED, note=words, by=by, now=now)
    _say(locked, organization, _("%(what)s is not waived"), words, by=by, now=now)
    return locked


@transaction.atomic
def withdraw(*, by: Actor, asked: WaiverRequest, note: str = "", now: datetime) -> WaiverRequest:
    """Take one's own request back. Raises NotAllowed, Missing, DomainError "answered"."""
    organization, locked = _locked(asked)
    if by.user_id is None or locked.asked_by_id != by.user_id:
        raise NotAllowed(_("Whoever has asked takes it back."))
    _refuse_answered(locked)
    _answer(locked, WaiverAnswer.WITHDRAWN, note=note.replace("\0", "").strip()[:MAX_REASON], by=by, now=now)
    _say(locked, organization, _("%(what)s is no longer asked to be waived"), locked.note, by=by, now=now)
    return locked


def answer_by(waiver: Waiver, *, by: Actor, now: datetime) -> None:
    """A waiver was granted: what waits for it is answered. The caller holds the organization's lock."""
    waits = WaiverRequest.objects.select_for_update(of=("self",)).filter(
        organization_id=waiver.organization_id, criterion=waiver.criterion, review__stage=waiver.stage, answer=""
    )
    for request in waits.filter(review__decided_at__isnull=True).order_by("pk"):
        request.waiver = waiver
        _answer(request, WaiverAnswer.GRANTED, note="", by=by, now=now)
        organization = waiver.organization
        _record(request, organization, "granted", waiver.reason, by=by, now=now)
        title = _("%(organization)s: what you asked for is waived") % {"organization": organization.name}
        _tell(who_open([request.asked_by_id], organization), request, title, waiver.reason, by=by, now=now)


def _locked(request: WaiverRequest) -> tuple[Organization, WaiverRequest]:
    organization = lock_organization(Organization(pk=request.organization_id))
    refuse_archived(organization)
    rows = WaiverRequest.objects.select_for_update(of=("self",)).select_related("review")
    found: WaiverRequest | None = rows.filter(pk=request.pk).first()
    if found is None:
        raise Missing(_("This request does not exist, or it is not yours."))
    return organization, found


def _refuse_answered(request: WaiverRequest) -> None:
    if request.answer or request.review.decided_at is not None:
        raise DomainError(_("This request is over already."), code="answered")


def _answer(request: WaiverRequest, answer: WaiverAnswer, *, note: str, by: Actor, now: datetime) -> None:
    request.answer, request.note = answer, note
    request.answered_by_id, request.answered_at = by.user_id, now
    request.save(update_fields=["answer", "note", "answered_by", "answered_at", "waiver"])


def _stage_of(review: GateReview, organization: Organization) -> JourneyStage:
    """In the version that the review keeps."""
    return journey_of_version(organization.kind, review.journey_version).stage(review.stage)


def _words(text: str, missing: str, field: str) -> str:
    words = text.replace("\0", "").strip()
    if not words or len(words) > MAX_REASON:
        raise DomainError(missing, field=field, code="reason")
    return words


def _say(
    request: WaiverRequest, organization: Organization, sentence: str, words: str, *, by: Actor, now: datetime
) -> None:
    """On the timeline, in the trail, and to whoever asked."""
    title = sentence % {"what": target_in_words(_stage_of(request.review, organization), request.criterion)}
    _write_down(request, organization, str(request.answer), title, words, by=by, now=now)
    told = who_open([request.asked_by_id], organization)
    _tell(told, request, f"{organization.name}: {title}", words, by=by, now=now)


def _write_down(
    request: WaiverRequest, organization: Organization, verb: str, title: str, words: str, *, by: Actor, now: datetime
) -> None:
    _record(request, organization, verb, words, by=by, now=now)
    timeline.push(
        organization=organization,
        kind=EntryKind.GATE,
        title=title,
        body=words,
        data={"stage": request.review.stage, "criterion": request.criterion},
        at=now,
        by=by,
        target=request,
    )


def _record(
    request: WaiverRequest, organization: Organization, verb: str, reason: str, *, by: Actor, now: datetime
) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"waiver_request.{verb}",
        target=request,
        organization_id=organization.pk,
        changes={"criterion": [None, request.criterion], "answer": ["", str(request.answer)]},
        reason=reason,
        now=now,
    )


def _tell(user_ids: set[int], request: WaiverRequest, title: str, body: str, *, by: Actor, now: datetime) -> None:
    notify(
        user_ids=user_ids - ({by.user_id} if by.user_id is not None else set()),
        kind=notices.WAIVERS,
        title=title,
        body=body,
        key=f"waiver_request:{request.public_id}:{request.answer}",
        now=now,
        target_type="waiverrequest",
        target_id=request.pk,
        organization_id=request.organization_id,
    )
