"""What is on people's calendars: touchpoints, reviews, renewals and promises by day, as far as a reader sees them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners import cadence_policy
from partners.growth_choices import RenewalState
from partners.models import BusinessReview, Commitment, Renewal, Touchpoint
from partners.review_choices import ReviewState
from partners.rules.cadence_packs import CadencePolicy
from partners.work_choices import CommitmentState, Side, TouchpointState

MOST_OF_A_KIND = 1_000


class ItemKind(StrEnum):
    TOUCHPOINT = "touchpoint"
    REVIEW = "review"
    RENEWAL = "renewal"
    COMMITMENT = "commitment"


KIND_LABELS: dict[ItemKind, str | Promise] = {
    ItemKind.TOUCHPOINT: gettext_lazy("Touchpoints"),
    ItemKind.REVIEW: gettext_lazy("Reviews"),
    ItemKind.RENEWAL: gettext_lazy("Renewals"),
    ItemKind.COMMITMENT: gettext_lazy("Promises"),
}


@dataclass(frozen=True, kw_only=True)
class CalendarItem:
    """One thing on a day. `zone` is that of its organization; `is_open`: it still waits to be done."""

    kind: ItemKind
    public_id: str
    title: str
    details: str
    organization_name: str
    url: str
    on: date
    starts_at: datetime | None
    minutes: int
    zone: str
    owner_name: str
    meeting_url: str
    is_open: bool
    is_overdue: bool
    is_cancelled: bool
    version: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Whose days from `start` up to `until`; `with_cancelled_since`: also what fell away after that moment."""

    user_ids: frozenset[int]
    start: date
    until: date
    kinds: frozenset[ItemKind] = frozenset(ItemKind)
    with_overdue: bool = False
    with_cancelled_since: datetime | None = None


def calendar_items(actor: Actor, wanted: Wanted, *, now: datetime) -> list[CalendarItem]:
    """Everything by day and time. Five statements at most, however much there is."""
    found: list[CalendarItem] = []
    for kind, read in (
        (ItemKind.TOUCHPOINT, _touchpoints),
        (ItemKind.REVIEW, _reviews),
        (ItemKind.RENEWAL, _renewals),
        (ItemKind.COMMITMENT, _commitments),
    ):
        if kind in wanted.kinds:
            found += read(actor, wanted, now)
    first = datetime.min.replace(tzinfo=ZoneInfo("UTC"))
    return sorted(found, key=lambda item: (item.on, item.starts_at or first, item.kind, item.title, item.public_id))


def _touchpoints(actor: Actor, wanted: Wanted, now: datetime) -> list[CalendarItem]:
    policy = cadence_policy.policy_in_force()
    window = Q(planned_on__gte=wanted.start, planned_on__lt=wanted.until)
    states = Q(state__in=(TouchpointState.PLANNED, TouchpointState.DONE)) & window
    if wanted.with_overdue:
        states |= Q(state=TouchpointState.PLANNED, planned_on__lt=wanted.start)
    if wanted.with_cancelled_since is not None:
        gone = (TouchpointState.CANCELLED, TouchpointState.SKIPPED)
        states |= Q(state__in=gone, updated_at__gte=wanted.with_cancelled_since) & window
    rows = _of(Touchpoint, actor, wanted).filter(states).order_by("planned_on", "pk")
    return [_touchpoint(row, policy, now) for row in rows[:MOST_OF_A_KIND]]


def _touchpoint(row: Any, policy: CadencePolicy | None, now: datetime) -> CalendarItem:
    kind = policy.touchpoints.get(row.kind) if policy else None
    is_planned = row.state == TouchpointState.PLANNED
    late_from = row.overdue_from or row.planned_on + timedelta(days=1)
    return _item(
        ItemKind.TOUCHPOINT,
        row,
        title=cadence_policy.kind_label(policy, row.kind),
        on=row.planned_on,
        url=reverse("partners:organization_cadence", args=[row.organization.public_id]),
        details=row.topic,
        starts_at=row.starts_at,
        minutes=kind.minutes if kind else 0,
        meeting_url=row.meeting_url,
        is_open=is_planned,
        is_overdue=is_planned and _today(row, now) >= late_from,
        is_cancelled=row.state in (TouchpointState.CANCELLED, TouchpointState.SKIPPED),
    )


def _reviews(actor: Actor, wanted: Wanted, now: datetime) -> list[CalendarItem]:
    """Reviews with a day of their own; those that hang on a touchpoint are on that day already."""
    open_states = (ReviewState.BUILDING, ReviewState.READY)
    rows = _of(BusinessReview, actor, wanted).filter(
        touchpoint__isnull=True, state__in=open_states, planned_on__gte=wanted.start, planned_on__lt=wanted.until
    )
    return [
        _item(
            ItemKind.REVIEW,
            row,
            title=row.title,
            on=row.planned_on,
            url=reverse("partners:organization", args=[row.organization.public_id]),
            is_overdue=row.planned_on < _today(row, now),
        )
        for row in rows.order_by("planned_on", "pk")[:MOST_OF_A_KIND]
    ]


def _renewals(actor: Actor, wanted: Wanted, now: datetime) -> list[CalendarItem]:
    rows = _of(Renewal, actor, wanted).filter(
        state=RenewalState.OPEN, due_on__gte=wanted.start, due_on__lt=wanted.until
    )
    return [
        _item(
            ItemKind.RENEWAL,
            row,
            title=_("Renewal due"),
            on=row.due_on,
            url=reverse("partners:organization_commercial", args=[row.organization.public_id]),
            is_overdue=row.due_on < _today(row, now),
        )
        for row in rows.order_by("due_on", "pk")[:MOST_OF_A_KIND]
    ]


def _commitments(actor: Actor, wanted: Wanted, now: datetime) -> list[CalendarItem]:
    window = Q(due_on__lt=wanted.until)
    if not wanted.with_overdue:
        window &= Q(due_on__gte=wanted.start)
    rows = _of(Commitment, actor, wanted).filter(window, state=CommitmentState.OPEN, side=Side.US)
    return [
        _item(
            ItemKind.COMMITMENT,
            row,
            title=row.title,
            on=row.due_on,
            url=reverse("partners:organization_commitments", args=[row.organization.public_id]),
            is_overdue=row.due_on < _today(row, now),
        )
        for row in rows.order_by("due_on", "pk")[:MOST_OF_A_KIND]
    ]


def _of(model: Any, actor: Actor, wanted: Wanted) -> Any:
    seen = model.objects.visible_to(actor).filter(owner_id__in=wanted.user_ids, organization__archived_at__isnull=True)
    return seen.select_related("organization", "owner")


def _today(row: Any, now: datetime) -> date:
    return timezone.localdate(now, ZoneInfo(row.organization.timezone))


def _item(kind: ItemKind, row: Any, *, title: str, on: date, url: str, **more: Any) -> CalendarItem:
    plain: dict[str, Any] = {
        "details": "",
        "starts_at": None,
        "minutes": 0,
        "meeting_url": "",
        "is_open": True,
        "is_cancelled": False,
    }
    return CalendarItem(
        kind=kind,
        public_id=str(row.public_id),
        title=title,
        organization_name=row.organization.name,
        url=url,
        on=on,
        zone=row.organization.timezone,
        owner_name=row.owner.name if row.owner else "",
        version=row.version,
        changed_at=row.updated_at,
        **plain | more,
    )
