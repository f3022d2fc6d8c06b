"""Many tasks at once: what is done to the ticked ones, what refused and why, and all of it undone."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, staff_page
from common.errors import DomainError
from partners.forms.tasks import BulkTaskForm
from partners.models import Task
from partners.services import task_bulk
from partners.views.pages import back_url, refreshed, run

_UNDO = "task_undo"


@require_POST
@staff_page
def task_bulk_edit(request: HttpRequest) -> HttpResponse:
    """Change the ticked tasks; those that refuse are listed with their reasons."""
    actor, back = actor_of(request), back_url(request, reverse("partners:tasks"))
    found, form = _chosen(request), BulkTaskForm(request.POST, actor=actor)
    if not found or not form.is_valid():
        refusal = next((str(error) for errors in form.errors.values() for error in errors), "")
        messages.error(request, refusal or _("Tick some tasks first."))
        return redirect(back)
    changes: dict[str, Any] = {"values": form.values, "state": form.state_to_be, "note": form.cleaned_data["each_note"]}
    try:
        result = task_bulk.edit_many(by=actor, found=found, now=timezone.now(), **changes)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(back)
    undo = _remember(request, result)
    if result.refusals:
        return render(request, "partners/task_bulk.html", {"result": result, "undo_url": undo, "back": back})
    messages.success(request, _said(result, form), extra_tags=f"undo:{undo}" if undo else "")
    return redirect(back)


def _chosen(request: HttpRequest) -> list[Task]:
    """The ticked tasks that the reader sees; ids of others are passed over as if they did not exist."""
    wanted = []
    # One more than is taken at once, so that too many are refused and not cut.
    for text in request.POST.getlist("chosen")[: task_bulk.MAX_ROWS + 1]:
        try:
            wanted.append(UUID(text))
        except ValueError:
            continue
    return list(
        Task.objects.visible_to(actor_of(request)).current().filter(public_id__in=wanted).select_related("organization")
    )


def _said(result: task_bulk.BulkEdit, form: BulkTaskForm) -> str:
    count = len(result.changed)
    if form.cleaned_data["mark"]:
        return ngettext("%(count)s task is done.", "%(count)s tasks are done.", count) % {"count": count}
    return ngettext("%(count)s task is changed.", "%(count)s tasks are changed.", count) % {"count": count}


def _remember(request: HttpRequest, result: task_bulk.BulkEdit) -> str:
    """Keep what the last bulk edit changed with the session; the address that takes it back, if there is anything."""
    if not result.changed:
        return ""
    token = uuid4().hex
    rows = [[row.task_id, row.version, dict(row.before), row.note_id] for row in result.changed]
    request.session[_UNDO] = {"token": token, "rows": rows}
    return reverse("partners:task_bulk_undo", args=[token])


@require_POST
@staff_page
def task_bulk_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Take the last bulk edit back, where nobody has touched the tasks since."""
    back, kept = reverse("partners:tasks"), request.session.get(_UNDO) or {}
    if kept.get("token") != token:
        messages.error(request, _("This can no longer be undone."))
        return refreshed(request, back)
    del request.session[_UNDO]
    names = ("task_id", "version", "before", "note_id")
    rows = [task_bulk.Changed(**dict(zip(names, values, strict=False))) for values in kept["rows"]]
    arguments: dict[str, Any] = {"by": actor_of(request), "rows": rows, "now": timezone.now()}
    run(request, task_bulk.undo_many, done=_("Undone."), **arguments)
    return refreshed(request, back)
