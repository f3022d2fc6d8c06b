"""Reports: the gallery, one of them, what is behind a figure, and both as files."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from accounts.services.list_files import TooLong, export_list
from accounts.views.exports import prepared_instead
from common.export import MAX_ROWS
from common.listing import CURSOR, ListQuery, hidden_pairs
from reports.compact_page import compact_page
from reports.controls import Controls, desk_controls, report_controls
from reports.forms.reports import CRITERION, FIGURE_KEYS, KEYS
from reports.own_pages import own_pages
from reports.parts_page import parts_page
from reports.period_words import period_name
from reports.policies import policy_in_force
from reports.querysets import CAPABILITY
from reports.report_page import OpenReport, counted, figure_columns, open_report, row_columns, text
from reports.rules.kpi_packs import Kpi
from reports.selectors.breakdown import can_be_broken_down
from reports.selectors.saved import saved_reports
from reports.selectors.scope import whose
from reports.views.frame import asked
from reports.views.saved import saved_bar
from reports.volume_page import volume_page

LONG = 10
"""More saved reports than this are searched."""


@require_safe
@capability_required(CAPABILITY)
def gallery(request: HttpRequest) -> HttpResponse:
    """The reports there are, and those that the reader keeps or others share."""
    actor, wanted = actor_of(request), request.GET.get("q", "").strip()[:80]
    found = [
        {"label": text(one.label), "about": text(one.about), "url": reverse("reports:report", args=[one.id])}
        for one in policy_in_force().reports.values()
    ]
    kept = saved_reports(actor, text=wanted)
    context = {
        "reports": [*found, *own_pages()],
        "saved": kept,
        "q": wanted,
        "user_id": actor.user_id,
        "is_long": len(kept) > LONG,
    }
    return render(request, "reports/gallery.html", context)


@require_safe
@capability_required(CAPABILITY)
def report(request: HttpRequest, report_id: str) -> HttpResponse:
    """The figures of a report, those that miss their target first."""
    opened = _opened(request, report_id)
    if opened.report.is_compact:
        context = _common(request, opened) | {"page": compact_page(opened), **saved_bar(request, opened)}
        return render(request, "reports/compact.html", context)
    criteria = opened.failed_criteria
    context = _common(request, opened) | {
        "blocks": opened.blocks,
        "missed": opened.missed,
        "criteria": criteria and [(one, opened.criterion_url(one)) for one in criteria],
        "volume": volume_page(opened),
        "unknown": ", ".join(opened.report.unknown),
        **saved_bar(request, opened),
    }
    return render(request, "reports/report.html", context)


@require_safe
@capability_required(CAPABILITY)
def figure(request: HttpRequest, report_id: str, kpi_id: str) -> HttpResponse:
    """What is behind a figure: its definition, how it moved, and its rows."""
    opened, kpi = _with_figure(request, report_id, kpi_id)
    page = opened.rows(kpi, cursor=request.GET.get(CURSOR, ""))
    line, chart, months = opened.line_with_chart(kpi)
    rows = [(row, counted(row, kpi, opened.moment.currency)) for row in page.rows]
    context = _common(request, opened) | {
        "kpi": {name: text(getattr(kpi, name)) for name in ("formula", "numerator", "denominator", "anchor")},
        "owner": kpi.owner,
        "line": line,
        "chart": chart,
        "months": months,
        "rows": rows,
        "parts": parts_page(opened, kpi, request.path) if can_be_broken_down(opened.report, kpi) else None,
        "next_url": opened.query.at(page.following).on(request.path) if page.following else "",
        "back_url": opened.query.without(CRITERION).on(reverse("reports:report", args=[report_id])),
        "export_url": opened.url("figure_export", kpi.id),
        "export_subject": f"{opened.report.id}/{kpi.id}",
    }
    return render(request, "reports/figure.html", context)


@require_POST
@capability_required("export_data")
def report_export(request: HttpRequest, report_id: str) -> HttpResponse:
    """The figures of a report as a file."""
    opened = _opened(request, report_id)
    return _file(request, opened, opened.report.id, figure_columns(opened), opened.figures)


@require_POST
@capability_required("export_data")
def figure_export(request: HttpRequest, report_id: str, kpi_id: str) -> HttpResponse:
    """The rows behind a figure as a file. A worker writes it where there are many."""
    opened, kpi = _with_figure(request, report_id, kpi_id)
    rows = islice(opened.values(kpi), MAX_ROWS + 1)
    try:
        return _file(request, opened, f"{opened.report.id}-{kpi.id}", row_columns(kpi), rows)
    except TooLong:
        format = "xlsx" if request.POST.get("as") == "xlsx" else "csv"
        subject = f"{opened.report.id}/{kpi.id}"
        return prepared_instead(request, what="figure", subject=subject, query=opened.query.encode(), format=format)


def _file(request: HttpRequest, opened: OpenReport, what: str, columns: Any, rows: Any) -> HttpResponse:
    """CSV, or a workbook for those who pressed that button."""
    if not opened.actor.has(CAPABILITY):
        raise Http404
    wanted: Any = {"by": opened.actor, "query": opened.query.encode(), "now": opened.now, "is_whole": True}
    is_book = request.POST.get("as") == "xlsx"
    return export_list(what=what, columns=columns, rows=rows, as_workbook=is_book, **wanted).response()


def _opened(request: HttpRequest, report_id: str, keys: Sequence[str] = KEYS) -> OpenReport:
    found = policy_in_force().reports.get(report_id)
    if found is None:
        raise Http404
    return open_report(actor_of(request), found, ListQuery.of(request.GET, keys), now=timezone.now())


def _with_figure(request: HttpRequest, report_id: str, kpi_id: str) -> tuple[OpenReport, Kpi]:
    opened = _opened(request, report_id, FIGURE_KEYS)
    for kpi in opened.report.kpis:
        if kpi.id == kpi_id:
            return opened.of_figure(kpi), kpi
    raise Http404


def _controls(opened: OpenReport) -> Controls:
    if opened.report.is_desk:
        return desk_controls(asked(opened), actor=opened.actor)
    return report_controls(asked(opened), whose(opened.actor))


def _common(request: HttpRequest, opened: OpenReport) -> dict[str, Any]:
    """What the page of a report and of a figure share."""
    query, controls = opened.query, _controls(opened)
    return {
        "opened": opened,
        "title": text(opened.report.label),
        "about": text(opened.report.about),
        "period": period_name(opened.period),
        "previous": period_name(opened.period.previous()),
        "previous_url": query.changed(period=opened.period.previous().key).on(request.path),
        "controls": controls.drawn,
        "hidden": hidden_pairs(query, *controls.keys),
        "chips": opened.chips(request.path, controls.names),
        "export_url": opened.url("report_export"),
        "past": opened.past_banner(request.path),
        "may_export": opened.actor.has("export_data"),
    }
