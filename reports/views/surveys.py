"""Survey reports: figures with their intervals, the answers behind them, and both as files."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import capability_required
from common.export import MAX_ROWS
from common.listing import CURSOR
from common.pagination import Page
from partners.rules.nps import DETRACTOR, PROMOTER
from partners.rules.surveys import SATISFIED, SCORES, whole_score
from reports.querysets import CAPABILITY
from reports.report_page import OpenReport
from reports.rules.survey_files import Scale
from reports.selectors.survey_report import answer_page, answer_rows, answers_by_day, answers_of
from reports.survey_page import REPORT, SurveyReport, answer_columns, asked_by, by_words, line_columns
from reports.views.frame import file_of, frame, opened_as

OWN = ("by", "of", "show", "score")
_SHOWS = {
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


@require_safe
@capability_required(CAPABILITY)
def survey_report(request: HttpRequest) -> HttpResponse:
    """Satisfaction and recommending in a period, against the one before and the target."""
    report = _report(request)
    opened, answers_url = report.opened, reverse("reports:survey_answers")
    query = opened.query
    spreads = [_spread(report, scale, answers_url) for scale in Scale]
    context = frame(request, opened) | {
        "lines": report.lines,
        "spreads": spreads,
        "trend": report.trend,
        "months": report.months,
        "parts": report.parts,
        "tabs": [
            {"label": label, "url": query.changed(by=key).on(request.path), "is_active": key == report.by}
            for key, label in by_words().items()
        ],
        "answers_url": query.without("by").on(answers_url),
        "nps_url": query.without("by").changed(of="nps").on(answers_url),
        "export_url": query.on(reverse("reports:survey_report_export")),
        "outside_url": reverse("reports:outer_surveys"),
    }
    return render(request, "reports/surveys.html", context)


@require_safe
@capability_required(CAPABILITY)
def survey_answers(request: HttpRequest) -> HttpResponse:
    """The answers behind a figure, with what people wrote; the few on recommending are not listed."""
    opened, scale, narrowed = _asked_answers(request)
    query = opened.query
    may_list = _may_list(opened, scale)
    cursor = request.GET.get(CURSOR, "")
    page = (
        answer_page(opened.scope, opened.period, narrowed, cursor=cursor)
        if may_list
        else Page(rows=[], previous="", next="")
    )
    context = frame(request, opened) | {
        "page": page,
        "scale": scale,
        "is_few": not may_list,
        "tabs": _tabs(request, opened, scale),
        "score": query.get("score"),
        "unscored_url": query.without("score").on(request.path),
        "back_url": query.without("of", "show", "score").on(reverse("reports:survey_report")),
        "export_url": query.on(reverse("reports:survey_answers_export")),
    }
    return render(request, "reports/survey_answers.html", context)


@require_POST
@capability_required("export_data")
def survey_report_export(request: HttpRequest) -> HttpResponse:
    """The figures as a file."""
    report = _report(request)
    return file_of(request, report.opened, "survey-report", line_columns(report), report.lines)


@require_POST
@capability_required("export_data")
def survey_answers_export(request: HttpRequest) -> HttpResponse:
    """The answers as a file."""
    opened, scale, narrowed = _asked_answers(request)
    rows = answer_rows(opened.scope, opened.period, narrowed, most=MAX_ROWS + 1) if _may_list(opened, scale) else []
    return file_of(request, opened, f"survey-answers-{scale.value}", answer_columns(scale), rows)


def _report(request: HttpRequest) -> SurveyReport:
    opened = opened_as(request, REPORT, *OWN)
    return SurveyReport(opened=opened, by=asked_by(opened.query.get("by")))


def _asked_answers(request: HttpRequest) -> tuple[OpenReport, Scale, Q]:
    """The report, which question is meant, and which of its answers."""
    opened = opened_as(request, REPORT, *OWN)
    scale = Scale.NPS if opened.query.get("of") == Scale.NPS.value else Scale.CSAT
    narrowed = Q(request__kind=scale.value) & _SHOWS[scale].get(opened.query.get("show"), Q())
    score = whole_score(opened.query.get("score"), scale.scores)
    return opened, scale, narrowed if score is None else narrowed & Q(score=score)


def _may_list(opened: OpenReport, scale: Scale) -> bool:
    """Of recommending, fewer than five answers would tell who said what."""
    return (
        scale is Scale.CSAT or answers_of(answers_by_day(opened.scope, [opened.period]), opened.period)[scale].is_shown
    )


def _spread(report: SurveyReport, scale: Scale, answers_url: str) -> dict[str, Any]:
    """The chart of a scale with the table behind it; each number opens its answers."""
    now, before = (found[scale] for found in report.found)
    query = report.opened.query.without("by").changed(of=scale.value)
    rows = [
        {
            "score": score,
            "now": many if now.is_shown else "",
            "before": before.counts[score] if before.is_shown else "",
            "url": query.changed(score=str(score)).on(answers_url) if now.is_shown and many else "",
        }
        for score, many in now.counts.items()
    ]
    title = _("Satisfaction, 1 to 5") if scale is Scale.CSAT else _("Recommending us, 0 to 10")
    return {"title": title, "chart": report.spread(scale), "rows": rows, "left_out": now.left_out, "total": now.total}


def _tabs(request: HttpRequest, opened: OpenReport, scale: Scale) -> list[dict[str, Any]]:
    labels = {
        "": _("All answers"),
        "satisfied": _("4 and 5"),
        "low": _("3 and less"),
        "promoters": _("9 and 10"),
        "passives": _("7 and 8"),
        "detractors": _("0 to 6"),
        "comments": _("With a comment"),
    }
    show = opened.query.get("show")
    return [
        {"label": label, "url": opened.query.changed(show=key).on(request.path), "is_active": key == show}
        for key, label in labels.items()
        if not key or key in _SHOWS[scale]
    ]
