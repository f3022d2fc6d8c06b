"""Success plans: the tab of an organization, making one, beginning and ending it, and its objectives."""

from collections.abc import Callable
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
from partners.forms.success_plans import SuccessPlanForm
from partners.models import Objective, SuccessPlan
from partners.selectors.page import OrganizationPage
from partners.selectors.portal_plans import shared_plans
from partners.selectors.success_plans import plans_of
from partners.services import objectives, success_plans
from partners.services.checklists import local_day
from partners.views.pages import attempt, back_url, frame, open_page_or_404, refreshed, require, run
from partners.work_permissions import can_arrange


def may_arrange(page: OrganizationPage) -> bool:
    return not page.is_archived and can_arrange(page.actor, page.organization, subject=page.subject)


def refusal() -> str:
    return _("Success plans are made by those who work on the organization in its present stage.")


def tab_of(organization_id: Any) -> str:
    return reverse("partners:organization_success_plans", args=[organization_id])


def plan_or_404(request: HttpRequest, plan_id: UUID) -> SuccessPlan:
    rows = SuccessPlan.objects.visible_to(actor_of(request)).select_related("organization", "owner")
    found: SuccessPlan = get_object_or_404(rows, public_id=plan_id)
    return found


def objective_or_404(request: HttpRequest, objective_id: UUID) -> Objective:
    rows = Objective.objects.visible_to(actor_of(request)).select_related("organization", "plan")
    found: Objective = get_object_or_404(rows, public_id=objective_id)
    return found


@require_safe
@staff_page
def organization_success_plans(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What both sides want to reach, by when, and how it moves."""
    page = open_page_or_404(request, public_id)
    rows = plans_of(page, local_day(page.organization, page.now))
    context = frame(request, page, "success_plans", rows=rows, may_arrange=may_arrange(page))
    return render(request, "partners/success_plan_tab.html", context)


@staff_page
@once
def success_plan_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Draft a plan from a template."""
    page = open_page_or_404(request, public_id)
    require(may_arrange(page), refusal())
    today = local_day(page.organization, page.now)
    form = SuccessPlanForm(request.POST or None, actor=page.actor, kind=page.organization.kind, today=today)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"organization": page.organization, **form.values}
        if attempt(form, success_plans.create, by=page.actor, now=page.now, **sent) is not None:
            messages.success(request, _("The plan is drafted. Begin it once it is agreed."))
            return redirect(tab_of(public_id))
    context = frame(request, page, "success_plans", form=form)
    return render(request, "partners/success_plan_form.html", context, status=422 if form.errors else 200)


@staff_page
def success_plan_edit(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Change its words, days, owner, or who sees it."""
    found = plan_or_404(request, plan_id)
    page = open_page_or_404(request, found.organization.public_id)
    require(may_arrange(page), refusal())
    today = local_day(page.organization, page.now)
    form = SuccessPlanForm(
        request.POST or None, actor=page.actor, kind=found.organization.kind, today=today, plan=found
    )
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, success_plans.edit, by=page.actor, plan=found, now=page.now, **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(tab_of(page.row.public_id))
    context = frame(request, page, "success_plans", form=form, plan=found)
    return render(request, "partners/success_plan_form.html", context, status=422 if form.errors else 200)


def _move(request: HttpRequest, plan_id: UUID, use_case: Callable[..., Any], done: str, **sent: Any) -> HttpResponse:
    found = plan_or_404(request, plan_id)
    run(request, use_case, done=done, by=actor_of(request), plan=found, now=timezone.now(), **sent)
    return redirect(back_url(request, tab_of(found.organization.public_id)))


@require_POST
@staff_page
def success_plan_begin(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """It is agreed: its tasks come."""
    return _move(request, plan_id, success_plans.activate, _("The plan has begun; its tasks are there."))


@require_POST
@staff_page
def success_plan_complete(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """All objectives are settled."""
    note = request.POST.get("note", "")
    return _move(request, plan_id, success_plans.complete, _("The plan is completed."), note=note)


@require_POST
@staff_page
def success_plan_abandon(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Nobody follows it any longer, and why."""
    note = request.POST.get("note", "")
    return _move(request, plan_id, success_plans.abandon, _("The plan is given up."), note=note)


def _settle(request: HttpRequest, objective_id: UUID, use_case: Callable[..., Any], done: str) -> HttpResponse:
    found = objective_or_404(request, objective_id)
    undo = reverse("partners:objective_reopen", args=[objective_id])
    sent: dict[str, Any] = {"objective": found, "note": request.POST.get("note", ""), "now": timezone.now()}
    run(request, use_case, done=done, undo=undo, by=actor_of(request), **sent)
    return redirect(back_url(request, tab_of(found.organization.public_id)))


@require_POST
@staff_page
def objective_achieve(request: HttpRequest, objective_id: UUID) -> HttpResponse:
    """It was reached; nothing measures it."""
    return _settle(request, objective_id, objectives.achieve, _("Achieved."))


@require_POST
@staff_page
def objective_miss(request: HttpRequest, objective_id: UUID) -> HttpResponse:
    """It was not reached, and why."""
    return _settle(request, objective_id, objectives.miss, _("It is marked as missed."))


@require_POST
@staff_page
def objective_drop(request: HttpRequest, objective_id: UUID) -> HttpResponse:
    """Nobody wants it any longer, and why."""
    return _settle(request, objective_id, objectives.drop, _("It is dropped."))


@require_POST
@staff_page
def objective_reopen(request: HttpRequest, objective_id: UUID) -> HttpResponse:
    """Undo of the three above."""
    found = objective_or_404(request, objective_id)
    sent: dict[str, Any] = {"by": actor_of(request), "objective": found, "now": timezone.now()}
    run(request, objectives.reopen, done=_("It is open again."), **sent)
    return refreshed(request, tab_of(found.organization.public_id))


@require_safe
@portal_page
def portal_plans(request: HttpRequest) -> HttpResponse:
    """What both sides want to reach, in the portal: the shared part of it."""
    now = timezone.now()
    return render(request, "portal/plans.html", {"plans": shared_plans(actor_of(request), now=now), "now": now})
