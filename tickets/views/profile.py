"""The technical profile behind a ticket, for whoever at the desk has it (access.yaml, read_assigned_profile)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, staff_page
from partners.record_policy import policy_in_force
from partners.selectors.record import technical_profile
from tickets.permissions import can_read_profile
from tickets.views.pages import page_of


@require_safe
@staff_page
def ticket_profile(request: HttpRequest, number: int) -> HttpResponse:
    """What is known of the technical side of who asks; 404 for everybody but the assignee."""
    page = page_of(request, number)
    if not can_read_profile(actor_of(request), page.ticket):
        raise Http404
    found = technical_profile(page.ticket.organization_id or 0, policy_in_force(), now=page.now)
    context = {"ticket": page.ticket, "name": page.parts.organization_name, "profile": found, "now": page.now}
    return render(request, "tickets/ticket_profile.html", context)
