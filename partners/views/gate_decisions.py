"""What people decide at a gate: judging, signing, reminding, waiving, overriding."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import staff_page
from common.client_address import client_address
from common.sent_once import once
from partners.forms.gates import JudgeForm, OverrideForm, SignForm, WaiverForm
from partners.models import Waiver
from partners.rules.gates import waivable
from partners.selectors.gate_history import target_in_words
from partners.selectors.gate_page import GatePage
from partners.selectors.gate_results import result_of
from partners.selectors.gate_words import in_language
from partners.services import gates, judgments, signatures, waivers
from partners.views.gate_results import asked_or_404, version_or_404
from partners.views.gates import after_decision, gate_frame, gate_or_404, gate_url
from partners.views.pages import attempt, require, run
from partners.work_choices import SignatureKind


@staff_page
@once
def gate_judge(
    request: HttpRequest, public_id: UUID, stage: str, questionnaire: str, number: int, section: str
) -> HttpResponse:
    """Say whether a section passes that no rule decides, looking at its answers."""
    gate, asked = asked_or_404(request, public_id, stage, questionnaire)
    require(gate.may_judge, _("Only those who sign at this gate judge its sections."))
    version = version_or_404(gate, asked, number)
    result = result_of(gate, asked, version)
    found = next((one for one in result.sections if one.id == section and one.is_manual), None)
    if found is None:
        raise Http404
    form = JudgeForm(request.POST or None)
    if form.is_valid():
        sent = {"is_passed": form.cleaned_data["verdict"] == "passed", "reason": form.cleaned_data["reason"]}
        arguments = {"submission": version, "section": section, "by": gate.page.actor, "now": gate.page.now}
        if attempt(form, judgments.judge, **arguments, **sent):
            messages.success(request, _("Judged."))
            return redirect(gate_url(gate, "gate_version", asked.id, str(number)))
    context = gate_frame(request, gate, questionnaire=asked, version=version, section=found, form=form)
    context["checks_that"] = next(in_language(one.checks_that) for one in asked.sections if one.id == section)
    return render(request, "partners/gate_judge.html", context, status=422 if form.errors else 200)


@staff_page
@once
def gate_sign(request: HttpRequest, public_id: UUID, stage: str, questionnaire: str, number: int) -> HttpResponse:
    """Put one's name under a submission that passes; the last signature decides the gate."""
    gate, asked = asked_or_404(request, public_id, stage, questionnaire)
    require(bool(gate.sign_roles), _("Your role does not sign at this gate."))
    version = version_or_404(gate, asked, number)
    roles = tuple(role for role in gate.sign_roles if role in gate.missing(version.row))
    if not roles:
        messages.info(request, _("You have signed this version already."))
        return redirect(gate_url(gate, "gate_version", asked.id, str(number)))
    form = SignForm(request.POST or None, request.FILES or None, roles=roles)
    if form.is_valid() and attempt(form, signatures.sign, **_signature(request, gate, version, form)) is not None:
        messages.success(request, _("Signed."))
        return redirect(after_decision(request, gate))
    context = gate_frame(request, gate, questionnaire=asked, questionnaire_name=in_language(asked.name), form=form)
    context |= {"version": version, "result": result_of(gate, asked, version), "signers": gate.signers(version.row)}
    context["is_last"] = len(gate.missing(version.row)) == 1
    return render(request, "partners/gate_sign.html", context, status=422 if form.errors else 200)


def _signature(request: HttpRequest, gate: GatePage, version: Any, form: SignForm) -> dict[str, Any]:
    """What the use case takes: the picture, drawn or sent as a file, and whom the server saw."""
    picture = form.cleaned_data["image"] or form.cleaned_data["drawn"]
    return {
        "submission": version,
        "role": form.cleaned_data["role"],
        "kind": SignatureKind.DRAWN if picture else SignatureKind.TYPED,
        "name": form.cleaned_data["name"],
        "image": picture,
        "ip": client_address(request.META, proxy_count=settings.TRUSTED_PROXY_COUNT),
        "browser": request.headers.get("User-Agent", ""),
        "by": gate.page.actor,
        "now": gate.page.now,
    }


@require_POST
@staff_page
def gate_remind(request: HttpRequest, public_id: UUID, stage: str, questionnaire: str, number: int) -> HttpResponse:
    """Tell those once more who have still to sign or to judge."""
    gate, asked = asked_or_404(request, public_id, stage, questionnaire)
    version = version_or_404(gate, asked, number)
    done = _("Reminded, once for today.")
    run(request, signatures.remind, done=done, submission=version, by=gate.page.actor, now=gate.page.now)
    return redirect(gate_url(gate, "gate_version", asked.id, str(number)))


@staff_page
@once
def gate_waive(request: HttpRequest, public_id: UUID, stage: str, target: str) -> HttpResponse:
    """Let one criterion pass until a day."""
    gate = gate_or_404(request, public_id, stage)
    require(gate.may_waive, _("Only an administrator waives a criterion of a gate."))
    if target not in waivable(gate.stage):
        raise Http404
    form = WaiverForm(request.POST or None, today=gate.today)
    if form.is_valid():
        arguments = {"organization": gate.page.organization, "stage": gate.stage.id, "criterion": target}
        sent = {"reason": form.cleaned_data["reason"], "expires_at": _end_of(form.cleaned_data["until"], gate)}
        if attempt(form, waivers.grant, **arguments, **sent, by=gate.page.actor, now=gate.page.now):
            messages.success(request, _("Waived."))
            return redirect(gate_url(gate, "gate"))
    context = gate_frame(request, gate, form=form, target=target_in_words(gate.stage, target))
    return render(request, "partners/gate_waive.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def gate_revoke(request: HttpRequest, public_id: UUID, stage: str, waiver_id: UUID) -> HttpResponse:
    """Take a waiver back before its end."""
    gate = gate_or_404(request, public_id, stage)
    rows = Waiver.objects.visible_to(gate.page.actor).filter(organization_id=gate.page.row.pk, stage=stage)
    waiver = get_object_or_404(rows, public_id=waiver_id)
    run(request, waivers.revoke, done=_("Taken back."), waiver=waiver, by=gate.page.actor, now=gate.page.now)
    return redirect(gate_url(gate, "gate"))


@staff_page
@once
def gate_override(request: HttpRequest, public_id: UUID, stage: str) -> HttpResponse:
    """Decide against the rules of a gate: an administrator's decision, with a reason that is kept."""
    gate = gate_or_404(request, public_id, stage)
    require(gate.may_override, _("Only an administrator sets a stage against the rules of its gate."))
    form = OverrideForm(request.POST or None, kind=gate.page.row.kind, stage=gate.stage.id)
    if form.is_valid() and gate.rows is not None:
        sent = {"to": form.cleaned_data["to"], "reason": form.cleaned_data["reason"]}
        review = gate.rows.review
        if attempt(form, gates.override, review=review, by=gate.page.actor, now=gate.page.now, **sent):
            messages.success(request, _("Overridden."))
            return redirect(after_decision(request, gate))
    context = gate_frame(request, gate, form=form)
    return render(request, "partners/gate_override.html", context, status=422 if form.errors else 200)


def _end_of(day: date, gate: GatePage) -> datetime:
    """The moment at which the organization's day is over."""
    zone = ZoneInfo(gate.page.organization.timezone)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
