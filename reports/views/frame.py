"""What pages of reports share that are no list of figures of a pack: period, filters, and the file of their rows."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.policies import actor_of
from common.listing import hidden_pairs
from partners.services.exports import export_list
from reports.forms.reports import AS_OF, PERIOD, ReportForm
from reports.own_report import KEYS, open_own
from reports.period_words import period_name
from reports.querysets import CAPABILITY
from reports.report_page import OpenReport
from reports.rules.kpi_packs import Report
from reports.selectors.scope import whose


def opened_as(request: HttpRequest, report: Report, *own_keys: str) -> OpenReport:
    """The report in the hands of whoever asks, as of now."""
    return open_own(actor_of(request), report, request.GET, *own_keys, now=timezone.now())


def frame(request: HttpRequest, opened: OpenReport) -> dict[str, Any]:
    """What `reports/_filters.html` and the head of a page need."""
    query, narrowing = opened.query, whose(opened.actor)
    form = ReportForm(
        initial={key: query.get(key) for key in KEYS} | {PERIOD: opened.period_key},
        today=opened.moment.today,
        last_day=opened.last_day,
        chosen=opened.period,
        people=narrowing.people,
        teams=narrowing.teams,
    )
    form.fields.pop(AS_OF, None)
    return {
        "opened": opened,
        "period": period_name(opened.period),
        "previous": period_name(opened.period.previous()),
        "previous_url": query.changed(period=opened.period.previous().key).on(request.path),
        "form": form,
        "hidden": hidden_pairs(query, *form.fields),
        "chips": opened.chips(request.path, dict(narrowing.people)),
        "may_export": opened.actor.has("export_data"),
    }


def file_of(request: HttpRequest, opened: OpenReport, what: str, columns: Any, rows: Any) -> HttpResponse:
    """CSV, or a workbook for those who pressed that button."""
    if not opened.actor.has(CAPABILITY):
        raise Http404
    wanted: Any = {"by": opened.actor, "query": opened.query.encode(), "now": opened.moment.now}
    is_book = request.POST.get("as") == "xlsx"
    return export_list(what=what, columns=columns, rows=rows, as_workbook=is_book, **wanted).response()
