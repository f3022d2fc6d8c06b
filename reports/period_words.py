"""Periods and hours in words."""

from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.templatetags.format import spell_day, spell_time
from reports.rules.periods import Period, Span

MOVING: dict[str, Promise] = {
    "this-month": _("This month"),
    "last-month": _("Last month"),
    "this-quarter": _("This quarter"),
    "last-quarter": _("Last quarter"),
    "this-year": _("This year"),
    "last-year": _("Last year"),
}
"""Periods that move with the day, as an address spells them."""


def period_name(period: Period) -> str:
    """ "Q4 2026", "November 2026", "2026", or two days."""
    match period.span:
        case Span.MONTH:
            return date_format(period.first, "F Y")
        case Span.QUARTER:
            return f"Q{(period.first.month + 2) // 3} {period.first.year}"
        case Span.YEAR:
            return str(period.first.year)
    return f"{spell_day(period.first)} – {spell_day(period.last)}"


def hour_name(hour: int) -> str:
    """A full hour as clocks show it: "8:00 AM" or "08:00"."""
    return spell_time(datetime(2000, 1, 1, hour, tzinfo=UTC))
