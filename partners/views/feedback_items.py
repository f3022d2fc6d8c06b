"""One item of feedback: who asks for it, and what becomes of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import staff_page
from common.errors import Conflict
from partners.feedback_choices import FeedbackState
from partners.forms.feedback import FeedbackEditForm, IssueForm, MergeForm, MoveForm, OrganizationNameForm
from partners.models import FeedbackItem
from partners.selectors import feedback as read
from partners.selectors.betas import programs_of
from partners.services import feedback
from partners.services.feedback import MANAGE
from partners.views.feedback import reader_of
from partners.views.pages import attempt, require, run


def item_or_404(request: HttpRequest, item_id: UUID) -> FeedbackItem:
    """Raises Http404, and PermissionDenied for those who read no feedback."""
    found = read.item_or_none(reader_of(request), item_id)
    if found is None:
        raise Http404
    return found


@require_safe
@staff_page
def feedback_item(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """An item with its voices."""
    item, actor = item_or_404(request, item_id), reader_of(request)
    may_manage = actor.has(MANAGE)
    context = {
        "row": read.one_row(actor, item),
        "item": item,
        "voices": read.voices_of(actor, item),
        "similar": read.similar_to(actor, item.title, but=item.pk) if may_manage else [],
        "betas": programs_of(item),
        "states": [(one.value, one.label) for one in FeedbackState if one != item.state],
        "may_manage": may_manage,
        "may_edit": may_manage or (item.created_by_id == actor.user_id and item.state == FeedbackState.NEW),
        "form": OrganizationNameForm(actor=actor),
        "now": timezone.now(),
    }
    return render(request, "partners/feedback_item.html", context)


@staff_page
def feedback_edit(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Change its words, and what may be told."""
    item, actor = item_or_404(request, item_id), reader_of(request)
    is_own = item.created_by_id == actor.user_id and item.state == FeedbackState.NEW
    may_manage = actor.has(MANAGE)
    require(may_manage or is_own, _("Feedback is changed by those who manage it."))
    form = FeedbackEditForm(request.POST or None, item=item, may_answer=may_manage)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"values": form.values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, feedback.edit, by=actor, item=item, now=timezone.now(), **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(_page(item))
    context = {"form": form, "item": item}
    return render(request, "partners/feedback_edit.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def feedback_move(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Say what becomes of it; released leads to the drafts."""
    item, form = item_or_404(request, item_id), MoveForm(request.POST)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    is_out = state == FeedbackState.RELEASED
    done = _("Released. Drafts wait for the owners of those who asked.") if is_out else _("Saved.")
    run(request, feedback.move, done=done, by=reader_of(request), item=item, state=state, now=timezone.now())
    return redirect(_page(item))


@require_POST
@staff_page
def feedback_issue(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Follow an issue, or none any more."""
    item, form = item_or_404(request, item_id), IssueForm(request.POST)
    address = form.cleaned_data["address"] if form.is_valid() else "?"
    sent: dict[str, Any] = {"item": item, "address": address, "now": timezone.now()}
    run(request, feedback.link_issue, done=_("Saved."), by=reader_of(request), **sent)
    return redirect(_page(item))


@require_POST
@staff_page
def feedback_merge(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Make one of two."""
    item, form = item_or_404(request, item_id), MergeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what it says the same as."))
        return redirect(_page(item))
    into = item_or_404(request, form.cleaned_data["into"])
    sent: dict[str, Any] = {"item": item, "into": into, "now": timezone.now()}
    is_done = run(request, feedback.merge, done=_("Merged."), by=reader_of(request), **sent)
    return redirect(_page(into if is_done else item))


@require_safe
@staff_page
def feedback_ask(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """From an item to the form of the organization that asks for it too."""
    item = item_or_404(request, item_id)
    form = OrganizationNameForm(request.GET, actor=reader_of(request))
    if form.is_valid():
        return redirect("partners:voice_add", form.cleaned_data["organization"].public_id, item.public_id)
    messages.error(request, str(next(iter(form.errors["organization"]))))
    return redirect(_page(item))


def _page(item: FeedbackItem) -> str:
    return reverse("partners:feedback_item", args=[item.public_id])
