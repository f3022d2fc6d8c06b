"""What the pages of an incident share: finding it, its context, and answering after something was done."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.policies import actor_of
from partners.views.pages import attempt, refreshed
from tickets import incident_permissions as permissions
from tickets.forms.incidents import (
    AffectedForm,
    CommanderForm,
    FollowerForm,
    LinkTicketForm,
    MoveForm,
    SeverityForm,
    UpdateForm,
)
from tickets.incident_choices import OPEN_INCIDENTS, SEVERITY_ICONS, SEVERITY_TONES, STATE_TONES
from tickets.models import Incident
from tickets.selectors.incident_page import IncidentPage, incident_page
from tickets.selectors.incidents import incident_of


def incident_or_404(request: HttpRequest, number: int) -> Incident:
    """The incident if its reader sees it; foreign and missing give the same 404."""
    found = incident_of(actor_of(request), number)
    if found is None:
        raise Http404
    return found


def page_or_404(request: HttpRequest, number: int) -> IncidentPage:
    """The same with all that its page shows."""
    found = incident_page(actor_of(request), number, now=timezone.now())
    if found is None:
        raise Http404
    return found


def incident_context(request: HttpRequest, page: IncidentPage, **more: Any) -> dict[str, Any]:
    """All that the page shows. `more` brings forms that came back with faults."""
    actor, incident = actor_of(request), page.incident
    forms_of = {
        "public_form": UpdateForm(incident=incident, is_public=True),
        "internal_form": UpdateForm(incident=incident, is_public=False),
        "severity_form": SeverityForm(initial={"severity": incident.severity}),
        "commander_form": CommanderForm(actor=actor, initial={"commander": incident.commander}),
        "move_form": MoveForm(auto_id="move-%s"),
        "ticket_form": LinkTicketForm(actor=actor),
        "organization_form": AffectedForm(actor=actor),
        "follower_form": FollowerForm(actor=actor, incident=incident),
    }
    return head_context(request, page) | forms_of | more


def head_context(request: HttpRequest, page: IncidentPage) -> dict[str, Any]:
    """What the head of the page shows, which is fetched anew while one looks."""
    actor, incident = actor_of(request), page.incident
    return {
        "page": page,
        "incident": incident,
        "now": timezone.now(),
        "severity_tone": SEVERITY_TONES[incident.severity],
        "severity_icon": SEVERITY_ICONS[incident.severity],
        "state_tone": STATE_TONES[incident.state],
        "is_open": incident.state in OPEN_INCIDENTS,
        "may_lead": permissions.can_lead(actor),
        "may_publish": permissions.can_say_publicly(actor),
        "is_following": any(one.user_id == actor.user_id for one in page.followers),
    }


def small_form(
    request: HttpRequest,
    number: int,
    name: str,
    form: forms.BaseForm,
    use_case: Callable[..., Any],
    sent: Callable[[], Any],
) -> HttpResponse:
    """Do what a small form of the page asks for; with faults the page comes back with it.

    `sent` gives the arguments once the form is good.
    """
    incident = incident_or_404(request, number)
    if form.is_valid():
        arguments: dict[str, Any] = {"by": actor_of(request), "incident": incident, "now": timezone.now(), **sent()}
        attempt(form, use_case, **arguments)
        if not form.errors:
            return refreshed(request, reverse("tickets:incident", args=[number]))
    context = incident_context(request, page_or_404(request, number), **{name: form})
    return render(request, "tickets/incident.html", context, status=422)
