"""Success plans of the demo world that have been at work for a while: the first of each account, and the one after it.

Written in bulk, with the lines of the story: it has happened already, and tells nobody.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from hub.demo.people import Crew
from partners import objective_metrics
from partners.choices import EntryKind, OrganizationKind, Stage
from partners.enablement_policy import plans_in_force
from partners.loss_choices import LossState
from partners.models import Contact, Objective, Organization, StagePeriod, SuccessPlan, Task, TimelineEntry
from partners.plan_choices import ObjectiveState, PlanState
from partners.rules.objectives import Verdict, verdict
from partners.rules.success_plan_packs import PlanTemplate, SuccessPlanPolicy
from partners.services import objectives, task_facts, task_owners, timeline
from partners.work_choices import Court, TaskSource, TaskState

_DAY = timedelta(days=1)
_BATCH = 500
_FIRST = "onboarding_30_60_90"
# What an account works on after its first plan, and how many days ago that began at the most.
_LATER = (("strategic", 250), ("technical", 100), ("capacity", 70), ("improvement", 40), ("strategic", 200))
_OWNERS = ("csm", "psm", "tam")
_ENDED = "Looked back on together; what is left goes on in the next plan."
_MISSED = ("Their second site started a month later.", "Their data came late.", "Their sponsor changed halfway.")
# Of ten objectives of a plan that has ended so many were reached, of ten tasks that are due so many are done.
_REACHED, _DONE = 8, 9
_Owners = Mapping[tuple[int, str], int]


@dataclass
class _Made:
    """Rows that are written at the end, each kind at once."""

    plans: list[SuccessPlan] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)


def plan_past(*, crew: Crew, now: datetime) -> None:
    """A first plan for each account that has signed, later ones for most of whom one is expected."""
    made = _Made()
    if (policy := plans_in_force()) is None:
        return
    rows = Organization.objects.filter(archived_at__isnull=True).exclude(losses__state=LossState.OPEN)
    places = list(rows.exclude(stage__in=(Stage.PRE_CONTRACT, Stage.PRE_SALES)).select_related("facts").order_by("pk"))
    busy = set(SuccessPlan.objects.values_list("organization_id", flat=True))
    guests = set(Contact.objects.filter(user__isnull=False).values_list("organization_id", flat=True))
    owners = task_owners.primary_owners(places, policy=crew.actors["admin"].policy)
    signed, today = _signed(), timezone.localdate(now)
    for place in places:
        chance = Random(f"plans {place.name}")  # noqa: S311
        for template, starts_on in _planned(place, signed.get(place.pk), policy, chance, today, place.pk in guests):
            ended = starts_on + timedelta(days=template.days + chance.randrange(9)) < today
            if ended or place.pk not in busy:
                is_shared = place.pk in guests or chance.randrange(4) > 0
                plan = _plan(place, template, starts_on, owners, is_ended=ended, today=today)
                plan.policy_version, plan.is_shared = policy.version, is_shared
                made.plans.append(plan)
                made.objectives += _objectives(plan, template, chance, today)
                made.tasks += _tasks(plan, template, owners, chance, today)
    _measure(made, today)
    SuccessPlan.objects.bulk_create(made.plans, batch_size=_BATCH)
    Objective.objects.bulk_create(made.objectives, batch_size=_BATCH)
    Task.objects.bulk_create(made.tasks, batch_size=_BATCH)
    timeline.push_many(_lines(made))
    task_facts.refresh({plan.organization_id for plan in made.plans})


def _signed() -> dict[int, date]:
    """The day on which each account began with us under contract."""
    rows = StagePeriod.objects.filter(stage__in=(Stage.KICK_OFF, Stage.GATE_1)).order_by("-entered_at")
    return {place: timezone.localdate(at) for place, at in rows.values_list("organization_id", "entered_at")}


def _planned(
    place: Organization, signed_on: date | None, policy: SuccessPlanPolicy, chance: Random, today: date, is_guest: bool
) -> Iterator[tuple[PlanTemplate, date]]:
    """Templates and days of the plans of one account; the last one is at work, or has just ended."""
    first = policy.templates[_FIRST]
    is_customer = place.kind == OrganizationKind.CUSTOMER
    expected = place.stage == Stage.POST_LAUNCH or place.facts.arr_segment == "enterprise"
    begun = (signed_on if is_customer else place.launched_on) or today
    begun += timedelta(days=chance.randrange(3, 9))
    if is_guest:
        begun = min(begun, today - 3 * _DAY)
    # Some have not come to one yet.
    if begun >= today or (not expected and not is_guest and chance.randrange(10) < (3 if is_customer else 6)):
        return
    yield first, begun
    later, longest = _LATER[chance.randrange(len(_LATER))]
    ready_on = begun + timedelta(days=first.days + 14)
    if ready_on < today and (is_guest or chance.randrange(10) < (8 if expected else 5)):
        yield policy.templates[later], max(ready_on, today - timedelta(days=chance.randrange(5, longest)))


def _plan(
    place: Organization, template: PlanTemplate, starts_on: date, owners: _Owners, *, is_ended: bool, today: date
) -> SuccessPlan:
    owner = next((owners[place.pk, role] for role in _OWNERS if (place.pk, role) in owners), None)
    ends_on = starts_on + timedelta(days=template.days)
    return SuccessPlan(
        organization=place,
        template=template.id,
        title=template.label["en"],
        starts_on=starts_on,
        ends_on=ends_on,
        owner_id=owner,
        created_by_id=owner,
        state=PlanState.COMPLETED if is_ended else PlanState.ACTIVE,
        closing_note=_ENDED if is_ended else "",
        closed_at=_noon(min(ends_on + 6 * _DAY, today - _DAY)) if is_ended else None,
    )


def _objectives(plan: SuccessPlan, template: PlanTemplate, chance: Random, today: date) -> Iterator[Objective]:
    """Of a plan that has ended all are settled; of one at work those that nothing measures, once their day is over."""
    for place, one in enumerate(template.objectives):
        is_measured = one.target is not None and bool(one.metric)
        made = Objective(
            organization=plan.organization,
            plan=plan,
            place=place,
            title=one.title["en"],
            measure=one.measure["en"],
            metric=one.metric if is_measured else "",
            direction=one.direction,
            target=one.target,
            target_on=min(plan.starts_on + timedelta(days=one.days), plan.ends_on),
        )
        has_ended = plan.state == PlanState.COMPLETED
        if has_ended or (made.target_on < today and not is_measured):
            _settle(made, chance.randrange(10) < _REACHED, chance)
        if has_ended and one.target is not None:
            _look_back(made, one.target, _noon(min(plan.ends_on, today)))
        yield made


def _settle(one: Objective, is_reached: bool, chance: Random) -> None:
    if is_reached:
        earliest = (one.target_on - one.plan.starts_on).days // 2
        one.state = ObjectiveState.ACHIEVED
        one.achieved_on = one.target_on - timedelta(days=chance.randrange(max(earliest, 1)))
    else:
        one.state, one.closing_note = ObjectiveState.MISSED, _MISSED[chance.randrange(len(_MISSED))]


def _look_back(one: Objective, target: Decimal, at: datetime) -> None:
    """From where to where something measured went: past its target, or short of it."""
    better = Decimal("0.06") if one.state == ObjectiveState.ACHIEVED else Decimal("-0.08")
    way = -1 if one.direction == "less" else 1
    one.value = (target * (1 + way * better)).quantize(Decimal("0.1"))
    one.baseline = (target * (1 - way * Decimal("0.35"))).quantize(Decimal("0.1"))
    one.measured_at = at


def _measure(made: _Made, today: date) -> None:
    """What plans at work want to reach, by the latest values; a way that began a third off."""
    found = [one for one in made.objectives if one.metric and one.state == ObjectiveState.OPEN]
    values = objective_metrics.latest([(one.organization_id, one.metric) for one in found])
    for one in found:
        value = values.get((one.organization_id, one.metric))
        if one.target is None:
            continue
        if value is None:
            # Measured in a trial that is over: samples begin with the operation.
            if one.target_on < today:
                chance = Random(f"{one.organization_id} {one.metric}")  # noqa: S311
                _settle(one, chance.randrange(10) < _REACHED, chance)
                _look_back(one, one.target, _noon(one.target_on))
            continue
        third = abs(value - one.target) + abs(one.target) / 3
        one.value, one.measured_at = value, _noon(today - _DAY)
        one.baseline = value + third if one.direction == "less" else max(value - third, Decimal(0))
        judged = verdict(objectives.measured(one), today)
        if judged is not Verdict.OPEN:
            one.state = ObjectiveState(judged.value)
            if judged is Verdict.ACHIEVED:
                one.achieved_on = min(one.target_on, one.plan.starts_on + (today - one.plan.starts_on) * 2 // 3)


def _tasks(plan: SuccessPlan, template: PlanTemplate, owners: _Owners, chance: Random, today: date) -> Iterator[Task]:
    is_early = plan.template == _FIRST and plan.organization.kind == OrganizationKind.CUSTOMER
    began_in = Stage.KICK_OFF if is_early else plan.organization.stage
    for step in template.tasks:
        due_on = plan.starts_on + timedelta(days=step.day)
        has_ended = plan.state == PlanState.COMPLETED
        is_done = has_ended or (due_on < today and (due_on < today - 14 * _DAY or chance.randrange(10) < _DONE))
        owner = owners.get((plan.organization_id, step.owner_role), plan.owner_id)
        yield Task(
            organization=plan.organization,
            plan=plan,
            stage=began_in,
            source=TaskSource.PLAN,
            source_key=step.id,
            title=step.title["en"],
            owner_id=owner,
            owner_role=step.owner_role,
            court=Court.US,
            due_on=due_on,
            is_shared=step.is_shared and plan.is_shared,
            created_by_id=plan.owner_id,
            state=TaskState.DONE if is_done else TaskState.OPEN,
            done_at=_noon(due_on - timedelta(days=chance.randrange(4))) if is_done else None,
            done_by_id=owner if is_done else None,
        )


def _lines(made: _Made) -> Iterator[TimelineEntry]:
    """What the stories of the accounts tell of it."""
    for plan in made.plans:
        yield _line(plan, f"Success plan begun: {plan.title}", _noon(plan.starts_on), plan.owner_id)
        if plan.closed_at is not None:
            title = f"Success plan completed: {plan.title}"
            yield _line(plan, title, plan.closed_at, plan.owner_id, body=plan.closing_note)
    for one in made.objectives:
        if one.achieved_on is not None:
            yield _line(one, f"Objective achieved: {one.title}", _noon(one.achieved_on), None)


def _line(row: SuccessPlan | Objective, title: str, at: datetime, by: int | None, *, body: str = "") -> TimelineEntry:
    line = timeline.line(
        organization=row.organization, kind=EntryKind.PLAN, title=title, at=at, by=None, body=body, target=row
    )
    line.actor_id = by
    return line


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
