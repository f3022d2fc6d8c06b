"""Drafts to send: what was asked for is released, and somebody tells those who asked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, staff_page
from common.errors import Conflict
from partners.forms.feedback import ReleaseNoteForm
from partners.models import ReleaseNote
from partners.selectors.release_notes import SHOWS, note_page, show_words
from partners.selectors.task_page import contacts_to_name
from partners.services import release_notes
from partners.views.pages import attempt, refreshed, require, run

_LIST = "partners:release_notes"


@require_safe
@staff_page
def release_note_list(request: HttpRequest) -> HttpResponse:
    """Drafts of the organizations that one opens: one's own, all, and those that were sent."""
    actor, show = actor_of(request), request.GET.get("show", "")
    show = show if show in SHOWS else ""
    context = {
        "page": note_page(actor, show, cursor=request.GET.get("cursor", "")),
        "tabs": [
            {"label": label, "url": f"{request.path}?show={key}" if key else request.path, "is_active": key == show}
            for key, label in show_words()
        ],
        "show": show,
        "now": timezone.now(),
    }
    return render(request, "partners/release_notes.html", context)


@staff_page
def release_note(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Read a draft, change it."""
    note, actor = _note_or_404(request, note_id), actor_of(request)
    may_send = release_notes.may_send(actor, note.organization)
    form = ReleaseNoteForm(request.POST or None, contacts=contacts_to_name(actor, note.organization), note=note)
    if request.method == "POST":
        require(may_send, _("Release notes are sent by those who open the organization."))
        if form.is_valid() and _saved(request, form, note):
            messages.success(request, _("Saved."))
            return redirect("partners:release_note", note_id)
    context = {"note": note, "form": form, "may_send": may_send and note.state == "draft"}
    return render(request, "partners/release_note.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: ReleaseNoteForm, note: ReleaseNote) -> bool:
    sent: dict[str, Any] = {"values": form.values, "version": form.cleaned_data["version"] or 0}
    try:
        attempt(form, release_notes.edit, by=actor_of(request), note=note, now=timezone.now(), **sent)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
    return not form.errors


@require_POST
@staff_page
def release_note_send(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Send it, once."""
    note = _note_or_404(request, note_id)
    is_done = run(request, release_notes.send, done=_("Sent."), by=actor_of(request), note=note, now=timezone.now())
    return redirect(_LIST) if is_done else redirect("partners:release_note", note_id)


@require_POST
@staff_page
def release_note_discard(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Send nothing."""
    note = _note_or_404(request, note_id)
    undo = reverse("partners:release_note_restore", args=[note_id])
    sent: dict[str, Any] = {"by": actor_of(request), "note": note, "now": timezone.now()}
    run(request, release_notes.discard, done=_("Discarded."), undo=undo, **sent)
    return redirect(_LIST)


@require_POST
@staff_page
def release_note_restore(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Undo of discarding."""
    note = _note_or_404(request, note_id)
    sent: dict[str, Any] = {"by": actor_of(request), "note": note, "now": timezone.now()}
    run(request, release_notes.restore, done=_("It is a draft again."), **sent)
    return refreshed(request, reverse(_LIST))


def _note_or_404(request: HttpRequest, note_id: UUID) -> ReleaseNote:
    rows = ReleaseNote.objects.all().visible_to(actor_of(request))
    found: ReleaseNote = get_object_or_404(rows.select_related("organization", "item", "contact"), public_id=note_id)
    return found
