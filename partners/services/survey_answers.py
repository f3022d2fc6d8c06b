"""Use cases of answering: from the mail by its signed link, or in the portal; changed until the request expires.

Lock order: the organization, then the request: two answers at once come one after the other, and the later one holds.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import DomainError, Missing
from common.scope import Scope, scoped
from partners import notices
from partners.choices import EntryKind
from partners.models import SurveyRequest, SurveyResponse
from partners.rules.nps import DETRACTOR, nps_score_of
from partners.rules.surveys import score_of
from partners.services import timeline
from partners.services.audience import owners_who_see
from partners.services.surveys import refuse
from partners.survey_choices import SurveyChannel, SurveyKind, SurveyState
from partners.survey_links import read_token
from partners.survey_policy import find_policy
from partners.work_permissions import policy_in_force

MAX_COMMENT = 4_000


@transaction.atomic
def answer_by_link(*, token: str, score: object, now: datetime) -> SurveyResponse:
    """Answer as whoever holds a link of a mail. Raises Missing for a token that is not ours, DomainError "ended",
    DomainError (`field` "score")."""
    with scoped(Scope.all()):
        return _answer(_by_token(token), score, SurveyChannel.MAIL, None, now)


@transaction.atomic
def comment_by_link(*, token: str, comment: str, now: datetime) -> SurveyResponse:
    """Add words to an answer. Raises as `answer_by_link`; DomainError "unanswered" where there is none yet."""
    with scoped(Scope.all()):
        return _comment(_by_token(token), comment, now)


@transaction.atomic
def stop_by_link(*, token: str, now: datetime) -> None:
    """Ask this person no more. Holds for as long as the link is kept. Raises Missing."""
    with scoped(Scope.all()):
        refuse(request=_by_token(token), now=now)


@transaction.atomic
def answer(*, by: Actor, request: SurveyRequest, score: object, comment: str, now: datetime) -> SurveyResponse:
    """Answer in the portal. Raises Missing for what is not one's own, DomainError "ended" or with `field`."""
    rows = SurveyRequest.objects.all().visible_to(by) if by.is_contact else SurveyRequest.objects.none()
    if not rows.filter(pk=request.pk).exists():
        raise Missing(_("There is no such survey."))
    # Owners are looked up for whom to tell, and a contact sees none of them.
    with scoped(Scope.all()):
        _answer(request, score, SurveyChannel.PORTAL, by, now)
        return _comment(request, comment, now)


def _by_token(token: str) -> SurveyRequest:
    public_id = read_token(token)
    row = SurveyRequest.objects.filter(public_id=public_id).first() if public_id is not None else None
    if row is None or row.state != SurveyState.SENT:
        raise Missing(_("This link does not lead to a survey."))
    return row


def _locked(request: SurveyRequest, now: datetime) -> SurveyRequest:
    rows = SurveyRequest.objects.select_for_update(of=("self",)).select_related("organization", "contact")
    locked = rows.get(pk=request.pk)
    is_over = locked.expires_at is None or locked.expires_at <= now
    if locked.state != SurveyState.SENT or is_over or locked.contact.archived_at is not None:
        raise DomainError(_("This survey has ended."), code="ended")
    return locked


def _answer(
    request: SurveyRequest, raw: object, channel: SurveyChannel, by: Actor | None, now: datetime
) -> SurveyResponse:
    is_campaign = request.kind == SurveyKind.NPS
    score = nps_score_of(raw) if is_campaign else score_of(raw)
    if score is None:
        message = _("Choose a number from 0 to 10.") if is_campaign else _("Choose one of the five.")
        raise DomainError(message, field="score", code="score")
    locked = _locked(request, now)
    row = SurveyResponse.objects.filter(request=locked).first()
    before = row.score if row is not None else None
    if row is None:
        row = SurveyResponse(organization=locked.organization, request=locked, answered_at=now)
    elif before == score:
        return row
    else:
        row.changes += 1
    row.score, row.channel, row.changed_at = score, channel, now
    row.save()
    _record(locked, before, score, by, now)
    _follow_up(locked, score, now)
    return row


def _comment(request: SurveyRequest, comment: str, now: datetime) -> SurveyResponse:
    text = comment.replace("\0", "").strip()
    if len(text) > MAX_COMMENT:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": MAX_COMMENT}, field="comment")
    row = SurveyResponse.objects.filter(request=_locked(request, now)).first()
    if row is None:
        raise DomainError(_("Choose an answer first."), field="comment", code="unanswered")
    if row.comment != text:
        row.comment, row.changed_at = text, now
        row.save(update_fields=["comment", "changed_at"])
    return row


def _record(request: SurveyRequest, before: int | None, score: int, by: Actor | None, now: datetime) -> None:
    """In the story and the trail. Of recommending neither tells the score: programs read both (ADR 0041)."""
    words = {"score": score, "key": request.subject_key}
    is_campaign = request.kind == SurveyKind.NPS
    if is_campaign:
        said = _("Said how likely they are to recommend us (%(key)s)")
    elif before is None:
        said = _("Satisfaction with #%(key)s: %(score)s of 5")
    else:
        said = _("Now %(score)s of 5 for #%(key)s")
    told = {} if is_campaign else {"score": score, "before": before}
    timeline.push(
        organization=request.organization,
        kind=EntryKind.SURVEY,
        title=said % words,
        at=now,
        by=by,
        data={**told, "is_low": _is_low(request, score), "subject": request.subject_key},
        target=request,
    )
    activity.record(
        verb="survey.answered",
        target=request,
        target_name=f"{request.subject_type} {request.subject_key}",
        actor_id=by.user_id if by else None,
        changes={"score": ["*", "*"] if is_campaign else [before, score]},
        now=now,
    )


def _is_low(request: SurveyRequest, score: int) -> bool:
    """Whether it is a sign that somebody should have seen, for the story of a loss."""
    if request.kind == SurveyKind.NPS:
        return score <= DETRACTOR
    policy = find_policy()
    return policy is not None and policy.is_low(score)


def _follow_up(request: SurveyRequest, score: int, now: datetime) -> None:
    """Tell the owners of a low score, and of one about a ticket the support managers; once a request."""
    if request.kind == SurveyKind.NPS:
        _follow_up_detractor(request, score, now)
        return
    policy = find_policy()
    if policy is None or not policy.is_low(score) or request.followed_up_at is not None:
        return
    managers = User.objects.active().holding("supportlead").values_list("pk", flat=True)
    # Of no organization: support managers open none, and the ticket itself says who may see it.
    notify(
        user_ids={*owners_who_see(request.organization, policy_in_force()), *managers},
        kind=notices.SURVEYS,
        title=_("%(score)s of 5 for #%(key)s: get in touch") % {"score": score, "key": request.subject_key},
        body=request.organization.name,
        key=f"survey-low:{request.pk}",
        now=now,
        target_type=request.subject_type,
        target_id=request.subject_id,
    )
    request.followed_up_at = now
    request.save(update_fields=["followed_up_at", "updated_at"])


def _follow_up_detractor(request: SurveyRequest, score: int, now: datetime) -> None:
    if score > DETRACTOR or request.followed_up_at is not None:
        return
    words = {"score": score, "name": request.organization.name}
    notify(
        user_ids=owners_who_see(request.organization, policy_in_force()),
        kind=notices.SURVEYS,
        title=_("%(name)s would hardly recommend us (%(score)s of 10): get in touch") % words,
        body=request.subject_key,
        key=f"survey-low:{request.pk}",
        now=now,
        target_type="organization",
        target_id=request.organization_id,
        organization_id=request.organization_id,
    )
    request.followed_up_at = now
    request.save(update_fields=["followed_up_at", "updated_at"])
