"""A section of a questionnaire: a form that works without scripts, and with them saves each answer as it is given."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import staff_page
from common.errors import DomainError, NotAllowed
from partners.rules.journeys import NOTE_SUFFIX, Section
from partners.selectors.gate_questions import Clash, Filling, Sent, summary_links, weeks_in_words
from partners.selectors.gate_words import in_language
from partners.services import drafts
from partners.services.drafts import SavedAnswer
from partners.views.gates import draft_of, filling_or_none, gate_frame, gate_or_404, gate_url
from partners.views.pages import require

ANSWER, VERSION, MINE = "a-", "v-", "mine-"
_NO_VERSION = 0


@staff_page
def gate_section(request: HttpRequest, public_id: UUID, stage: str, questionnaire: str, section: str) -> HttpResponse:
    """One section with its questions; sent as a form it saves all of them and goes on to where was asked."""
    gate = gate_or_404(request, public_id, stage)
    filling = filling_or_none(gate, questionnaire, checked="check" in request.GET)
    if filling is None:
        return redirect(gate_url(gate, "gate"))
    found = _section_or_404(filling, section)
    if request.method != "POST":
        return _page(request, filling, found)
    require(gate.may_work, _("You do not work on this organization in its present stage."))
    sent = _save_section(request, filling, found)
    if sent.problems or sent.clashes:
        fresh = filling_or_none(gate_or_404(request, public_id, stage), questionnaire)
        return _page(request, fresh or filling, found, sent, status=422)
    go = request.POST.get("go", "stay")
    messages.success(request, _("Saved."))
    if go == "review":
        return redirect(gate_url(gate, "gate_review", questionnaire))
    return redirect(gate_url(gate, "gate_section", questionnaire, go if filling.questionnaire.section(go) else section))


@require_POST
@staff_page
def gate_answer(
    request: HttpRequest, public_id: UUID, stage: str, questionnaire: str, section: str, field: str
) -> HttpResponse:
    """Save one answer, or the note on one, and answer with how it stands now."""
    gate = gate_or_404(request, public_id, stage)
    filling = filling_or_none(gate, questionnaire)
    if filling is None:
        raise Http404
    found = _section_or_404(filling, section)
    asked = field.removesuffix(NOTE_SUFFIX)
    if found.field(asked) is None:
        raise Http404
    require(gate.may_work, _("You do not work on this organization in its present stage."))
    sent = _save(request, filling, found, [field])
    fresh = filling_or_none(gate_or_404(request, public_id, stage), questionnaire) or filling
    question = fresh.question(found, asked, sent)
    if question is None:
        raise Http404
    context = _context(request, fresh, found) | {"question": question, "is_swap": True, "is_note": field != asked}
    context["is_whole"] = bool(request.POST.get("settle"))
    return render(request, "partners/_gate_saved.html", context, status=422 if sent.problems else 200)


def _page(
    request: HttpRequest, filling: Filling, section: Section, sent: Sent | None = None, status: int = 200
) -> HttpResponse:
    questions = filling.questions(section, sent)
    problems = summary_links(questions) if filling.checked or sent else []
    context = _context(request, filling, section) | {"questions": questions, "problems": problems}
    return render(request, "partners/gate_section.html", context, status=status)


def _context(request: HttpRequest, filling: Filling, section: Section) -> dict[str, Any]:
    before, after = filling.neighbors(section)
    return gate_frame(
        request,
        filling.gate,
        filling=filling,
        questionnaire=filling.questionnaire,
        questionnaire_name=in_language(filling.questionnaire.name),
        section=section,
        title=in_language(section.title),
        checks_that=in_language(section.checks_that),
        weeks=weeks_in_words(section),
        is_manual=section.is_manual,
        links=filling.links(section.id),
        computed=filling.computed_questions(section),
        before=before,
        after=after,
    )


def _save_section(request: HttpRequest, filling: Filling, section: Section) -> Sent:
    """Save whatever of the section was sent: an unticked box sends its version alone."""
    places = [place for asked in section.fields for place in (asked.id, asked.note_id)]
    return _save(request, filling, section, [place for place in places if f"{VERSION}{place}" in request.POST])


def _save(request: HttpRequest, filling: Filling, section: Section, places: list[str]) -> Sent:
    """Save the answers at `places` by their own versions; what is not kept comes back with why."""
    settled, _space, whose = request.POST.get("settle", "").partition(" ")
    values = {place: request.POST.get(f"{ANSWER}{place}", "") for place in places}
    if settled in values and whose == "mine":
        values[settled] = request.POST.get(f"{MINE}{settled}", "")
    elif settled in values:
        del values[settled]
    versions = {place: _version(request.POST.get(f"{VERSION}{place}", "")) for place in values}
    try:
        saved = drafts.save_section(
            draft=draft_of(filling.gate, filling),
            section=section.id,
            values=values,
            base_versions=versions,
            by=filling.gate.page.actor,
            now=filling.gate.page.now,
        )
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    except DomainError as error:
        return Sent(values=values, problems={error.field or "": error.message})
    return Sent(clashes=_clashes(filling, section, saved))


def _clashes(filling: Filling, section: Section, saved: Mapping[str, SavedAnswer]) -> dict[str, Clash]:
    found = {}
    for place, answer in saved.items():
        if answer.conflict is None:
            continue
        asked = section.field(place)
        theirs, mine = answer.conflict.theirs, answer.conflict.yours
        found[place] = Clash(
            mine=mine,
            mine_label=filling.words(asked, mine) if asked else mine,
            theirs_label=filling.words(asked, theirs) if asked else theirs,
            saved_by=answer.conflict.by_name,
            saved_at=answer.conflict.at,
        )
    return found


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else _NO_VERSION


def _section_or_404(filling: Filling, section: str) -> Section:
    found = filling.questionnaire.section(section)
    if found is None:
        raise Http404
    return found
