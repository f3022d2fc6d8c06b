"""Plans that do not add up, as the homes name them: the next launches of somebody, in one statement for all of them."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import CalendarVersion
from accounts.rules.access import Actor
from accounts.selectors.calendars import hours_of_version
from common import composed
from common.workhours import WorkHours
from partners.models import Organization, Task, TaskDependency
from partners.selectors.plan_checks import PlanCheck, check_tasks, plans_under_way
from partners.work_choices import OPEN_TASKS
from partners.working_hours import office_hours, that_opens

# The page of plans looks at fifty.
LOOKED_AT, SHOWN = 20, 6
_PLACE = ("pk", "public_id", "name", "stage", "timezone", "target_launch_on")
_TASK = ("pk", "public_id", "title", "owner_id", "due_on", "state", "is_required", "updated_at")


def plans_ahead(actor: Actor, *, now: datetime) -> Sequence[PlanCheck]:
    """The plans with flaws among the twenty of `actor` that launch next, six at most. One statement."""
    if actor.user_id is None:
        return ()
    rows = composed.fetch(_plans, actor, gaps=(now,))
    found = (_checked(dict(zip((*_PLACE, "hours", "plan"), row, strict=True)), now) for row in rows)
    return [plan for plan in found if plan.findings][:SHOWN]


def _plans(actor: Actor, now: datetime) -> Any:
    open_ones = Task.objects.current().filter(organization_id=OuterRef("pk"), state__in=OPEN_TASKS)
    needs = TaskDependency.objects.filter(task_id=OuterRef("pk")).order_by("pk").values("needed_id")
    told = {name: F(name) for name in _TASK}
    tasks = ArraySubquery(
        open_ones.order_by("due_on", "pk").values(told=JSONObject(**told, needs=ArraySubquery(needs)))
    )
    found = plans_under_way(actor).annotate(hours=_hours_in_force(now), plan=tasks)
    return found.order_by("target_launch_on", "pk").values_list(*_PLACE, "hours", "plan")[:LOOKED_AT]


def _hours_in_force(now: datetime) -> Coalesce:
    """The version of the country's calendar, of that with the lowest number where there are several."""
    # Two floors up: the country is that of the organization around the versions around this.
    of_country = CalendarVersion.objects.filter(
        country=OuterRef(OuterRef("country")), calendar__archived_at__isnull=True
    )
    first = of_country.exclude(country="").order_by("calendar_id").values("calendar_id")[:1]
    versions = CalendarVersion.objects.filter(calendar_id=Subquery(first))
    in_force = versions.filter(effective_at__lte=now).order_by("-effective_at", "-number").values("pk")[:1]
    earliest = versions.order_by("effective_at", "-number").values("pk")[:1]
    return Coalesce(Subquery(in_force), Subquery(earliest))


def _checked(values: Mapping[str, Any], now: datetime) -> PlanCheck:
    place = Organization(**{name: values[name] for name in _PLACE})
    rows = [json.loads(row) if isinstance(row, str) else row for row in values["plan"] or ()]
    known = {row["pk"] for row in rows}
    after = {row["pk"]: [pk for pk in row["needs"] or () if pk in known] for row in rows}
    return check_tasks(place, [_task(row) for row in rows], after, _hours(values, now), now)


def _task(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        **row,
        "due_on": date.fromisoformat(row["due_on"]) if row["due_on"] else None,
        "updated_at": datetime.fromisoformat(row["updated_at"]),
    }


def _hours(values: Mapping[str, Any], now: datetime) -> WorkHours:
    version = values["hours"]
    found = that_opens(hours_of_version(version), now) if version else None
    return found or office_hours(values["timezone"])
