"""The Enablement tab of an organization, part by part, and what its forms on pages of their own share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, staff_page
from common.errors import Conflict
from partners.forms.enablement import Sheet
from partners.selectors.deliveries import deliveries_of, promised_to
from partners.selectors.integrations import integrations_of, on_time_of
from partners.selectors.page import OrganizationPage
from partners.selectors.recommendations import practices_to_offer, recommendations_of
from partners.selectors.references import wins_of
from partners.selectors.trainings import trainings_of
from partners.services.checklists import local_day
from partners.views.pages import attempt, back_url, frame, open_page_or_404, require, run
from partners.work_permissions import can_arrange

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the tab."""

    url_name: str
    label: str | Promise


TRAININGS = Part(url_name="partners:organization_enablement", label=gettext_lazy("Training"))
ADVICE = Part(url_name="partners:organization_advice", label=gettext_lazy("Recommendations"))
INTEGRATIONS = Part(url_name="partners:organization_integrations", label=gettext_lazy("Integrations"))
SERVICES = Part(url_name="partners:organization_services", label=gettext_lazy("Services"))
WINS = Part(url_name="partners:organization_wins", label=gettext_lazy("Wins"))
PARTS = (TRAININGS, ADVICE, INTEGRATIONS, SERVICES, WINS)


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form on a page of its own: its words, and what runs when it is sent with nothing wrong."""

    part: Part
    title: str
    done: str
    use_case: Callable[..., Any]
    hint: str = ""


def may_arrange(page: OrganizationPage) -> bool:
    """Whether the reader of a page writes here."""
    return not page.is_archived and can_arrange(page.actor, page.organization, subject=page.subject)


def refuse_others(page: OrganizationPage) -> None:
    """Raises PermissionDenied for those who do not work here."""
    require(may_arrange(page), _("This is done by those who work on the organization in its present stage."))


def row_or_404(request: HttpRequest, model: type[Row], public_id: UUID, *related: str) -> Row:
    """The row if its organization is open to its reader; foreign and missing give the same 404."""
    seen: Any = model._default_manager.all()
    rows = seen.visible_to(actor_of(request)).select_related("organization", *related)
    return get_object_or_404(rows, public_id=public_id)


def part_url(part: Part, organization_id: Any) -> str:
    """Where the part of an organization is."""
    return reverse(part.url_name, args=[organization_id])


def fill_in(request: HttpRequest, page: OrganizationPage, form: Sheet, about: Form, **sent: Any) -> HttpResponse:
    """Show a form, or run its use case and lead back to its part; refusals are said at their field."""
    refuse_others(page)
    back = part_url(about.part, page.row.public_id)
    if request.method == "POST" and form.is_valid():
        try:
            attempt(form, about.use_case, by=page.actor, now=page.now, **sent, **form.sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
        if not form.errors:
            messages.success(request, about.done)
            return redirect(back)
    context = frame(request, page, "enablement", form=form, about=about, back=back)
    return render(request, "partners/enablement_form.html", context, status=422 if form.errors else 200)


def press(
    request: HttpRequest, row: Any, part: Part, use_case: Callable[..., Any], *, done: str, undo: str = "", **sent: Any
) -> HttpResponse:
    """Run what a button is for and lead back to its part."""
    page = open_page_or_404(request, row.organization.public_id)
    run(request, use_case, done=done, undo=undo, by=page.actor, now=page.now, **sent)
    return redirect(back_url(request, part_url(part, page.row.public_id)))


def _part(
    request: HttpRequest, public_id: UUID, part: Part, template: str, read: Callable[..., dict[str, Any]]
) -> HttpResponse:
    page = open_page_or_404(request, public_id)
    links = [(one.label, part_url(one, page.row.public_id), one is part) for one in PARTS]
    found = read(page, local_day(page.organization, page.now), request.GET.get("cursor", ""))
    context = frame(request, page, "enablement", parts=links, may_arrange=may_arrange(page), **found)
    return render(request, template, context)


@require_safe
@staff_page
def organization_enablement(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who is to learn what, and who has."""

    def read(page: OrganizationPage, today: Any, cursor: str) -> dict[str, Any]:
        return {"rows": trainings_of(page.actor, page.row.pk, today, cursor=cursor)}

    return _part(request, public_id, TRAININGS, "partners/enablement_trainings.html", read)


@require_safe
@staff_page
def organization_advice(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What we advise, and which best practices are not proposed yet."""

    def read(page: OrganizationPage, today: Any, cursor: str) -> dict[str, Any]:
        rows = recommendations_of(page.actor, page.row.pk, today, cursor=cursor)
        return {"rows": rows, "practices": practices_to_offer(page)}

    return _part(request, public_id, ADVICE, "partners/enablement_advice.html", read)


@require_safe
@staff_page
def organization_integrations(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Technical integrations, step by step."""

    def read(page: OrganizationPage, today: Any, cursor: str) -> dict[str, Any]:
        rows = integrations_of(page.actor, page.row.pk, today, cursor=cursor)
        return {"rows": rows, "kept": on_time_of(page.actor, page.row.pk, today)}

    return _part(request, public_id, INTEGRATIONS, "partners/enablement_integrations.html", read)


@require_safe
@staff_page
def organization_services(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the gemstone promises against what was delivered."""

    def read(page: OrganizationPage, today: Any, cursor: str) -> dict[str, Any]:
        gemstone = page.organization.facts.gemstone
        return {
            "promised": promised_to(page.actor, page.row.pk, gemstone),
            "deliveries": deliveries_of(page.actor, page.row.pk),
            "has_gemstone": bool(gemstone),
        }

    return _part(request, public_id, SERVICES, "partners/enablement_services.html", read)


@require_safe
@staff_page
def organization_wins(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What went well, and who may hear of it."""
    is_archived = request.GET.get("archived") == "1"

    def read(page: OrganizationPage, today: Any, cursor: str) -> dict[str, Any]:
        rows = wins_of(page.actor, page.row.pk, today, archived=is_archived, cursor=cursor)
        return {"rows": rows, "is_archived": is_archived}

    return _part(request, public_id, WINS, "partners/enablement_wins.html", read)
