"""Incidents in the portal: what affects the open organization, and following it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, portal_page
from partners.views.pages import run
from tickets.selectors import portal_incidents as selectors
from tickets.services import incident_parts


@require_safe
@portal_page
def portal_incident_list(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    page = selectors.portal_incidents(actor_of(request), cursor=request.GET.get("cursor", ""))
    return render(request, "portal/incidents.html", {"page": page, "now": timezone.now()})


@require_safe
@portal_page
def portal_incident(request: HttpRequest, number: int) -> HttpResponse:
    """What was said, and what was learned as far as it is shared."""
    page = selectors.portal_incident_page(actor_of(request), number)
    if page is None:
        raise Http404
    return render(request, "portal/incident.html", {"page": page, "now": timezone.now()})


@require_POST
@portal_page
def portal_incident_follow(request: HttpRequest, number: int) -> HttpResponse:
    """Be told of updates by mail, or no longer."""
    actor = actor_of(request)
    incident = selectors.portal_incident_of(actor, number)
    if incident is None:
        raise Http404
    sent: dict[str, Any] = {"by": actor, "incident": incident, "now": timezone.now()}
    if "stop" in request.POST:
        run(request, incident_parts.unsubscribe, done=_("You get no mails of it any more."), **sent)
    else:
        run(request, incident_parts.subscribe, done=_("You get a mail with each update."), **sent)
    return redirect("tickets:portal_incident", number)
