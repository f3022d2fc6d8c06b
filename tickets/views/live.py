"""What the page of a ticket says and asks while it is open: who else is here, and the text that is being written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, staff_page
from common.errors import DomainError
from tickets.selectors.ticket_page import onlookers
from tickets.services.composing import keep_draft
from tickets.services.following import look
from tickets.views.pages import ticket_or_404


@require_POST
@staff_page
def ticket_looking(request: HttpRequest, number: int) -> HttpResponse:
    """Say that one has the ticket open, and hear who else has."""
    found, actor, now = ticket_or_404(request, number), actor_of(request), timezone.now()
    look(by=actor, ticket=found, is_writing=request.POST.get("writing") == "1", now=now)
    sent = request.POST.get("version", "")
    context = {
        "onlookers": onlookers(actor, found.pk, now=now),
        "is_stale": sent.isdecimal() and sent != str(found.version),
        "ticket": found,
    }
    return render(request, "tickets/_onlookers.html", context)


@require_POST
@staff_page
def ticket_draft(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """Keep what is being written, of either kind."""
    found, actor, now = ticket_or_404(request, number), actor_of(request), timezone.now()
    try:
        keep_draft(by=actor, ticket=found, body=request.POST.get("body", ""), is_note=kind == "note", now=now)
    except DomainError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain")
    return HttpResponse(_("Draft kept"), content_type="text/plain")
