"""All success plans that one may see: narrowed, by their last day, page by page and as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.labels import kind_label
from accounts.models import User
from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import poured
from partners.models import Objective, SuccessPlan
from partners.plan_choices import ObjectiveState, PlanState
from partners.selectors.plan_pace import behind, with_tasks
from partners.selectors.plan_reviews import held_in, quarter_of
from partners.selectors.success_plans import PlanRow, plan_row

SIZE = 50
SOONEST = Order((SortKey(name="ends_on"),))
LATEST = Order((SortKey(name="ends_on", descending=True),))
OPEN, EVERY = "open", "every"
ME, TEAM, NOBODY = "me", "team", "nobody"
_OPEN = (PlanState.DRAFT, PlanState.ACTIVE)


@dataclass(frozen=True, kw_only=True)
class PlanFilter:
    """What a list is narrowed to; empty texts narrow nothing. `owner` is a word of above or a person's id."""

    state: str = OPEN
    kind: str = ""
    owner: str = ""
    behind: bool = False
    review_due: bool = False


@dataclass(frozen=True, kw_only=True)
class ListedPlan:
    """A plan with whose it is, and its objectives counted."""

    plan: PlanRow
    organization: str
    organization_id: str
    kind_label: str
    owner_id: str
    ends_on: date
    days_over: int
    reached: int
    missed: int
    still_open: int

    @property
    def agreed(self) -> int:
        return self.reached + self.missed + self.still_open


def plan_page(actor: Actor, narrowed: PlanFilter, *, cursor: str, now: datetime) -> Page:
    """A page: two statements. Open ones begin with what ends first, ended ones with the latest."""
    order = SOONEST if narrowed.state in (OPEN, PlanState.DRAFT, PlanState.ACTIVE) else LATEST
    page = paginate(_narrowed(actor, narrowed, now), order, cursor=cursor, size=SIZE)
    return Page(rows=[_row(one, now) for one in page.rows], previous=page.previous, next=page.next)


def plans_as_file(actor: Actor, narrowed: PlanFilter, *, now: datetime) -> Iterator[ListedPlan]:
    """The same for a file."""
    return (_row(one, now) for one in poured(_narrowed(actor, narrowed, now).order_by("ends_on", "pk")))


def owner_named(actor: Actor, text: str) -> tuple[str, str] | None:
    """The id and name of a colleague whom a link narrows the list to."""
    try:
        public_id = UUID(text)
    except ValueError:
        return None
    name = User.objects.visible_to(actor).filter(public_id=public_id).values_list("name", flat=True).first()
    return (str(public_id), name) if name else None


def _narrowed(actor: Actor, narrowed: PlanFilter, now: datetime) -> "QuerySet[Any, Any]":
    seen: QuerySet[Any, Any] = SuccessPlan.objects.visible_to(actor)
    found = with_tasks(seen.filter(_wanted(actor, narrowed)))
    if narrowed.behind:
        found = behind(found, now)
    if narrowed.review_due:
        found = found.exclude(held_in(quarter_of(now), of="organization_id"))
    objectives = Objective.objects.visible_to(actor)
    return found.select_related("organization", "owner").prefetch_related(Prefetch("objectives", queryset=objectives))


def _wanted(actor: Actor, narrowed: PlanFilter) -> Q:
    wanted = Q(organization__archived_at__isnull=True)
    if narrowed.state == OPEN:
        wanted &= Q(state__in=_OPEN)
    elif narrowed.state != EVERY:
        wanted &= Q(state=narrowed.state)
    if narrowed.kind:
        wanted &= Q(organization__kind=narrowed.kind)
    return wanted & _owned(actor, narrowed.owner)


def _owned(actor: Actor, owner: str) -> Q:
    if owner == ME:
        return Q(owner_id=actor.user_id)
    if owner == TEAM:
        return Q(owner_id__in=sorted({*actor.led_user_ids, actor.user_id or 0}))
    if owner == NOBODY:
        return Q(owner__isnull=True) | Q(owner__is_active=False)
    return Q(owner__public_id=owner) if owner else Q()


def _row(one: Any, now: datetime) -> ListedPlan:
    today = timezone.localdate(now, ZoneInfo(one.organization.timezone))
    states = [objective.state for objective in one.objectives.all()]
    return ListedPlan(
        plan=plan_row(one, today, with_money=False),
        organization=one.organization.name,
        organization_id=str(one.organization.public_id),
        kind_label=kind_label(one.organization.kind),
        owner_id=str(one.owner.public_id) if one.owner else "",
        ends_on=one.ends_on,
        days_over=max((today - one.ends_on).days, 0) if one.state in _OPEN else 0,
        reached=states.count(ObjectiveState.ACHIEVED),
        missed=states.count(ObjectiveState.MISSED),
        still_open=states.count(ObjectiveState.OPEN),
    )
