"""What the receiver of a handoff does: read, accept, return; and the launch results afterwards."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import staff_page
from partners.forms.handoffs import ResultsForm, ReturnForm
from partners.services import handoff_items, handoffs
from partners.views.handoffs import act, answer_item, handoff_url, render_handoff, shown_or_404
from partners.views.pages import attempt, run


@require_POST
@staff_page
def handoff_read(request: HttpRequest, public_id: UUID, handoff_id: UUID, key: str) -> HttpResponse:
    """Say that an item was read, or that it has to be looked at again."""
    shown = shown_or_404(request, public_id, handoff_id)
    is_read = request.POST.get("read") == "1"
    done = _("Marked as read.") if is_read else _("Marked as unread.")
    arguments: dict[str, Any] = {"by": shown.actor, "handoff": shown.handoff, "now": shown.page.now}
    run(request, handoff_items.read_item, done=done, key=key, is_read=is_read, **arguments)
    return answer_item(request, shown, key)


@require_POST
@staff_page
def handoff_accept(request: HttpRequest, public_id: UUID, handoff_id: UUID) -> HttpResponse:
    """Take the organization over; where it is closed to the new owner yet, their list is the way on."""
    shown = shown_or_404(request, public_id, handoff_id)
    done = _("Accepted: %(name)s is yours.") % {"name": shown.page.row.name}
    if not run(request, handoffs.accept, done=done, by=shown.actor, handoff=shown.handoff, now=shown.page.now):
        return redirect(handoff_url(shown))
    return redirect(f"{reverse('partners:handoffs')}?show=over")


@require_POST
@staff_page
def handoff_return(request: HttpRequest, public_id: UUID, handoff_id: UUID) -> HttpResponse:
    """Give it back and say what is wanting."""
    shown = shown_or_404(request, public_id, handoff_id)
    form = ReturnForm(request.POST, items=[(item.key, item.title) for item in shown.items])
    if form.is_valid():
        sent = {"by": shown.actor, "handoff": shown.handoff, "now": shown.page.now, **form.cleaned_data}
        if attempt(form, handoffs.give_back, **sent) is not None:
            messages.success(request, _("Returned to %(name)s.") % {"name": shown.handoff.giver.name})
            return redirect(handoff_url(shown))
    return render_handoff(request, shown, status=422, return_form=form)


@require_POST
@staff_page
def handoff_results(request: HttpRequest, public_id: UUID, handoff_id: UUID) -> HttpResponse:
    """The giver tells how the launch went."""
    shown = shown_or_404(request, public_id, handoff_id)
    form = ResultsForm(request.POST)
    if not form.is_valid():
        return render_handoff(request, shown, status=422, results_form=form)
    return act(request, shown, handoff_items.add_results, done=_("Added."), results=form.cleaned_data["results"])


@require_POST
@staff_page
def handoff_confirm(request: HttpRequest, public_id: UUID, handoff_id: UUID) -> HttpResponse:
    """The receiver confirms the launch results."""
    shown = shown_or_404(request, public_id, handoff_id)
    return act(request, shown, handoff_items.confirm_results, done=_("Confirmed."))
