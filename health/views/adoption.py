"""Adoption of one organization: features used, underused and never used, beside like ones; what was bought."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import capability_required, staff_page
from accounts.services.list_files import export_list
from common import policy_cache
from common.export import ExportColumn
from common.sent_once import once
from health.adoption_words import STATES, state_label
from health.forms.features import EntitlementForm
from health.selectors.adoption import Adoption, adoption_of, bought_by
from health.selectors.metrics import entitlements_for, metric_choices
from health.services import entitlements
from health.services.entitlements import can_entitle
from partners.selectors.page import OrganizationPage
from partners.views.pages import attempt, frame, open_page_or_404, run


@require_safe
@staff_page
def adoption(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is used of the product, and of what was bought."""
    page = open_page_or_404(request, public_id)
    return render(request, "health/adoption.html", _context(request, page))


def _context(request: HttpRequest, page: OrganizationPage, **more: Any) -> dict[str, Any]:
    with policy_cache.held():
        return _asked(request, page) | more


def _asked(request: HttpRequest, page: OrganizationPage) -> dict[str, Any]:
    found = adoption_of(page.actor, page.organization, now=page.now)
    may_entitle = not page.is_archived and can_entitle(page.actor, page.organization, subject=page.subject)
    groups = [(state, [line for line in found.lines if line.state == state.key]) for state in STATES]
    context = frame(request, page, "health", found=found, groups=groups)
    context |= {"bought": bought_by(page.actor, page.organization, now=page.now), "may_entitle": may_entitle}
    context |= {"compared": _compared(found)}
    context |= {
        "form": EntitlementForm(metrics=metric_choices()) if may_entitle else None,
        "may_export": page.actor.has("export_data"),
    }
    return context


def _compared(found: Adoption) -> str:
    """How it stands beside like organizations."""
    if found.benchmark.percent is None:
        return _("Too few organizations are alike to compare.")
    words = {"percent": f"{found.benchmark.percent:.0f}", "count": found.benchmark.others}
    return _("Half of %(count)s like organizations use %(percent)s %% or more.") % words


@require_POST
@staff_page
@once
def entitlement_put(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what was bought."""
    page = open_page_or_404(request, public_id)
    form = EntitlementForm(request.POST, metrics=metric_choices())
    if form.is_valid():
        sent = {"organization": page.organization, **form.cleaned_data}
        made = attempt(form, entitlements.put, by=page.actor, now=page.now, **sent)
    else:
        made = None
    if made is not None:
        messages.success(request, _("Saved."))
        return redirect("health:adoption", public_id)
    return render(request, "health/adoption.html", _context(request, page, form=form), status=422)


@require_POST
@staff_page
def entitlement_remove(request: HttpRequest, public_id: UUID, entitlement_id: int) -> HttpResponse:
    """Take back what was never bought."""
    page = open_page_or_404(request, public_id)
    rows = entitlements_for(page.actor).filter(organization=page.organization)
    found = get_object_or_404(rows, pk=entitlement_id)
    run(request, entitlements.remove, done=_("Removed."), by=page.actor, entitlement=found, now=page.now)
    return redirect("health:adoption", public_id)


@require_POST
@capability_required("export_data")
def adoption_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The features of an organization as CSV."""
    page = open_page_or_404(request, public_id)
    lines = adoption_of(page.actor, page.organization, now=page.now).lines
    file = export_list(
        by=page.actor,
        what="adoption",
        columns=_columns(),
        rows=lines,
        query="",
        now=page.now,
        organization_id=page.organization.pk,
    )
    return file.response()


def _columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Feature"), value=lambda line: line.feature.name),
        ExportColumn(label=_("Module"), value=lambda line: line.feature.module),
        ExportColumn(label=_("State"), value=lambda line: state_label(line.state)),
        ExportColumn(label=_("Uses a week"), value=lambda line: line.adopted.weekly),
        ExportColumn(label=_("Change in percent"), value=lambda line: line.adopted.change),
        ExportColumn(label=_("Last used in the week of"), value=lambda line: line.last_week_on),
        ExportColumn(label=_("People"), value=lambda line: line.people),
        ExportColumn(label=_("Median of like organizations"), value=lambda line: line.others),
    ]
