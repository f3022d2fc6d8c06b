"""One task with all that belongs to it, and the tasks of one organization by phase."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.labels import stage_label
from accounts.models import Activity
from accounts.rules.access import Actor, FieldClass, Right, decide
from common import composed
from partners import permissions
from partners.models import Contact, Evidence, Organization, Task, TaskDependency
from partners.rules import checklists
from partners.selectors.page import OrganizationPage
from partners.selectors.task_rows import DUE_SORT, FIELDS, TaskRow, task_rows, with_row_facts
from partners.work_choices import OPEN_TASKS, TaskState

MOST = 500
HISTORY_SHOWN = 30
NEXT_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One line of a task's history."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    """A task in the hands of its reader."""

    task: Task
    row: TaskRow
    needs: tuple[Task, ...]
    enables: tuple[Task, ...]
    evidence: tuple[Evidence, ...]
    history: tuple[Happening, ...]


@dataclass(frozen=True, kw_only=True)
class TaskGroup:
    """The tasks of a phase, of a stage, or beside both."""

    key: str
    label: str
    rows: tuple[TaskRow, ...]
    done: int

    @property
    def total(self) -> int:
        return len([row for row in self.rows if row.state != TaskState.SKIPPED])

    @property
    def may_tick(self) -> bool:
        return any(row.may_tick for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class OrganizationTasks:
    """The tasks of an organization: the present stage by phase, what else is open, what was left over.

    The numbers are of the present stage.
    """

    groups: tuple[TaskGroup, ...]
    others: tuple[TaskRow, ...]
    left_over: tuple[TaskRow, ...]
    next_actions: tuple[TaskRow, ...]
    done: int
    total: int
    overdue: int
    blocked: int

    @property
    def is_empty(self) -> bool:
        return not (self.groups or self.others or self.left_over)

    @property
    def may_tick(self) -> bool:
        """Whether there is anything that its reader may do together."""
        return self.may_tick_stage or self.may_tick_left_over or any(row.may_tick for row in self.others)

    @property
    def may_tick_stage(self) -> bool:
        return any(group.may_tick for group in self.groups)

    @property
    def may_tick_left_over(self) -> bool:
        return any(row.may_tick for row in self.left_over)


def task_of(actor: Actor, public_id: UUID) -> Task | None:
    """The task if `actor` may see it; None for foreign and missing alike, and for those taken away."""
    seen = Task.objects.visible_to(actor).current().filter(public_id=public_id)
    found: Task | None = seen.select_related("organization", "owner", "contact", "done_by", "created_by").first()
    return found


def task_page(actor: Actor, task: Task, *, now: datetime) -> TaskPage:
    """All that the page of a task shows: five statements. Who knows the summary alone sees own neighbors only."""
    seen = Task.objects.visible_to(actor).current()
    values = with_row_facts(seen.filter(pk=task.pk), actor).values(*FIELDS)
    links = seen.filter(dependents__task=task), seen.filter(dependencies__needed=task)
    needs, enables = (
        tuple(rows.only("public_id", "title", "state", "due_on").order_by("due_on", "pk")) for rows in links
    )
    evidence = Evidence.objects.visible_to(actor).current().filter(task=task).select_related("file", "added_by")
    return TaskPage(
        task=task,
        row=task_rows(values, actor=actor, now=now)[0],
        needs=needs,
        enables=enables,
        evidence=tuple(evidence),
        history=_history(task),
    )


def _history(task: Task) -> tuple[Happening, ...]:
    """Whoever may open a task may read what was done to it; the trail holds no words of it."""
    rows = Activity.objects.filter(target_type="task", target_id=task.pk, organization_id=task.organization_id)
    newest = rows.order_by("-at", "-id").values_list("at", "actor_name", "verb", "changes")[:HISTORY_SHOWN]
    return tuple(
        Happening(at=at, who=who or _("The hub"), what=_what(verb, changes or {})) for at, who, verb, changes in newest
    )


def _what(verb: str, changes: dict[str, Any]) -> str:
    known = {
        "task.created": _("Added"),
        "task.edited": _("Edited"),
        "task.started": _("Started"),
        "task.completed": _("Done"),
        "task.reopened": _("Reopened"),
        "task.skipped": _("Skipped"),
        "task.blocked": _("Blocked"),
        "task.unblocked": _("No longer blocked"),
        "task.archived": _("Taken away"),
        "task.restored": _("Brought back"),
        "evidence.added": _("Evidence added"),
        "evidence.removed": _("Evidence taken away"),
    }
    words = known.get(verb, verb)
    if verb != "task.edited":
        return words
    names = [str(Task._meta.get_field(name).verbose_name) for name in changes]  # type: ignore[union-attr]
    return f"{words}: {', '.join(names)}" if names else words


def organization_tasks(page: OrganizationPage) -> OrganizationTasks:
    """The tasks of the page's organization: two statements. The caller has made sure that it is open in full."""
    values = composed.records(_rows_of, page.actor, gaps=(page.row.pk,))
    rows = task_rows(values, actor=page.actor, now=page.now)
    present = [row for row in rows if row.stage == page.row.stage]
    counted = [row for row in present if row.state != TaskState.SKIPPED]
    is_else = [row for row in rows if row.stage != page.row.stage and row.is_open]
    return OrganizationTasks(
        groups=tuple(_groups(present)),
        others=tuple(row for row in is_else if not row.is_left_over),
        left_over=tuple(row for row in is_else if row.is_left_over),
        next_actions=_next_actions(rows, page.row.pk),
        done=sum(row.state == TaskState.DONE for row in counted),
        total=len(counted),
        overdue=sum(row.is_overdue for row in counted),
        blocked=sum(row.is_blocked for row in counted),
    )


def _rows_of(actor: Actor, organization_id: int) -> QuerySet[Any, Any]:
    seen = Task.objects.visible_to(actor).current().filter(organization_id=organization_id)
    ordered = with_row_facts(seen, actor).annotate(due_sort=DUE_SORT).order_by("due_sort", "pk")
    found: QuerySet[Any, Any] = ordered.values(*FIELDS)[:MOST]
    return found


def _groups(rows: Sequence[TaskRow]) -> Iterable[TaskGroup]:
    phases: dict[str, list[TaskRow]] = {}
    for row in rows:
        phases.setdefault(row.phase, []).append(row)
    for phase, found in sorted(phases.items()):
        done = sum(row.state == TaskState.DONE for row in found)
        label = _("Phase %(phase)s") % {"phase": phase} if phase else stage_label(found[0].stage)
        yield TaskGroup(key=phase or "stage", label=label, rows=tuple(found), done=done)


def _next_actions(rows: Sequence[TaskRow], organization_id: int) -> tuple[TaskRow, ...]:
    after: dict[int, list[str]] = {}
    for task_id, needed_id in composed.fetch(_dependencies, gaps=(organization_id,)):
        after.setdefault(task_id, []).append(str(needed_id))
    standings = checklists.standings(
        [
            checklists.Task(
                id=str(row.pk),
                due_on=row.due_on,
                after=tuple(after.get(row.pk, ())),
                court=row.court,
                is_done=row.state == TaskState.DONE,
                is_skipped=row.state == TaskState.SKIPPED,
                is_required=row.is_required,
                order=place,
            )
            for place, row in enumerate(rows)
        ],
        today=date.max,
    )
    by_id = {str(row.pk): row for row in rows}
    free = [by_id[one.task.id] for one in checklists.next_actions(standings)]
    # The gate that is open comes before what earlier ones did without.
    free.sort(key=lambda row: row.is_left_over)
    return tuple(islice((row for row in free if not row.blocked_reason), NEXT_SHOWN))


def _dependencies(organization_id: int) -> QuerySet[Any, Any]:
    return TaskDependency.objects.filter(organization_id=organization_id).values_list("task_id", "needed_id")


def others_of(actor: Actor, organization: Organization, *, but: Task | None = None) -> list[Task]:
    """Tasks that one may be made to wait for: the unfinished ones, and those it waits for already."""
    seen = Task.objects.visible_to(actor).current().filter(organization=organization)
    found = seen.filter(state__in=OPEN_TASKS)
    if but is not None:
        found = (found | seen.filter(dependents__task=but)).exclude(pk=but.pk).distinct()
    return list(found.only("public_id", "title", "due_on").order_by("due_on", "pk")[:MOST])


def contacts_to_name(actor: Actor, organization: Organization) -> list[Contact]:
    """The contacts who may be named beside a task or a promise."""
    seen = Contact.objects.visible_to(actor).filter(organization=organization, archived_at__isnull=True)
    return list(seen.only("public_id", "name", "is_primary", "organization_id").order_by("-is_primary", "name")[:200])


def evidence_file(actor: Actor, public_id: UUID, *, now: datetime) -> Evidence | None:
    """A file that `actor` may take: of a task they see, or of answers that are open to them. None otherwise."""
    seen = Evidence.objects.visible_to(actor).current().filter(public_id=public_id, file__isnull=False)
    found: Evidence | None = seen.select_related("file", "draft__review", "organization").first()
    if found is None or found.file is None or found.file.removed_at is not None:
        return None
    return found if found.draft is None or _opens_answers(actor, found, now) else None


def _opens_answers(actor: Actor, evidence: Evidence, now: datetime) -> bool:
    """Evidence of an answer is read by those who may read the answers of its stage."""
    subject = permissions.subject_of(evidence.organization, grants_for=actor.user_id)
    stage = evidence.draft.review.stage if evidence.draft else None
    return decide(actor, Right.SEE, subject, FieldClass.ANSWERS, stage=stage, now=now).allowed
