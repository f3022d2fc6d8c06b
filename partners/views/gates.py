"""The page of a gate, and the start of its questionnaire."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import staff_page
from partners import gate_checks
from partners.models import Draft, Organization
from partners.rules.gates import FactState
from partners.selectors.gate_card import card_of, handoff_at_hand
from partners.selectors.gate_history import summary_of
from partners.selectors.gate_page import GatePage, gate_page
from partners.selectors.gate_questions import Filling
from partners.selectors.gate_steps import next_step
from partners.selectors.gate_words import in_language
from partners.selectors.guides import guides_for
from partners.selectors.waiver_requests import requests_at
from partners.services import drafts, gates
from partners.views.pages import frame, open_page_or_404, require, run


def gate_or_404(request: HttpRequest, public_id: UUID, stage: str) -> GatePage:
    """The gate of an organization that its reader opens in full; those who know the summary alone get 403."""
    gate = gate_page(open_page_or_404(request, public_id), stage)
    if gate is None:
        raise Http404
    return gate


def gate_url(gate: GatePage, name: str, *more: str) -> str:
    """The address of a page of a gate."""
    return reverse(f"partners:{name}", args=[gate.page.row.public_id, gate.stage.id, *more])


def gate_frame(request: HttpRequest, gate: GatePage, **more: Any) -> dict[str, Any]:
    """The context of every page of a gate."""
    return frame(request, gate.page, "journey", gate=gate, may_work=gate.may_work, **more)


def require_answers(gate: GatePage) -> None:
    """Answers of earlier stages need a role or a context grant. Raises PermissionDenied."""
    closed = _("The answers of earlier stages are closed to you. Ask for context on the journey of the organization.")
    require(gate.shows_answers, closed)


def filling_or_none(gate: GatePage, questionnaire: str, *, checked: bool = False) -> Filling | None:
    """The questionnaire being filled in; None while nobody has begun it. Raises Http404, PermissionDenied."""
    found = gate.questionnaire(questionnaire)
    if found is None:
        raise Http404
    require_answers(gate)
    draft = gate.rows.drafts.get(found.id) if gate.rows else None
    return Filling(gate, found, draft, checked) if draft is not None else None


def draft_of(gate: GatePage, filling: Filling) -> Draft:
    """The row of a draft, as the use cases take it. Raises Http404 for one that went meanwhile."""
    draft = Draft.objects.visible_to(gate.page.actor).filter(pk=filling.draft.pk).first()
    if draft is None:
        raise Http404
    return draft


@require_safe
@staff_page
def gate_detail(request: HttpRequest, public_id: UUID, stage: str) -> HttpResponse:
    """What the gate asks for, how each criterion stands, what the reader does next; a decided one as summary."""
    gate = gate_or_404(request, public_id, stage)
    asked = requests_at(gate)
    if not gate.is_present:
        summary = summary_of(gate) if gate.rows else None
        context = gate_frame(request, gate, summary=summary, card=card_of(gate, {}), asked=asked)
        return render(request, "partners/gate_closed.html", context)
    card = card_of(gate, _facts(gate))
    page = gate.page
    guides = guides_for(page.actor, kind=page.row.kind, stage=gate.stage.id, now=page.now)
    purpose = in_language(gate.stage.purpose)
    context = gate_frame(request, gate, card=card, step=next_step(card), purpose=purpose, guides=guides, asked=asked)
    return render(request, "partners/gate.html", context)


def _facts(gate: GatePage) -> dict[str, FactState]:
    """Every automatic criterion, asked now."""
    if gate.rows is None:
        return {}
    review = gate.rows.review
    known = handoff_at_hand(gate)
    organization = gate.page.organization
    return gate_checks.facts_of(gate.stage, organization=organization, review=review, now=gate.page.now, known=known)


@require_POST
@staff_page
def gate_begin(request: HttpRequest, public_id: UUID, stage: str, questionnaire: str) -> HttpResponse:
    """Start a questionnaire: what is known elsewhere is filled in with its source."""
    gate = gate_or_404(request, public_id, stage)
    found = gate.questionnaire(questionnaire)
    if found is None or gate.rows is None:
        raise Http404
    arguments = {"review": gate.rows.review, "questionnaire": found.id, "by": gate.page.actor, "now": gate.page.now}
    done = _("Begun. What the hub knows already is filled in with its source.")
    if not run(request, drafts.begin, done=done, **arguments):
        return redirect(gate_url(gate, "gate"))
    return redirect(gate_url(gate, "gate_section", found.id, found.sections[0].id))


@require_POST
@staff_page
def gate_decide(request: HttpRequest, public_id: UUID, stage: str) -> HttpResponse:
    """Decide a gate that is signed, once what was wanting beside the signatures is there."""
    gate = gate_or_404(request, public_id, stage)
    if gate.rows is None:
        raise Http404
    done = _("Decided: the organization has left %(stage)s.") % {"stage": gate.label}
    run(request, gates.decide, done=done, review=gate.rows.review, by=gate.page.actor, now=gate.page.now)
    return redirect(after_decision(request, gate))


def after_decision(request: HttpRequest, gate: GatePage) -> str:
    """Where one goes on: to the journey, or home where the organization has left the stages of one's role."""
    page = gate.page
    if Organization.objects.opened_to(page.actor).filter(pk=page.row.pk).exists():
        return reverse("partners:organization_journey", args=[page.row.public_id])
    left = _("%(name)s is in a stage now that your role does not open. Whoever works there has been told.")
    messages.info(request, left % {"name": page.row.name})
    return reverse("hub:home")
