"""Home: what do I do today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.policies import actor_of, signed_in_page
from hub.home import arranged, home_actions, home_panels


@signed_in_page
def home(request: HttpRequest) -> HttpResponse:
    """Everybody's first page: contacts go to the portal, people without a role to whom they can ask."""
    actor = actor_of(request)
    if actor.is_contact:
        return redirect("partners:portal")
    if not actor.active_roles:
        return redirect("accounts:no_role")
    now = timezone.now()
    panels = home_panels(actor, now=now)
    context = {
        "now": now,
        "actions": home_actions(actor),
        "columns": arranged(panels),
    }
    for loaded in panels:
        if "unread" in loaded.context:
            # Counted with the notices: the bell need not ask again.
            context["unread_count"] = loaded.context["unread"]
    return render(request, "hub/home.html", context)
