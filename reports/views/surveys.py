"""Survey reports: figures with their intervals, the answers behind them, and both as files."""

from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import capability_required
from common.export import MAX_ROWS
from common.listing import CURSOR
from reports.answers_page import ANSWER_KEYS, SHOWS, answers_asked
from reports.own_reports import SURVEYS
from reports.querysets import CAPABILITY
from reports.report_page import OpenReport
from reports.rules.survey_files import Scale
from reports.survey_page import DEFINITION, SurveyReport, answer_columns, by_words, line_columns, survey_report_of
from reports.views.frame import file_of, frame, opened_as
from reports.views.saved import saved_bar


@require_safe
@capability_required(CAPABILITY)
def survey_report(request: HttpRequest) -> HttpResponse:
    """Satisfaction and recommending in a period, against the one before and the target."""
    report = survey_report_of(opened_as(request, SURVEYS))
    opened, answers_url = report.opened, reverse("reports:survey_answers")
    query = opened.query
    spreads = [_spread(report, scale, answers_url) for scale in Scale]
    context = frame(request, opened, SURVEYS) | {
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
        "definition": DEFINITION,
        **saved_bar(request, opened),
    }
    return render(request, "reports/surveys.html", context)


@require_safe
@capability_required(CAPABILITY)
def survey_answers(request: HttpRequest) -> HttpResponse:
    """The answers behind a figure, with what people wrote; the few on recommending are not listed."""
    asked = answers_asked(opened_as(request, SURVEYS, *ANSWER_KEYS))
    opened, scale, query = asked.opened, asked.scale, asked.opened.query
    context = frame(request, opened, SURVEYS) | {
        "page": asked.page(request.GET.get(CURSOR, "")),
        "scale": scale,
        "is_few": not asked.may_list,
        "tabs": _tabs(request, opened, scale),
        "score": query.get("score"),
        "unscored_url": query.without("score").on(request.path),
        "back_url": query.without(*ANSWER_KEYS).on(reverse("reports:survey_report")),
        "export_url": query.on(reverse("reports:survey_answers_export")),
    }
    return render(request, "reports/survey_answers.html", context)


@require_POST
@capability_required("export_data")
def survey_report_export(request: HttpRequest) -> HttpResponse:
    """The figures as a file."""
    report = survey_report_of(opened_as(request, SURVEYS))
    return file_of(request, report.opened, "survey-report", line_columns(report), report.lines)


@require_POST
@capability_required("export_data")
def survey_answers_export(request: HttpRequest) -> HttpResponse:
    """The answers as a file."""
    asked = answers_asked(opened_as(request, SURVEYS, *ANSWER_KEYS))
    what, rows = f"survey-answers-{asked.scale.value}", islice(asked.rows(), MAX_ROWS + 1)
    return file_of(request, asked.opened, what, answer_columns(asked.scale), rows, prepared="survey_answers")


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
    chart = report.spread(scale)
    return {"title": chart.title, "chart": chart, "rows": rows, "left_out": now.left_out, "total": now.total}


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
        if not key or key in SHOWS[scale]
    ]
