"""Whether a success plan is behind, by the database: the rule of `rules.objectives.pace_of_plan`, for lists."""

from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from partners.models import Objective, Task
from partners.plan_choices import ObjectiveState
from partners.rules.objectives import MARGIN
from partners.selectors.commitment_facts import today_there
from partners.work_choices import OPEN_TASKS


def with_tasks(plans: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    """With `all_tasks` and `open_tasks` of each plan."""
    return plans.annotate(all_tasks=_tasks(), open_tasks=_tasks(state__in=[state.value for state in OPEN_TASKS]))


def behind(plans: "QuerySet[Any, Any]", now: datetime) -> "QuerySet[Any, Any]":
    """Those that are behind; of plans that `with_tasks` went over. Only what is in force can be behind."""
    late = Objective.objects.filter(plan=OuterRef("pk"), state=ObjectiveState.OPEN).annotate(
        today=today_there(now), way=_way(), time=_elapsed("plan__starts_on", "target_on", now)
    )
    late = late.exclude(_REACHED).filter(Q(today__gt=F("target_on")) | Q(way__lt=F("time") - MARGIN))
    settled = Cast(F("all_tasks") - F("open_tasks"), FloatField()) / Cast(F("all_tasks"), FloatField())
    timed = plans.annotate(plan_time=_elapsed("starts_on", "ends_on", now)).annotate(
        settled=Case(When(all_tasks__gt=0, then=settled), output_field=FloatField())
    )
    slow = Q(settled__lt=F("plan_time") - MARGIN)
    return timed.filter(Exists(late) | slow, state="active")


_KNOWN = Q(value__isnull=False, target__isnull=False)
_REACHED = _KNOWN & (Q(direction="less", value__lte=F("target")) | Q(direction="more", value__gte=F("target")))


def _tasks(**wanted: Any) -> Any:
    rows = Task.objects.filter(plan=OuterRef("pk"), archived_at__isnull=True, **wanted).order_by()
    counted = rows.values("plan").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def _way() -> Any:
    """How much of the way from baseline to target is behind; nothing where there is no such way."""
    share = Cast((F("value") - F("baseline")) / (F("target") - F("baseline")), FloatField())
    there = _KNOWN & Q(baseline__isnull=False) & ~Q(baseline=F("target"))
    return Case(When(there, then=_within_one(share)), output_field=FloatField())


def _elapsed(start: str, end: str, now: datetime) -> Any:
    """How much of the time between two days is behind, 0 to 1."""
    days = _days(F(end), F(start))
    gone = Cast(_days(today_there(now), F(start)), FloatField()) / Cast(days, FloatField())
    is_forward = ExpressionWrapper(Q(**{f"{end}__gt": F(start)}), output_field=BooleanField())
    return Case(When(is_forward, then=_within_one(gone)), default=Value(1.0), output_field=FloatField())


def _days(later: Any, earlier: Any) -> Any:
    return Func(later, earlier, template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())


def _within_one(share: Any) -> Any:
    return Least(Greatest(share, Value(0.0)), Value(1.0))
