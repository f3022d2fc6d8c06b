"""Reads a report at a moment as a person would, through both walls, and sees that each figure is its rows."""

from datetime import datetime

from common.listing import ListQuery
from common.scope import scoped
from reports.choices import DESK_CRITERIA
from reports.policies import policy_in_force
from reports.rules.measures import PERCENTILES
from reports.rules.periods import Period
from reports.selectors.figures import Figure, Moment, figures
from reports.selectors.rows import rows_behind
from reports.selectors.scope import ReportScope
from tests.cast import Cast
from tickets.scope import scope_of


def read_report(
    cast: Cast, name: str, report_id: str, period: Period, *, now: datetime, query: str = ""
) -> dict[str, Figure]:
    """The figures by their names; those that are hidden tell nothing by their rows either."""
    report, actor, moment = policy_in_force().reports[report_id], cast.actor(name), Moment.of(now)
    with scoped(scope_of(actor)):
        asked = ListQuery.parse(query, DESK_CRITERIA)
        scope = ReportScope(actor=actor, report=report, query=asked, now=now)
        found = figures(scope, report.kpis, period, moment)
        for figure in found:
            if figure.is_hidden:
                continue
            rows = rows_behind(scope, figure.kpi, period, moment).rows
            assert sum(row.denominator for row in rows) == figure.amount.denominator, figure.kpi.id
            if figure.kpi.unit not in (*PERCENTILES, "nps"):
                assert sum(row.numerator for row in rows) == figure.amount.numerator, figure.kpi.id
    return {figure.kpi.id: figure for figure in found}
