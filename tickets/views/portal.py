"""Tickets in the portal: asking, reading, answering."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, portal_page
from common.sent_once import once
from partners.views.pages import attempt
from tickets.choices import TicketStatus
from tickets.forms.portal import PortalReplyForm, PortalTicketForm
from tickets.models import Ticket
from tickets.selectors import portal as selectors
from tickets.services import portal as services
from tickets.views.portal_surveys import survey_context


@require_safe
@portal_page
def portal_ticket_list(request: HttpRequest) -> HttpResponse:
    """The contact's tickets, or all of the organization for its ticket managers."""
    actor = actor_of(request)
    contact = selectors.own_contact(actor)
    finished, only_own = request.GET.get("show") == "done", request.GET.get("whose") == "mine"
    cursor = request.GET.get("cursor", "")
    context = {
        "page": selectors.portal_tickets(actor, finished=finished, only_own=only_own, cursor=cursor),
        "finished": finished,
        "only_own": only_own,
        "is_manager": contact is not None and contact.is_ticket_manager,
        "now": timezone.now(),
    }
    return render(request, "portal/tickets.html", context)


@portal_page
@once
def portal_ticket_new(request: HttpRequest) -> HttpResponse:
    """The form for a new ticket, or for a follow-up of a closed one (?follows=number)."""
    actor, categories = actor_of(request), selectors.offered_categories()
    follows = _followed(request)
    initial = {"subject": follows.subject} if follows else {}
    form = PortalTicketForm(request.POST or None, request.FILES or None, categories=categories, initial=initial)
    if request.method == "POST" and form.is_valid():
        sent = {"body": form.cleaned_data["body"], "files": form.cleaned_data["attached"], "follows": follows}
        made = attempt(form, services.ask, by=actor, values=form.values, now=timezone.now(), **sent)
        if made is not None:
            messages.success(request, _("Thank you. We have your ticket and will answer here and by mail."))
            return redirect("tickets:portal_ticket", made.number)
    context = {"form": form, "follows": follows}
    return render(request, "portal/ticket_new.html", context, status=422 if form.errors else 200)


@portal_page
@once
def portal_ticket_page(request: HttpRequest, number: int) -> HttpResponse:
    """What was said, and answering; on a solved ticket an answer says that it is not fixed."""
    actor, now = actor_of(request), timezone.now()
    ticket = _ticket_or_404(request, number)
    form = PortalReplyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        said = attempt(
            form, services.answer, by=actor, ticket=ticket, body=sent["body"], files=sent["attached"], now=now
        )
        if said is not None:
            is_reopened = ticket.status == TicketStatus.SOLVED
            messages.success(request, _("Open again. We look at it.") if is_reopened else _("Sent."))
            return redirect("tickets:portal_ticket", number)
    thread = selectors.portal_thread(ticket, actor, now=now)
    context = {"thread": thread, "form": form, "now": now, **survey_context(actor, ticket)}
    return render(request, "portal/ticket.html", context, status=422 if form.errors else 200)


def _ticket_or_404(request: HttpRequest, number: int) -> Ticket:
    found = selectors.portal_ticket(actor_of(request), number)
    if found is None:
        raise Http404
    return found


def _followed(request: HttpRequest) -> Ticket | None:
    """The ticket that a new one goes on from; none for a number that is foreign or no number."""
    asked = request.GET.get("follows", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 15):
        return None
    found = selectors.portal_ticket(actor_of(request), int(asked))
    return found if found is not None and found.status == TicketStatus.CLOSED else None
