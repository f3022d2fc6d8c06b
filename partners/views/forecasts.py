"""Launches at risk, plans to mend, and how good the forecasts are."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.errors import NotAllowed
from common.listing import ListQuery
from partners import forecast_list
from partners.forecast_cells import at_risk_lines
from partners.forecast_pages import Calibrations, area_tabs, latest_runs
from partners.selectors.plan_checks import check_plan, plans_to_mend
from partners.services import forecast_runs
from partners.views.pages import frame, is_fragment, open_page_or_404, require


@require_safe
@staff_page
def at_risk(request: HttpRequest) -> HttpResponse:
    """Launches that will probably miss their target, the worst first, with the reasons."""
    actor, query = actor_of(request), ListQuery.of(request.GET, forecast_list.KEYS)
    shown = forecast_list.open_at_risk(actor, query, path=reverse("partners:at_risk"), now=timezone.now())
    rows = shown.rows()
    context = {
        "shown": shown,
        "filters": shown.filters(),
        "whose": shown.whose_choices(),
        "clear_url": shown.path,
        "query_text": query.without().encode(),
        "rows": at_risk_lines(rows),
        "has_rows": bool(rows),
        "may_export": actor.has("export_data"),
        "tabs": area_tabs(actor, "at_risk"),
    }
    return render(request, "partners/at_risk.html", context)


@require_POST
@capability_required("export_data")
def at_risk_export(request: HttpRequest) -> HttpResponse:
    """What the list shows, whole, as CSV; who took what is recorded."""
    return list_file(request, "launches", query=request.POST.get("query", ""))


@require_safe
@staff_page
def plans(request: HttpRequest) -> HttpResponse:
    """Plans of one's own organizations, and of the team's, that have something wrong with them."""
    actor = actor_of(request)
    found = plans_to_mend(actor, now=timezone.now())
    return render(request, "partners/plans.html", {"plans": found, "tabs": area_tabs(actor, "plans")})


@require_safe
@staff_page
def organization_plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is wrong with the plan of one organization, worst first, each with the way to mend it."""
    page = open_page_or_404(request, public_id)
    plan = check_plan(page.actor, page.organization, now=page.now)
    return render(request, "partners/organization_plan.html", frame(request, page, "journey", plan=plan))


@require_safe
@staff_page
def forecast_quality(request: HttpRequest) -> HttpResponse:
    """How often forecasts were kept, and the runs that make them with the progress of the present one."""
    actor = actor_of(request)
    require(forecast_runs.may_run(actor), _("Runs over all organizations are for those who see all of them."))
    runs = latest_runs(actor)
    context: dict[str, Any] = {"runs": runs, "running": runs.running, "now": timezone.now()}
    if is_fragment(request) and runs.running:
        return render(request, "partners/_forecast_progress.html", context)
    context |= {"calibrations": Calibrations.of(runs.finished), "tabs": area_tabs(actor, "quality")}
    if is_fragment(request):
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "partners/forecast_quality.html", context)


@require_POST
@staff_page
def forecast_run_start(request: HttpRequest) -> HttpResponse:
    """Have all forecasts computed now."""
    try:
        run = forecast_runs.start(by=actor_of(request), now=timezone.now())
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    messages.success(request, _("Workers forecast %(count)s organizations now.") % {"count": run.total})
    return redirect("partners:forecast_quality")
