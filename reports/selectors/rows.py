"""The rows behind a figure, newest first: the statement that the figure adds up, with what each row is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from reports.rules.kpi_packs import Kpi
from reports.rules.kpis import Amount
from reports.rules.measures import Unit
from reports.rules.periods import Period, months_until
from reports.selectors.figures import (
    Figure,
    Moment,
    amounts_in,
    figure_of,
    parameters_in,
    parameters_of,
    rows_of,
    run,
    with_scopes,
)
from reports.selectors.scope import ReportScope
from reports.selectors.sources import FLOWS, STATES
from reports.selectors.titles import TITLES

# At the desk the name alone is read of an organization that the reader may not open (ADR 0023).
ORGANIZATION = "coalesce(place.name, tickets_organization_name(found.organization_id), '')"
PAGE_SIZE = 50
MONTHS = 12
_CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{1,18})", re.ASCII)
_PAGE = """
{scopes} SELECT found.day, found.object_id, found.numerator, found.denominator, place.public_id,
       {organization}
  FROM ({rows}) found LEFT JOIN partners_organization place ON place.id = found.organization_id
 WHERE {after} ORDER BY found.day DESC, found.object_id DESC LIMIT {most}
"""


Months = list[tuple[Period, Amount]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a measure. `title` and `url` say what it is about; both empty for what the reader may not open.

    The organization has no address where the reader knows its name alone, and no name where there is none.
    `numerator` is None of an amount whose currency has no rate.
    """

    day: date
    organization: str
    organization_url: str
    title: str
    url: str
    numerator: Decimal | None
    denominator: Decimal


@dataclass(frozen=True, kw_only=True)
class RowPage:
    """Some rows, and the place after them; empty on the last page."""

    rows: tuple[Row, ...]
    following: str


def rows_behind(
    scope: ReportScope, kpi: Kpi, period: Period, moment: Moment, *, cursor: str = "", most: int = PAGE_SIZE
) -> RowPage:
    """Up to `most` rows of a figure after a place in the list. Two statements."""
    source = FLOWS.get(kpi.measure.id) or STATES[kpi.measure.id]
    scopes, parameters = with_scopes(scope, [kpi.measure])
    parameters |= parameters_of(moment) | parameters_in(period, moment)
    after = "true"
    if place := _place(cursor):
        after = "(found.day, found.object_id) < (%(after_day)s, %(after_id)s)"
        parameters |= {"after_day": place[0], "after_id": place[1]}
    behind = rows_of(kpi.measure, scoped=True, is_desk=scope.report.is_desk)
    text = _PAGE.format(organization=ORGANIZATION, scopes=scopes, rows=behind, after=after, most=most + 1)
    rows = run(text, parameters)
    following = f"{rows[most - 1][0].isoformat()}.{rows[most - 1][1]}" if len(rows) > most else ""
    things = TITLES[source.thing](scope.actor, {row[1] for row in rows[:most]}) if rows else {}
    tells = kpi.unit is not Unit.NPS
    return RowPage(rows=tuple(_row(row, things, tells=tells) for row in rows[:most]), following=following)


def _place(cursor: str) -> tuple[date, int] | None:
    """The row that a cursor names; one that was not given out means the first page."""
    found = _CURSOR.fullmatch(cursor)
    try:
        return (date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def trend(scope: ReportScope, kpi: Kpi, period: Period, moment: Moment) -> Months:
    """The figure of each of the twelve months up to the end of the period. One statement."""
    months = months_until(min(period.last, moment.today), MONTHS)
    amounts = amounts_in(scope, [kpi], months, moment)
    return [(month, amounts[month][kpi.sum_key]) for month in months]


def figure_with_trend(scope: ReportScope, kpi: Kpi, period: Period, moment: Moment) -> tuple[Figure, Months]:
    """A figure alone, and its months. One statement."""
    months, before = months_until(min(period.last, moment.today), MONTHS), period.previous()
    amounts = amounts_in(scope, [kpi], tuple(dict.fromkeys((period, before, *months))), moment)
    figure = figure_of(kpi, amounts[period], amounts[before], scope, period, moment)
    return figure, [(month, amounts[month][kpi.sum_key]) for month in months]


def _row(row: Sequence[Any], things: Mapping[int, tuple[str, str]], *, tells: bool) -> Row:
    """`tells`: what each row brings; of answers it is left out, since it would tell who said what."""
    day, object_id, numerator, denominator, public_id, name = row
    url = reverse("partners:organization", args=[public_id]) if public_id else ""
    title, thing_url = things.get(object_id, ("", ""))
    return Row(
        day=day,
        organization=name,
        organization_url=url,
        title=title,
        url=thing_url,
        numerator=numerator if tells else Decimal(0),
        denominator=denominator,
    )
