"""A new ticket by telephone, or because we begin: who asks, what there is already, and the ticket."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, capability_required
from common.sent_once import once, refused
from partners.views.pages import attempt, is_fragment
from tickets.choices import Channel
from tickets.forms.entering import EntryForm
from tickets.selectors.requesters import Asker, asker_of, find_askers, similar_tickets
from tickets.services.entering import Entry, enter


@capability_required("write_public_reply", "manage_support")
@once
def ticket_new(request: HttpRequest) -> HttpResponse:
    """First whoever asks is found, then the ticket is written; similar ones of theirs are shown before it is made."""
    actor, now = actor_of(request), timezone.now()
    asker = asker_of(actor, request.POST.get("asker", "") or request.GET.get("asker", ""))
    form = EntryForm(request.POST or None, request.FILES or None, actor=actor, is_known=_is_person(asker))
    context: dict[str, Any] = {"form": form, "asker": asker, "text": request.GET.get("q", ""), "now": now}
    if request.method == "POST" and form.is_valid():
        similar = [] if request.POST.get("sure") else _similar(request, asker)
        if similar:
            refused(request)
            return render(request, "tickets/ticket_new.html", context | {"similar": similar, "asks": True})
        made = attempt(form, enter, by=actor, entry=_entry(form, asker), now=now)
        if made is not None:
            messages.success(request, _("It is #%(number)s.") % {"number": made.number})
            return redirect("tickets:ticket", made.number)
    if asker is None:
        context["askers"] = find_askers(actor, context["text"])
    return render(request, "tickets/ticket_new.html", context, status=422 if form.errors else 200)


def _is_person(asker: Asker | None) -> bool:
    return asker is not None and asker.contact_id is not None


def _entry(form: EntryForm, asker: Asker | None) -> Entry:
    sent = form.cleaned_data
    return Entry(
        asker=asker,
        name=sent.get("name", ""),
        email=sent.get("email", ""),
        values=form.values,
        body=sent["body"],
        queue=sent["queue"],
        assignee=sent["assignee"],
        files=sent["files"],
        opened_by_us=sent["opened_by_us"],
        channel=sent["channel"] or Channel.PHONE,
    )


def _similar(request: HttpRequest, asker: Asker | None) -> Any:
    sent = request.POST or request.GET
    subject, email = sent.get("subject", ""), sent.get("email", "")
    return similar_tickets(actor_of(request), subject=subject, asker=asker, email=email, now=timezone.now())


@require_safe
@capability_required("write_public_reply", "manage_support")
def ticket_askers(request: HttpRequest) -> HttpResponse:
    """Who fits what is being typed."""
    text = request.GET.get("q", "")
    context = {"askers": find_askers(actor_of(request), text), "text": text}
    if not is_fragment(request):
        return redirect("tickets:new")
    return render(request, "tickets/_askers.html", context)


@require_safe
@capability_required("write_public_reply", "manage_support")
def ticket_similar(request: HttpRequest) -> HttpResponse:
    """Tickets that speak of much the same, while the subject is typed."""
    similar = _similar(request, asker_of(actor_of(request), request.GET.get("asker", "")))
    return render(request, "tickets/_similar.html", {"similar": similar, "now": timezone.now()})
