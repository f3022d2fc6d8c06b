"""Surveys from outside as people read them: what each question came to, and what was left out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.templatetags.format import spell_number, spell_percent
from reports.models import ExternalQuestion, ExternalSurvey
from reports.rules.survey_files import Scale, csat_of, nps_of

MOST = 200


@dataclass(frozen=True, kw_only=True)
class QuestionLine:
    """A question with its figure: satisfied answers in percent with their mean, or NPS in points.

    `scores` of the scale with how many gave each; `reasons` with how many rows each kept out of the figure.
    """

    key: str
    label: str
    scale: Scale
    answers: int
    asked: int
    value: str
    interval: str
    mean: str
    scores: tuple[tuple[int, int], ...]
    reasons: tuple[tuple[str, int], ...]

    @property
    def left_out(self) -> int:
        return self.asked - self.answers


def survey_list(actor: Actor) -> list[ExternalSurvey]:
    """The surveys from outside, each with `asked` for how many questions it has: one statement."""
    found = ExternalSurvey.objects.visible_to(actor).annotate(asked=Count("questions"))
    return list(found.order_by("name", "-wave", "pk")[:MOST])


def surveys_with_questions(actor: Actor) -> list[ExternalSurvey]:
    """The same with their questions: two statements."""
    questions = Prefetch("questions", ExternalQuestion.objects.order_by("position"))
    found = ExternalSurvey.objects.visible_to(actor).prefetch_related(questions)
    return list(found.order_by("name", "-wave", "pk")[:MOST])


def survey_or_none(actor: Actor, public_id: UUID) -> ExternalSurvey | None:
    """A survey with its questions and who brought it: two statements."""
    rows = ExternalSurvey.objects.visible_to(actor).select_related("imported_by")
    questions = Prefetch("questions", ExternalQuestion.objects.order_by("position"))
    found: ExternalSurvey | None = rows.prefetch_related(questions).filter(public_id=public_id).first()
    return found


def question_lines(survey: ExternalSurvey) -> list[QuestionLine]:
    """The questions of a survey in the order of its mapping."""
    return [_line(question, survey.rows) for question in survey.questions.all()]


def _line(question: ExternalQuestion, asked: int) -> QuestionLine:
    scale = Scale(question.kind)
    counts: Mapping[int, int] = {int(score): many for score, many in question.counts.items()}
    value, interval, mean = (_nps if scale is Scale.NPS else _csat)(counts, asked)
    return QuestionLine(
        key=question.key,
        label=question.label,
        scale=scale,
        answers=sum(counts.values()),
        asked=asked,
        value=value,
        interval=interval,
        mean=mean,
        scores=tuple((score, counts.get(score, 0)) for score in scale.scores),
        reasons=tuple(sorted(question.left_out.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def _csat(counts: Mapping[int, int], asked: int) -> tuple[str, str, str]:
    found = csat_of(counts, asked=asked)
    if found.satisfied.value is None or found.mean is None:
        return "", "", ""
    ends = {"low": spell_percent(found.satisfied.low, 1), "high": spell_percent(found.satisfied.high, 1)}
    value = spell_percent(found.satisfied.value, 2)
    return value, _("%(low)s to %(high)s") % ends, spell_number(found.mean, 2)


def _nps(counts: Mapping[int, int], asked: int) -> tuple[str, str, str]:
    found = nps_of(counts, asked=asked)
    if found.value is None:
        return "", "", ""
    ends = {"low": spell_number(found.low, 1), "high": spell_number(found.high, 1)}
    total = sum(score * many for score, many in counts.items())
    mean = spell_number(total / found.answers, 2)
    return spell_number(found.value, 1), _("%(low)s to %(high)s") % ends, mean
