"""What is done to an incident from its page: updates, severity, command, state, tickets, organizations, followers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.policies import actor_of, staff_page
from common.sent_once import once
from partners.views.pages import attempt, refreshed, run
from tickets.forms.incidents import (
    AffectedForm,
    CommanderForm,
    FollowerForm,
    LinkTicketForm,
    MoveForm,
    SeverityForm,
    UpdateForm,
)
from tickets.models import IncidentOrganization, IncidentTicket
from tickets.services import incident_parts, incident_updates, incidents
from tickets.services.incident_updates import Said
from tickets.views.incident_pages import incident_context, incident_or_404, page_or_404, small_form
from tickets.views.incidents import version_of


def _back(request: HttpRequest, number: int) -> HttpResponse:
    return refreshed(request, reverse("tickets:incident", args=[number]))


@require_POST
@staff_page
@once
def incident_write(request: HttpRequest, number: int, is_public: bool) -> HttpResponse:
    """Post an update, to colleagues or to everybody who is affected."""
    found = incident_or_404(request, number)
    form = UpdateForm(request.POST, incident=found, is_public=is_public)
    if form.is_valid():
        sent = form.cleaned_data
        said = Said(
            body=sent["body"], is_public=is_public, state=sent["state"], to_tickets=sent.get("to_tickets", False)
        )
        version, now = version_of(request), timezone.now()
        entry = attempt(
            form, incident_updates.post, by=actor_of(request), incident=found, said=said, version=version, now=now
        )
        if entry is not None:
            messages.success(request, _words(entry))
            return redirect("tickets:incident", number)
    name = "public_form" if is_public else "internal_form"
    context = incident_context(request, page_or_404(request, number), **{name: form, "opens_internal": not is_public})
    return render(request, "tickets/incident.html", context, status=422)


@require_POST
@staff_page
def incident_severity(request: HttpRequest, number: int) -> HttpResponse:
    """Say that it is worse, or less bad."""
    form = SeverityForm(request.POST)
    return small_form(
        request,
        number,
        "severity_form",
        form,
        incidents.set_severity,
        lambda: {**form.cleaned_data, "version": version_of(request)},
    )


@require_POST
@staff_page
def incident_command(request: HttpRequest, number: int) -> HttpResponse:
    """Put somebody in charge; `me` is oneself."""
    if "me" in request.POST:
        found, me = incident_or_404(request, number), User.objects.get(pk=actor_of(request).user_id)
        sent: dict[str, Any] = {"by": actor_of(request), "incident": found, "commander": me, "now": timezone.now()}
        run(request, incidents.set_commander, done=_("You are in charge."), **sent)
        return _back(request, number)
    form = CommanderForm(request.POST, actor=actor_of(request))
    return small_form(
        request,
        number,
        "commander_form",
        form,
        incidents.set_commander,
        lambda: {"commander": form.cleaned_data["commander"], "version": version_of(request)},
    )


@require_POST
@staff_page
def incident_move(request: HttpRequest, number: int) -> HttpResponse:
    """Resolve it, close it, open it again."""
    form = MoveForm(request.POST, auto_id="move-%s")
    return small_form(
        request,
        number,
        "move_form",
        form,
        incidents.move,
        lambda: {**form.cleaned_data, "version": version_of(request)},
    )


@require_POST
@staff_page
def incident_link(request: HttpRequest, number: int) -> HttpResponse:
    """Link a ticket that tells of it."""
    form = LinkTicketForm(request.POST, actor=actor_of(request))
    return small_form(
        request,
        number,
        "ticket_form",
        form,
        incident_parts.link_ticket,
        lambda: {"ticket": form.cleaned_data["ticket"]},
    )


@require_POST
@staff_page
def incident_unlink(request: HttpRequest, number: int, ticket: int) -> HttpResponse:
    """Take a ticket away."""
    found, actor = incident_or_404(request, number), actor_of(request)
    rows = IncidentTicket.objects.visible_to(actor).filter(incident=found, ticket__number=ticket)
    link = rows.select_related("ticket__organization").first()
    if link is not None:
        sent: dict[str, Any] = {"by": actor, "incident": found, "ticket": link.ticket, "now": timezone.now()}
        run(request, incident_parts.unlink_ticket, done=_("Taken away."), **sent)
    return _back(request, number)


@require_POST
@staff_page
def incident_affect(request: HttpRequest, number: int) -> HttpResponse:
    """Say that an organization is affected."""
    form = AffectedForm(request.POST, actor=actor_of(request))
    return small_form(
        request,
        number,
        "organization_form",
        form,
        incident_parts.add_organization,
        lambda: {"organization": form.cleaned_data["organization"]},
    )


@require_POST
@staff_page
def incident_spare(request: HttpRequest, number: int) -> HttpResponse:
    """Say that an organization was not affected after all."""
    found, actor = incident_or_404(request, number), actor_of(request)
    row = _affected(request, found.pk)
    if row is not None:
        sent: dict[str, Any] = {"by": actor, "incident": found, "organization": row, "now": timezone.now()}
        run(request, incident_parts.remove_organization, done=_("It does not count as affected any more."), **sent)
    return _back(request, number)


@require_POST
@staff_page
def incident_follow(request: HttpRequest, number: int) -> HttpResponse:
    """Follow it, or let it be."""
    found, me = incident_or_404(request, number), User.objects.get(pk=actor_of(request).user_id)
    sent: dict[str, Any] = {"by": actor_of(request), "incident": found, "now": timezone.now()}
    if "stop" in request.POST:
        run(request, incident_parts.unsubscribe, done=_("You no longer follow it."), user_id=me.pk, **sent)
    else:
        run(request, incident_parts.subscribe, done=_("You follow it."), user=me, **sent)
    return _back(request, number)


@require_POST
@staff_page
def incident_add_follower(request: HttpRequest, number: int) -> HttpResponse:
    """Let a colleague or a contact be told."""
    found = incident_or_404(request, number)
    form = FollowerForm(request.POST, actor=actor_of(request), incident=found)
    names = ("user", "contact")
    return small_form(
        request,
        number,
        "follower_form",
        form,
        incident_parts.subscribe,
        lambda: {name: form.cleaned_data.get(name) for name in names},
    )


@require_POST
@staff_page
def incident_drop_follower(request: HttpRequest, number: int) -> HttpResponse:
    """Stop telling somebody: `user` or `contact` names whom, among those whom the reader sees."""
    page = page_or_404(request, number)
    asked = {name: _whole(request.POST.get(name, "")) for name in ("user", "contact")}
    for one in page.followers:
        if (one.user_id, one.contact_id) == (asked["user"], asked["contact"]):
            sent: dict[str, Any] = {"user_id": one.user_id, "contact_id": one.contact_id, "now": timezone.now()}
            who = actor_of(request)
            run(request, incident_parts.unsubscribe, done=_("No longer told."), by=who, incident=page.incident, **sent)
    return _back(request, number)


def _affected(request: HttpRequest, incident_id: int) -> Any:
    """The organization that a button names by its place among the affected that the reader sees."""
    wanted = _whole(request.POST.get("organization", ""))
    rows = IncidentOrganization.objects.visible_to(actor_of(request)).filter(incident_id=incident_id)
    return incident_parts.organization_of(rows.filter(organization_id=wanted or 0).first())


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None


def _words(entry: Any) -> str:
    """What became of an update."""
    if not entry.is_public:
        return _("Left for colleagues.")
    if not entry.tickets_answered:
        return _("Posted: everybody who is affected can read it.")
    return _("Posted, and the linked tickets are answered with it.")
