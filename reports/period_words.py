"""Periods in words."""

from django.utils.formats import date_format

from common.templatetags.format import spell_day
from reports.rules.periods import Period, Span


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
