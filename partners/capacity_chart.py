"""The weeks ahead of those on a page as one chart: hours wanted and hours there are, with the table in words."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.charts_svg import page_chart
from common.document import Chart, Series
from partners.selectors.capacity_ahead import WeeksRow


def weeks_chart(rows: Sequence[WeeksRow]) -> SafeString:
    """All rows added up by week, each person once; nothing where there are none."""
    if not rows:
        return SafeString("")
    weeks = len(rows[0].cells)
    people = {pk: minutes for row in rows for pk, minutes in _people(row).items()}
    wanted = _hours([minutes for minutes, _there in people.values()], weeks)
    there = _hours([minutes for _wanted, minutes in people.values()], weeks)
    chart = Chart(
        kind="line",
        title=_("Hours wanted and hours there are, of those on this page"),
        labels=tuple(date_format(cell.week_on, "j M") for cell in rows[0].cells),
        series=(
            Series(name=_("Hours wanted"), values=wanted),
            Series(name=_("Hours there are"), values=there, tone="warn"),
        ),
        unit="h",
    )
    return page_chart(chart)


def _people(row: WeeksRow) -> Mapping[int, tuple[Sequence[int], Sequence[int]]]:
    """Minutes wanted and minutes there by person: of the row itself, or of the people of the team that it is."""
    if row.people is not None:
        return row.people
    return {row.id: ([cell.minutes_wanted for cell in row.cells], [cell.minutes_there for cell in row.cells])}


def _hours(minutes: Sequence[Sequence[int]], weeks: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(round(sum(one[week] for one in minutes) / 60)) for week in range(weeks))
