"""What people do with a business review: begin, edit, build, present, agree on something, ask for documents."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, staff_page
from common.errors import Conflict
from partners.forms.reviews import ActionForm, ReviewBeginForm, ReviewForm, SectionForm
from partners.models import BusinessReview
from partners.services import review_documents, reviews
from partners.services.review_building import OPEN
from partners.views.pages import attempt, open_page_or_404, require, run
from partners.views.reviews import kinds, review_or_404
from partners.work_permissions import can_arrange


def _url(review: BusinessReview) -> str:
    return reverse("partners:review", args=[review.public_id])


def _require_work(request: HttpRequest, review: BusinessReview) -> None:
    may = can_arrange(actor_of(request), review.organization)
    require(may, _("Reviews are prepared by those who work on the organization in its present stage."))


@require_POST
@staff_page
def review_begin(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin one beside the cadence."""
    page = open_page_or_404(request, public_id)
    back, form = (
        reverse("partners:organization_reviews", args=[public_id]),
        ReviewBeginForm(request.POST, kinds=kinds()),
    )
    if not form.is_valid():
        messages.error(request, _("Choose a kind and a day."))
        return redirect(back)
    sent = {"organization": page.organization, "now": page.now, **form.cleaned_data}
    run(request, reviews.begin, done=_("The review is begun."), by=page.actor, **sent)
    return redirect(back)


@staff_page
def review_edit(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Change its words."""
    found = review_or_404(request, review_id)
    _require_work(request, found)
    form = ReviewForm(request.POST or None, review=found, is_frozen=found.state not in OPEN)
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "version": form.cleaned_data["version"]}
        if _saved(request, form, reviews.edit, review=found, **sent):
            return redirect(_url(found))
    context = {"review": found, "form": form, "title": _("Edit the review")}
    return render(request, "partners/review_form.html", context, status=422 if form.errors else 200)


@staff_page
def section_edit(request: HttpRequest, review_id: UUID, key: str) -> HttpResponse:
    """A note on a section, and who gets it."""
    found = review_or_404(request, review_id)
    _require_work(request, found)
    section = get_object_or_404(found.sections.select_related("review__organization"), key=key)
    form = SectionForm(request.POST or None, section=section)
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "version": form.cleaned_data["version"]}
        if _saved(request, form, reviews.edit_section, section=section, **sent):
            return redirect(f"{_url(found)}#{key}")
    context = {"review": found, "form": form, "title": section.content.get("title", key)}
    return render(request, "partners/review_form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def review_rebuild(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Bring it up to date at once."""
    return _act(request, review_id, reviews.rebuild, _("Up to date."))


@require_POST
@staff_page
def review_ready(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """It has been looked through, or is to be looked through again."""
    ready = request.POST.get("ready", "yes") == "yes"
    return _act(request, review_id, reviews.mark_ready, _("Saved."), ready=ready)


@require_POST
@staff_page
def review_present(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """It was shown and stays as it is; the version is that of the page, so that nothing else is frozen."""
    version = request.POST.get("version", "")
    sent = {"version": int(version)} if version.isascii() and version.isdigit() and len(version) < 10 else {}
    return _act(request, review_id, reviews.present, _("Presented: it stays as it is."), **sent)


@require_POST
@staff_page
def review_cancel(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """It is not held."""
    reason = request.POST.get("reason", "")
    return _act(request, review_id, reviews.cancel, _("It is not held."), reason=reason)


@require_POST
@staff_page
def review_action(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Something was agreed: it becomes a commitment."""
    form = ActionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what was agreed, who does it and until when."))
        return redirect(_url(review_or_404(request, review_id)))
    return _act(request, review_id, reviews.add_action, _("It is among the commitments."), values=form.cleaned_data)


@require_POST
@staff_page
def document_want(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Ask for a document."""
    sent = {"edition": request.POST.get("edition", ""), "format": request.POST.get("format", "")}
    return _act(request, review_id, review_documents.want, _("The document is being made."), **sent)


def _act(request: HttpRequest, review_id: UUID, use_case: Any, done: str, **sent: Any) -> HttpResponse:
    found = review_or_404(request, review_id)
    run(request, use_case, done=done, by=actor_of(request), review=found, now=timezone.now(), **sent)
    return redirect(_url(found))


def _saved(request: HttpRequest, form: Any, use_case: Any, **sent: Any) -> bool:
    try:
        attempt(form, use_case, by=actor_of(request), now=timezone.now(), **sent)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
    if form.errors:
        return False
    messages.success(request, _("Saved."))
    return True
