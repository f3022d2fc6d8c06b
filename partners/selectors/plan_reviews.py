"""Whether a business review was held in a quarter: a pack was presented, or the touchpoint was kept."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from partners.models import BusinessReview, Touchpoint
from partners.review_choices import ReviewState
from partners.work_choices import TouchpointState

KIND = "business_review"


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """A quarter of the calendar: [`first`, `after`)."""

    first: date
    after: date

    @property
    def number(self) -> int:
        return (self.first.month + 2) // 3


def quarter_of(now: datetime, *, back: int = 0) -> Quarter:
    """The quarter of the reader's day, or the one before it (`back` 1)."""
    day = timezone.localdate(now)
    months = 12 * day.year + 3 * ((day.month - 1) // 3) - 3 * back
    first, after = (date(whole // 12, whole % 12 + 1, 1) for whole in (months, months + 3))
    return Quarter(first=first, after=after)


def held_in(quarter: Quarter, *, of: str = "pk") -> Any:
    """Whether one was held with the organization that `of` names, as a condition."""
    return Exists(_presented(quarter, of)) | Exists(_kept(quarter, of))


def _presented(quarter: Quarter, of: str) -> Any:
    zone = timezone.get_current_timezone()
    first, after = (datetime.combine(day, time.min, zone) for day in (quarter.first, quarter.after))
    rows = BusinessReview.objects.filter(organization_id=OuterRef(of), state=ReviewState.PRESENTED, kind=KIND)
    return rows.filter(presented_at__gte=first, presented_at__lt=after)


def _kept(quarter: Quarter, of: str) -> Any:
    rows = Touchpoint.objects.filter(organization_id=OuterRef(of), state=TouchpointState.DONE, kind=KIND)
    return rows.filter(planned_on__gte=quarter.first, planned_on__lte=quarter.after - timedelta(days=1))
