"""The figures of growth in the reader's scope: retention and expansion of a period, out of the ledger of revenue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from accounts.rules.access import Actor
from partners.growth_choices import RevenueKind
from partners.models import LossAutopsy, Organization, RevenueChange
from partners.rules.revenue import Balance, Retention, retention


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """A calendar quarter."""

    first: date
    last: date

    @property
    def label(self) -> str:
        return f"Q{(self.first.month + 2) // 3} {self.first.year}"


def quarter_of(day: date) -> Quarter:
    """The calendar quarter that a day lies in."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    after = date(first.year + (first.month == 10), (first.month + 2) % 12 + 1, 1)
    return Quarter(first=first, last=after - timedelta(days=1))


def retention_in(
    actor: Actor,
    first: date,
    last: date,
    rates: Mapping[str, Decimal],
    *,
    within: QuerySet[Organization] | None = None,
) -> Retention:
    """Retention from a day to a day where `actor` reads commercial fields. Two statements at most.

    `within` narrows it to some of them.
    """
    lines = RevenueChange.objects.all().visible_to(actor).filter(on__lte=last).order_by()
    if within is not None:
        lines = lines.filter(organization__in=within)
    inside = Q(on__gte=first)
    expanding = Q(kind=RevenueKind.EXPANSION)
    rows = lines.values_list("organization_id", "currency").annotate(
        before=Sum("amount", filter=~inside, default=Decimal(0)),
        after=Sum("amount"),
        expanded=Sum("amount", filter=inside & expanding, default=Decimal(0)),
        corrections=Count("pk", filter=inside & Q(kind=RevenueKind.CORRECTION)),
    )
    sums = list(rows)
    taken_back = _taken_back(actor, first, last) if any(row[-1] for row in sums) else {}
    return retention(
        (
            Balance(
                organization_id=place,
                currency=currency,
                before=before,
                after=after,
                expanded=expanded + taken_back.get((place, currency), Decimal(0)),
            )
            for place, currency, before, after, expanded, _corrections in sums
        ),
        rates,
    )


def _taken_back(actor: Actor, first: date, last: date) -> dict[tuple[int, str], Decimal]:
    """What corrections took back of expansion by opportunities inside the period."""
    grown = RevenueChange.objects.filter(
        kind=RevenueKind.EXPANSION,
        organization_id=OuterRef("organization_id"),
        source_type=OuterRef("source_type"),
        source_id=OuterRef("source_id"),
    )
    lines = RevenueChange.objects.all().visible_to(actor)
    found = lines.filter(Exists(grown), on__range=(first, last), kind=RevenueKind.CORRECTION)
    rows = found.order_by().values_list("organization_id", "currency").annotate(net=Sum("amount"))
    return {(place, currency): net for place, currency, net in rows}


def autopsy_of(actor: Actor, loss_id: int) -> LossAutopsy | None:
    """What was drafted of a loss; None where nothing has been. One statement."""
    rows = LossAutopsy.objects.all().visible_to(actor).select_related("loss", "organization", "closed_by")
    found: LossAutopsy | None = rows.filter(loss_id=loss_id).first()
    return found
