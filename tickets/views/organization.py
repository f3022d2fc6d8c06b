"""Tickets on the page of an organization: a tab of their own, for those who open it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.policies import staff_page
from common.listing import ListQuery, hidden_pairs
from partners.views.pages import frame, open_page_or_404
from tickets import lists, permissions
from tickets.organization_list import open_organization_list


@require_safe
@staff_page
def organization_tickets(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All tickets of the organization, what is open first, as the address narrows them."""
    page = open_page_or_404(request, public_id)
    shown = open_organization_list(
        page.actor,
        ListQuery.of(request.GET, lists.KEYS),
        organization=page.row.public_id,
        organization_id=page.row.pk,
        path=reverse("tickets:organization_tickets", args=[public_id]),
        now=page.now,
    )
    context = frame(
        request,
        page,
        "tickets",
        shown=shown,
        lines=shown.lines(with_check=False),
        hidden=hidden_pairs(shown.query, "q"),
        may_work=permissions.can_work(page.actor),
        may_export=page.actor.has("export_data"),
    )
    return render(request, "tickets/organization_tickets.html", context)
