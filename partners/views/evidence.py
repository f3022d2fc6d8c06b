"""Adding evidence to a task, taking it away, and the files themselves: as attachments, for those who may see them."""

from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, portal_page, signed_in_page, staff_page
from common.sent_once import once
from partners.forms.tasks import EvidenceForm
from partners.models import Evidence, Task
from partners.selectors.task_page import evidence_file, task_page
from partners.services import evidence
from partners.views.pages import attempt, frame, page_or_404, refreshed, run
from partners.views.task_pages import task_or_404


def add_what_was_given(request: HttpRequest, form: EvidenceForm, task: Task) -> Evidence | None:
    """Keep every piece of the form that is filled in; what is refused stands at its field. None if any was."""
    form.require_something()
    sent, made = form.cleaned_data, None
    shared: dict[str, Any] = {"by": actor_of(request), "task": task, "now": timezone.now()}
    if sent.get("file") and not form.errors:
        made = attempt(form, evidence.add_file, file=sent["file"], **shared)
    if sent.get("url") and not form.errors:
        made = attempt(form, evidence.add_link, url=sent["url"], **shared)
    if sent.get("note") and not form.errors:
        made = attempt(form, evidence.add_note, note=sent["note"], **shared)
    return None if form.errors else made


@require_POST
@staff_page
@once
def evidence_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A file, a link or a note beside a task."""
    task = task_or_404(request, public_id)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid() and add_what_was_given(request, form, task):
        return redirect(reverse("partners:task", args=[public_id]) + "#evidence")
    page = page_or_404(request, task.organization.public_id)
    shown = task_page(page.actor, task, now=page.now)
    context = frame(request, page, "tasks", shown=shown, task=task, row=shown.row, evidence_form=form)
    return render(request, "partners/task.html", context, status=422)


def _remove(request: HttpRequest, evidence_id: UUID) -> Evidence:
    actor = actor_of(request)
    rows = Evidence.objects.visible_to(actor).current().filter(task__isnull=False)
    found: Evidence = get_object_or_404(
        rows.select_related("task__organization", "task__contact"), public_id=evidence_id
    )
    run(request, evidence.remove, done=_("Taken away."), by=actor, evidence=found, now=timezone.now())
    return found


@require_POST
@staff_page
def evidence_remove(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """Take a piece away."""
    found = _remove(request, evidence_id)
    return refreshed(request, reverse("partners:task", args=[found.task.public_id]) if found.task else "/")


@require_POST
@portal_page
def portal_evidence_remove(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """The same by a contact, for what they added themselves."""
    found = _remove(request, evidence_id)
    return redirect("partners:portal_task", found.task.public_id if found.task else evidence_id)


@require_safe
@signed_in_page
def evidence_download(request: HttpRequest, evidence_id: UUID) -> HttpResponse:
    """A file, as an attachment: for colleagues and contacts who see what it is evidence of."""
    found = evidence_file(actor_of(request), evidence_id, now=timezone.now())
    if found is None or found.file is None or not default_storage.exists(found.file.path):
        raise Http404
    # Read here: nothing streams past the end of the request's transaction (ADR 0002).
    with default_storage.open(found.file.path) as file:
        answer = HttpResponse(file.read(), content_type=found.file.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, found.file.original_name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
