"""What a report is asked for: a period, and what it is narrowed to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.listing import ListQuery
from partners import filters
from partners.selectors.past import AS_OF
from reports.choices import DESK_CRITERIA
from reports.period_words import MOVING, period_name
from reports.rules.periods import Period, Span, period_of, period_on

PERIOD, BY = "period", "by"
# Archived organizations are always in a report: retention tells who left.
KEYS = (PERIOD, BY, AS_OF, *(key for key in filters.FILTER_KEYS if key != filters.ARCHIVED), *DESK_CRITERIA)
CRITERION = "criterion"
FIGURE_KEYS = (*KEYS, CRITERION)
"""What the address of a figure may say: also which of the failed criteria are meant."""
QUARTERS, MONTHS, YEARS = 9, 6, 3


def asked_period(query: ListQuery, today: date) -> tuple[Period, str]:
    """The period of an address and why it is not the one that was asked for; the quarter of today without any."""
    usual = period_of(today, Span.QUARTER)
    text = query.get(PERIOD)
    if not text:
        return usual, ""
    found = period_on(text, today)
    if found is None:
        return usual, _(
            "“%(text)s” is no period. A period is like 2026-11, 2026-Q4, 2026, 2026-10-01..2026-11-15, or last-quarter."
        ) % {"text": text[:40]}
    if found.first > today:
        return usual, _("%(period)s has not begun.") % {"period": period_name(found)}
    return found, ""


def period_choices(today: date, chosen: Period) -> list[tuple[str, Any]]:
    """Quarters, months and years until today by their groups; another one that was asked for on top."""
    groups = [
        (_("Quarters"), _back(period_of(today, Span.QUARTER), QUARTERS)),
        (_("Months"), _back(period_of(today, Span.MONTH), MONTHS)),
        (_("Years"), _back(period_of(today, Span.YEAR), YEARS)),
    ]
    offered: list[tuple[str, Any]] = [
        (label, [(period.key, period_name(period)) for period in periods]) for label, periods in groups
    ]
    known = {period for _label, periods in groups for period in periods}
    offered.append((_("Moving with the day"), list(MOVING.items())))
    return offered if chosen in known else [(chosen.key, period_name(chosen)), *offered]


def _back(period: Period, count: int) -> list[Period]:
    periods = [period]
    while len(periods) < count:
        periods.append(periods[-1].previous())
    return periods
