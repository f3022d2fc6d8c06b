"""Plays on an organization: what runs and ran, starting one, the page of a run, ending it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, staff_page
from common.errors import Conflict
from common.sent_once import once
from partners.forms.plays import EndPlayForm, StartPlayForm
from partners.models import PlayRun
from partners.rules.plays import Play
from partners.selectors.page import OrganizationPage
from partners.selectors.plays import offered, run_of, run_page, runs_of
from partners.services import plays
from partners.views.pages import attempt, frame, open_page_or_404, require
from partners.work_permissions import can_arrange


def _offered(page: OrganizationPage) -> list[Play]:
    """The plays that the reader may start here now."""
    policy = None if page.is_archived else plays.plays_in_force()
    fitting = policy.plays.values() if policy else ()
    return [
        play
        for play in fitting
        if page.row.kind in play.kinds
        and page.row.stage in play.stages
        and plays.may_start(page.actor, play, page.organization, subject=page.subject)
    ]


@require_safe
@staff_page
def organization_plays(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What runs here and what ran before."""
    page = open_page_or_404(request, public_id)
    context = frame(
        request, page, "tasks", runs=runs_of(page.actor, page.row.pk), may_start=bool(_offered(page)), here="plays"
    )
    return render(request, "partners/organization_plays.html", context)


@staff_page
@once
def play_start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose a play by its situation, and say what happened."""
    page = open_page_or_404(request, public_id)
    found = _offered(page)
    require(bool(found), _("No play is yours to start here in the present stage."))
    running = PlayRun.objects.filter(organization_id=page.row.pk, ended_at__isnull=True)
    choices = offered(found, running.values_list("play", flat=True))
    form = StartPlayForm(request.POST or None, plays=[(one.id, one.label) for one in choices])
    if request.method == "POST" and form.is_valid():
        sent: dict[str, Any] = {"organization": page.organization, **form.cleaned_data}
        run = attempt(form, plays.start, by=page.actor, now=page.now, **sent)
        if run is not None:
            messages.success(request, _("Started; its steps are tasks now."))
            return redirect("partners:play_run", run.public_id)
    context = frame(request, page, "tasks", form=form, choices=choices)
    return render(request, "partners/play_start.html", context, status=422 if form.errors else 200)


@staff_page
def play_run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page of a run: its steps, and the form that ends it."""
    run = run_of(actor_of(request), public_id)
    if run is None:
        raise Http404
    page = open_page_or_404(request, run.organization.public_id)
    play = plays.play_of(run)
    shown = run_page(page.actor, run, play, now=page.now)
    may_end = run.ended_at is None and not page.is_archived and _may_end(page, run)
    form = EndPlayForm(request.POST or None, outcomes=shown.outcomes, initial={"version": run.version})
    if request.method == "POST" and form.is_valid() and _end(form, run, page):
        messages.success(request, _("It has ended."))
        return redirect(request.path)
    context = frame(request, page, "tasks", shown=shown, run=run, form=form, may_end=may_end)
    return render(request, "partners/play_run.html", context, status=422 if form.errors else 200)


def _may_end(page: OrganizationPage, run: PlayRun) -> bool:
    return run.started_by_id == page.actor.user_id or can_arrange(page.actor, page.organization, subject=page.subject)


def _end(form: EndPlayForm, run: PlayRun, page: OrganizationPage) -> bool:
    """End the run as the form says; what is refused stands in it."""
    try:
        attempt(form, plays.end, by=page.actor, run=run, now=page.now, **form.cleaned_data)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
    return not form.errors
