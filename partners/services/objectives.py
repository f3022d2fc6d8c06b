"""Use cases of objectives. One with a metric is measured: nobody ticks it, and a daily job says when it is reached."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor, FieldClass
from accounts.services.notifications import notify
from common.errors import DomainError, NotAllowed
from partners import notices, objective_metrics
from partners.choices import EntryKind
from partners.models import Objective, SuccessPlan
from partners.permissions import may_read_fields
from partners.plan_choices import ObjectiveState, PlanState
from partners.rules.objectives import Measured, Verdict, verdict
from partners.services import keeping
from partners.services.checklists import local_day
from partners.services.locking import lock_organization
from partners.services.validation import check_fields
from partners.work_permissions import user_opens

WRITABLE_FIELDS = frozenset(
    {"title", "measure", "metric", "direction", "baseline", "target", "target_on", "gain", "currency", "is_shared"}
)
CHUNK = 500
MOST = 50


@transaction.atomic
def add(*, by: Actor, plan: SuccessPlan, values: Mapping[str, Any], now: datetime) -> Objective:
    """Add an objective to a plan that has not ended. Raises NotAllowed, DomainError ("closed"; field)."""
    locked = keeping.locked_row(by, plan)
    _require_open(locked)
    check_fields(values, WRITABLE_FIELDS)
    place = locked.objectives.count()
    if place >= MOST:
        raise DomainError(_("A plan has up to %(count)s objectives.") % {"count": MOST}, code="too_many")
    made = Objective(organization=locked.organization, plan=locked, place=place, **values)
    _check(made, values, by)
    made.save()
    keeping.record(by, "objective.added", made, now)
    return made


@transaction.atomic
def edit(
    *, by: Actor, objective: Objective, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> Objective:
    """Change an open objective. Raises NotAllowed, Conflict, DomainError ("closed"; field)."""
    locked = _open(by, objective, version)
    check_fields(values, WRITABLE_FIELDS)
    if not (changes := keeping.put(locked, values)):
        return locked
    if "metric" in changes:
        locked.value, locked.measured_at = None, None
    _check(locked, changes, by)
    keeping.save(locked, [*changes, "currency", "value", "measured_at"])
    keeping.record(by, "objective.edited", locked, now, changes)
    return locked


@transaction.atomic
def move(*, by: Actor, objective: Objective, place: int, now: datetime) -> Objective:
    """Put an objective at another place of its plan, counted from 0; beyond the last it becomes the last.

    Only its own version counts on: moving one does not disturb who edits another. Raises NotAllowed, DomainError
    "closed" of an ended plan.
    """
    locked = keeping.locked_row(by, objective)
    _require_open(locked.plan)
    rows = list(Objective.objects.select_for_update(no_key=True).filter(plan_id=locked.plan_id).order_by("place", "pk"))
    before = [row.pk for row in rows]
    rows = [row for row in rows if row.pk != locked.pk]
    rows.insert(max(place, 0), locked)
    if [row.pk for row in rows] == before:
        return locked
    for number, row in enumerate(rows):
        row.place = number
    Objective.objects.bulk_update([row for row in rows if row.pk != locked.pk], ["place"])
    keeping.save(locked, ["place"])
    keeping.record(by, "objective.moved", locked, now)
    return locked


@transaction.atomic
def achieve(*, by: Actor, objective: Objective, note: str = "", version: int | None = None, now: datetime) -> Objective:
    """Say that an objective was reached that nothing measures.

    Raises NotAllowed, Conflict, DomainError "measured" where a metric decides, "closed".
    """
    locked = _open(by, objective, version)
    _refuse_measured(locked)
    return _settle(locked, ObjectiveState.ACHIEVED, keeping.closing(note), by, now)


@transaction.atomic
def miss(*, by: Actor, objective: Objective, note: str, version: int | None = None, now: datetime) -> Objective:
    """Say that it was not reached, and why. Raises like `achieve`; DomainError with field note."""
    locked = _open(by, objective, version)
    _refuse_measured(locked)
    return _settle(locked, ObjectiveState.MISSED, keeping.closing(note, is_needed=True), by, now)


@transaction.atomic
def drop(*, by: Actor, objective: Objective, note: str, version: int | None = None, now: datetime) -> Objective:
    """Nobody wants it any longer. Raises NotAllowed, Conflict, DomainError ("closed"; field note)."""
    locked = _open(by, objective, version)
    return _settle(locked, ObjectiveState.DROPPED, keeping.closing(note, is_needed=True), by, now)


@transaction.atomic
def reopen(*, by: Actor, objective: Objective, version: int | None = None, now: datetime) -> Objective:
    """Undo of the three above. Raises NotAllowed, Conflict, DomainError "open", "closed" of an ended plan."""
    locked = keeping.locked_row(by, objective, version)
    _require_open(locked.plan)
    if locked.state == ObjectiveState.OPEN:
        raise DomainError(_("This objective is open."), code="open")
    locked.state, locked.achieved_on, locked.closing_note = ObjectiveState.OPEN, None, ""
    keeping.save(locked, ["state", "achieved_on", "closing_note"])
    keeping.record(by, "objective.reopened", locked, now)
    return locked


def measure_next(*, after: int, now: datetime) -> int:
    """Measure the next chunk of open objectives of active plans; returns where to go on, 0 after the last.

    Values come for the whole chunk at once; only those that are reached or over cost a statement of their own.
    """
    rows = Objective.objects.filter(
        state=ObjectiveState.OPEN, plan__state=PlanState.ACTIVE, organization__archived_at__isnull=True, pk__gt=after
    ).exclude(metric="")
    found: Sequence[Objective] = list(rows.select_related("plan", "organization").order_by("pk")[:CHUNK])
    values = objective_metrics.latest(sorted({(one.organization_id, one.metric) for one in found}))
    for one in found:
        value = values.get((one.organization_id, one.metric))
        if value is None:
            continue
        one.value, one.measured_at = value, now
        one.baseline = value if one.baseline is None else one.baseline
    Objective.objects.bulk_update(found, ["value", "measured_at", "baseline"], batch_size=CHUNK)
    for one in found:
        judged = verdict(measured(one), local_day(one.organization, now))
        if judged is not Verdict.OPEN:
            _judge(one.pk, now)
    return found[-1].pk if len(found) == CHUNK else 0


def measured(one: Objective) -> Measured:
    """An objective with its `plan`, as the rules see it."""
    return Measured(
        starts_on=one.plan.starts_on,
        target_on=one.target_on,
        direction=one.direction,
        baseline=one.baseline,
        target=one.target,
        value=one.value,
    )


@transaction.atomic
def _judge(pk: int, now: datetime) -> None:
    """Settle one by its value, if it still stands as it was found."""
    one = Objective.objects.select_related("organization").get(pk=pk)
    organization = lock_organization(one.organization)
    locked = Objective.objects.select_for_update(no_key=True, of=("self",)).select_related("plan").get(pk=pk)
    locked.organization = organization
    if locked.state != ObjectiveState.OPEN or not locked.metric or locked.plan.state != PlanState.ACTIVE:
        return
    judged = verdict(measured(locked), local_day(organization, now))
    if judged is not Verdict.OPEN:
        _settle(locked, ObjectiveState(judged.value), "", None, now)


def _settle(one: Objective, state: ObjectiveState, note: str, by: Actor | None, now: datetime) -> Objective:
    is_reached = state is ObjectiveState.ACHIEVED
    one.state, one.closing_note = state, note
    one.achieved_on = local_day(one.organization, now) if is_reached else None
    keeping.save(one, ["state", "closing_note", "achieved_on"])
    keeping.record(by, f"objective.{state.value}", one, now)
    sentence = {
        ObjectiveState.ACHIEVED: _("Objective achieved: %(title)s"),
        ObjectiveState.MISSED: _("Objective missed: %(title)s"),
    }.get(state, _("Objective dropped: %(title)s")) % {"title": one.title}
    keeping.say(one, EntryKind.PLAN, sentence, by, now, body=note)
    if state is not ObjectiveState.DROPPED:
        _tell(one, sentence, by, now)
    return one


def _tell(one: Objective, sentence: str, by: Actor | None, now: datetime) -> None:
    owner = one.plan.owner
    # A sentence names what is in the plan: for an owner who still opens it.
    if owner is None or (by and owner.pk == by.user_id) or not user_opens(owner, one.organization):
        return
    notify(
        user_ids=[owner.pk],
        kind=notices.SUCCESS_PLANS,
        title=sentence,
        body=one.organization.name,
        key=f"objective:{one.pk}:{one.version}",
        now=now,
        target_type="successplan",
        target_id=one.plan_id,
        organization_id=one.organization_id,
    )


def _open(by: Actor, objective: Objective, version: int | None) -> Objective:
    locked = keeping.locked_row(by, objective, version)
    _require_open(locked.plan)
    if locked.state != ObjectiveState.OPEN:
        raise DomainError(_("This objective is settled."), code="closed")
    return locked


def _require_open(plan: SuccessPlan) -> None:
    if plan.state not in (PlanState.DRAFT, PlanState.ACTIVE):
        raise DomainError(_("This plan has ended."), code="closed")


def _refuse_measured(one: Objective) -> None:
    if one.metric:
        raise DomainError(_("This objective is measured: its value decides, nobody ticks it."), code="measured")


def _check(one: Objective, changed: Mapping[str, Any], by: Actor) -> None:
    if "gain" in changed and not may_read_fields(by, one.organization, FieldClass.COMMERCIAL):
        raise NotAllowed(_("What it is worth is written by those who read commercial fields."))
    one.currency = (one.currency or one.organization.currency).upper() if one.gain is not None else ""
    keeping.tidy(one, WRITABLE_FIELDS)
    if one.gain is not None and one.gain < 0:
        raise DomainError(_("An amount is not below zero."), field="gain", code="negative")
    if "metric" in changed and one.metric and one.metric not in objective_metrics.known_metrics():
        raise DomainError(_("This metric is not known."), field="metric", code="unknown_metric")
    if one.metric and one.target is None:
        raise DomainError(_("Give the value to reach: it is measured."), field="target", code="no_target")
    if not isinstance(one.target_on, date) or one.target_on < one.plan.starts_on:
        raise DomainError(_("It is reached after the plan starts."), field="target_on", code="before_start")
