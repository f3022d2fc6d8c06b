"""Evidence beside an answer: a file, a link or a note."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import staff_page
from common.sent_once import once
from partners.forms.gates import EvidenceForm
from partners.models import Draft, Evidence
from partners.selectors.gate_questions import Filling
from partners.selectors.gate_words import in_language
from partners.services import evidence
from partners.views.gates import draft_of, filling_or_none, gate_frame, gate_or_404, gate_url
from partners.views.pages import attempt, require, run


@staff_page
@once
def gate_evidence(
    request: HttpRequest, public_id: UUID, stage: str, questionnaire: str, section: str, field: str
) -> HttpResponse:
    """What stands behind one answer, and the form that adds to it."""
    filling, asked = _asked_or_404(request, public_id, stage, questionnaire, section, field)
    gate, draft = filling.gate, draft_of(filling.gate, filling)
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require(gate.may_work, _("You do not work on this organization in its present stage."))
        if form.is_valid() and _add(form, draft, asked.id, filling):
            messages.success(request, _("Added."))
            return redirect(request.path)
    rows = Evidence.objects.visible_to(gate.page.actor).current().filter(draft=draft, field=asked.id)
    context = gate_frame(request, gate, questionnaire=filling.questionnaire, form=form)
    context |= {"pieces": list(rows.select_related("file", "added_by")), "label": in_language(asked.label)}
    context["section_url"] = gate_url(gate, "gate_section", questionnaire, section) + f"#q-{asked.id}"
    context |= {"section_id": section, "field_id": field}
    return render(request, "partners/gate_evidence.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page
def gate_evidence_remove(
    request: HttpRequest, public_id: UUID, stage: str, questionnaire: str, section: str, field: str, piece: UUID
) -> HttpResponse:
    """Take a piece away; it is kept and shown no more."""
    filling, asked = _asked_or_404(request, public_id, stage, questionnaire, section, field)
    actor = filling.gate.page.actor
    rows = Evidence.objects.visible_to(actor).current().filter(draft_id=filling.draft.pk, field=asked.id)
    found = get_object_or_404(rows.select_related("draft", "draft__organization", "task"), public_id=piece)
    run(request, evidence.remove, done=_("Taken away."), evidence=found, by=actor, now=filling.gate.page.now)
    return redirect(gate_url(filling.gate, "gate_evidence", questionnaire, section, field))


def _add(form: EvidenceForm, draft: Draft, field: str, filling: Filling) -> Any:
    sent = form.cleaned_data
    arguments: dict[str, Any] = {"draft": draft, "field": field}
    arguments |= {"by": filling.gate.page.actor, "now": filling.gate.page.now}
    if sent["file"]:
        return attempt(form, evidence.add_file, file=sent["file"], **arguments)
    if sent["url"]:
        return attempt(form, evidence.add_link, url=sent["url"], **arguments)
    return attempt(form, evidence.add_note, note=sent["note"], **arguments)


def _asked_or_404(
    request: HttpRequest, public_id: UUID, stage: str, questionnaire: str, section: str, field: str
) -> tuple[Filling, Any]:
    filling = filling_or_none(gate_or_404(request, public_id, stage), questionnaire)
    found = filling.questionnaire.section(section) if filling else None
    asked = found.field(field) if found else None
    if filling is None or asked is None or asked.id in filling.hidden:
        raise Http404
    return filling, asked
