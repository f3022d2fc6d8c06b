"""What is wrong with the plans of organizations, in sentences that say what to mend (journey.md, plan integrity)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rules.access import Actor
from common.templatetags.format import spell_day
from common.workhours import WorkHours
from partners.choices import LAUNCHED_STAGES, Stage
from partners.models import Assignment, Organization, Task, TaskDependency
from partners.querysets import OrganizationQuerySet
from partners.rules.plan_integrity import Finding, Plan, PlanFlaw, PlanTask, findings
from partners.work_choices import OPEN_TASKS
from partners.working_hours import hours_by_country, office_hours

# More tasks than these no plan has; what goes beyond is not looked at.
MAX_TASKS = 5_000
SHOWN = 50
_TASK = (
    "pk",
    "organization_id",
    "public_id",
    "title",
    "owner_id",
    "due_on",
    "state",
    "is_required",
    "updated_at",
)
# Findings that keep a plan from coming true; the others make it vague.
SEVERE = frozenset(
    {PlanFlaw.CIRCLE, PlanFlaw.LAUNCH_BEFORE_CRITICAL_PATH, PlanFlaw.DUE_AFTER_LAUNCH, PlanFlaw.BROKEN_ORDER}
)


@dataclass(frozen=True, kw_only=True)
class PlanFinding:
    """One flaw as its owners read it; `task_id` is empty where it is about the plan as a whole."""

    flaw: str
    is_severe: bool
    words: str
    task_id: str
    task_title: str


@dataclass(frozen=True, kw_only=True)
class PlanCheck:
    """One plan with its flaws, worst first."""

    organization: Any
    findings: tuple[PlanFinding, ...]
    open_tasks: int

    @property
    def stage_label(self) -> str:
        return str(Stage(self.organization.stage).label)

    @property
    def severe(self) -> int:
        return sum(one.is_severe for one in self.findings)

    @property
    def summary(self) -> str:
        """The kinds of flaws with how many there are of each."""
        counts = Counter(one.flaw for one in self.findings)
        return " · ".join(_SHORT[PlanFlaw(flaw)](count) % {"count": count} for flaw, count in counts.items())


def check_plan(actor: Actor, organization: Organization, *, now: datetime) -> PlanCheck:
    """What is wrong with the plan of one organization that `actor` sees. Four statements."""
    return check_plans(actor, [organization], now=now)[0]


def check_plans(actor: Actor, organizations: Sequence[Organization], *, now: datetime) -> list[PlanCheck]:
    """The plans of several, in the same number of statements; tasks that `actor` does not see are left out."""
    ids = [organization.pk for organization in organizations]
    seen = Task.objects.visible_to(actor).current().filter(organization_id__in=ids)
    tasks = list(seen.order_by("due_on", "pk").values(*_TASK)[:MAX_TASKS])
    known = {task["pk"] for task in tasks}
    edges = TaskDependency.objects.visible_to(actor).filter(organization_id__in=ids)
    after: dict[int, list[int]] = defaultdict(list)
    for task_id, needed_id in edges.order_by("pk").values_list("task_id", "needed_id"):
        if task_id in known and needed_id in known:
            after[task_id].append(needed_id)
    of_organization: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for task in tasks:
        of_organization[task["organization_id"]].append(task)
    hours = hours_by_country({organization.country for organization in organizations}, now)
    return [
        check_tasks(organization, of_organization[organization.pk], after, _hours(organization, hours), now)
        for organization in organizations
    ]


def plans_to_mend(actor: Actor, *, now: datetime) -> list[PlanCheck]:
    """Plans with flaws among those under way, the next launches first. Five statements.

    The fifty that launch next are looked at: whoever has more mends those first.
    """
    rows = list(plans_under_way(actor).order_by("target_launch_on", "pk")[:SHOWN])
    return [plan for plan in check_plans(actor, rows, now=now) if plan.findings]


def plans_under_way(actor: Actor) -> OrganizationQuerySet:
    """Organizations before their launch that `actor` or the team owns; all of them for who sees everything."""
    found = Organization.objects.opened_to(actor).current().exclude(stage__in=LAUNCHED_STAGES)
    if not actor.active_roles & actor.policy.see_all:
        people = sorted({*actor.led_user_ids, actor.user_id or 0})
        held = Assignment.objects.active().filter(user_id__in=people)
        found = found.filter(pk__in=held.values("organization_id"))
    under_way: OrganizationQuerySet = found.order_by()
    return under_way


def _hours(organization: Organization, hours: Mapping[str, WorkHours]) -> WorkHours:
    return hours.get(organization.country) or office_hours(organization.timezone)


def check_tasks(
    organization: Organization,
    tasks: Sequence[Mapping[str, Any]],
    after: Mapping[int, Sequence[int]],
    hours: WorkHours,
    now: datetime,
) -> PlanCheck:
    """The plan that these tasks make, each with the keys of those it waits for. No statement."""
    zone = ZoneInfo(organization.timezone)
    plan = Plan(
        tasks=[_plan_task(task, after.get(task["pk"], ()), zone) for task in tasks],
        is_working_day=lambda day: bool(hours.spans_of_date(day)),
        launch_on=organization.target_launch_on,
        is_launched=organization.stage in LAUNCHED_STAGES,
    )
    by_id = {str(task["pk"]): task for task in tasks}
    found = findings(plan, today=timezone.localdate(now, zone))
    return PlanCheck(
        organization=organization,
        findings=tuple(_in_words(one, by_id) for one in found),
        open_tasks=sum(not task.is_settled for task in plan.tasks),
    )


def _plan_task(task: Mapping[str, Any], after: Sequence[int], zone: ZoneInfo) -> PlanTask:
    return PlanTask(
        id=str(task["pk"]),
        owner_id=task["owner_id"],
        due_on=task["due_on"],
        after=tuple(str(pk) for pk in after),
        is_settled=task["state"] not in OPEN_TASKS,
        is_required=task["is_required"],
        touched_on=timezone.localdate(task["updated_at"], zone),
    )


def _in_words(finding: Finding, tasks: Mapping[str, Mapping[str, Any]]) -> PlanFinding:
    task = tasks.get(finding.place)
    words: dict[str, Any] = {
        key: spell_day(value) if isinstance(value, date) else value for key, value in finding.params.items()
    }
    for key in ("tasks", "before"):
        named = words.get(key)
        if named is not None:
            names = named if isinstance(named, tuple) else (named,)
            words[key] = " → ".join(str(tasks[name]["title"]) for name in names if name in tasks)
    return PlanFinding(
        flaw=finding.flaw.value,
        is_severe=finding.flaw in SEVERE,
        words=_SENTENCES[finding.flaw]() % words,
        task_id=str(task["public_id"]) if task else "",
        task_title=str(task["title"]) if task else "",
    )


_SENTENCES: Mapping[PlanFlaw, Callable[[], str]] = {
    PlanFlaw.CIRCLE: lambda: _("These wait for each other in a circle: %(tasks)s. Let one of them go first."),
    PlanFlaw.LAUNCH_BEFORE_CRITICAL_PATH: lambda: _(
        "The launch is planned for %(launch_on)s, but what has to be done one after the other takes until %(ends_on)s: "
        "%(tasks)s."
    ),
    PlanFlaw.DUE_AFTER_LAUNCH: lambda: _("Due on %(due_on)s, after the launch on %(launch_on)s."),
    PlanFlaw.BROKEN_ORDER: lambda: _("Due on %(due_on)s, but it waits for “%(before)s”, due on %(before_due_on)s."),
    PlanFlaw.UNKNOWN_PREDECESSOR: lambda: _("It waits for something that is not in the plan."),
    PlanFlaw.NO_OWNER: lambda: _("Nobody has it. Give it to somebody."),
    PlanFlaw.NO_DATE: lambda: _("It has no day. Say when it is due."),
    PlanFlaw.NO_LAUNCH_DATE: lambda: _("No launch is planned: set the target, so that one can tell what is late."),
    PlanFlaw.UNTOUCHED: lambda: _("Nobody has touched it for %(days)s days, since %(since)s."),
}
_SHORT: Mapping[PlanFlaw, Callable[[int], str]] = {
    PlanFlaw.CIRCLE: lambda count: ngettext("%(count)d circle", "%(count)d circles", count),
    PlanFlaw.LAUNCH_BEFORE_CRITICAL_PATH: lambda count: _("launch before the work can be done"),
    PlanFlaw.DUE_AFTER_LAUNCH: lambda count: ngettext(
        "%(count)d due after the launch", "%(count)d due after the launch", count
    ),
    PlanFlaw.BROKEN_ORDER: lambda count: ngettext("%(count)d out of order", "%(count)d out of order", count),
    PlanFlaw.UNKNOWN_PREDECESSOR: lambda count: ngettext(
        "%(count)d waits for nothing known", "%(count)d wait for nothing known", count
    ),
    PlanFlaw.NO_OWNER: lambda count: ngettext("%(count)d without an owner", "%(count)d without an owner", count),
    PlanFlaw.NO_DATE: lambda count: ngettext("%(count)d without a day", "%(count)d without a day", count),
    PlanFlaw.NO_LAUNCH_DATE: lambda count: _("no launch planned"),
    PlanFlaw.UNTOUCHED: lambda count: ngettext("%(count)d untouched", "%(count)d untouched", count),
}
