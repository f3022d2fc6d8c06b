"""What a success plan is made of: its objectives added, changed and put in order, and steps added to it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, staff_page
from common.errors import Conflict
from common.sent_once import once
from partners.forms.success_plans import ObjectiveForm, StepForm
from partners.services import objectives, plan_steps
from partners.views.pages import attempt, back_url, frame, open_page_or_404, require, run
from partners.views.success_plans import may_arrange, objective_or_404, plan_or_404, refusal, tab_of


@staff_page
@once
def objective_add(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Another thing to reach."""
    plan = plan_or_404(request, plan_id)
    page = open_page_or_404(request, plan.organization.public_id)
    require(may_arrange(page), refusal())
    form = ObjectiveForm(request.POST or None, plan=plan, with_money=page.shows_commercial)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"plan": plan, "values": form.values, "now": page.now}
        if attempt(form, objectives.add, by=page.actor, **sent) is not None:
            messages.success(request, _("The objective is added."))
            return redirect(tab_of(page.row.public_id))
    context = frame(request, page, "success_plans", form=form, plan=plan)
    return render(request, "partners/objective_form.html", context, status=422 if form.errors else 200)


@staff_page
def objective_edit(request: HttpRequest, objective_id: UUID) -> HttpResponse:
    """Change an objective that is open."""
    found = objective_or_404(request, objective_id)
    page = open_page_or_404(request, found.organization.public_id)
    require(may_arrange(page), refusal())
    money = page.shows_commercial
    form = ObjectiveForm(request.POST or None, plan=found.plan, objective=found, with_money=money)
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, objectives.edit, by=page.actor, objective=found, now=page.now, **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(tab_of(page.row.public_id))
    context = frame(request, page, "success_plans", form=form, plan=found.plan, objective=found)
    return render(request, "partners/objective_form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def objective_move(request: HttpRequest, objective_id: UUID) -> HttpResponse:
    """One place up or down."""
    found = objective_or_404(request, objective_id)
    before = found.plan.objectives.filter(place__lt=found.place).count()
    place = before - 1 if request.POST.get("way") == "up" else before + 1
    sent: dict[str, Any] = {"objective": found, "place": place, "now": timezone.now()}
    run(request, objectives.move, done=_("Moved."), by=actor_of(request), **sent)
    return redirect(back_url(request, tab_of(found.organization.public_id)))


@staff_page
@once
def plan_step_add(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Another step on the way."""
    plan = plan_or_404(request, plan_id)
    page = open_page_or_404(request, plan.organization.public_id)
    require(may_arrange(page), refusal())
    form = StepForm(request.POST or None, actor=page.actor, plan=plan)
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"plan": plan, "values": form.values, "now": page.now}
        if attempt(form, plan_steps.add, by=page.actor, **sent) is not None:
            messages.success(request, _("The step is added."))
            return redirect(tab_of(page.row.public_id))
    context = frame(request, page, "success_plans", form=form, plan=plan)
    return render(request, "partners/plan_step_form.html", context, status=422 if form.errors else 200)
