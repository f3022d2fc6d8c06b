"""Agreements about the cadence as the rule takes them, and in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.models import CadenceAgreement
from partners.rules.cadence import Agreement
from partners.rules.cadence_packs import Distance


def as_rule_sees_it(row: CadenceAgreement) -> Agreement:
    """A stored agreement as the rule takes it."""
    every = None
    if row.every_days or row.every_months:
        every = Distance(days=row.every_days, months=row.every_months)
    return Agreement(
        touchpoint=row.touchpoint, every=every, starts_on=row.starts_on, ends_on=row.ends_on, reason=row.reason
    )


def distance_words(days: int | None, months: int | None) -> str:
    """Every so many days or months; "not due" where it is neither."""
    if days:
        return ngettext("every day", "every %(count)d days", days) % {"count": days}
    if months:
        return ngettext("every month", "every %(count)d months", months) % {"count": months}
    return _("not due")
