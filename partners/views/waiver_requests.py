"""Waivers are asked for on the page of a gate, and refused or taken back there; granting has a page of its own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import staff_page
from common.sent_once import once
from partners.forms.gates import WaiverAskForm, WaiverRefuseForm
from partners.models import WaiverRequest
from partners.rules.gates import waivable
from partners.selectors.gate_history import target_in_words
from partners.selectors.gate_page import GatePage
from partners.services import waiver_requests
from partners.views.gates import gate_frame, gate_or_404, gate_url
from partners.views.pages import attempt, require, run


@staff_page
@once
def waiver_ask(request: HttpRequest, public_id: UUID, stage: str, target: str) -> HttpResponse:
    """Ask those who grant waivers to let one criterion pass."""
    gate = gate_or_404(request, public_id, stage)
    require(gate.may_work, _("Waivers are asked for by those who work at the gate."))
    if target not in waivable(gate.stage) or gate.rows is None:
        raise Http404
    form, what = WaiverAskForm(request.POST or None), target_in_words(gate.stage, target)
    if form.is_valid():
        sent = {"review": gate.rows.review, "criterion": target, "reason": form.cleaned_data["reason"]}
        if attempt(form, waiver_requests.ask, **sent, by=gate.page.actor, now=gate.page.now):
            messages.success(request, _("Asked: those who grant waivers have been told."))
            return redirect(gate_url(gate, "gate"))
    title = _("Ask to waive “%(what)s”") % {"what": what}
    return _page(request, gate, form, title=title, button=_("Ask"))


@staff_page
@once
def waiver_refuse(request: HttpRequest, public_id: UUID, stage: str, request_id: UUID) -> HttpResponse:
    """Answer with no, and why."""
    gate = gate_or_404(request, public_id, stage)
    require(gate.may_waive, _("Only an administrator waives a criterion of a gate."))
    found, form = _request_or_404(gate, request_id), WaiverRefuseForm(request.POST or None)
    if form.is_valid():
        sent = {"asked": found, "note": form.cleaned_data["note"]}
        if attempt(form, waiver_requests.refuse, **sent, by=gate.page.actor, now=gate.page.now):
            messages.success(request, _("Refused."))
            return redirect(gate_url(gate, "gate"))
    title = _("Do not waive “%(what)s”") % {"what": target_in_words(gate.stage, found.criterion)}
    return _page(request, gate, form, title=title, button=_("Refuse"), asked=found)


@require_POST
@staff_page
def waiver_withdraw(request: HttpRequest, public_id: UUID, stage: str, request_id: UUID) -> HttpResponse:
    """Take one's own request back."""
    gate = gate_or_404(request, public_id, stage)
    found = _request_or_404(gate, request_id)
    sent: dict[str, Any] = {"asked": found, "by": gate.page.actor, "now": gate.page.now}
    run(request, waiver_requests.withdraw, done=_("Taken back."), **sent)
    return redirect(gate_url(gate, "gate"))


def _page(request: HttpRequest, gate: GatePage, form: Any, **words: Any) -> HttpResponse:
    context = gate_frame(request, gate, form=form, **words)
    return render(request, "partners/waiver_request.html", context, status=422 if form.errors else 200)


def _request_or_404(gate: GatePage, request_id: UUID) -> WaiverRequest:
    rows = WaiverRequest.objects.visible_to(gate.page.actor).filter(organization_id=gate.page.row.pk)
    found: WaiverRequest = get_object_or_404(
        rows.filter(review__stage=gate.stage.id).select_related("asked_by"), public_id=request_id
    )
    return found
