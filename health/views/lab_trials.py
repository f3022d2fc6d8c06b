"""Trials of a scorecard in the lab: replays of the past with their progress, and shadow runs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of
from common.errors import DomainError
from health.forms.lab import ReplayForm
from health.selectors import lab_results as reading
from health.services import lab_replay, lab_shadow
from health.views.lab import MANAGER, crumbs, or_404
from partners.views.pages import is_fragment, run


@MANAGER
@require_POST
def lab_replay_start(request: HttpRequest, card: str) -> HttpResponse:
    """Have the past computed by the working copy."""
    form, arguments = ReplayForm(request.POST), {"card": card, "by": actor_of(request), "now": timezone.now()}
    if form.is_valid():
        try:
            replay = or_404(lab_replay.start, **form.cleaned_data, **arguments)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            return redirect("health:lab_replay", replay.public_id)
    return redirect("health:lab_card", card)


@MANAGER
@require_safe
def lab_replay_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far a replay is, and what it came to; htmx asks again while it runs."""
    page = or_404(reading.replay_page, actor_of(request), public_id)
    context = {"page": page, "crumbs": crumbs(page.replay.card, page.label), "now": timezone.now()}
    context["shown"] = reading.SHOWN
    template = "health/_lab_replay.html" if is_fragment(request) else "health/lab_replay.html"
    return render(request, template, context)


@MANAGER
@require_POST
def lab_shadow_start(request: HttpRequest, card: str) -> HttpResponse:
    """Have the working copy computed every day beside the version in force."""
    done = _("The shadow run begins with the next daily computation.")
    run(request, lab_shadow.start, done=done, card=card, by=actor_of(request), now=timezone.now())
    return redirect("health:lab_card", card)


@MANAGER
@require_POST
def lab_shadow_end(request: HttpRequest, card: str) -> HttpResponse:
    """End the shadow run."""
    done = _("The shadow run has ended. What it computed stays.")
    run(request, lab_shadow.end, done=done, card=card, by=actor_of(request), now=timezone.now())
    return redirect("health:lab_card", card)


@MANAGER
@require_safe
def lab_shadow_page(request: HttpRequest, card: str) -> HttpResponse:
    """Whose band differs in the shadow run on its last day."""
    page = or_404(reading.shadow_page, actor_of(request), card)
    context = {"page": page, "card": card, "crumbs": crumbs(card, page.label), "shown": reading.SHOWN}
    return render(request, "health/lab_shadow.html", {**context, "now": timezone.now()})
