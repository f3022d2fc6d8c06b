"""Answers to surveys for a report, by the day on which they came. Who reads a survey reads what it adds to a figure.

A response rate is of those who were asked in the period, whenever they answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Q, Value, When
from django.db.models.functions import TruncDate
from django.utils.timezone import get_default_timezone

from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from partners import filters
from partners.models import SurveyRequest, SurveyResponse
from partners.selectors.surveys import SurveyNames
from partners.survey_policy import subject_of
from reports.rules.periods import Period
from reports.rules.survey_figures import Answers, counter_of, years_around
from reports.rules.survey_files import Scale
from reports.selectors.figures import Moment, end_of, ends, may_tell
from reports.selectors.scope import ReportScope

ORDERS = {
    Scale.CSAT: Order((SortKey(name="answered_at", descending=True),)),
    # Not by their days, which are not told.
    Scale.NPS: Order((SortKey(name="score", descending=True), SortKey(name="comment"))),
}
SIZE = 50
MOST_PARTS = 100
Days = dict[tuple[date, str], list[tuple[int, int]]]
"""By day of the answer and kind of the question: scores with how many gave them."""
BY = {
    "kind": "organization__kind",
    "segment": "organization__facts__arr_segment",
    "tier": "organization__facts__partner_tier",
    "stage": "organization__stage",
    "team": "request__team__name",
    "channel": "channel",
}
"""What answers are broken down by, and where it stands beside an answer."""
ELSEWHERE = "\0elsewhere"
"""The key of answers at organizations that the reader does not open."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the circle: answers on satisfaction and on recommending."""

    key: Any
    answers: dict[Scale, Answers]


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """One answer; where it is on recommending, without a name of person or house and without its day."""

    score: int
    comment: str
    answered_on: date | None
    channel: str
    organization: str
    subject: str
    url: str
    team: str


def answers_by_day(scope: ReportScope, periods: Sequence[Period], today: date) -> Days:
    """What came in in any of these periods until the end of `today`, by day, and on recommending in the years around
    them: one statement."""
    zone = get_default_timezone()
    found: Days = defaultdict(list)
    around = _any_of("answered_at", years_around(periods), today) & Q(request__kind=Scale.NPS.value)
    rows = _answers(scope).filter(_any_of("answered_at", periods, today) | around).order_by()
    day = TruncDate("answered_at", tzinfo=zone)
    for on, kind, score, many in rows.values_list(day, "request__kind", "score").annotate(many=Count("pk")):
        found[on, kind].append((score, many))
    return found


def asked_in(
    scope: ReportScope, periods: Sequence[Period], today: date
) -> Mapping[tuple[Period, Scale], tuple[int, int]]:
    """How many were asked in each of these periods, and how many of them had answered by the end of `today`: one
    statement."""
    rows = _requests(scope).filter(_any_of("sent_at", periods, today)).order_by()
    spans = rows.values_list(_spans("sent_at", periods, today), "kind")
    counts = spans.annotate(many=Count("pk"), answered=_answered(today))
    return {(periods[number], Scale(kind)): (many, answered) for number, kind, many, answered in counts}


def answers_of(
    days: Days,
    period: Period,
    moment: Moment,
    asked: Mapping[tuple[Period, Scale], tuple[int, int]] | None = None,
) -> dict[Scale, Answers]:
    """What came in in one of the periods that `days` hold."""
    found: dict[Scale, Answers] = {}
    by_month: dict[date, int] = defaultdict(int)
    for (on, kind), many in days.items():
        if kind == Scale.NPS:
            by_month[on.replace(day=1)] += sum(count for score, count in many if score in Scale.NPS.scores)
    for scale in Scale:
        rows = [
            row
            for (on, kind), many in days.items()
            if kind == scale and period.first <= on <= period.last
            for row in many
        ]
        counted = _of(scale, rows, (asked or {}).get((period, scale)))
        is_told = scale is Scale.CSAT or may_tell(period, by_month, moment)
        found[scale] = replace(counted, is_told=is_told)
    return found


def parts_of(scope: ReportScope, period: Period, by: str, today: date) -> list[Part]:
    """The answers of a period broken down, most answers first: two statements, or one by channel."""
    path = BY[by]
    scores: dict[tuple[Any, str], list[tuple[int, int]]] = defaultdict(list)
    rows = _answers(scope).filter(_any_of("answered_at", [period], today)).order_by()
    for key, kind, score, many in rows.values_list(path, "request__kind", "score").annotate(many=Count("pk")):
        scores[key or "", kind].append((score, many))
    asked: dict[tuple[Any, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    if by != "channel":
        sent = _requests(scope).filter(_any_of("sent_at", [period], today)).order_by()
        for key, kind, many, answered in sent.values_list(path.removeprefix("request__"), "kind").annotate(
            many=Count("pk"), answered=_answered(today)
        ):
            asked[key or "", kind] = (many, answered)
    keys = list(dict.fromkeys(key for key, _kind in (*scores, *asked)))
    parts = [
        Part(key=key, answers={scale: _of(scale, scores[key, scale.value], asked[key, scale.value]) for scale in Scale})
        for key in keys
    ]
    parts.sort(key=lambda part: (-sum(one.total for one in part.answers.values()), str(part.key)))
    return parts[:MOST_PARTS]


def elsewhere(whole: dict[Scale, Answers], parts: Sequence[Part]) -> Part | None:
    """What the parts do not hold: answers at organizations that the reader does not open; None of none."""
    left: dict[Scale, Answers] = {}
    for scale, answers in whole.items():
        counts = counter_of(list(answers.found.items()))
        for part in parts:
            counts.subtract(part.answers[scale].found)
        left[scale] = Answers(scale=scale, found=+counts)
    return Part(key=ELSEWHERE, answers=left) if any(one.total for one in left.values()) else None


def answer_page(scope: ReportScope, period: Period, scale: Scale, narrowed: Q, today: date, *, cursor: str) -> Page:
    """A page of answers, the latest or the highest first: one statement, and what subjects ask."""
    page = paginate(_listed(scope, period, narrowed, today), ORDERS[scale], cursor=cursor, size=SIZE)
    return Page(rows=[_row(row, scope) for row in page.rows], previous=page.previous, next=page.next)


def answer_rows(scope: ReportScope, period: Period, scale: Scale, narrowed: Q, today: date) -> Iterator[AnswerRow]:
    """The same for a file, however many."""
    rows = _listed(scope, period, narrowed, today).order_by(*ORDERS[scale].ordering())
    return (_row(row, scope) for row in poured(rows))


def _of(scale: Scale, rows: Sequence[tuple[int, int]], asked: tuple[int, int] | None = None) -> Answers:
    many, answered = asked or (0, 0)
    return Answers(scale=scale, found=counter_of(rows), asked=many, asked_answered=answered)


def _any_of(field: str, periods: Sequence[Period], today: date) -> Q:
    found = Q(pk__in=[])
    for since, until in (ends(period, today) for period in periods):
        found |= Q(**{f"{field}__gte": since, f"{field}__lt": until})
    return found


def _answered(today: date) -> Count:
    return Count("response", filter=Q(response__answered_at__lt=end_of(today)))


def _spans(field: str, periods: Sequence[Period], today: date) -> Case:
    """The number of the period that a moment lies in."""
    whens = [When(_any_of(field, [period], today), then=Value(number)) for number, period in enumerate(periods)]
    return Case(*whens, default=Value(-1))


def _answers(scope: ReportScope) -> Any:
    return _narrowed(SurveyResponse.objects.all().visible_to(scope.actor), scope)


def _requests(scope: ReportScope) -> Any:
    return _narrowed(SurveyRequest.objects.all().visible_to(scope.actor).asked(), scope)


def _narrowed(rows: Any, scope: ReportScope) -> Any:
    """Whoever asks for some organizations reads those that they open; without it all surveys that they see."""
    is_narrowed = any(key in filters.FILTER_KEYS for key, _value in scope.query.pairs)
    return rows.filter(organization_id__in=scope.organizations.values("pk")) if is_narrowed else rows


def _listed(scope: ReportScope, period: Period, narrowed: Q, today: date) -> Any:
    rows = _answers(scope).filter(_any_of("answered_at", [period], today), narrowed)
    return rows.select_related("request", "request__team").annotate(names=SurveyNames(F("request_id")))


def _row(row: Any, scope: ReportScope) -> AnswerRow:
    is_open = row.request.kind == Scale.CSAT.value
    subject = subject_of(row.request.subject_type) if is_open else None
    return AnswerRow(
        score=row.score,
        comment=row.comment,
        # Days would part the answers of a month from those of its neighbors.
        answered_on=row.answered_at.astimezone(get_default_timezone()).date() if is_open else None,
        channel=row.get_channel_display(),
        organization=(row.names or {}).get("organization", "") if is_open else "",
        subject=f"#{row.request.subject_key}" if is_open and row.request.subject_key else "",
        url=subject.url(scope.actor, row.request.subject_key) if subject is not None else "",
        team=row.request.team.name if row.request.team else "",
    )
