"""The portal of contacts: their organization in plain words, whom to talk to, what we shared."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, portal_page
from common import panels
from partners.selectors.portal import own_organization_id, own_organizations, portal_home, shared_entries
from partners.views.pages import is_fragment

# Panels of upper floors, the next task first; those that are not installed leave no hole.
PANELS = ("portal_incidents", "portal_tasks", "portal_tickets", "portal_articles")


@require_safe
@portal_page
def portal(request: HttpRequest) -> HttpResponse:
    """Where we stand together, and what comes next."""
    actor, now = actor_of(request), timezone.now()
    shared = shared_entries(actor, cursor=request.GET.get("cursor", ""))
    if is_fragment(request):
        return render(request, "portal/_shared_lines.html", {"shared": shared, "now": now})
    home = portal_home(actor)
    if home is None:
        raise Http404
    context = {
        "home": home,
        "organizations": own_organizations(actor),
        "shared": shared,
        "panels": panels.load("portal", PANELS, panels.PanelRequest(actor=actor, now=now)),
        "now": now,
    }
    return render(request, "portal/home.html", context)


@require_POST
@portal_page
def portal_switch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open another of the person's own organizations; any other does not exist."""
    organization_id = own_organization_id(actor_of(request), public_id)
    if organization_id is None:
        raise Http404
    request.session["organization"] = organization_id
    return redirect("partners:portal")
