"""What a contact sees of success plans in the portal: the shared part of shared plans of the own organization."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts.rules.access import Actor
from partners.models import Objective, Organization, SuccessPlan
from partners.plan_choices import ObjectiveState, PlanState
from partners.rules.objectives import Measured, moved
from partners.selectors.portal_tasks import PortalTask, portal_tasks_of_plans

SHOWN = 20
_SHOWN_STATES = (PlanState.ACTIVE, PlanState.COMPLETED)


@dataclass(frozen=True, kw_only=True)
class PortalObjective:
    """One thing to reach, in both sides' words; what it is worth, and how it was settled, stay inside."""

    title: str
    measure: str
    target: Decimal | None
    value: Decimal | None
    percent: int | None
    target_on: date
    achieved_on: date | None
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class PortalPlan:
    """One plan with its shared objectives and shared tasks."""

    public_id: str
    title: str
    goal: str
    starts_on: date
    ends_on: date
    is_completed: bool
    with_whom: str
    objectives: tuple[PortalObjective, ...]
    tasks: tuple[PortalTask, ...]


@dataclass(frozen=True, kw_only=True)
class PlanInShort:
    """A plan that runs, for the first page."""

    title: str
    ends_on: date
    reached: int
    agreed: int


def shared_plans(actor: Actor, *, now: datetime) -> list[PortalPlan]:
    """Those that run, then those that were completed, the latest first: three statements."""
    plans = list(_shared(actor).select_related("owner").order_by("state", "-starts_on", "-pk")[:SHOWN])
    ids = [plan.pk for plan in plans]
    rows = Objective.objects.filter(plan_id__in=ids, organization_id=actor.organization_id or 0, is_shared=True)
    objectives: dict[int, list[Objective]] = {}
    for one in rows.exclude(state=ObjectiveState.DROPPED).order_by("place", "pk"):
        objectives.setdefault(one.plan_id, []).append(one)
    tasks = portal_tasks_of_plans(actor, ids, now=now)
    return [_plan(plan, objectives.get(plan.pk, []), tasks.get(plan.pk, [])) for plan in plans]


def running_plans() -> "QuerySet[Any, Any]":
    """Those that run and are shared with the organization of an outer row, each as JSON, for its first page."""
    agreed = Objective.objects.filter(plan=OuterRef("pk"), is_shared=True).exclude(state=ObjectiveState.DROPPED)
    rows = SuccessPlan.objects.filter(organization_id=OuterRef("pk"), is_shared=True, state=PlanState.ACTIVE)
    counted = rows.annotate(agreed=_count(agreed), reached=_count(agreed.filter(state=ObjectiveState.ACHIEVED)))
    shown = JSONObject(title=F("title"), ends_on=F("ends_on"), agreed=F("agreed"), reached=F("reached"))
    return counted.order_by("ends_on", "pk").values(found=shown)[:SHOWN]


def in_short(found: Mapping[str, Any]) -> PlanInShort:
    """A plan of `running_plans`."""
    return PlanInShort(**{**found, "ends_on": date.fromisoformat(found["ends_on"])})


def _count(rows: "QuerySet[Any, Any]") -> Any:
    counted = rows.order_by().values("plan").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def _shared(actor: Actor) -> "QuerySet[Any, Any]":
    """What a contact may read: shared plans that have begun, of the organization that is open in the portal."""
    if not actor.is_contact or actor.organization_id is None:
        return SuccessPlan.objects.none()
    own = Organization.objects.visible_to(actor).current().filter(pk=actor.organization_id)
    rows: QuerySet[Any, Any] = SuccessPlan.objects.filter(organization__in=own, is_shared=True, state__in=_SHOWN_STATES)
    return rows


def _plan(plan: Any, objectives: list[Objective], tasks: list[PortalTask]) -> PortalPlan:
    return PortalPlan(
        public_id=str(plan.public_id),
        title=plan.title,
        goal=plan.goal,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        is_completed=plan.state == PlanState.COMPLETED,
        with_whom=plan.owner.name if plan.owner and plan.owner.is_active else "",
        objectives=tuple(_objective(one, plan.starts_on) for one in objectives),
        tasks=tuple(tasks),
    )


def _objective(one: Objective, starts_on: date) -> PortalObjective:
    is_open = one.state == ObjectiveState.OPEN
    way = moved(
        Measured(
            starts_on=starts_on,
            target_on=one.target_on,
            direction=one.direction,
            baseline=one.baseline,
            target=one.target,
            value=one.value,
        )
    )
    return PortalObjective(
        title=one.title,
        measure=one.measure,
        target=one.target,
        value=one.value,
        percent=None if way is None or not is_open else round(100 * way),
        target_on=one.target_on,
        achieved_on=one.achieved_on,
        is_open=is_open,
    )
