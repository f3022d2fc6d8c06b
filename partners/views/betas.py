"""Beta programs: what some try before all others, and what they say about it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, portal_page, staff_page
from common.errors import Conflict
from common.sent_once import once
from partners.feedback_choices import BetaState
from partners.forms.betas import BetaForm, SeatForm
from partners.forms.feedback import OrganizationNameForm
from partners.models import BetaProgram, BetaSeat, FeedbackItem
from partners.selectors import betas as read
from partners.selectors.feedback import items_for
from partners.selectors.task_page import contacts_to_name
from partners.services import betas
from partners.services.feedback import MANAGE
from partners.views.feedback import reader_of
from partners.views.pages import attempt, open_page_or_404, require, run


@require_safe
@staff_page
def beta_list(request: HttpRequest) -> HttpResponse:
    """All programs, the latest first."""
    actor, state = reader_of(request), request.GET.get("state", "")
    state = state if state in BetaState.values else ""
    context = {
        "page": read.program_page(actor, state, cursor=request.GET.get("cursor", "")),
        "tabs": [
            {"label": label, "url": f"{request.path}?state={key}" if key else request.path, "is_active": key == state}
            for key, label in (("", _("All")), *BetaState.choices)
        ],
        "is_narrowed": bool(state),
        "may_manage": actor.has(MANAGE),
    }
    return render(request, "partners/beta_list.html", context)


@capability_required(MANAGE)
@once
def beta_new(request: HttpRequest) -> HttpResponse:
    """Plan a program."""
    actor = actor_of(request)
    form = BetaForm(request.POST or None, items=_items(request))
    if request.method == "POST" and form.is_valid():
        made = attempt(form, betas.make, by=actor, values=form.values, now=timezone.now())
        if made is not None:
            return redirect("partners:beta", made.public_id)
    return render(request, "partners/beta_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@staff_page
def beta(request: HttpRequest, program_id: UUID) -> HttpResponse:
    """A program with its seats."""
    program, actor = _program_or_404(request, program_id), reader_of(request)
    seats, others = read.seats_of(actor, program)
    context = {
        "program": program,
        "seats": seats,
        "others": others,
        "may_manage": actor.has(MANAGE),
        "is_open": program.state != BetaState.CLOSED,
        "form": OrganizationNameForm(actor=actor),
    }
    return render(request, "partners/beta.html", context)


@capability_required(MANAGE)
def beta_edit(request: HttpRequest, program_id: UUID) -> HttpResponse:
    """Change a program, open or close it."""
    program, actor = _program_or_404(request, program_id), actor_of(request)
    form = BetaForm(request.POST or None, items=_items(request), program=program)
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, betas.edit, by=actor, program=program, now=timezone.now(), **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect("partners:beta", program_id)
    context = {"form": form, "program": program}
    return render(request, "partners/beta_form.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def beta_invite(request: HttpRequest, program_id: UUID) -> HttpResponse:
    """Give an organization a seat."""
    program, actor = _program_or_404(request, program_id), reader_of(request)
    form = OrganizationNameForm(request.POST, actor=actor)
    if form.is_valid():
        sent: dict[str, Any] = {"program": program, "organization": form.cleaned_data["organization"]}
        run(request, betas.invite, done=_("Invited."), by=actor, now=timezone.now(), **sent)
    else:
        messages.error(request, str(next(iter(form.errors["organization"]))))
    return redirect("partners:beta", program_id)


@staff_page
def seat_edit(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    """Write down how it goes for one organization."""
    rows = BetaSeat.objects.all().visible_to(actor_of(request)).select_related("organization", "program", "contact")
    seat: BetaSeat = get_object_or_404(rows, public_id=seat_id)
    page = open_page_or_404(request, seat.organization.public_id)
    require(page.may_log, _("Seats are kept by those who open the organization."))
    form = SeatForm(request.POST or None, contacts=contacts_to_name(page.actor, page.organization), seat=seat)
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, betas.update_seat, by=page.actor, seat=seat, now=page.now, **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect("partners:beta", seat.program.public_id)
    context = {"form": form, "seat": seat}
    return render(request, "partners/beta_seat.html", context, status=422 if form.errors else 200)


@require_safe
@portal_page
def portal_betas(request: HttpRequest) -> HttpResponse:
    """What a contact's organization is invited to try."""
    return render(request, "partners/beta_portal.html", {"seats": read.invitations_of(actor_of(request))})


@require_POST
@portal_page
def portal_beta_answer(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    """Take part, or not."""
    actor = actor_of(request)
    rows = BetaSeat.objects.filter(organization_id=actor.organization_id or 0).select_related("organization")
    seat: BetaSeat = get_object_or_404(rows, public_id=seat_id)
    sent: dict[str, Any] = {"seat": seat, "joins": request.POST.get("joins") == "yes", "now": timezone.now()}
    run(request, betas.answer, done=_("Thank you. We have your answer."), by=actor, **sent)
    return redirect(reverse("partners:portal_betas"))


def _program_or_404(request: HttpRequest, program_id: UUID) -> BetaProgram:
    found = read.program_or_none(reader_of(request), program_id)
    if found is None:
        raise Http404
    return found


def _items(request: HttpRequest) -> list[FeedbackItem]:
    return list(items_for(actor_of(request)).order_by("title", "pk")[:200])
