"""The page of an organization, tab by tab."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policies import staff_page
from common import panels
from common.templatetags.format import Clock, spell_day
from common.templatetags.ui import field
from partners.forms.people import AskGrantForm, DecideGrantForm
from partners.journey_cells import earlier_gates, forecast_rows, stage_rows
from partners.models import Contact
from partners.selectors.changes import history_page
from partners.selectors.classification import classification_of
from partners.selectors.forecasts import card_of
from partners.selectors.gate_tab import gate_tab
from partners.selectors.grants import grants_of
from partners.selectors.journey import StageStep, way_of
from partners.selectors.losses import losses_of
from partners.selectors.owners import owners_by_role, past_owners
from partners.selectors.past import AS_OF, PastBanner, asked_past
from partners.selectors.story import story_page
from partners.story_rows import story_rows
from partners.views.classification import override_forms
from partners.views.losses import may_record
from partners.views.pages import frame, open_page_or_404, page_or_404, require
from partners.views.past import past_page

# Panels of upper floors on the overview, in this order; those that are not installed leave no hole.
PANELS = ("health", "incidents", "tickets", "tasks", "surveys", "plan")


@dataclass(frozen=True, kw_only=True)
class PathStep:
    """A stage as the steps component takes it."""

    label: str
    state: str
    hint: str = ""
    url: str = ""


def step_items(steps: Iterable[StageStep]) -> list[PathStep]:
    """The way of an organization: behind it with the days it took, ahead with the day expected."""
    items = []
    for step in steps:
        state = "done" if step.is_done else "current" if step.is_current else "todo"
        hint = _("expected %(day)s") % {"day": spell_day(step.expected_on)} if step.expected_on else ""
        if step.days is not None:
            hint = ngettext("%(days)s day", "%(days)s days", step.days) % {"days": step.days}
        items.append(PathStep(label=step.label, state=state, hint=hint))
    return items


@require_safe
@staff_page
def organization(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Overview: what it is, how it is classified and why, what happened last. Participants see the summary."""
    page = page_or_404(request, public_id, with_panels=True)
    past, problem = asked_past(page.actor, request.GET.get(AS_OF, ""), now=page.now)
    if past is not None:
        return past_page(request, public_id, past)
    story = story_page(page, size=5)
    context = frame(request, page, "overview", story=story, lines=story_rows(story.lines, Clock(page.now)))
    context["past"] = PastBanner(past=None, problem=problem, present_url="")
    if page.is_open:
        values = classification_of(page.actor, page.organization, now=page.now, subject=page.subject)
        asked = panels.PanelRequest(actor=page.actor, now=page.now, subject=page.organization, known=page.in_short)
        context |= {
            "classification": override_forms(page, values),
            "panels": panels.load("organization", PANELS, asked),
        }
    return render(request, "partners/organization_overview.html", context)


@require_safe
@staff_page
def organization_journey(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The stages with their days, the gate where it stands, the gates behind it as a summary; requests for context."""
    page = open_page_or_404(request, public_id)
    gates = gate_tab(page)
    way = way_of(page.actor, page.organization, now=page.now, journey=gates.gate.journey if gates.gate else None)
    forecast = card_of(way.forecast) if way.forecast else None
    context = frame(
        request,
        page,
        "journey",
        gate=gates.gate,
        card=gates.card,
        step=gates.step,
        earlier=earlier_gates(page.row.public_id, gates.earlier),
        forecast=forecast,
        forecast_rows=forecast_rows(forecast) if forecast else "",
        steps=way.steps,
        stage_rows=stage_rows(way.steps),
        step_items=step_items(way.steps),
        grants=grants_of(page),
        ask_field=_ask_field(get_language() or "en"),
        decide_form=DecideGrantForm(),
    )
    return render(request, "partners/organization_journey.html", context)


@cache
def _ask_field(_language: str) -> SafeString:
    """Where one says what answers are needed for, empty: drawn once in a language."""
    return field(AskGrantForm()["reason"])


@require_safe
@staff_page
def organization_people(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Our owners and participants, now and before; their contacts."""
    page = open_page_or_404(request, public_id)
    is_archive = bool(request.GET.get("archived"))
    contacts = Contact.objects.visible_to(page.actor).filter(organization_id=page.row.pk)
    context = frame(
        request,
        page,
        "people",
        roles=owners_by_role(page.actor, page.organization),
        past=past_owners(page.actor, page.organization),
        contacts=list(contacts.filter(archived_at__isnull=not is_archive)[:200]),
        is_archive=is_archive,
    )
    return render(request, "partners/organization_people.html", context)


@require_safe
@staff_page
def organization_commercial(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Amounts and losses, for those who read them."""
    page = open_page_or_404(request, public_id)
    require(page.shows_commercial, _("Commercial figures are shown to other roles only."))
    found = {"losses": losses_of(page.actor, page.row.pk), "may_record": may_record(page)}
    return render(request, "partners/organization_commercial.html", frame(request, page, "commercial", **found))


@require_safe
@staff_page
def organization_history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was changed, field by field, by whom and why."""
    page = open_page_or_404(request, public_id)
    changes, found = history_page(page, cursor=request.GET.get("cursor", ""))
    context = frame(request, page, "history", changes=changes, history=found)
    return render(request, "partners/organization_history.html", context)
