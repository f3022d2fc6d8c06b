"""What a task waits for: dependencies, without circles. The organization is locked, so that two cannot close one."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError
from partners.models import Organization, Task, TaskDependency
from partners.rules.dependencies import find_circle
from partners.work_choices import OPEN_TASKS

SHOWN = 5


def waits_for(task: Task) -> list[Task]:
    """The unfinished tasks directly before this one."""
    before = Task.objects.filter(dependents__task=task, state__in=OPEN_TASKS, archived_at__isnull=True)
    return list(before.order_by("due_on", "pk"))


def require_ready(task: Task, by: Actor) -> None:
    """Raises DomainError "waiting" that names what is still to be done before, as far as `by` may see it."""
    before = waits_for(task)
    if not before:
        return
    seen = Task.objects.visible_to(by).filter(pk__in=[one.pk for one in before]).values_list("pk", flat=True)
    titles = [f"“{one.title}”" for one in before if one.pk in set(seen)]
    if not titles:
        raise DomainError(_("Something else has to be done before this."), code="waiting")
    raise DomainError(_("This waits for %(titles)s.") % {"titles": ", ".join(titles[:SHOWN])}, code="waiting")


def set_needs(task: Task, needed: Collection[Task]) -> bool:
    """Let `task` wait for exactly these; whether that changed anything. The caller has locked the organization.

    Raises DomainError (`field` "needs"): a task of another organization, itself, or a circle, which is named.
    """
    wanted = {one.pk for one in needed}
    if any(one.organization_id != task.organization_id or one.archived_at is not None for one in needed):
        raise DomainError(_("Choose tasks of this organization."), field="needs", code="foreign_task")
    had = set(TaskDependency.objects.filter(task=task).values_list("needed_id", flat=True))
    if had == wanted:
        return False
    _refuse_circle(task, wanted)
    TaskDependency.objects.filter(task=task, needed_id__in=had - wanted).delete()
    add_rows(task.organization, [(task.pk, pk) for pk in sorted(wanted - had)])
    return True


def add_rows(organization: Organization, pairs: Iterable[tuple[int, int]]) -> None:
    """Write dependencies (task, needed) that are known to close no circle; those there already stay."""
    rows = [TaskDependency(organization=organization, task_id=task, needed_id=needed) for task, needed in pairs]
    TaskDependency.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _refuse_circle(task: Task, wanted: Collection[int]) -> None:
    rows = TaskDependency.objects.filter(organization_id=task.organization_id).exclude(task=task)
    after: dict[str, list[str]] = {str(task.pk): [str(pk) for pk in sorted(wanted)]}
    for task_id, needed_id in rows.order_by("pk").values_list("task_id", "needed_id"):
        after.setdefault(str(task_id), []).append(str(needed_id))
    if circle := find_circle(after):
        titles = dict(Task.objects.filter(pk__in=[int(pk) for pk in circle]).values_list("pk", "title"))
        names = [f"“{titles[int(pk)]}”" for pk in (*circle, circle[0])]
        message = _("These would wait for each other: %(circle)s.") % {"circle": " → ".join(names)}
        raise DomainError(message, field="needs", code="circle")
