"""The answers behind a figure of the survey report: which of them an address means, and whether they may be listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from common.pagination import Page
from partners.rules.nps import DETRACTOR, PROMOTER
from partners.rules.surveys import SATISFIED, SCORES, whole_score
from reports.report_page import OpenReport
from reports.rules.survey_files import Scale
from reports.selectors.survey_report import AnswerRow, answer_page, answer_rows, answers_by_day, answers_of

ANSWER_KEYS = ("of", "show", "score")
"""What the address of answers says besides that of the report."""
SHOWS = {
    # What is off the scale is among all answers and among comments, and in no figure.
    Scale.CSAT: {
        "satisfied": Q(score__gte=SATISFIED, score__lte=SCORES[-1]),
        "low": Q(score__gte=SCORES[0], score__lt=SATISFIED),
        "comments": ~Q(comment=""),
    },
    Scale.NPS: {
        "promoters": Q(score__gte=PROMOTER),
        "passives": Q(score__gt=DETRACTOR, score__lt=PROMOTER),
        "detractors": Q(score__lte=DETRACTOR),
        "comments": ~Q(comment=""),
    },
}


@dataclass(frozen=True, kw_only=True)
class AskedAnswers:
    """Answers to one question in the hands of their reader; `narrowed` says which of them."""

    opened: OpenReport
    scale: Scale
    narrowed: Q

    @cached_property
    def may_list(self) -> bool:
        """Of recommending, few answers would tell who said what. A statement, of recommending."""
        if self.scale is Scale.CSAT:
            return True
        opened = self.opened
        days = answers_by_day(opened.scope, [opened.period], opened.moment.today)
        return answers_of(days, opened.period, opened.moment)[self.scale].is_shown

    def page(self, cursor: str) -> Page:
        if not self.may_list:
            return Page(rows=[], previous="", next="")
        opened = self.opened
        return answer_page(opened.scope, opened.period, self.scale, self.narrowed, opened.moment.today, cursor=cursor)

    def rows(self) -> Iterator[AnswerRow]:
        """All of them for a file."""
        if not self.may_list:
            return iter(())
        opened = self.opened
        return answer_rows(opened.scope, opened.period, self.scale, self.narrowed, opened.moment.today)


def answers_asked(opened: OpenReport) -> AskedAnswers:
    """Those that its address names; of satisfaction without a question in it."""
    scale = Scale.NPS if opened.query.get("of") == Scale.NPS.value else Scale.CSAT
    narrowed = Q(request__kind=scale.value) & SHOWS[scale].get(opened.query.get("show"), Q())
    score = whole_score(opened.query.get("score"), scale.scores)
    return AskedAnswers(opened=opened, scale=scale, narrowed=narrowed if score is None else narrowed & Q(score=score))
