"""Home: what do I do today."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import get_default_timezone, localdate

from accounts.policies import actor_of, signed_in_page
from hub.home import arranged, home_actions, home_panels
from hub.home_past import PastHome
from partners.selectors.past import AS_OF, PastBanner, asked_past


@signed_in_page
def home(request: HttpRequest) -> HttpResponse:
    """Everybody's first page: contacts go to the portal, people without a role to whom they can ask."""
    actor = actor_of(request)
    if actor.is_contact:
        return redirect("partners:portal")
    if not actor.active_roles:
        return redirect("accounts:no_role")
    now = timezone.now()
    past, problem = asked_past(actor, request.GET.get(AS_OF, ""), now=now)
    if past is not None:
        return render(request, "hub/home_past.html", {"home": PastHome(actor=actor, past=past)})
    panels = home_panels(actor, now=now)
    context = {
        "now": now,
        "past": PastBanner(past=None, problem=problem, present_url=""),
        "yesterday": localdate(now, get_default_timezone()) - timedelta(days=1),
        "actions": home_actions(actor),
        "columns": arranged(panels),
    }
    for loaded in panels:
        if "unread" in loaded.context:
            # Counted with the notices: the bell need not ask again.
            context["unread_count"] = loaded.context["unread"]
    return render(request, "hub/home.html", context)
