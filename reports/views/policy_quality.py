"""How good our policies are: one subject at a time, with the cases behind its figure, and these as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import capability_required
from reports.own_reports import POLICIES
from reports.policy_page import SHOWN, SUBJECTS, PolicyQuality, policy_quality_of
from reports.querysets import CAPABILITY
from reports.views.frame import file_of, frame, opened_as
from reports.views.saved import saved_bar


@require_safe
@capability_required(CAPABILITY)
def policy_quality(request: HttpRequest) -> HttpResponse:
    """Alarms, overrides, waivers, pauses or escalations of a period, beside the one before."""
    found = policy_quality_of(opened_as(request, POLICIES))
    opened, query = found.opened, found.opened.query
    context = frame(request, opened, POLICIES) | {
        "found": found,
        "subject": found.subject,
        "figure": found.figure,
        "groups": [(line, query.changed(group=line.key).on(request.path)) for line in found.groups],
        "group": query.get("group"),
        "ungrouped_url": query.without("group").on(request.path),
        "cases": [(case, found.roles.get(case.by_id or 0, "")) for case in found.cases[:SHOWN]],
        "hidden_cases": max(0, len(found.cases) - SHOWN),
        "by_role": found.by_role,
        "tabs": _tabs(request, found),
        "drill_url": reverse("tickets:drill") if _is_about_drills(found) else "",
        "export_url": query.on(reverse("reports:policy_quality_export")),
        **saved_bar(request, opened),
    }
    return render(request, "reports/policy_quality.html", context)


@require_POST
@capability_required("export_data")
def policy_quality_export(request: HttpRequest) -> HttpResponse:
    """The cases as a file."""
    found = policy_quality_of(opened_as(request, POLICIES))
    what = f"policy-{found.subject.key}"
    return file_of(request, found.opened, what, found.columns, found.cases, prepared="policy_cases")


def _is_about_drills(found: PolicyQuality) -> bool:
    return found.subject.key in ("escalations", "drills") and found.opened.actor.has("manage_support")


def _tabs(request: HttpRequest, found: PolicyQuality) -> list[dict[str, Any]]:
    query = found.opened.query.without("group")
    return [
        {"label": one.label, "url": query.changed(subject=key).on(request.path), "is_active": one is found.subject}
        for key, one in SUBJECTS.items()
    ]
