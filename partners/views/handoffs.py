"""The contract of one handoff, and what its giver does with it."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import staff_page
from common.sent_once import once
from partners.forms.handoffs import (
    DayForm,
    HandoffForm,
    ItemForm,
    ReadressForm,
    ReasonForm,
    ResultsForm,
    ReturnForm,
    SummaryForm,
)
from partners.selectors.handoff_page import HandoffPage, handoff_page
from partners.selectors.handoff_ways import ways_of
from partners.services import handoff_items, handoffs
from partners.views.pages import attempt, frame, is_fragment, page_or_404, require, run

SHADOW = "shadow"


def shown_or_404(request: HttpRequest, public_id: UUID, handoff_id: UUID) -> HandoffPage:
    """The handoff if its reader sees it; foreign and missing give the same 404."""
    found = handoff_page(page_or_404(request, public_id), handoff_id)
    if found is None:
        raise Http404
    return found


def handoff_url(shown: HandoffPage) -> str:
    return reverse("partners:handoff", args=[shown.page.row.public_id, shown.handoff.public_id])


def render_handoff(request: HttpRequest, shown: HandoffPage, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of a handoff; `forms` stand in for the empty ones."""
    context = {
        "shown": shown,
        "summary_form": SummaryForm(initial={"summary": shown.handoff.summary}),
        "receiver_form": ReadressForm(actor=shown.actor),
        "return_form": ReturnForm(items=[(item.key, item.title) for item in shown.items]),
        "results_form": ResultsForm(initial={"results": shown.handoff.launch_results}),
    }
    return render(
        request, "partners/handoff.html", frame(request, shown.page, "journey", **context | forms), status=status
    )


def act(
    request: HttpRequest, shown: HandoffPage, use_case: Callable[..., Any], *, done: str, **more: Any
) -> HttpResponse:
    """Run a use case of a handoff behind a button, and show the page again."""
    run(request, use_case, done=done, by=shown.actor, handoff=shown.handoff, now=shown.page.now, **more)
    return redirect(handoff_url(shown))


@require_safe
@staff_page
def handoff(request: HttpRequest, public_id: UUID, handoff_id: UUID) -> HttpResponse:
    """What is handed over, from whom to whom, until when, and what is still missing."""
    return render_handoff(request, shown_or_404(request, public_id, handoff_id))


@staff_page
@once
def handoff_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin to hand an organization on."""
    page = page_or_404(request, public_id)
    ways = ways_of(page)
    require(bool(ways), _("You hand on what you hold yourself, in a role that this handoff is for."))
    form = HandoffForm(request.POST or None, actor=page.actor, ways=ways)
    if request.method == "POST" and form.is_valid():
        sent = {name: form.cleaned_data[name] for name in ("receiver", "summary", "giver_leaves")} | form.roles
        use_case = handoffs.prepare
        made = attempt(form, use_case, by=page.actor, organization=page.organization, now=page.now, **sent)
        if made is not None:
            messages.success(request, _("Prepared: look through what was gathered, then offer it."))
            return redirect("partners:handoff", page.row.public_id, made.public_id)
    context = frame(request, page, "journey", form=form)
    return render(request, "partners/handoff_new.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def handoff_item(request: HttpRequest, public_id: UUID, handoff_id: UUID, key: str) -> HttpResponse:
    """The giver's note on one item, and whether it is complete."""
    shown = shown_or_404(request, public_id, handoff_id)
    form = ItemForm(request.POST)
    use_case = handoff_items.settle_item
    if form.is_valid():
        attempt(form, use_case, by=shown.actor, handoff=shown.handoff, key=key, now=shown.page.now, **form.cleaned_data)
    return answer_item(request, shown, key, form)


def answer_item(request: HttpRequest, shown: HandoffPage, key: str, form: Any = None) -> HttpResponse:
    """One item after something was done to it: alone for htmx, with its page otherwise."""
    has_errors = form is not None and form.errors
    if not is_fragment(request):
        for error in (message for found in form.errors.values() for message in found) if has_errors else ():
            messages.error(request, error)
        return redirect(f"{handoff_url(shown)}#item-{key}")
    again = shown_or_404(request, UUID(shown.page.row.public_id), shown.handoff.public_id)
    item = next((item for item in again.items if item.key == key), None)
    if item is None:
        raise Http404
    context = {"shown": again, "item": item, "page": again.page, "organization": again.page.row, "is_swap": True}
    if has_errors:
        context |= {"errors": form.errors, "written": form.data.get("note", "")}
    return render(request, "partners/_handoff_item.html", context)


@require_POST
@staff_page
def handoff_day(request: HttpRequest, public_id: UUID, handoff_id: UUID, meeting: str) -> HttpResponse:
    """When giver and receiver did something together, or from when on the receiver goes along."""
    shown = shown_or_404(request, public_id, handoff_id)
    form = DayForm(request.POST)
    on: date | None = form.cleaned_data["on"] if form.is_valid() else None
    if form.errors or (meeting == SHADOW and on is None):
        messages.error(request, _("Enter a day."))
        return redirect(handoff_url(shown))
    if meeting == SHADOW:
        return act(request, shown, handoff_items.begin_shadow, done=_("Saved."), on=on)
    return act(request, shown, handoff_items.hold_meeting, done=_("Saved."), meeting=meeting, on=on)


@require_POST
@staff_page
def handoff_summary(request: HttpRequest, public_id: UUID, handoff_id: UUID) -> HttpResponse:
    """What the receiver should know first."""
    shown = shown_or_404(request, public_id, handoff_id)
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return render_handoff(request, shown, status=422, summary_form=form)
    summary = form.cleaned_data["summary"]
    return act(request, shown, handoff_items.write_summary, done=_("Saved."), summary=summary)


@require_POST
@staff_page
def handoff_gather(request: HttpRequest, public_id: UUID, handoff_id: UUID) -> HttpResponse:
    """Bring what the hub finds up to date."""
    shown = shown_or_404(request, public_id, handoff_id)
    return act(request, shown, handoff_items.gather_again, done=_("Gathered anew; your notes stay."))


@require_POST
@staff_page
def handoff_offer(request: HttpRequest, public_id: UUID, handoff_id: UUID) -> HttpResponse:
    """Ask the receiver to accept."""
    shown = shown_or_404(request, public_id, handoff_id)
    done = _("Offered to %(name)s.") % {"name": shown.handoff.receiver.name}
    return act(request, shown, handoffs.offer, done=done)


@require_POST
@staff_page
def handoff_readdress(request: HttpRequest, public_id: UUID, handoff_id: UUID) -> HttpResponse:
    """Hand over to somebody else than planned."""
    shown = shown_or_404(request, public_id, handoff_id)
    form = ReadressForm(request.POST, actor=shown.actor)
    if form.is_valid():
        sent = {"by": shown.actor, "handoff": shown.handoff, "now": shown.page.now, **form.cleaned_data}
        if attempt(form, handoffs.readdress, **sent) is not None:
            messages.success(request, _("Saved. Offer it again when it is ready."))
            return redirect(handoff_url(shown))
    return render_handoff(request, shown, status=422, receiver_form=form)


@require_POST
@staff_page
def handoff_withdraw(request: HttpRequest, public_id: UUID, handoff_id: UUID) -> HttpResponse:
    """Take it back; who gave it may see the organization no longer then."""
    shown = shown_or_404(request, public_id, handoff_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    arguments: dict[str, Any] = {"by": shown.actor, "handoff": shown.handoff, "now": shown.page.now}
    run(request, handoffs.withdraw, done=_("Withdrawn."), reason=reason, **arguments)
    return redirect(f"{reverse('partners:handoffs')}?show=given")
