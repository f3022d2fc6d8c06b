"""What a reader sees beside the organizations that it opens in full: tickets of its queues and what hangs on them.

A report of the desk is narrowed by the vocabulary of the lists of tickets. What has no ticket is left out of it then:
self-service of a queue would be the visits of everybody by the tickets of a few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.rules.access import Actor
from accounts.training_querysets import MANAGE
from partners.models import SurveyRequest
from reports.choices import DESK_CRITERIA
from reports.selectors.scope import ReportScope
from reports.selectors.source import Seen
from tickets import filters
from tickets.models import Article, ArticleFeedback, ArticleVersion, HelpSession, QualityReview, Ticket


def seen_rows(scope: ReportScope, seen: Seen) -> Any:
    """The rows of one of the lists, in no order; nothing is read yet."""
    return _LISTS[seen](scope).order_by()


def tickets_of(scope: ReportScope) -> Any:
    """Tickets that the reader sees, narrowed as the report of the desk is; those merged into others too."""
    asked = filters.Asked(actor=scope.actor, now=scope.now)
    found = Ticket.objects.all().visible_to(scope.actor)
    for key in _narrowed_by(scope):
        found = found.filter(filters.BY_KEY[key].condition(scope.query.all(key), asked))
    return found


def _narrowed_by(scope: ReportScope) -> list[str]:
    if not scope.report.is_desk:
        return []
    return [key for key in DESK_CRITERIA if scope.query.all(key)]


def _whole(read: Callable[[Actor], Any]) -> Callable[[ReportScope], Any]:
    """What is of no queue."""
    return lambda scope: read(scope.actor).none() if _narrowed_by(scope) else read(scope.actor)


def _surveys(scope: ReportScope) -> Any:
    asked = SurveyRequest.objects.all().visible_to(scope.actor).filter(subject_type="ticket")
    return asked.filter(subject_id__in=tickets_of(scope).values("pk")) if _narrowed_by(scope) else asked


def _reviews(scope: ReportScope) -> Any:
    given = QualityReview.objects.all().visible_to(scope.actor)
    return given.filter(ticket__in=tickets_of(scope)) if _narrowed_by(scope) else given


def _learners(actor: Actor) -> Any:
    """People whose training the reader sees (accounts/training_querysets.py)."""
    if not actor.is_staff or actor.user_id is None:
        return User.objects.none()
    if actor.has(MANAGE):
        return User.objects.all()
    return User.objects.filter(Q(pk=actor.user_id) | Q(pk__in=sorted(actor.led_user_ids)))


_LISTS: Mapping[Seen, Callable[[ReportScope], Any]] = {
    Seen.TICKETS: tickets_of,
    Seen.OPENINGS: _whole(lambda actor: Ticket.objects.all().visible_to(actor)),
    Seen.SURVEYS: _surveys,
    Seen.REVIEWS: _reviews,
    Seen.VISITS: _whole(lambda actor: HelpSession.objects.all().visible_to(actor)),
    Seen.VERSIONS: _whole(lambda actor: ArticleVersion.objects.all().visible_to(actor)),
    Seen.FEEDBACK: _whole(lambda actor: ArticleFeedback.objects.all().visible_to(actor)),
    Seen.ARTICLES: _whole(lambda actor: Article.objects.all().visible_to(actor)),
    Seen.LEARNERS: _whole(_learners),
}
