"""Handoffs, meetings and promises as files: what their pages show, whole; who took what is recorded."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.policies import capability_required
from accounts.views.list_files import list_file
from common.listing import ListQuery


@require_POST
@capability_required("export_data")
def handoff_export(request: HttpRequest) -> HttpResponse:
    """One of the reader's lists of handoffs, as the form's `show` says."""
    return list_file(request, "handoffs", query=ListQuery.of(request.POST, ("show",)).encode())


@require_POST
@capability_required("export_data")
def organization_handoff_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The handoffs of an organization that the reader sees."""
    return list_file(request, "handoffs", subject=str(public_id))


@require_POST
@capability_required("export_data")
def touchpoint_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The meetings of an organization, those ahead and those that are over."""
    return list_file(request, "touchpoints", subject=str(public_id))


@require_POST
@capability_required("export_data")
def commitment_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The promises of both sides."""
    return list_file(request, "commitments", subject=str(public_id))
