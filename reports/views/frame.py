"""What pages of reports share that are no list of figures of a pack: period, filters, and the file of their rows."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.policies import actor_of
from accounts.services.list_files import TooLong, export_list
from accounts.views.exports import prepared_instead
from common.listing import ListQuery, hidden_pairs
from reports.controls import Asked, report_controls
from reports.own_reports import OwnReport, keys_of
from reports.period_words import period_name
from reports.querysets import CAPABILITY
from reports.report_page import OpenReport, open_report
from reports.selectors.scope import whose


def opened_as(request: HttpRequest, own: OwnReport, *more_keys: str) -> OpenReport:
    """The report in the hands of whoever asks, now or as of the day of the address."""
    query = ListQuery.of(request.GET, (*keys_of(own.id), *more_keys))
    return open_report(actor_of(request), own.report, query, now=timezone.now())


def frame(request: HttpRequest, opened: OpenReport, own: OwnReport) -> dict[str, Any]:
    """What `reports/_filters.html` and the head of a page need."""
    query, narrowing = opened.query, whose(opened.actor)
    controls = report_controls(asked(opened), narrowing)
    return {
        "opened": opened,
        "period": period_name(opened.period),
        "previous": period_name(opened.period.previous()),
        "previous_url": query.changed(period=opened.period.previous().key).on(request.path),
        "controls": controls.drawn,
        "hidden": hidden_pairs(query, *controls.keys),
        "chips": opened.chips(request.path, controls.names),
        "past": opened.past_banner(request.path),
        "not_known": own.not_known if opened.past else "",
        "may_export": opened.actor.has("export_data"),
    }


def asked(opened: OpenReport) -> Asked:
    """What its address asks for, as the controls above it show it."""
    return Asked(
        query=opened.query,
        period=opened.period,
        period_key=opened.period_key,
        today=opened.moment.today,
        last_day=opened.last_day,
    )


def file_of(
    request: HttpRequest, opened: OpenReport, what: str, columns: Any, rows: Any, *, prepared: str = ""
) -> HttpResponse:
    """CSV, or a workbook for those who pressed that button; a long list that can be `prepared` is, under that name."""
    if not opened.actor.has(CAPABILITY):
        raise Http404
    query = opened.query.encode()
    wanted: Any = {"by": opened.actor, "query": query, "now": opened.now, "is_whole": bool(prepared)}
    is_book = request.POST.get("as") == "xlsx"
    try:
        return export_list(what=what, columns=columns, rows=rows, as_workbook=is_book, **wanted).response()
    except TooLong:
        format = "xlsx" if is_book else "csv"
        return prepared_instead(request, what=prepared, subject="", query=query, format=format)
