"""The cadence of an organization: what is ahead, and what people do with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import staff_page
from common.sent_once import once
from partners.forms.interactions import InteractionForm
from partners.forms.touchpoints import ArrangeForm, MoveForm, SkipForm
from partners.models import Contact, Touchpoint
from partners.selectors.page import OrganizationPage
from partners.selectors.touchpoints import cadence_of
from partners.services import touchpoints
from partners.services.touchpoint_holding import hold
from partners.views.pages import attempt, back_url, frame, open_page_or_404, require, run

MAX_PEOPLE = 60


def touchpoint_or_404(page: OrganizationPage, touchpoint_id: UUID) -> Touchpoint:
    """The touchpoint of this organization; foreign and missing give the same 404."""
    rows = Touchpoint.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    found: Touchpoint = get_object_or_404(rows.select_related("organization"), public_id=touchpoint_id)
    return found


def tab_url(page: OrganizationPage) -> str:
    """Where the cadence of an organization is shown."""
    return reverse("partners:organization_cadence", args=[page.row.public_id])


def _back(request: HttpRequest, page: OrganizationPage) -> HttpResponse:
    return redirect(back_url(request, tab_url(page)))


def _render(request: HttpRequest, page: OrganizationPage, form: ArrangeForm | None = None) -> HttpResponse:
    cadence = cadence_of(page)
    form = form or ArrangeForm(actor=page.actor, kinds=cadence.kinds)
    context = frame(request, page, "cadence", cadence=cadence, form=form, may_export=page.actor.has("export_data"))
    return render(request, "partners/organization_cadence.html", context, status=422 if form.errors else 200)


@require_safe
@staff_page
def organization_cadence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """When the two sides meet, by which rule, and when they have met."""
    return _render(request, open_page_or_404(request, public_id))


@require_POST
@staff_page
@once
def touchpoint_arrange(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Arrange a meeting beside the cadence."""
    page = open_page_or_404(request, public_id)
    cadence = cadence_of(page)
    require(cadence.may_arrange, _("You do not work on this organization in its present stage."))
    form = ArrangeForm(request.POST, actor=page.actor, kinds=cadence.kinds)
    if form.is_valid():
        use_case = touchpoints.arrange
        made = attempt(form, use_case, by=page.actor, organization=page.organization, now=page.now, **form.cleaned_data)
        if made is not None:
            messages.success(request, _("Arranged."))
            return redirect(tab_url(page))
    return _render(request, page, form)


@staff_page
@once
def touchpoint_hold(request: HttpRequest, public_id: UUID, touchpoint_id: UUID) -> HttpResponse:
    """It was held: the 60-second form logs what was said and closes it."""
    page = open_page_or_404(request, public_id)
    found = touchpoint_or_404(page, touchpoint_id)
    require(page.may_log and touchpoints.can_act(page.actor, found), _("Its owner does this, and who works here."))
    form = InteractionForm(request.POST or None, people=_people(page))
    sent: dict[str, Any] = {"by": page.actor, "touchpoint": found, "now": page.now}
    if request.method == "POST" and form.is_valid() and _held(form, sent):
        undo = reverse("partners:touchpoint_reopen", args=[public_id, touchpoint_id])
        messages.success(request, _("Held and logged."), extra_tags=f"undo:{undo}")
        return _back(request, page)
    context = frame(request, page, "cadence", form=form, touchpoint=found)
    return render(request, "partners/touchpoint_hold.html", context, status=422 if form.errors else 200)


def _held(form: InteractionForm, sent: dict[str, Any]) -> Touchpoint | None:
    return attempt(form, hold, values=form.values, contacts=form.people, **sent)


def _people(page: OrganizationPage) -> list[Contact]:
    found = Contact.objects.visible_to(page.actor).filter(organization_id=page.row.pk, archived_at__isnull=True)
    return list(found.only("pk", "public_id", "name", "is_primary", "organization_id")[:MAX_PEOPLE])


def _act(
    request: HttpRequest,
    public_id: UUID,
    touchpoint_id: UUID,
    use_case: Callable[..., Any],
    *,
    done: str,
    has_undo: bool = False,
    **more: Any,
) -> HttpResponse:
    page = open_page_or_404(request, public_id)
    found = touchpoint_or_404(page, touchpoint_id)
    undo = reverse("partners:touchpoint_reopen", args=[public_id, touchpoint_id]) if has_undo else ""
    run(request, use_case, done=done, undo=undo, by=page.actor, touchpoint=found, now=page.now, **more)
    return _back(request, page)


@require_POST
@staff_page
def touchpoint_skip(request: HttpRequest, public_id: UUID, touchpoint_id: UUID) -> HttpResponse:
    """Leave it out, and say why."""
    form = SkipForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    done = _("Left out.")
    return _act(request, public_id, touchpoint_id, touchpoints.skip, done=done, has_undo=True, reason=reason)


@require_POST
@staff_page
def touchpoint_move(request: HttpRequest, public_id: UUID, touchpoint_id: UUID) -> HttpResponse:
    """Put it on another day; those after it do not move."""
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter a day."))
        return _back(request, open_page_or_404(request, public_id))
    on = form.cleaned_data["on"]
    return _act(request, public_id, touchpoint_id, touchpoints.reschedule, done=_("Moved."), on=on)


@require_POST
@staff_page
def touchpoint_cancel(request: HttpRequest, public_id: UUID, touchpoint_id: UUID) -> HttpResponse:
    """Take back one that was arranged by hand."""
    return _act(request, public_id, touchpoint_id, touchpoints.cancel, done=_("Cancelled."))


@require_POST
@staff_page
def touchpoint_reopen(request: HttpRequest, public_id: UUID, touchpoint_id: UUID) -> HttpResponse:
    """Undo: it is planned again."""
    return _act(request, public_id, touchpoint_id, touchpoints.reopen, done=_("It is planned again."))
