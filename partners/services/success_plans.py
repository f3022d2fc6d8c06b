"""Use cases of success plans: made from a template, begun, completed, given up (journey.md, Success plan).

A draft has its objectives; its tasks come when it begins, so that nobody is bothered by a plan that is not agreed.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from accounts.services.notifications import notify
from common.errors import DomainError
from partners import notices
from partners.choices import EntryKind
from partners.enablement_policy import plans_in_force, template_of
from partners.models import Objective, Organization, SuccessPlan, Task
from partners.plan_choices import ObjectiveState, PlanState
from partners.rules.classification import label_in
from partners.rules.success_plan_packs import PlanTemplate
from partners.services import keeping, task_facts, task_owners
from partners.services.validation import check_fields
from partners.work_choices import OPEN_TASKS, Court, TaskSource, TaskState
from partners.work_permissions import user_opens

WRITABLE_FIELDS = frozenset({"title", "goal", "starts_on", "ends_on", "owner", "is_shared"})
MAX_DAYS = 1_100


@transaction.atomic
def create(
    *, by: Actor, organization: Organization, template: str, starts_on: date, now: datetime, **values: Any
) -> SuccessPlan:
    """Make a draft from a template of the policy in force, with its objectives counted from `starts_on`.

    Raises NotAllowed; DomainError with `field`: a template that is not for this kind of organization, an owner who does
    not see it.
    """
    locked, policy = keeping.begin(by, organization), plans_in_force()
    found = policy.templates.get(template) if policy else None
    if policy is None or found is None or locked.kind not in found.kinds:
        raise DomainError(_("Choose a template."), field="template", code="unknown_template")
    check_fields(values, WRITABLE_FIELDS - {"starts_on"})
    plan = SuccessPlan(
        organization=locked,
        template=template,
        policy_version=policy.version,
        starts_on=starts_on,
        # Near the end of time the sum would be no day; the check says which days a plan may have.
        ends_on=values.pop("ends_on", None) or starts_on + min(timedelta(days=found.days), date.max - starts_on),
        title=values.pop("title", "") or label_in(found.label, locked.language),
        owner=values.pop("owner", None) or User.objects.filter(pk=by.user_id).first(),
        created_by_id=by.user_id,
        **values,
    )
    _check(plan)
    plan.save()
    Objective.objects.bulk_create(_objectives(plan, found))
    keeping.record(by, "success_plan.created", plan, now)
    keeping.say(plan, EntryKind.PLAN, _("Success plan drafted: %(title)s") % {"title": plan.title}, by, now)
    return plan


@transaction.atomic
def edit(
    *, by: Actor, plan: SuccessPlan, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> SuccessPlan:
    """Change what a plan that has not ended says. Raises NotAllowed, Conflict, DomainError ("closed"; field)."""
    locked = _unfinished(by, plan, version)
    check_fields(values, WRITABLE_FIELDS)
    if not (changes := keeping.put(locked, values)):
        return locked
    _check(locked)
    if "is_shared" in changes:
        _share_tasks(locked, now)
    keeping.save(locked, [*changes, "withheld"])
    keeping.record(by, "success_plan.edited", locked, now, changes)
    return locked


@transaction.atomic
def activate(*, by: Actor, plan: SuccessPlan, version: int | None = None, now: datetime) -> SuccessPlan:
    """Begin a draft: its tasks come, with owners and days.

    Raises NotAllowed, Conflict, DomainError "not_draft", or "unseen" where its owner sees the organization no longer.
    """
    locked = _unfinished(by, plan, version)
    if locked.state != PlanState.DRAFT:
        raise DomainError(_("This plan has begun already."), code="not_draft")
    _check_owner(locked)
    locked.state = PlanState.ACTIVE
    keeping.save(locked, ["state"])
    _bring_tasks(locked, by, now)
    keeping.record(by, "success_plan.activated", locked, now)
    keeping.say(locked, EntryKind.PLAN, _("Success plan begun: %(title)s") % {"title": locked.title}, by, now)
    _tell(locked, _("A success plan of yours has begun: %(title)s"), by, now)
    return locked


@transaction.atomic
def complete(*, by: Actor, plan: SuccessPlan, note: str = "", version: int | None = None, now: datetime) -> SuccessPlan:
    """End an active plan whose objectives are all settled.

    Raises NotAllowed, Conflict, DomainError "not_active", or "objectives_open" while one is not settled.
    """
    locked = _unfinished(by, plan, version)
    if locked.state != PlanState.ACTIVE:
        raise DomainError(_("This plan has not begun."), code="not_active")
    if locked.objectives.filter(state=ObjectiveState.OPEN).exists():
        message = _("Objectives are still open: say how each ended, or drop it with a reason.")
        raise DomainError(message, code="objectives_open")
    return _close(locked, PlanState.COMPLETED, keeping.closing(note), by, now)


@transaction.atomic
def abandon(*, by: Actor, plan: SuccessPlan, note: str, version: int | None = None, now: datetime) -> SuccessPlan:
    """Give a plan up, with the reason: open objectives are dropped, open tasks skipped.

    Raises NotAllowed, Conflict, DomainError ("closed"; field note).
    """
    locked = _unfinished(by, plan, version)
    text = keeping.closing(note, is_needed=True)
    locked.objectives.filter(state=ObjectiveState.OPEN).update(
        state=ObjectiveState.DROPPED, closing_note=text, version=F("version") + 1, updated_at=now
    )
    return _close(locked, PlanState.ABANDONED, text, by, now)


def _close(plan: SuccessPlan, state: PlanState, note: str, by: Actor, now: datetime) -> SuccessPlan:
    plan.state, plan.closing_note, plan.closed_at = state, note, now
    keeping.save(plan, ["state", "closing_note", "closed_at"])
    is_done = state is PlanState.COMPLETED
    reason = _("The success plan was completed") if is_done else _("The success plan was given up")
    Task.objects.filter(plan=plan, state__in=OPEN_TASKS).update(
        state=TaskState.SKIPPED, skip_reason=reason, version=F("version") + 1, updated_at=now
    )
    task_facts.refresh([plan.organization_id])
    keeping.record(by, f"success_plan.{state.value}", plan, now)
    title = _("Success plan completed: %(title)s") if is_done else _("Success plan given up: %(title)s")
    keeping.say(plan, EntryKind.PLAN, title % {"title": plan.title}, by, now, body=note)
    _tell(plan, title, by, now)
    return plan


def _unfinished(by: Actor, plan: SuccessPlan, version: int | None) -> SuccessPlan:
    locked = keeping.locked_row(by, plan, version)
    if locked.state not in (PlanState.DRAFT, PlanState.ACTIVE):
        raise DomainError(_("This plan has ended."), code="closed")
    return locked


def _check(plan: SuccessPlan) -> None:
    keeping.tidy(plan, {"title", "goal", "starts_on", "ends_on"})
    if not 0 <= (plan.ends_on - plan.starts_on).days <= MAX_DAYS:
        message = _("A plan ends after it starts, and within three years.")
        raise DomainError(message, field="ends_on", code="backward")
    _check_owner(plan)


def _check_owner(plan: SuccessPlan) -> None:
    if plan.owner is not None and not user_opens(plan.owner, plan.organization):
        raise DomainError(_("This colleague does not open the organization."), field="owner", code="unseen")


def _objectives(plan: SuccessPlan, template: PlanTemplate) -> list[Objective]:
    language = plan.organization.language
    return [
        Objective(
            organization=plan.organization,
            plan=plan,
            place=place,
            title=label_in(one.title, language)[:200],
            measure=label_in(one.measure, language)[:200],
            metric=one.metric if one.target is not None else "",
            direction=one.direction,
            target=one.target,
            target_on=min(plan.starts_on + timedelta(days=one.days), plan.ends_on),
        )
        for place, one in enumerate(template.objectives)
    ]


def _bring_tasks(plan: SuccessPlan, by: Actor, now: datetime) -> None:
    template, organization = template_of(plan.template, plan.policy_version), plan.organization
    owners = task_owners.primary_owners([organization], policy=by.policy)
    made = [
        Task(
            organization=organization,
            plan=plan,
            stage=organization.stage,
            source=TaskSource.PLAN,
            source_key=step.id,
            title=label_in(step.title, organization.language)[:200],
            owner_id=owners.get((organization.pk, step.owner_role), plan.owner_id),
            owner_role=step.owner_role,
            court=Court.US,
            due_on=plan.starts_on + timedelta(days=step.day),
            is_shared=step.is_shared and plan.is_shared,
            created_by_id=by.user_id,
        )
        for step in (template.tasks if template else ())
    ]
    Task.objects.bulk_create(made)
    task_facts.refresh([organization.pk])
    by_owner: dict[int, list[int]] = {}
    for task in made:
        if task.owner_id is not None and task.owner_id != by.user_id:
            by_owner.setdefault(task.owner_id, []).append(task.pk)
    for owner_id, ids in by_owner.items():
        task_owners.tell_of_many(owner_id, ids, now=now)


def _share_tasks(plan: SuccessPlan, now: datetime) -> None:
    """The plan's tasks leave the portal with it, and those that left come back with it: one unshared alone stays so."""
    tasks = Task.objects.filter(plan=plan)
    if plan.is_shared:
        found = tasks.filter(pk__in=plan.withheld) if plan.withheld is not None else tasks.filter(_meant_for_them(plan))
    else:
        plan.withheld = sorted(tasks.filter(is_shared=True).values_list("pk", flat=True))
        found = tasks.filter(pk__in=plan.withheld)
    found.update(is_shared=plan.is_shared, version=F("version") + 1, updated_at=now)


def _meant_for_them(plan: SuccessPlan) -> Q:
    """The tasks that the template shows to the other side."""
    template = template_of(plan.template, plan.policy_version)
    return Q(source_key__in=[step.id for step in template.tasks if step.is_shared] if template else [])


def _tell(plan: SuccessPlan, sentence: str, by: Actor, now: datetime) -> None:
    owner = plan.owner
    if owner is None or owner.pk == by.user_id or not user_opens(owner, plan.organization):
        return
    notify(
        user_ids=[owner.pk],
        kind=notices.SUCCESS_PLANS,
        title=sentence % {"title": plan.title},
        body=plan.organization.name,
        key=f"success_plan:{plan.pk}:{plan.version}",
        now=now,
        target_type="successplan",
        target_id=plan.pk,
        organization_id=plan.organization_id,
    )
