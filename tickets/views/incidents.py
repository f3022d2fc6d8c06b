"""Incidents for colleagues: find one, declare one, read one, change what it says."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, capability_required, staff_page
from common.scope import Scope, scoped
from common.sent_once import once
from partners.forms.fields import SUGGESTIONS
from partners.views.pages import attempt
from tickets import incident_permissions as permissions
from tickets.forms.incidents import DeclareForm, IncidentFactsForm, organizations_to_name
from tickets.incident_choices import Severity
from tickets.incident_policy import incident_policy
from tickets.selectors import incidents as reading
from tickets.selectors.incident_clusters import recurring
from tickets.selectors.ticket_page import ticket_of
from tickets.services import incidents
from tickets.views.incident_pages import head_context, incident_context, incident_or_404, page_or_404

WORKERS = ("write_public_reply", "manage_support")
_MAX_TEXT = 100


@require_safe
@staff_page
def incident_list(request: HttpRequest) -> HttpResponse:
    """Open ones first, what is due next on top."""
    actor, now, wanted = actor_of(request), timezone.now(), _wanted(request)
    context = {
        "wanted": wanted,
        "page": reading.incident_list(actor, wanted, cursor=request.GET.get("cursor", ""), now=now),
        "counts": reading.counts(actor, now=now),
        "severities": Severity.choices,
        "may_declare": permissions.can_declare(actor),
        "is_narrowed": wanted != reading.IncidentFilter(),
        "now": now,
    }
    return render(request, "tickets/incident_list.html", context)


@require_safe
@staff_page
def incident(request: HttpRequest, number: int) -> HttpResponse:
    """One incident: its course, its times, whom it affects, what is said of it."""
    return render(request, "tickets/incident.html", incident_context(request, page_or_404(request, number)))


@require_safe
@staff_page
def incident_head(request: HttpRequest, number: int) -> HttpResponse:
    """Its head alone, for the page that looks again."""
    return render(request, "tickets/_incident_head.html", head_context(request, page_or_404(request, number)))


@capability_required(*WORKERS)
@once
def incident_declare(request: HttpRequest) -> HttpResponse:
    """Say that something is broken; ?ticket= names one that tells of it."""
    actor, policy = actor_of(request), incident_policy()
    form = DeclareForm(request.POST or None, actor=actor, policy=policy, initial=_initial(request))
    if form.is_bound and form.is_valid():
        sent = form.cleaned_data
        organization = sent.get("organization")
        made = attempt(
            form,
            incidents.declare,
            by=actor,
            values=form.values,
            severity=sent["severity"],
            tickets=sent["tickets"],
            organizations=[organization] if organization else [],
            takes_command=sent["takes_command"],
            now=timezone.now(),
        )
        if made is not None:
            messages.success(request, _("Declared. Say now what is known: the first update is due."))
            return redirect("tickets:incident", made.number)
    return render(request, "tickets/incident_declare.html", {"form": form}, status=422 if form.errors else 200)


@capability_required(*WORKERS)
def incident_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change its facts."""
    actor, found = actor_of(request), incident_or_404(request, number)
    names = ("title", "public_title", "summary", "started_at", "cause", "queue")
    initial = {name: getattr(found, name) for name in names}
    form = IncidentFactsForm(request.POST or None, actor=actor, policy=incident_policy(), initial=initial)
    if form.is_bound and form.is_valid():
        sent: dict[str, Any] = {"values": form.values, "version": version_of(request), "now": timezone.now()}
        if attempt(form, incidents.edit, by=actor, incident=found, **sent) is not None:
            messages.success(request, _("Saved."))
            return redirect("tickets:incident", number)
    context = {"form": form, "incident": found, "version": request.POST.get("version", found.version)}
    return render(request, "tickets/incident_edit.html", context, status=422 if form.errors else 200)


@require_safe
@staff_page
def incident_recurring(request: HttpRequest) -> HttpResponse:
    """What comes again, by the kind of its cause."""
    context = {"clusters": recurring(actor_of(request), now=timezone.now()), "now": timezone.now()}
    return render(request, "tickets/incident_recurring.html", context)


@require_safe
@capability_required(*WORKERS)
def incident_names(request: HttpRequest) -> HttpResponse:
    """Organizations that the reader may say are affected, while somebody types."""
    values = (str(value).replace("\0", "").strip() for value in request.GET.values())
    text = next((value for value in values if value), "")[:_MAX_TEXT]
    names: list[tuple[str]] = []
    if len(text) >= 2:
        with scoped(Scope.all()):
            rows = organizations_to_name(actor_of(request)).filter(name__icontains=text).order_by("name_sort", "pk")
            names = [(name,) for name in rows.values_list("name", flat=True)[:SUGGESTIONS]]
    return HttpResponse(format_html_join("", '<option value="{}"></option>', names))


def version_of(request: HttpRequest) -> int | None:
    """The version that a form was made from."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 9 else None


def _wanted(request: HttpRequest) -> reading.IncidentFilter:
    """The filters of the address; what means nothing narrows nothing."""
    asked = request.GET.get
    show, severity, whose = asked("show", ""), asked("severity", ""), asked("whose", "")
    queue, organization = asked("queue", "").replace("\0", "")[:40], asked("organization", "")
    return reading.IncidentFilter(
        show=show if show in (reading.OVER, reading.EVERY) else reading.OPEN,
        severity=severity if severity in Severity.values else "",
        queue=queue,
        organization=organization if _is_uuid(organization) else "",
        text=asked("q", "").replace("\0", "").strip()[:_MAX_TEXT],
        is_own=whose == "mine",
        is_late=asked("late") == "1",
    )


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and all(letter in "0123456789abcdef-" for letter in text) and text.count("-") == 4


def _initial(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET.get("ticket", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 15):
        return {}
    ticket = ticket_of(actor_of(request), int(asked))
    return {"tickets": f"#{ticket.number}", "title": ticket.subject[:200]} if ticket is not None else {}
