"""Surveys one by one: the rows behind a figure, the one of a subject, the one behind a link."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from common.scope import Scope, scoped
from partners.models import SurveyRequest, SurveyResponse
from partners.rules.surveys import SATISFIED
from partners.selectors.surveys import Narrowed, SurveyNames, asked
from partners.survey_choices import SurveyChannel, SurveyState
from partners.survey_links import read_token, score_words
from partners.survey_policy import subject_of

NEWEST = Order((SortKey(name="sent_at", descending=True),))
SIZE = 50
SHOWS: dict[str, Q] = {
    "": Q(),
    "answered": Q(response__isnull=False),
    "unanswered": Q(response__isnull=True),
    "satisfied": Q(response__score__gte=SATISFIED),
    "low": Q(response__score__lt=SATISFIED),
    "comments": ~Q(response__comment="") & Q(response__isnull=False),
}


@dataclass(frozen=True, kw_only=True)
class SurveyRow:
    """One survey in a list; `score` None while nobody has answered."""

    public_id: str
    sent_at: datetime
    expires_at: datetime
    score: int | None
    score_word: str
    tone: str
    comment: str
    answered_at: datetime | None
    channel: str
    subject_key: str
    subject_url: str
    organization: str
    organization_id: str
    contact: str
    agent: str
    team: str
    topics: tuple[str, ...]


def show_words() -> list[tuple[str, str]]:
    """What a list can be narrowed to by its answers."""
    return [
        ("", _("Everybody asked")),
        ("answered", _("Answered")),
        ("unanswered", _("Not answered")),
        ("satisfied", _("Satisfied, 4 and 5")),
        ("low", _("3 and less")),
        ("comments", _("With a comment")),
    ]


def survey_page(actor: Actor, narrowed: Narrowed, *, show: str, cursor: str) -> Page:
    """A page of surveys, the latest asked first: one statement."""
    page = paginate(_listed(actor, narrowed, show), NEWEST, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row, actor) for row in page.rows], previous=page.previous, next=page.next)


def survey_rows(actor: Actor, narrowed: Narrowed, *, show: str) -> Iterator[SurveyRow]:
    """All of them for a file: one statement."""
    rows = _listed(actor, narrowed, show).order_by("-sent_at", "-pk")
    return (_row(row, actor) for row in poured(rows))


def _listed(actor: Actor, narrowed: Narrowed, show: str) -> "QuerySet[Any, Any]":
    rows = asked(actor, narrowed).filter(SHOWS.get(show, Q()))
    return rows.select_related("response", "agent", "team").annotate(names=SurveyNames("pk"))


def _row(row: Any, actor: Actor) -> SurveyRow:
    answer: SurveyResponse | None = getattr(row, "response", None)
    names, subject = row.names or {}, subject_of(row.subject_type)
    return SurveyRow(
        public_id=str(row.public_id),
        sent_at=row.sent_at,
        expires_at=row.expires_at,
        score=answer.score if answer else None,
        score_word=score_words()[answer.score] if answer else "",
        tone=tone_of(answer.score) if answer else "neutral",
        comment=answer.comment if answer else "",
        answered_at=answer.answered_at if answer else None,
        channel=str(SurveyChannel(answer.channel).label) if answer else "",
        subject_key=row.subject_key,
        subject_url=subject.url(actor, row.subject_key) if subject is not None else "",
        organization=names.get("organization", ""),
        organization_id=names.get("organization_id", ""),
        contact=names.get("contact", ""),
        agent=row.agent.name if row.agent else "",
        team=row.team.name if row.team else "",
        topics=tuple(row.topics),
    )


def tone_of(score: int) -> str:
    """How a score is colored: satisfied, in between, low."""
    return "success" if score >= SATISFIED else "warning" if score == SATISFIED - 1 else "danger"


@dataclass(frozen=True, kw_only=True)
class OpenSurvey:
    """A survey in the hands of the person who was asked."""

    request: SurveyRequest
    title: str
    score: int | None
    comment: str
    is_over: bool


def by_link(token: str, *, now: datetime) -> OpenSurvey | None:
    """The survey behind a link of a mail; None for every text that is no link of ours."""
    public_id = read_token(token)
    if public_id is None:
        return None
    # Whoever follows a link is nobody yet and has no scope; the signature says that it is theirs.
    with scoped(Scope.all()):
        row = SurveyRequest.objects.filter(public_id=public_id, state=SurveyState.SENT).first()
        return _opened(row, now) if row is not None else None


def own_of_subject(actor: Actor, subject_type: str, subject_id: int, *, now: datetime) -> OpenSurvey | None:
    """The latest survey of a contact about something: one statement, and one for its title."""
    rows = SurveyRequest.objects.all().visible_to(actor).filter(subject_type=subject_type, subject_id=subject_id)
    answers = Prefetch("response", SurveyResponse.objects.all())
    row = rows.prefetch_related(answers).order_by("-sent_at", "-pk").first()
    return _opened(row, now) if row is not None else None


def _opened(row: SurveyRequest, now: datetime) -> OpenSurvey:
    answer: SurveyResponse | None = getattr(row, "response", None)
    subject = subject_of(row.subject_type)
    return OpenSurvey(
        request=row,
        title=subject.title(row.subject_id) if subject is not None else "",
        score=answer.score if answer else None,
        comment=answer.comment if answer else "",
        is_over=row.expires_at is None or row.expires_at <= now,
    )
