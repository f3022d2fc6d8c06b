"""The page of a ticket, what is written on it, and its fields."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, staff_page
from common.errors import Conflict, DomainError
from common.sent_once import once
from common.templatetags.format import spell_day, spell_time
from partners.views.pages import attempt, is_fragment, require
from tickets import permissions
from tickets.choices import MessageState
from tickets.forms.tickets import TicketForm, WriteForm
from tickets.models import Message, Ticket
from tickets.services.assigning import check_assignee, tell_assignee
from tickets.services.changes import change
from tickets.services.composing import Written, write
from tickets.views.pages import page_of, ticket_or_404, ticket_url


@require_safe
@staff_page
def ticket(request: HttpRequest, number: int) -> HttpResponse:
    """The thread with its composer, clocks and fields."""
    return render(request, "tickets/ticket.html", page_of(request, number).context())


@require_POST
@staff_page
@once
def ticket_write(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """Send a reply or leave a note; `kind` is one of both."""
    page, is_note = page_of(request, number), kind == "note"
    form = WriteForm(request.POST, request.FILES, actor=actor_of(request), ticket=page.ticket, is_note=is_note)
    if form.is_valid():
        sent = form.cleaned_data
        written = Written(
            body=sent["body"],
            is_note=is_note,
            status=sent["status"],
            send_at=sent.get("send_at"),
            files=sent["files"],
            macro=sent["macro"],
        )
        made = attempt(form, write, by=actor_of(request), ticket=page.ticket, written=written, now=page.now)
        if made is not None:
            _say(request, made, number)
            return redirect(ticket_url(request, number, place=f"#m-{made.public_id}"))
    context = page.context(**{f"{kind}_form": form, "opens_note": is_note})
    return render(request, "tickets/ticket.html", context, status=422)


def _say(request: HttpRequest, made: Message, number: int) -> None:
    if made.state != MessageState.SCHEDULED or made.send_at is None:
        messages.success(request, _("The note is left."))
        return
    undo = reverse("tickets:withdraw", args=[number, made.public_id])
    local = timezone.localtime(made.send_at)
    words = {"day": spell_day(local), "time": spell_time(local)}
    waits_long = (made.send_at - made.written_at).total_seconds() > 60
    said = _("The reply leaves on %(day)s at %(time)s.") % words if waits_long else _("The reply leaves in 10 seconds.")
    messages.success(request, said, extra_tags=f"undo:{undo}")


@staff_page
def ticket_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change the fields of a ticket, in the side panel or on a page; clashes with others are shown."""
    found, actor = ticket_or_404(request, number), actor_of(request)
    require(permissions.can_work(actor), _("Tickets are changed by those who work on them."))
    form = TicketForm(request.POST or None, actor=actor, ticket=found)
    context: dict[str, Any] = {"form": form, "ticket": found, "list_suffix": ""}
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, form, found)
        except Conflict as conflict:
            clashes = form.clashes(conflict.current)
            context |= {"clashes": clashes, "version": conflict.version}
            return _form(request, context, status=409)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect("tickets:ticket", number)
    return _form(request, context, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: TicketForm, found: Ticket) -> None:
    """Save what was touched, beside what others did meanwhile. Raises Conflict for fields that both changed."""
    actor, now, values = actor_of(request), timezone.now(), form.values()
    sent: dict[str, Any] = {"by": actor, "ticket": found, "values": values, "now": now}
    sent |= {"priority": form.by_hand, "priority_reason": form.cleaned_data["priority_reason"]}
    try:
        if "assignee" in values:
            check_assignee(found, values["assignee"])
        try:
            after = change(version=form.cleaned_data["version"] or 0, **sent)
        except Conflict as conflict:
            if form.clashes(conflict.current):
                raise
            after = change(version=conflict.version, **sent)
        tell_assignee(by=actor, ticket=after, before_id=found.assignee_id, now=now)
    except Conflict:
        raise
    except DomainError as error:
        if error.status == 403:
            raise PermissionDenied(error.message) from error
        form.add_error(error.field if error.field in form.fields else None, error.message)


def _form(request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    template = "tickets/_ticket_form.html" if is_fragment(request) else "tickets/ticket_edit.html"
    return render(request, template, context, status=status)
