"""What pages of reports share that are no list of figures of a pack: period, filters, and the file of their rows."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timezone import get_default_timezone, localdate

from accounts.policies import actor_of
from common.listing import ListQuery, hidden_pairs
from partners import filters
from partners.services.exports import export_list
from reports.forms.reports import AS_OF, PERIOD, ReportForm, asked_period
from reports.period_words import period_name
from reports.querysets import CAPABILITY
from reports.report_page import OpenReport
from reports.rules.kpi_packs import Report
from reports.selectors.figures import Moment
from reports.selectors.scope import whose

_KEYS = (PERIOD, *(key for key in filters.FILTER_KEYS if key != filters.ARCHIVED))


def opened_as(request: HttpRequest, report: Report, *own_keys: str) -> OpenReport:
    """The report with the period and the filters of an address, and with keys of its own. No rates are read."""
    query, now = ListQuery.of(request.GET, (*_KEYS, *own_keys)), timezone.now()
    moment = Moment(now=now, today=localdate(now, get_default_timezone()), currency="", rates={})
    period, problem = asked_period(query, moment.today)
    known: Any = {"actor": actor_of(request), "report": report, "query": query, "moment": moment, "now": now}
    return OpenReport(period=period, problem=problem, **known)


def frame(request: HttpRequest, opened: OpenReport) -> dict[str, Any]:
    """What `reports/_filters.html` and the head of a page need."""
    query, narrowing = opened.query, whose(opened.actor)
    form = ReportForm(
        initial={key: query.get(key) for key in _KEYS} | {PERIOD: opened.period_key},
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
