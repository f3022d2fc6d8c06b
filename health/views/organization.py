"""The health of one organization: its receipt, its history, a pulse, a band set by hand, a replay."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import capability_required, staff_page
from accounts.services.list_files import export_list
from common.errors import NotAllowed
from common.panels import PanelRequest, load
from common.sent_once import once
from health.exports import history_columns
from health.forms.health import OverrideForm, PulseForm
from health.permissions import can_override, can_pulse
from health.receipt_page import head_context, history_context, receipt_context
from health.rules import receipts
from health.selectors.receipt import health_page
from health.services import overrides, pulses
from health.views.portfolio import day_of
from health.words import band_chip
from partners.selectors.page import OrganizationPage
from partners.views.pages import attempt, frame, open_page_or_404, refreshed, require, run

SECTIONS = ("alerts", "prediction", "adoption")
"""Parts of the page that other modules bring, in this order."""


@require_safe
@staff_page
def organization(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The band with its reason, the receipt of the latest snapshot or of a day, the history."""
    page = open_page_or_404(request, public_id)
    return render(request, "health/organization_health.html", _context(request, page))


def _context(request: HttpRequest, page: OrganizationPage, **more: Any) -> dict[str, Any]:
    day, asked = _asked_day(request)
    found = health_page(page, day=day, occasion=_asked(request, "occasion"), card=_asked(request, "card"))
    url = reverse("health:organization", args=[page.row.public_id])
    may_pulse = not page.is_archived and can_pulse(page.actor, page.organization, subject=page.subject)
    may_override = not page.is_archived and can_override(page.actor, page.organization, subject=page.subject)
    sections = PanelRequest(actor=page.actor, now=page.now, subject=page.organization)
    context = frame(request, page, "health", found=found, health_url=url, asked_day=asked)
    context |= head_context(found) | receipt_context(found) | history_context(found, url)
    context |= {
        "pulse_form": PulseForm() if may_pulse else None,
        "override_form": OverrideForm(now=page.now) if may_override else None,
        "may_export": page.actor.has("export_data"),
        "sections": load("organization_health", SECTIONS, sections),
    }
    return context | more


def _asked(request: HttpRequest, name: str) -> str:
    """What the address says; no text in the database holds a NUL character."""
    return request.GET.get(name, "").replace("\0", "")[:80]


def _asked_day(request: HttpRequest) -> tuple[date | None, str]:
    """The day of the address; a text that is none asks for a day of which there is nothing."""
    text = request.GET.get("day", "")[:20]
    return (day_of(text) or date.min if text else None), text


@require_POST
@staff_page
@once
def pulse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An owner says how the organization feels."""
    page = open_page_or_404(request, public_id)
    form = PulseForm(request.POST)
    by = {"organization": page.organization, "by": page.actor, "now": page.now}
    given = attempt(form, pulses.give, **by, **form.cleaned_data) if form.is_valid() else None
    if given is not None:
        messages.success(request, _("Your pulse counts from now on."))
        return redirect("health:organization", public_id)
    context = _context(request, page, pulse_form=form)
    return render(request, "health/organization_health.html", context, status=422)


@require_POST
@staff_page
@once
def override_set(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a band by hand until a day."""
    page = open_page_or_404(request, public_id)
    form = OverrideForm(request.POST, now=page.now)
    if form.is_valid():
        sent = {"band": form.cleaned_data["band"], "reason": form.cleaned_data["reason"], "until": form.until_moment}
        by = {"organization": page.organization, "by": page.actor, "now": page.now}
        if attempt(form, overrides.set_band, **by, **sent):
            undo = f"undo:{reverse('health:override_end', args=[public_id])}"
            messages.success(request, _("The band is set by hand; the computed one stays beside it."), extra_tags=undo)
            return redirect("health:organization", public_id)
    context = _context(request, page, override_form=form)
    return render(request, "health/organization_health.html", context, status=422)


@require_POST
@staff_page
def override_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take it back before its day."""
    page = open_page_or_404(request, public_id)
    done = _("The computed band is shown again.")
    run(request, overrides.end, done=done, organization=page.organization, by=page.actor, now=page.now)
    return refreshed(request, reverse("health:organization", args=[public_id]))


@require_safe
@staff_page
def replay(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The receipt of a day computed once more from what it holds, digit by digit."""
    page = open_page_or_404(request, public_id)
    day, _text = _asked_day(request)
    found = health_page(page, day=day, occasion=_asked(request, "occasion"), card=_asked(request, "card"))
    if found.shown is None:
        raise Http404
    require(found.shown.card is not None, _("This version of the scorecard is gone; it cannot be replayed."))
    again = receipts.replay(found.shown.receipt, found.shown.card)  # type: ignore[arg-type]
    context = frame(request, page, "health", shown=found.shown, again=again)
    context |= {"is_same": receipts.to_json(again) == receipts.to_json(found.shown.receipt)}
    context |= {"stored_chip": band_chip(found.shown.receipt.state.band), "again_chip": band_chip(again.state.band)}
    context |= {"health_url": reverse("health:organization", args=[public_id])}
    return render(request, "health/replay.html", context)


@require_POST
@capability_required("export_data")
def history_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The snapshots of an organization as CSV."""
    page = open_page_or_404(request, public_id)
    rows = health_page(page).history
    try:
        file = export_list(
            by=page.actor,
            what="health-history",
            columns=history_columns(),
            rows=rows,
            query="",
            now=page.now,
            organization_id=page.row.pk,
        )
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    return file.response()
