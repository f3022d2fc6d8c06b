"""The weeks ahead of those on a page as one chart: hours wanted and hours there are, with the table in words."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.charts_svg import chart_svg
from common.document import Chart, Series
from partners.selectors.capacity_ahead import WeeksRow


def weeks_chart(rows: Sequence[WeeksRow]) -> SafeString:
    """All rows added up by week; nothing where there are none."""
    if not rows:
        return SafeString("")
    weeks = list(zip(*(row.cells for row in rows), strict=True))
    wanted = tuple(_hours(sum(cell.minutes_wanted for cell in cells)) for cells in weeks)
    there = tuple(_hours(sum(cell.minutes_there for cell in cells)) for cells in weeks)
    chart = Chart(
        kind="line",
        title=_("Hours wanted and hours there are, of those on this page"),
        labels=tuple(date_format(cells[0].week_on, "j M") for cells in weeks),
        series=(
            Series(name=_("Hours wanted"), values=wanted),
            Series(name=_("Hours there are"), values=there, tone="warn"),
        ),
        unit="h",
    )
    return chart_svg(chart)


def _hours(minutes: int) -> Decimal:
    return Decimal(round(minutes / 60))
