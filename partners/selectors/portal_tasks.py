"""What a contact sees of tasks and promises in the portal: plain words, and nothing internal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils import timezone

from accounts.rules.access import Actor
from partners.models import Evidence, Task
from partners.work_choices import OPEN_TASKS, Court, TaskState

SHOWN = 100
DONE_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class PortalTask:
    """A task in the words of outsiders. `is_yours`: the reader may tick it off; `with_whom` else has it."""

    public_id: str
    title: str
    description: str
    due_on: date | None
    is_late: bool
    is_yours: bool
    is_done: bool
    done_at: datetime | None
    with_whom: str
    needs_evidence: bool


@dataclass(frozen=True, kw_only=True)
class PortalTasks:
    """The reader's own first, then what waits for others, then what was done last."""

    own: tuple[PortalTask, ...]
    others: tuple[PortalTask, ...]
    done: tuple[PortalTask, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.own or self.others or self.done)


_FIELDS = (
    "public_id",
    "title",
    "description",
    "due_on",
    "state",
    "court",
    "needs_evidence",
    "done_at",
    "contact__user_id",
    "contact__name",
    "contact_id",
    "organization__timezone",
)


def portal_tasks(actor: Actor, *, now: datetime) -> PortalTasks:
    """The shared tasks of the open organization: two statements."""
    seen = Task.objects.visible_to(actor)
    waiting = seen.filter(state__in=OPEN_TASKS).order_by(F("due_on").asc(nulls_last=True), "pk")
    rows = [_row(values, actor, now) for values in waiting.values(*_FIELDS)[:SHOWN]]
    done = seen.filter(state=TaskState.DONE).order_by("-done_at", "-pk").values(*_FIELDS)[:DONE_SHOWN]
    return PortalTasks(
        own=tuple(row for row in rows if row.is_yours),
        others=tuple(row for row in rows if not row.is_yours),
        done=tuple(_row(values, actor, now) for values in done),
    )


def own_portal_tasks(actor: Actor, *, now: datetime) -> list[PortalTask]:
    """What waits for the reader: one statement."""
    waiting = Task.objects.visible_to(actor).filter(state__in=OPEN_TASKS, court=Court.PARTNER)
    ordered = waiting.order_by(F("due_on").asc(nulls_last=True), "pk").values(*_FIELDS)[:SHOWN]
    return [row for row in (_row(values, actor, now) for values in ordered) if row.is_yours]


def portal_task(actor: Actor, public_id: UUID, *, now: datetime) -> tuple[Task, PortalTask, Sequence[Evidence]] | None:
    """One shared task with its evidence; None for any other."""
    seen = Task.objects.visible_to(actor).filter(Q(state__in=OPEN_TASKS) | Q(state=TaskState.DONE), public_id=public_id)
    task: Task | None = seen.select_related("organization", "contact").first()
    if task is None:
        return None
    evidence = Evidence.objects.visible_to(actor).current().filter(task=task).select_related("file", "added_by")
    return task, _row(seen.values(*_FIELDS)[0], actor, now), list(evidence)


def portal_tasks_of_plans(actor: Actor, plan_ids: Sequence[int], *, now: datetime) -> dict[int, list[PortalTask]]:
    """The shared tasks of success plans, the reader's own first: one statement."""
    states = [*OPEN_TASKS, TaskState.DONE]
    seen = Task.objects.visible_to(actor).filter(plan_id__in=plan_ids, state__in=states)
    ordered = seen.order_by(F("due_on").asc(nulls_last=True), "pk").values("plan_id", *_FIELDS)[:SHOWN]
    found: dict[int, list[PortalTask]] = {}
    for values in ordered:
        found.setdefault(values["plan_id"], []).append(_row(values, actor, now))
    return {pk: sorted(rows, key=lambda row: (row.is_done, not row.is_yours)) for pk, rows in found.items()}


def _row(values: dict[str, Any], actor: Actor, now: datetime) -> PortalTask:
    is_open = values["state"] in OPEN_TASKS
    is_theirs = values["court"] == Court.PARTNER
    is_mine = values["contact_id"] is None or values["contact__user_id"] == actor.user_id
    today = timezone.localdate(now, ZoneInfo(values["organization__timezone"]))
    return PortalTask(
        public_id=str(values["public_id"]),
        title=values["title"],
        description=values["description"],
        due_on=values["due_on"],
        is_late=bool(is_open and values["due_on"] and values["due_on"] < today),
        is_yours=is_open and is_theirs and is_mine,
        is_done=not is_open,
        done_at=values["done_at"],
        with_whom=(values["contact__name"] or "") if is_theirs else "",
        needs_evidence=values["needs_evidence"],
    )
