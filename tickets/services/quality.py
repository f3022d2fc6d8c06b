"""Use cases of quality reviews: given, given anew, answered.

Lock order: the ticket, then its review.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.policy_cache import active_policy, policy_of_version
from tickets import notices
from tickets.choices import FINISHED
from tickets.models import QualityReview, Ticket
from tickets.quality_querysets import REVIEW
from tickets.rules.quality import ScoreCard, Verdict, verdict
from tickets.selectors.quality import own_reach

PACK = "quality"
MAX_TEXT = 8_000


def card_in_force() -> ScoreCard:
    """The score card of today. One statement. Raises DomainError "no_policy" while none is loaded."""
    found = active_policy(PACK)
    if found is None or not isinstance(found.policy, ScoreCard):
        raise DomainError(_("No score card has been set up: an administrator loads its policy."), code="no_policy")
    return found.policy


def card_of(review: QualityReview) -> ScoreCard:
    """The score card that a review was given by. One statement."""
    found = policy_of_version(PACK, review.policy_version)
    if not isinstance(found, ScoreCard):
        raise TypeError(f"version {review.policy_version} of {PACK} holds no score card")
    return found


@transaction.atomic
def review(
    *, by: Actor, ticket: Ticket, agent: User, points: Mapping[str, int], comment: str, now: datetime
) -> QualityReview:
    """Review what an agent did on a solved ticket, by the score card in force.

    Raises NotAllowed, Missing; DomainError (not solved; one's own work; reviewed already; points that do not fit).
    """
    _require(by)
    rows = Ticket.objects.select_for_update(no_key=True, of=("self",)).visible_to(by)
    locked = rows.filter(pk=ticket.pk).first()
    if locked is None:
        raise Missing(_("There is no such ticket."))
    if locked.status not in FINISHED or locked.solved_at is None or locked.merged_into_id is not None:
        raise DomainError(_("Only solved tickets are reviewed."), code="unsolved")
    if agent.pk == by.user_id:
        raise DomainError(_("Somebody else reviews your own work."), code="own")
    if QualityReview.objects.filter(ticket=locked, agent=agent).exists():
        raise DomainError(_("This has been reviewed already."), code="reviewed")
    card = card_in_force()
    found = _verdict(card, points)
    made = QualityReview(
        organization_id=locked.organization_id,
        ticket=locked,
        agent=agent,
        reviewer_id=by.user_id or 0,
        policy_version=card.version,
        points=dict(points),
        score=found.score,
        is_passed=found.is_passed,
        comment=_text(comment, "comment"),
        solved_at=locked.solved_at,
        given_at=now,
    )
    made.save()
    _record(by, "given", made, now, {"score": [None, str(found.score)]})
    _tell(agent.pk, _("Your work on #%(number)s was reviewed") % {"number": locked.number}, made, "given", now)
    return made


@transaction.atomic
def change(
    *, by: Actor, review: QualityReview, points: Mapping[str, int], comment: str, version: int, now: datetime
) -> QualityReview:
    """Give a review anew, by the card that it was given by. Raises NotAllowed, Missing, Conflict, DomainError."""
    _require(by)
    locked = _locked(by, review)
    if locked.agent_id == by.user_id:
        raise NotAllowed(_("Somebody else reviews your own work."))
    if locked.version != version:
        raise Conflict(_("Somebody else changed this review."), version=locked.version)
    before, found = locked.score, _verdict(card_of(locked), points)
    locked.points, locked.score, locked.is_passed = dict(points), found.score, found.is_passed
    locked.comment, locked.reviewer_id = _text(comment, "comment"), by.user_id or 0
    locked.version += 1
    fields = ("points", "score", "is_passed", "comment", "reviewer", "version", "updated_at")
    locked.save(update_fields=fields)
    _record(by, "changed", locked, now, {"score": [str(before), str(found.score)]})
    if before != found.score:
        words = _("A review of your work on #%(number)s was changed") % {"number": locked.ticket.number}
        _tell(locked.agent_id, words, locked, f"changed:{locked.version}", now)
    return locked


@transaction.atomic
def answer(*, by: Actor, review: QualityReview, text: str, now: datetime) -> QualityReview:
    """What the agent says to a review; only they. Raises Missing, NotAllowed, DomainError with `field`."""
    with own_reach(by):
        return _answered(by, _locked(by, review), text, now)


def _answered(by: Actor, locked: QualityReview, text: str, now: datetime) -> QualityReview:
    if locked.agent_id != by.user_id:
        raise NotAllowed(_("A review is answered by whose work it was."))
    locked.answer = _text(text, "answer")
    if not locked.answer:
        raise DomainError(_("Write something."), field="answer")
    locked.answered_at = now
    locked.version += 1
    locked.save(update_fields=["answer", "answered_at", "version", "updated_at"])
    _record(by, "answered", locked, now, {"answer": ["*", "*"]})
    words = _("%(name)s answered your review of #%(number)s") % {"name": by.name, "number": locked.ticket.number}
    _tell(locked.reviewer_id, words, locked, f"answered:{locked.version}", now)
    return locked


def _require(by: Actor) -> None:
    if not by.has(REVIEW):
        raise NotAllowed(_("Quality is reviewed by those who look after it."))


def _locked(by: Actor, review: QualityReview) -> QualityReview:
    rows = QualityReview.objects.select_for_update(of=("self",)).visible_to(by)
    found: QualityReview | None = rows.select_related("ticket").filter(pk=review.pk).first()
    if found is None:
        raise Missing(_("There is no such review."))
    return found


def _verdict(card: ScoreCard, points: Mapping[str, int]) -> Verdict:
    try:
        return verdict(card, points)
    except ValueError as error:
        raise DomainError(_("Give points for each criterion."), field="points", code="points") from error


def _text(text: str, field: str) -> str:
    found = text.replace("\0", "").strip()
    if len(found) > MAX_TEXT:
        raise DomainError(_("Use up to %(count)s characters.") % {"count": MAX_TEXT}, field=field, code="too_long")
    return found


def _record(
    by: Actor, verb: str, review: QualityReview, now: datetime, changes: Mapping[str, list[str | None]]
) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"quality.{verb}",
        target=review,
        target_name=_("Review of #%(number)s") % {"number": review.ticket.number},
        changes=dict(changes),
        now=now,
    )


def _tell(user_id: int, title: str, review: QualityReview, what: str, now: datetime) -> None:
    notify(
        user_ids=[user_id],
        kind=notices.QUALITY,
        title=title,
        key=f"quality:{review.pk}:{what}",
        now=now,
        target_type="qualityreview",
        target_id=review.pk,
    )
