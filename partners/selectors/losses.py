"""Losses as people read them: those of one organization, and all that one may see."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from partners.choices import OrganizationKind
from partners.loss_choices import LossReason, LossState
from partners.models import Loss

NEWEST = Order((SortKey(name="lost_on", descending=True),))
SIZE = 50
_TONES = {LossState.OPEN: "danger", LossState.RETURNED: "success", LossState.WITHDRAWN: "neutral"}


@dataclass(frozen=True, kw_only=True)
class LossRow:
    """One loss in a list."""

    public_id: str
    organization: str
    organization_id: str
    kind_label: str
    lost_on: date
    returned_on: date | None
    reason_label: str
    note: str
    amount: Decimal | None
    currency: str
    state: str
    state_label: str
    tone: str
    closing_note: str
    source: str
    recorded_by: str
    recorded_at: datetime
    version: int

    @property
    def is_open(self) -> bool:
        return self.state == LossState.OPEN


@dataclass(frozen=True, kw_only=True)
class LossFilter:
    """What a list is narrowed to; None and empty texts narrow nothing."""

    since: date | None = None
    until: date | None = None
    reason: str = ""
    state: str = ""
    kind: str = ""
    organization: str = ""


def losses_of(actor: Actor, organization_id: int) -> list[LossRow]:
    """Those of one organization, the latest first, withdrawn ones too. One statement."""
    return [_row(row) for row in _rows(actor).filter(organization_id=organization_id).order_by("-lost_on", "-pk")]


def loss_page(actor: Actor, narrowed: LossFilter, *, cursor: str) -> Page:
    """A page of all that `actor` may see: one statement."""
    page = paginate(_narrowed(actor, narrowed), NEWEST, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row) for row in page.rows], previous=page.previous, next=page.next)


def loss_rows(actor: Actor, narrowed: LossFilter) -> Iterator[LossRow]:
    """The same for a file."""
    return (_row(row) for row in poured(_narrowed(actor, narrowed).order_by("-lost_on", "-pk")))


def _rows(actor: Actor) -> "QuerySet[Any, Any]":
    found: QuerySet[Any, Any] = Loss.objects.all().visible_to(actor).select_related("organization", "recorded_by")
    return found


def _narrowed(actor: Actor, narrowed: LossFilter) -> "QuerySet[Any, Any]":
    wanted = Q()
    if narrowed.since is not None:
        wanted &= Q(lost_on__gte=narrowed.since)
    if narrowed.until is not None:
        wanted &= Q(lost_on__lte=narrowed.until)
    if narrowed.kind:
        wanted &= Q(organization__kind=narrowed.kind)
    if narrowed.reason:
        wanted &= Q(reason=narrowed.reason)
    if narrowed.organization:
        wanted &= _of_organization(narrowed.organization)
    rows = _rows(actor).filter(wanted)
    return rows.filter(state=narrowed.state) if narrowed.state else rows.exclude(state=LossState.WITHDRAWN)


def _of_organization(text: str) -> Q:
    try:
        return Q(organization__public_id=UUID(text))
    except ValueError:
        return Q(pk__in=[])


def _row(row: Any) -> LossRow:
    state = LossState(row.state)
    return LossRow(
        public_id=str(row.public_id),
        organization=row.organization.name,
        organization_id=str(row.organization.public_id),
        kind_label=str(OrganizationKind(row.organization.kind).label),
        lost_on=row.lost_on,
        returned_on=row.returned_on,
        reason_label=str(LossReason(row.reason).label),
        note=row.note,
        amount=row.amount,
        currency=row.currency,
        state=row.state,
        state_label=str(state.label),
        tone=_TONES[state],
        closing_note=row.closing_note,
        source=row.source,
        recorded_by=row.recorded_by.name if row.recorded_by else "",
        recorded_at=row.recorded_at,
        version=row.version,
    )
