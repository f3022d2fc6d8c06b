"""Tasks in the portal: what waits for the reader, ticked off with a note or a file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, portal_page
from common.sent_once import once
from partners.forms.tasks import EvidenceForm
from partners.selectors.portal_tasks import portal_task, portal_tasks
from partners.services import task_progress
from partners.views.evidence import add_what_was_given
from partners.views.pages import attempt


@require_safe
@portal_page
def portal_task_list(request: HttpRequest) -> HttpResponse:
    """All tasks that are shared with the open organization."""
    now = timezone.now()
    found = portal_tasks(actor_of(request), now=now)
    return render(request, "portal/tasks.html", {"found": found, "now": now})


@portal_page
@once
def portal_task_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One task: what it is about, what was added; adding a file, a link or a note, and saying that it is done."""
    actor, now = actor_of(request), timezone.now()
    shown = portal_task(actor, public_id, now=now)
    if shown is None:
        raise Http404
    task, row, evidence = shown
    is_done = "done" in request.POST
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _keep(request, form, task, is_done=is_done):
        messages.success(request, _("Thank you, this is done.") if is_done else _("Added."))
        return redirect("partners:portal" if is_done else request.path)
    context = {"task": task, "row": row, "evidence": evidence, "form": form, "now": now}
    return render(request, "portal/task.html", context, status=422 if form.errors else 200)


def _keep(request: HttpRequest, form: EvidenceForm, task: Any, *, is_done: bool) -> bool:
    """Add what was given, and with `is_done` tick the task off. What is refused stands in the form."""
    if not (is_done and form.is_blank) and not add_what_was_given(request, form, task):
        return False
    if is_done:
        attempt(form, task_progress.complete, by=actor_of(request), task=task, now=timezone.now())
    return not form.errors
