"""Where and when tickets come from, in words and as a chart, with the way to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from common.document import Chart, Series
from common.listing import ListQuery
from reports.choices import DESK_CRITERIA
from reports.report_page import OpenReport
from reports.rules.periods import Period, Span, period_of
from reports.selectors.volume import MOST, WAYS, Volume, volume_of

TABLE = "volume"


@dataclass(frozen=True, kw_only=True)
class VolumeLine:
    """`share` is the length of its bar in percent of the longest; `url` the list of its tickets, empty without one."""

    label: str
    url: str
    tickets: int
    share: int


@dataclass(frozen=True, kw_only=True)
class VolumeTable:
    title: str
    lines: tuple[VolumeLine, ...]
    is_cut: bool


@dataclass(frozen=True, kw_only=True)
class VolumePage:
    """Tables by queue, category and organization; the hours of the day as a chart with its table."""

    tables: tuple[VolumeTable, ...]
    chart: Chart
    hours: tuple[tuple[str, int], ...]


def volume_page(opened: OpenReport) -> VolumePage | None:
    """None where the report does not show it. One statement."""
    if TABLE not in opened.report.tables:
        return None
    found = volume_of(opened.scope, opened.period, opened.moment)
    titles = {
        "queue": (_("By queue"), _("Without a queue")),
        "category": (_("By category"), _("Without a category")),
        "organization": (_("By organization"), _("Of nobody whom we know")),
    }
    tables = (
        VolumeTable(
            title=title,
            lines=_lines(opened, way, found.get(way, ()), without),
            is_cut=len(found.get(way, ())) == MOST,
        )
        for way, (title, without) in titles.items()
    )
    by_hour = {one.hour: one.tickets for one in found.get("hour", ())}
    hours = tuple((f"{hour:02}", by_hour.get(hour, 0)) for hour in range(24))
    return VolumePage(tables=tuple(tables), chart=_chart(hours, is_known=bool(by_hour)), hours=hours)


def volume_rows(opened: OpenReport) -> list[dict[str, Any]] | None:
    """The same as programs read it, hours by their number; None where the report does not show it."""
    if TABLE not in opened.report.tables:
        return None
    found = volume_of(opened.scope, opened.period, opened.moment)
    return [
        {
            "way": way,
            "key": str(one.hour) if way == "hour" else one.key,
            "name": f"{one.hour:02}:00" if way == "hour" else one.name,
            "tickets": one.tickets,
        }
        for way in WAYS
        for one in found.get(way, ())
    ]


def _lines(opened: OpenReport, way: str, found: Sequence[Volume], without: str) -> tuple[VolumeLine, ...]:
    longest = max((one.tickets for one in found), default=1)
    return tuple(
        VolumeLine(
            label=one.name or without,
            url=_url(opened, way, one.key) if one.key else "",
            tickets=one.tickets,
            share=100 * one.tickets // longest,
        )
        for one in found
    )


def _url(opened: OpenReport, way: str, key: str) -> str:
    """The list of these tickets, which knows months; a span of days has none."""
    if opened.period.span is Span.DAYS or way not in WAYS:
        return ""
    narrowed = [pair for pair in opened.narrowed.pairs if pair[0] in DESK_CRITERIA and pair[0] != way]
    months = [("opened", month.key) for month in _months(opened.period, opened.moment.today)]
    return ListQuery((("status", "any"), *months, (way, key), *narrowed)).on(reverse("tickets:tickets"))


def _months(period: Period, today: date) -> list[Period]:
    months = [period_of(period.first, Span.MONTH)]
    while months[-1].last < min(period.last, today):
        months.append(months[-1].following())
    return months


def _chart(hours: Sequence[tuple[str, int]], *, is_known: bool) -> Chart:
    values = tuple(Decimal(count) for _hour, count in hours) if is_known else ()
    return Chart(
        kind="bars",
        title=_("Tickets opened by hour of the day"),
        labels=tuple(hour for hour, _count in hours),
        series=(Series(name=_("Tickets"), values=values),),
    )
