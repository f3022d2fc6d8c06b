"""Losses: recording one, correcting it, its end, and the list of all."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.errors import Conflict
from common.listing import ListQuery, hidden_pairs
from common.sent_once import once
from partners.exported.growth import loss_filter
from partners.forms.losses import KEYS, LossFilterForm, LossForm, ReturnForm
from partners.models import Loss
from partners.permissions import can_record_loss
from partners.selectors.losses import loss_page
from partners.selectors.page import OrganizationPage
from partners.services import losses
from partners.services.checklists import local_day
from partners.views.pages import attempt, back_url, frame, open_page_or_404, refreshed, require, run


def may_record(page: OrganizationPage) -> bool:
    """Whether the reader of a page may record a loss there."""
    return not page.is_archived and can_record_loss(page.actor, page.organization, subject=page.subject)


def _refusal() -> str:
    return _("Losses are recorded by those who work here and read its commercial fields.")


def _tab(organization_id: Any) -> str:
    return reverse("partners:organization_commercial", args=[organization_id])


def _loss_or_404(request: HttpRequest, loss_id: UUID) -> Loss:
    rows = Loss.objects.all().visible_to(actor_of(request)).select_related("organization")
    found: Loss = get_object_or_404(rows, public_id=loss_id)
    return found


@staff_page
@once
def loss_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a loss down."""
    page = open_page_or_404(request, public_id)
    require(may_record(page), _refusal())
    today = local_day(page.organization, page.now)
    form = LossForm(request.POST or None, organization=page.organization, today=today)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"organization": page.organization, "values": form.values}
        if attempt(form, losses.record, by=page.actor, now=page.now, **sent) is not None:
            messages.success(request, _("The loss is recorded."))
            return redirect(_tab(public_id))
    context = frame(request, page, "commercial", form=form)
    return render(request, "partners/loss_form.html", context, status=422 if form.errors else 200)


@staff_page
def loss_edit(request: HttpRequest, loss_id: UUID) -> HttpResponse:
    """Correct what was written down."""
    found = _loss_or_404(request, loss_id)
    page = open_page_or_404(request, found.organization.public_id)
    require(may_record(page), _refusal())
    today = local_day(page.organization, page.now)
    form = LossForm(request.POST or None, organization=page.organization, today=today, loss=found)
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, losses.edit, by=page.actor, loss=found, now=page.now, **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(_tab(page.row.public_id))
    context = frame(request, page, "commercial", form=form, loss=found)
    return render(request, "partners/loss_form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def loss_return(request: HttpRequest, loss_id: UUID) -> HttpResponse:
    """It came back."""
    found, form = _loss_or_404(request, loss_id), ReturnForm(request.POST)
    back = back_url(request, _tab(found.organization.public_id))
    if not form.is_valid():
        messages.error(request, _("Give the day on which it came back."))
        return redirect(back)
    sent: dict[str, Any] = {**form.cleaned_data, "loss": found, "by": actor_of(request), "now": timezone.now()}
    run(request, losses.come_back, done=_("It is with us again."), undo=_undo(found), **sent)
    return redirect(back)


@require_POST
@staff_page
def loss_withdraw(request: HttpRequest, loss_id: UUID) -> HttpResponse:
    """It was recorded by mistake."""
    found = _loss_or_404(request, loss_id)
    sent: dict[str, Any] = {"note": request.POST.get("note", ""), "loss": found, "now": timezone.now()}
    run(request, losses.withdraw, done=_("It counts no longer."), undo=_undo(found), by=actor_of(request), **sent)
    return redirect(back_url(request, _tab(found.organization.public_id)))


@require_POST
@staff_page
def loss_reopen(request: HttpRequest, loss_id: UUID) -> HttpResponse:
    """Undo of the two above."""
    found = _loss_or_404(request, loss_id)
    run(request, losses.reopen, done=_("It is lost."), by=actor_of(request), loss=found, now=timezone.now())
    return refreshed(request, _tab(found.organization.public_id))


def _undo(loss: Loss) -> str:
    return reverse("partners:loss_reopen", args=[loss.public_id])


@require_safe
@staff_page
def loss_list(request: HttpRequest) -> HttpResponse:
    """All losses that one may see, the latest first."""
    actor, form = actor_of(request), LossFilterForm(request.GET or None)
    query = ListQuery.of(request.GET, KEYS)
    context = {
        "form": form,
        "hidden": hidden_pairs(query, *form.fields),
        "page": loss_page(actor, loss_filter(query, form), cursor=request.GET.get("cursor", "")),
        "query": query.encode(),
        "is_narrowed": bool(query.pairs),
        "may_export": actor.has("export_data"),
        "now": timezone.now(),
    }
    return render(request, "partners/loss_list.html", context)


@require_POST
@capability_required("export_data")
def loss_export(request: HttpRequest) -> HttpResponse:
    """The same as a file; the address carries the list's own query."""
    return list_file(request, "losses", query=request.GET.urlencode())
