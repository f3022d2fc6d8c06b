"""Campaigns: how likely contacts are to recommend us."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required
from accounts.views.list_files import list_file
from common.errors import Conflict
from common.sent_once import once
from partners.forms.campaigns import CampaignForm
from partners.models import SurveyCampaign
from partners.selectors import campaigns as read
from partners.services import campaigns
from partners.services.feedback import MANAGE
from partners.survey_choices import CampaignState
from partners.views.pages import attempt, require, run

CAPABILITY = "see_reports"


@require_safe
@capability_required(CAPABILITY)
def campaign_list(request: HttpRequest) -> HttpResponse:
    """All campaigns, the latest first."""
    state = request.GET.get("state", "")
    state = state if state in CampaignState.values else ""
    context = {
        "page": read.campaign_page(state, cursor=request.GET.get("cursor", "")),
        "tabs": _tabs(request, "state", state, (("", _("All")), *CampaignState.choices)),
        "may_run": campaigns.may_run(actor_of(request)),
        "is_narrowed": bool(state),
    }
    return render(request, "partners/campaign_list.html", context)


@require_safe
@capability_required(CAPABILITY)
def campaign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """A draft with whom it would ask; a started one with what it brought."""
    found, actor = campaign_or_404(campaign_id), actor_of(request)
    show = request.GET.get("show", "")
    show = show if show in read.SHOWS else ""
    context: dict[str, Any] = {
        "campaign": found,
        "tone": read.TONES[CampaignState(found.state)],
        "may_run": campaigns.may_run(actor),
        "may_export": actor.has("export_data"),
        "now": timezone.now(),
        "show": show,
    }
    if found.state == CampaignState.DRAFT:
        return render(request, "partners/campaign_draft.html", context | _preview(request, found))
    context |= {
        "results": read.results(actor, found),
        "page": read.answer_page(actor, found, show, cursor=request.GET.get("cursor", "")),
        "tabs": _tabs(request, "show", show, _shows()),
    }
    if context["may_run"]:
        context |= {"counts": read.counts_of(found), "reasons": read.reasons_of(found)}
    return render(request, "partners/campaign.html", context)


def _tabs(request: HttpRequest, name: str, chosen: str, choices: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": f"{request.path}?{name}={key}" if key else request.path, "is_active": key == chosen}
        for key, label in choices
    ]


def _preview(request: HttpRequest, found: SurveyCampaign) -> dict[str, Any]:
    """Who would be asked now, for those who run campaigns."""
    actor = actor_of(request)
    if not campaigns.may_run(actor):
        return {}
    lot = campaigns.preview(by=actor, campaign=found, now=timezone.now())
    spared = len(lot.people) - lot.asked
    return {"lot": lot, "spared": spared, "reasons": read.reasons_in(lot)}


def _shows() -> list[tuple[str, str]]:
    return [
        ("", _("All answers")),
        ("promoters", _("9 and 10")),
        ("passives", _("7 and 8")),
        ("detractors", _("0 to 6")),
        ("comments", _("With a comment")),
    ]


@capability_required(MANAGE)
@once
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Plan a campaign."""
    actor, form = actor_of(request), CampaignForm(request.POST or None)
    require(campaigns.may_run(actor), _("Campaigns are run by those who see every organization."))
    if request.method == "POST" and form.is_valid():
        made = attempt(form, campaigns.make, by=actor, values=form.values, now=timezone.now())
        if made is not None:
            return redirect("partners:campaign", made.public_id)
    return render(request, "partners/campaign_form.html", {"form": form}, status=422 if form.errors else 200)


@capability_required(MANAGE)
def campaign_edit(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Change a draft."""
    found, actor = campaign_or_404(campaign_id), actor_of(request)
    require(campaigns.may_run(actor), _("Campaigns are run by those who see every organization."))
    form = CampaignForm(request.POST or None, campaign=found)
    if request.method == "POST" and form.is_valid():
        sent = {"values": form.values, "version": form.cleaned_data["version"] or 0}
        try:
            attempt(form, campaigns.edit, by=actor, campaign=found, now=timezone.now(), **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect("partners:campaign", campaign_id)
    context = {"form": form, "campaign": found}
    return render(request, "partners/campaign_form.html", context, status=422 if form.errors else 200)


@require_POST
@capability_required(MANAGE)
def campaign_start(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Ask those who were drawn."""
    found = campaign_or_404(campaign_id)
    sent: dict[str, Any] = {"by": actor_of(request), "campaign": found, "now": timezone.now()}
    run(request, campaigns.start, done=_("It runs: mails go out from its first day on."), **sent)
    return redirect("partners:campaign", campaign_id)


@require_POST
@capability_required(MANAGE)
def campaign_end(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Ask nobody else."""
    found = campaign_or_404(campaign_id)
    sent: dict[str, Any] = {"by": actor_of(request), "campaign": found, "now": timezone.now()}
    run(request, campaigns.end, done=_("It has ended. Links that are out can still be answered."), **sent)
    return redirect("partners:campaign", campaign_id)


@require_POST
@capability_required("export_data")
def campaign_export(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """The answers that one sees, as a file."""
    return list_file(request, "campaign", subject=str(campaign_id), query=request.GET.urlencode())


def campaign_or_404(campaign_id: UUID) -> SurveyCampaign:
    found = read.campaign_or_none(campaign_id)
    if found is None:
        raise Http404
    return found
