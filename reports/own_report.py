"""Opening of reports that are pages of their own and no list of figures of a pack: period, filters, own keys."""

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.timezone import get_default_timezone, localdate

from accounts.rules.access import Actor
from common.listing import ListQuery
from partners import filters
from reports.forms.reports import PERIOD, asked_period
from reports.report_page import OpenReport
from reports.rules.kpi_packs import Report
from reports.selectors.figures import Moment

KEYS = (PERIOD, *(key for key in filters.FILTER_KEYS if key != filters.ARCHIVED))


def open_own(actor: Actor, report: Report, asked: QueryDict, *own_keys: str, now: datetime) -> OpenReport:
    """The report with the period and the filters of an address. No rates are read."""
    query = ListQuery.of(asked, (*KEYS, *own_keys))
    moment = Moment(now=now, today=localdate(now, get_default_timezone()), currency="", rates={})
    period, problem = asked_period(query, moment.today)
    known: Any = {"actor": actor, "report": report, "query": query, "moment": moment, "now": now}
    return OpenReport(period=period, problem=problem, **known)
