"""Promises of both sides: the list of an organization, making one, saying how it went."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, portal_page, staff_page
from common.errors import Conflict
from common.sent_once import once
from partners.forms.commitments import CommitmentForm, RenegotiateForm
from partners.models import Commitment
from partners.selectors.commitments import organization_commitments, portal_commitments
from partners.selectors.page import OrganizationPage
from partners.selectors.task_page import contacts_to_name
from partners.services import commitments
from partners.views.pages import attempt, back_url, frame, open_page_or_404, refreshed, require, run
from partners.work_permissions import can_arrange


def _commitment_or_404(request: HttpRequest, commitment_id: UUID) -> Commitment:
    rows = Commitment.objects.visible_to(actor_of(request)).select_related("organization", "owner", "contact")
    found: Commitment = get_object_or_404(rows, public_id=commitment_id)
    return found


def _may_arrange(page: OrganizationPage) -> bool:
    return not page.is_archived and can_arrange(page.actor, page.organization, subject=page.subject)


def _tab(organization_id: Any) -> str:
    return reverse("partners:organization_commitments", args=[organization_id])


@require_safe
@staff_page
def organization_commitments_tab(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was promised, by whom, until when, and how reliably either side keeps its word."""
    page = open_page_or_404(request, public_id)
    found = organization_commitments(page)
    may_export = page.actor.has("export_data")
    context = frame(request, page, "commitments", found=found, may_arrange=_may_arrange(page), may_export=may_export)
    return render(request, "partners/organization_commitments.html", context)


@staff_page
@once
def commitment_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a promise down."""
    page = open_page_or_404(request, public_id)
    require(_may_arrange(page), _("Commitments are made by those who work on the organization in its present stage."))
    form = CommitmentForm(
        request.POST or None, actor=page.actor, contacts=contacts_to_name(page.actor, page.organization)
    )
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"organization": page.organization, "values": form.values}
        if attempt(form, commitments.make, by=page.actor, now=page.now, **sent) is not None:
            messages.success(request, _("Written down."))
            return redirect(_tab(public_id))
    context = frame(request, page, "commitments", form=form)
    return render(request, "partners/commitment_form.html", context, status=422 if form.errors else 200)


@staff_page
def commitment_edit(request: HttpRequest, commitment_id: UUID) -> HttpResponse:
    """Change the words of a promise, or who looks after it."""
    found = _commitment_or_404(request, commitment_id)
    page = open_page_or_404(request, found.organization.public_id)
    require(_may_arrange(page), _("Commitments are changed by those who work on the organization."))
    contacts = contacts_to_name(page.actor, page.organization)
    form = CommitmentForm(request.POST or None, actor=page.actor, contacts=contacts, commitment=found)
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, commitments.edit, by=page.actor, commitment=found, now=page.now, **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(_tab(page.row.public_id))
    context = frame(request, page, "commitments", form=form, commitment=found)
    return render(request, "partners/commitment_form.html", context, status=422 if form.errors else 200)


_SETTLED: Mapping[str, tuple[Callable[..., Any], str]] = {
    "keep": (commitments.keep, "note"),
    "break": (commitments.break_, "note"),
    "withdraw": (commitments.withdraw, "note"),
}


def _settle(request: HttpRequest, commitment_id: UUID, name: str, done: str) -> HttpResponse:
    found = _commitment_or_404(request, commitment_id)
    use_case, field = _SETTLED[name]
    undo = reverse("partners:commitment_reopen", args=[commitment_id])
    sent = {field: request.POST.get(field, "")}
    run(request, use_case, done=done, undo=undo, by=actor_of(request), commitment=found, now=timezone.now(), **sent)
    return redirect(back_url(request, _tab(found.organization.public_id)))


@require_POST
@staff_page
def commitment_keep(request: HttpRequest, commitment_id: UUID) -> HttpResponse:
    """It was kept."""
    return _settle(request, commitment_id, "keep", _("Kept."))


@require_POST
@staff_page
def commitment_break(request: HttpRequest, commitment_id: UUID) -> HttpResponse:
    """It was not kept, and why."""
    return _settle(request, commitment_id, "break", _("It is marked as not kept."))


@require_POST
@staff_page
def commitment_withdraw(request: HttpRequest, commitment_id: UUID) -> HttpResponse:
    """It is no longer due, by agreement."""
    return _settle(request, commitment_id, "withdraw", _("It is no longer due."))


@require_POST
@staff_page
def commitment_reopen(request: HttpRequest, commitment_id: UUID) -> HttpResponse:
    """Undo of the three above."""
    found = _commitment_or_404(request, commitment_id)
    use_case = commitments.reopen
    run(request, use_case, done=_("It is open again."), by=actor_of(request), commitment=found, now=timezone.now())
    return refreshed(request, _tab(found.organization.public_id))


@require_POST
@staff_page
def commitment_renegotiate(request: HttpRequest, commitment_id: UUID) -> HttpResponse:
    """Agree another day, with the reason."""
    found = _commitment_or_404(request, commitment_id)
    form = RenegotiateForm(request.POST)
    back = back_url(request, _tab(found.organization.public_id))
    if not form.is_valid():
        messages.error(request, _("Give the new day and why it was agreed."))
        return redirect(back)
    sent: dict[str, Any] = {**form.cleaned_data, "commitment": found, "now": timezone.now()}
    run(request, commitments.renegotiate, done=_("Another day is agreed."), by=actor_of(request), **sent)
    return redirect(back)


@require_safe
@portal_page
def portal_commitment_list(request: HttpRequest) -> HttpResponse:
    """The same list in the portal."""
    now = timezone.now()
    found = portal_commitments(actor_of(request), now=now)
    return render(request, "portal/commitments.html", {"found": found, "now": now})
