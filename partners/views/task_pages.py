"""The page of a task, its forms and what is done to it; the tasks of one organization."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, staff_page
from common.errors import Conflict
from common.sent_once import once
from partners import task_list
from partners.forms.tasks import EvidenceForm, TaskForm
from partners.models import Task
from partners.selectors.page import OrganizationPage
from partners.selectors.task_page import contacts_to_name, organization_tasks, others_of, task_of, task_page
from partners.services import task_progress, tasks
from partners.views.pages import attempt, back_url, frame, open_page_or_404, page_or_404, refreshed, require, run
from partners.views.saved_views import ORGANIZATION_TASKS, opened
from partners.views.tasks import around_list, bulk_bar, list_context
from partners.work_permissions import can_arrange


def task_or_404(request: HttpRequest, public_id: UUID) -> Task:
    """The task if its reader sees it; foreign and missing give the same 404."""
    found = task_of(actor_of(request), public_id)
    if found is None:
        raise Http404
    return found


def _url(task: Task) -> str:
    return reverse("partners:task", args=[task.public_id])


def _may_arrange(page: OrganizationPage) -> bool:
    return not page.is_archived and can_arrange(page.actor, page.organization, subject=page.subject)


@require_safe
@staff_page
def organization_tasks_tab(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The tasks of an organization by phase, what is next, what is overdue or blocked; as a list where one asks."""
    page = open_page_or_404(request, public_id)
    asked = opened(request, ORGANIZATION_TASKS, keys=task_list.KEYS)
    path = reverse("partners:organization_tasks", args=[public_id])
    shown = task_list.open_tasks(page.actor, asked.query, path=path, now=page.now, place=page.row)
    context = frame(request, page, "tasks", may_arrange=_may_arrange(page))
    if shown.is_asked_for:
        return render(request, "partners/organization_task_list.html", context | list_context(shown, asked))
    context |= around_list(shown, asked) | {"found": organization_tasks(page), "bulk_bar": bulk_bar(page.actor)}
    return render(request, "partners/organization_tasks.html", context)


@require_safe
@staff_page
def task(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One task with its evidence, what it waits for, and its history."""
    found = task_or_404(request, public_id)
    page = page_or_404(request, found.organization.public_id)
    shown = task_page(page.actor, found, now=page.now)
    context = frame(request, page, "tasks", shown=shown, task=found, row=shown.row, evidence_form=EvidenceForm())
    return render(request, "partners/task.html", context)


@staff_page
@once
def task_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A task by hand."""
    page = open_page_or_404(request, public_id)
    require(_may_arrange(page), _("Tasks are arranged by those who work on the organization in its present stage."))
    form = _form(request, page)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"values": form.values, "needs": list(form.cleaned_data["needs"])}
        made = attempt(form, tasks.create, by=page.actor, organization=page.organization, now=page.now, **sent)
        if made is not None:
            messages.success(request, _("Added: %(title)s") % {"title": made.title})
            return redirect(back_url(request, reverse("partners:organization_tasks", args=[public_id])))
    context = frame(request, page, "tasks", form=form)
    return render(request, "partners/task_form.html", context, status=422 if form.errors else 200)


@staff_page
def task_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a task; somebody else's change in the meantime is shown and not overwritten."""
    found = task_or_404(request, public_id)
    page = page_or_404(request, found.organization.public_id)
    require(_may_arrange(page), _("Tasks are arranged by those who work on the organization in its present stage."))
    form = _form(request, page, found)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"values": form.values, "needs": list(form.cleaned_data["needs"])}
        sent["version"] = form.cleaned_data["version"] or 0
        try:
            attempt(form, tasks.edit, by=page.actor, task=found, now=page.now, **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(_url(found))
    context = frame(request, page, "tasks", form=form, task=found)
    return render(request, "partners/task_form.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, page: OrganizationPage, found: Task | None = None) -> TaskForm:
    return TaskForm(
        request.POST or None,
        actor=page.actor,
        contacts=contacts_to_name(page.actor, page.organization),
        others=others_of(page.actor, page.organization, but=found),
        task=found,
    )


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that is done to a task from a button: what the button's form sends along, and what is said then."""

    use_case: Callable[..., Any]
    done: str | Promise
    sends: tuple[str, ...] = ()
    undone_by: str = ""


ACTS: Mapping[str, Act] = {
    "start": Act(use_case=task_progress.start, done=gettext_lazy("You are at it."), undone_by="reopen"),
    "complete": Act(
        use_case=task_progress.complete, done=gettext_lazy("Done: %(title)s"), sends=("note",), undone_by="reopen"
    ),
    "reopen": Act(use_case=task_progress.reopen, done=gettext_lazy("It is to be done again.")),
    "skip": Act(
        use_case=task_progress.skip, done=gettext_lazy("Skipped: %(title)s"), sends=("reason",), undone_by="reopen"
    ),
    "block": Act(
        use_case=task_progress.block,
        done=gettext_lazy("It says what blocks it."),
        sends=("reason",),
        undone_by="unblock",
    ),
    "unblock": Act(use_case=task_progress.unblock, done=gettext_lazy("Nothing blocks it any longer.")),
    "archive": Act(use_case=tasks.archive, done=gettext_lazy("Taken away: %(title)s"), undone_by="restore"),
}


@require_POST
@staff_page
def task_act(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """What a button of a task does; `name` is one of ACTS."""
    found, act = task_or_404(request, public_id), ACTS[name]
    page = page_or_404(request, found.organization.public_id)
    sent: dict[str, Any] = {field: request.POST.get(field, "") for field in act.sends}
    undo = reverse(f"partners:task_{act.undone_by}", args=[public_id]) if act.undone_by else ""
    done = str(act.done) % {"title": found.title}
    run(request, act.use_case, done=done, undo=undo, by=page.actor, task=found, now=page.now, **sent)
    default = reverse("partners:organization_tasks", args=[page.row.public_id]) if name == "archive" else _url(found)
    return refreshed(request, back_url(request, default))


@require_POST
@staff_page
def task_restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Bring it back."""
    actor = actor_of(request)
    rows = Task.objects.visible_to(actor).filter(public_id=public_id).select_related("organization")
    found = rows.first()
    if found is None:
        raise Http404
    page = page_or_404(request, found.organization.public_id)
    run(request, tasks.restore, done=_("It is back."), by=actor, task=found, now=page.now)
    return refreshed(request, _url(found))
