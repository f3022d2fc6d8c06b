"""Many tickets at once: what is done to the ticked ones, what refused and why, and all of it undone."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.policies import actor_of, capability_required
from common.errors import DomainError
from partners.views.pages import back_url, refreshed, run
from tickets.forms.lists import BulkForm, split_tags
from tickets.models import Ticket
from tickets.services import bulk

_UNDO = "ticket_undo"


@require_POST
@capability_required("write_public_reply", "manage_support")
def ticket_bulk(request: HttpRequest) -> HttpResponse:
    """Change the ticked tickets: at once by a button, or by the form that comes first."""
    back, found = back_url(request, reverse("tickets:tickets")), _chosen(request)
    if not found:
        messages.error(request, _("Tick some tickets first."))
        return redirect(back)
    act = request.POST.get("act", "form")
    form = BulkForm(request.POST if act == "change" else None, actor=actor_of(request))
    asked = _quick(request, act) or _asked(form)
    if asked is None:
        context = {"form": form, "found": found, "back": back}
        return render(request, "tickets/ticket_bulk.html", context, status=422 if form.errors else 200)
    try:
        result = bulk.change_many(by=actor_of(request), found=found, asked=asked, now=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(back)
    undo = _remember(request, result)
    if result.refusals:
        return render(request, "tickets/ticket_bulk.html", {"result": result, "undo_url": undo, "back": back})
    messages.success(request, _said(result), extra_tags=f"undo:{undo}" if undo else "")
    return redirect(back)


def _chosen(request: HttpRequest) -> list[Ticket]:
    """The ticked tickets that the reader sees; numbers of others are passed over as if they did not exist."""
    # One more than is taken at once, so that too many are refused and not cut.
    sent = request.POST.getlist("chosen")[: bulk.MAX_ROWS + 1]
    wanted = [int(text) for text in sent if text.isascii() and text.isdecimal() and len(text) < 15]
    rows = Ticket.objects.all().visible_to(actor_of(request)).filter(number__in=wanted)
    return list(rows.select_related("queue", "category"))


def _quick(request: HttpRequest, act: str) -> bulk.BulkChange | None:
    """What a button of the bar does by itself."""
    if act == "mine":
        me = User.objects.get(pk=actor_of(request).user_id)
        return bulk.BulkChange(values={"assignee": me})
    statuses = ("open", "pending", "on_hold", "solved")
    return bulk.BulkChange(values={"status": act}) if act in statuses else None


def _asked(form: BulkForm) -> bulk.BulkChange | None:
    """What a valid form asks for; None shows it (again)."""
    if not form.is_bound or not form.is_valid():
        return None
    sent = form.cleaned_data
    asked = bulk.BulkChange(
        values=form.values,
        priority=sent["priority"],
        priority_reason=sent["priority_reason"],
        add_tags=split_tags(sent["add_tags"]),
        remove_tags=split_tags(sent["remove_tags"]),
    )
    if asked.is_empty:
        form.add_error(None, _("Choose what to change."))
        return None
    return asked


def _said(result: bulk.BulkEdit) -> str:
    count = len(result.changed)
    return ngettext("%(count)s ticket is changed.", "%(count)s tickets are changed.", count) % {"count": count}


def _remember(request: HttpRequest, result: bulk.BulkEdit) -> str:
    """Keep what the last bulk edit changed with the session; the address that takes it back, if there is anything."""
    if not result.changed:
        return ""
    token = uuid4().hex
    rows = [[row.ticket_id, row.version, dict(row.before)] for row in result.changed]
    request.session[_UNDO] = {"token": token, "rows": rows}
    return reverse("tickets:bulk_undo", args=[token])


@require_POST
@capability_required("write_public_reply", "manage_support")
def ticket_bulk_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Take the last bulk edit back, where nobody has touched the tickets since."""
    back, kept = reverse("tickets:tickets"), request.session.get(_UNDO) or {}
    if kept.get("token") != token:
        messages.error(request, _("This can no longer be undone."))
        return refreshed(request, back)
    del request.session[_UNDO]
    rows = [bulk.Changed(ticket_id=pk, version=version, before=before) for pk, version, before in kept["rows"]]
    arguments: dict[str, Any] = {"by": actor_of(request), "rows": rows, "now": timezone.now()}
    run(request, bulk.undo_many, done=_("Undone."), **arguments)
    return refreshed(request, back)
