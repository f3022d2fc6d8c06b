"""The ledger of revenue over all organizations whose commercial fields one reads: the lines behind each figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from partners.growth_choices import LESS, RevenueKind
from partners.models import RevenueChange

LATEST = Order((SortKey(name="on", descending=True),))
SIZE = 50
_TONES = {
    RevenueKind.NEW: "info",
    RevenueKind.EXPANSION: "success",
    RevenueKind.RETURN: "success",
    RevenueKind.CONTRACTION: "warning",
    RevenueKind.LOSS: "danger",
    RevenueKind.CORRECTION: "neutral",
}


@dataclass(frozen=True, kw_only=True)
class LedgerFilter:
    """Empty values narrow nothing; LESS is every line below zero."""

    kind: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class RevenueRow:
    """From `on` on, a year of the organization brings `amount` more, or less."""

    public_id: str
    organization: str
    organization_id: str
    on: date
    kind_label: str
    tone: str
    amount: Decimal
    currency: str
    note: str
    who: str


def ledger_page(actor: Actor, narrowed: LedgerFilter, *, cursor: str) -> Page:
    """A page of the list, the latest day first. One statement."""
    page = paginate(_narrowed(actor, narrowed), LATEST, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row) for row in page.rows], previous=page.previous, next=page.next)


def ledger_rows(actor: Actor, narrowed: LedgerFilter) -> Iterator[RevenueRow]:
    """The same for a file."""
    return (_row(row) for row in poured(_narrowed(actor, narrowed).order_by("-on", "-pk")))


def _narrowed(actor: Actor, narrowed: LedgerFilter) -> "QuerySet[Any, Any]":
    rows: QuerySet[Any, Any] = RevenueChange.objects.all().visible_to(actor)
    wanted = Q()
    if narrowed.kind == LESS:
        wanted &= Q(amount__lt=0)
    elif narrowed.kind:
        wanted &= Q(kind=narrowed.kind)
    if narrowed.since is not None:
        wanted &= Q(on__gte=narrowed.since)
    if narrowed.until is not None:
        wanted &= Q(on__lte=narrowed.until)
    return rows.filter(wanted).select_related("organization", "recorded_by")


def _row(row: Any) -> RevenueRow:
    kind = RevenueKind(row.kind)
    return RevenueRow(
        public_id=str(row.public_id),
        organization=row.organization.name,
        organization_id=str(row.organization.public_id),
        on=row.on,
        kind_label=str(kind.label),
        tone=_TONES[kind],
        amount=row.amount,
        currency=row.currency,
        note=row.note,
        who=row.recorded_by.name if row.recorded_by else "",
    )
