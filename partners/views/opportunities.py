"""Opportunities: the pipeline, one of them with its stage and its end, writing one down."""

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
from partners.exported.growth import pipeline_filter
from partners.forms.growth import PIPELINE_KEYS, CloseForm, OpportunityForm, PipelineFilterForm, StageForm
from partners.growth_choices import OpportunityStage
from partners.models import Opportunity
from partners.selectors.opportunities import pipeline_page, pipeline_sums, rates_on
from partners.services import opportunities
from partners.services.checklists import local_day
from partners.views.growth import commercial_page, may_write, refusal
from partners.views.pages import attempt, back_url, frame, refreshed, require, run


@require_safe
@staff_page
def pipeline(request: HttpRequest) -> HttpResponse:
    """All opportunities that one may see, the nearest first, with what they add up to."""
    actor, form, today = actor_of(request), PipelineFilterForm(request.GET or None), timezone.localdate()
    query, narrowed = ListQuery.of(request.GET, PIPELINE_KEYS), pipeline_filter(actor, form)
    currency, rates = rates_on(today)
    stages, total, currencies = pipeline_sums(actor, narrowed, rates)
    context = {
        "form": form,
        "hidden": hidden_pairs(query, *form.fields),
        "page": pipeline_page(actor, narrowed, cursor=request.GET.get("cursor", ""), today=today),
        "stages": stages,
        "total": total,
        "currencies": currencies,
        "currency": currency,
        "query": query.encode(),
        "is_narrowed": bool(query.pairs),
        "may_export": actor.has("export_data"),
    }
    return render(request, "partners/opportunity_list.html", context)


@require_POST
@capability_required("export_data")
def pipeline_export(request: HttpRequest) -> HttpResponse:
    """The same as a file; the address carries the list's own query."""
    return list_file(request, "pipeline", query=request.GET.urlencode())


@staff_page
@once
def opportunity_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a chance down."""
    page = commercial_page(request, public_id)
    require(may_write(page), refusal())
    form = OpportunityForm(request.POST or None, actor=page.actor, organization=page.organization)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"values": form.values, "stage": form.cleaned_data["stage"]}
        made = attempt(form, opportunities.create, by=page.actor, organization=page.organization, now=page.now, **sent)
        if made is not None:
            messages.success(request, _("Written down."))
            return redirect(reverse("partners:opportunity", args=[made.public_id]))
    context = frame(request, page, "growth", form=form)
    return render(request, "partners/opportunity_form.html", context, status=422 if form.errors else 200)


@staff_page
def opportunity(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """One of them: what it says, its stage, how it ended."""
    found = _opportunity_or_404(request, opportunity_id)
    page = commercial_page(request, found.organization.public_id)
    may_edit = may_write(page) and found.closed_on is None and found.archived_at is None
    forms: dict[str, Any] = {"actor": page.actor, "organization": page.organization, "opportunity": found}
    form = OpportunityForm(request.POST or None, **forms)
    if request.method == "POST":
        require(may_write(page), refusal())
        if form.is_valid() and _edit(form, page, found):
            messages.success(request, _("Saved."))
            return redirect(request.path)
    today = local_day(page.organization, page.now)
    more = {
        "form": form,
        "opportunity": found,
        "may_edit": may_edit,
        "may_write": may_write(page),
        "stage_form": StageForm(initial={"stage": found.stage}),
        "close_form": CloseForm(initial={"on": today, "amount": found.amount}),
    }
    context = frame(request, page, "growth", **more)
    return render(request, "partners/opportunity.html", context, status=422 if form.errors else 200)


def _edit(form: OpportunityForm, page: Any, found: Opportunity) -> bool:
    sent = {"values": form.values, "version": form.cleaned_data["version"] or 0}
    try:
        attempt(form, opportunities.edit, by=page.actor, opportunity=found, now=page.now, **sent)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
    return not form.errors


@require_POST
@staff_page
def opportunity_move(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """To another open stage."""
    found = _opportunity_or_404(request, opportunity_id)
    sent: dict[str, Any] = {"stage": request.POST.get("stage", ""), "opportunity": found, "now": timezone.now()}
    run(request, opportunities.move, done=_("Moved."), by=actor_of(request), **sent)
    return redirect(back_url(request, _url(found)))


@require_POST
@staff_page
def opportunity_close(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Won or lost."""
    found, form = _opportunity_or_404(request, opportunity_id), CloseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say how it ended, and on which day."))
        return redirect(_url(found))
    data, undo = form.cleaned_data, reverse("partners:opportunity_reopen", args=[found.public_id])
    sent: dict[str, Any] = {"is_won": data["outcome"] == OpportunityStage.WON, "opportunity": found}
    sent |= {"on": data["on"], "note": data["note"], "amount": data["amount"], "now": timezone.now()}
    run(request, opportunities.close, done=_("Closed."), undo=undo, by=actor_of(request), **sent)
    return redirect(_url(found))


@require_POST
@staff_page
def opportunity_reopen(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Undo of closing."""
    return _turn(request, opportunity_id, opportunities.reopen, _("It is open again."))


@require_POST
@staff_page
def opportunity_archive(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Out of all lists."""
    undo = reverse("partners:opportunity_restore", args=[opportunity_id])
    return _turn(request, opportunity_id, opportunities.archive, _("Archived."), undo=undo)


@require_POST
@staff_page
def opportunity_restore(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Undo of archiving."""
    return _turn(request, opportunity_id, opportunities.restore, _("It is back."))


def _turn(request: HttpRequest, opportunity_id: UUID, use_case: Any, done: str, *, undo: str = "") -> HttpResponse:
    found = _opportunity_or_404(request, opportunity_id)
    run(request, use_case, done=done, undo=undo, by=actor_of(request), opportunity=found, now=timezone.now())
    return refreshed(request, _url(found))


def _url(found: Opportunity) -> str:
    return reverse("partners:opportunity", args=[found.public_id])


def _opportunity_or_404(request: HttpRequest, opportunity_id: UUID) -> Opportunity:
    rows = Opportunity.objects.all().visible_to(actor_of(request)).select_related("organization", "owner")
    found: Opportunity = get_object_or_404(rows, public_id=opportunity_id)
    return found
