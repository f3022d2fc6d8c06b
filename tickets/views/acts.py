"""What is done to a ticket from a button or a small form of its page."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.policies import actor_of, staff_page
from common.sent_once import once
from partners.views.pages import attempt, refreshed, require, run
from tickets import permissions
from tickets.forms.tickets import EscalateForm, LinkForm, MergeForm, SplitForm, WatcherForm
from tickets.models import ExternalLink, Message, Ticket
from tickets.services import following, merging
from tickets.services.acknowledging import acknowledge
from tickets.services.assigning import assign
from tickets.services.composing import restore_draft
from tickets.services.escalating import escalate
from tickets.services.messages import withdraw
from tickets.views.pages import page_of, ticket_or_404, ticket_url


def _me(request: HttpRequest) -> User:
    return User.objects.get(pk=actor_of(request).user_id)


def _back(request: HttpRequest, number: int, place: str = "") -> HttpResponse:
    return refreshed(request, ticket_url(request, number, place=place))


@require_POST
@staff_page
def ticket_take(request: HttpRequest, number: int) -> HttpResponse:
    """Give it to oneself."""
    found = ticket_or_404(request, number)
    sent: dict[str, Any] = {"by": actor_of(request), "now": timezone.now()}
    run(request, assign, done=_("It is yours."), ticket=found, assignee=_me(request), **sent)
    return _back(request, number)


@require_POST
@staff_page
def ticket_acknowledge(request: HttpRequest, number: int) -> HttpResponse:
    """Say that one has seen it: steps of the escalation that wait for that end."""
    found = ticket_or_404(request, number)
    run(request, acknowledge, done=_("Acknowledged."), by=actor_of(request), ticket=found, now=timezone.now())
    return _back(request, number)


@require_POST
@staff_page
def ticket_watch(request: HttpRequest, number: int) -> HttpResponse:
    """Watch it, or stop watching it; `stop` names who stops."""
    found = ticket_or_404(request, number)
    sent: dict[str, Any] = {"by": actor_of(request), "now": timezone.now()}
    stop = request.POST.get("stop", "")
    if stop.isascii() and stop.isdecimal():
        user_id = int(stop[:18])
        run(request, following.unwatch, done=_("No longer watched."), ticket=found, user_id=user_id, **sent)
    else:
        run(request, following.watch, done=_("You watch this ticket."), ticket=found, user=_me(request), **sent)
    return _back(request, number)


@require_POST
@staff_page
def ticket_add_watcher(request: HttpRequest, number: int) -> HttpResponse:
    """Let a colleague watch it."""
    form = WatcherForm(request.POST, actor=actor_of(request))
    return _small(request, number, "watcher_form", form, lambda: {"user": form.cleaned_data["user"]}, following.watch)


@require_POST
@staff_page
def ticket_link(request: HttpRequest, number: int) -> HttpResponse:
    """Hang it on an issue of another tool."""
    form = LinkForm(request.POST)
    return _small(request, number, "link_form", form, lambda: dict(form.cleaned_data), following.add_link)


@require_POST
@staff_page
def ticket_escalate(request: HttpRequest, number: int) -> HttpResponse:
    """Escalate it by hand."""
    form = EscalateForm(request.POST)
    return _small(request, number, "escalate_form", form, lambda: dict(form.cleaned_data), escalate)


def _small(request: HttpRequest, number: int, name: str, form: forms.Form, values: Any, use_case: Any) -> HttpResponse:
    """Run the use case of a small form of the page; with faults the page comes back with it."""
    page = page_of(request, number)
    if form.is_valid():
        sent = {"by": actor_of(request), "ticket": page.ticket, "now": page.now, **values()}
        attempt(form, use_case, **sent)
        if not form.errors:
            messages.success(request, _("Done."))
            return redirect(ticket_url(request, number))
    return render(request, "tickets/ticket.html", page.context(**{name: form}), status=422)


@require_POST
@staff_page
def ticket_unlink(request: HttpRequest, number: int, link_id: UUID) -> HttpResponse:
    """Take a link away."""
    found = ticket_or_404(request, number)
    rows = ExternalLink.objects.all().visible_to(actor_of(request)).select_related("ticket")
    link = get_object_or_404(rows, ticket=found, public_id=link_id)
    run(request, following.remove_link, done=_("Taken away."), by=actor_of(request), link=link, now=timezone.now())
    return _back(request, number)


@require_POST
@staff_page
def ticket_withdraw(request: HttpRequest, number: int, message_id: UUID) -> HttpResponse:
    """Take back a reply that has not left yet; its text is a draft again."""
    message = _message(request, number, message_id)
    actor, now = actor_of(request), timezone.now()
    done = _("Taken back. The text is in the composer.")
    if run(request, withdraw, done=done, by=actor, message=message, now=now) and message.author_id == actor.user_id:
        restore_draft(by=actor, message=message, now=now)
    return _back(request, number, "#write-reply")


def _message(request: HttpRequest, number: int, message_id: UUID) -> Message:
    found = ticket_or_404(request, number)
    rows = Message.objects.all().visible_to(actor_of(request)).select_related("ticket")
    message: Message = get_object_or_404(rows, ticket=found, public_id=message_id)
    return message


@staff_page
@once
def ticket_merge(request: HttpRequest, number: int) -> HttpResponse:
    """Let it go on in another ticket: first one sees which, then it is done."""
    page, actor = page_of(request, number), actor_of(request)
    require(permissions.can_work(actor), _("Tickets are merged by those who work on them."))
    form = MergeForm(request.POST or None, actor=actor)
    target: Ticket | None = form.cleaned_data["target"] if form.is_bound and form.is_valid() else None
    if target is not None and request.POST.get("sure"):
        merged = attempt(form, merging.merge, by=actor, source=page.ticket, target=target, now=page.now)
        if merged is not None:
            messages.success(request, _("#%(number)s goes on here.") % {"number": number})
            return redirect("tickets:ticket", merged.number)
    context = {"ticket": page.ticket, "form": form, "target": target}
    return render(request, "tickets/ticket_merge.html", context, status=422 if form.errors else 200)


@staff_page
@once
def ticket_split(request: HttpRequest, number: int, message_id: UUID) -> HttpResponse:
    """Make a message of the partner a ticket of its own."""
    message, actor = _message(request, number, message_id), actor_of(request)
    require(permissions.can_work(actor), _("Tickets are split by those who work on them."))
    form = SplitForm(request.POST or None, initial={"subject": message.ticket.subject})
    if form.is_bound and form.is_valid():
        sent = {"subject": form.cleaned_data["subject"], "now": timezone.now()}
        made = attempt(form, merging.split, by=actor, message=message, **sent)
        if made is not None:
            messages.success(request, _("It is #%(number)s now.") % {"number": made.number})
            return redirect("tickets:ticket", made.number)
    back = reverse("tickets:ticket", args=[number])
    context = {"ticket": message.ticket, "message": message, "form": form, "back": back}
    return render(request, "tickets/ticket_split.html", context, status=422 if form.errors else 200)
