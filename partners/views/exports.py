"""Handoffs, meetings and promises as files: what their pages show, whole; who took what is recorded."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, capability_required
from common.errors import NotAllowed
from common.export import MAX_ROWS, ExportColumn
from partners.selectors import handoff_rows
from partners.selectors.commitments import commitment_rows
from partners.selectors.page import OrganizationPage
from partners.selectors.touchpoints import touchpoints_of
from partners.services.exports import export_list
from partners.views.pages import open_page_or_404, page_or_404
from partners.work_exports import commitment_columns, handoff_columns, touchpoint_columns

# One more than a file holds: it says then that it was cut.
_MOST = MAX_ROWS + 1


@require_POST
@capability_required("export_data")
def handoff_export(request: HttpRequest) -> HttpResponse:
    """One of the reader's lists of handoffs, as the form's `show` says."""
    actor, now = actor_of(request), timezone.now()
    known, asked = handoff_rows.views_of(actor), request.POST.get("show", "")
    view = asked if asked in known else known[0]
    rows = handoff_rows.list_rows(actor, view, now=now, most=_MOST)
    return _file(request, "handoffs", handoff_columns(), rows, query=f"show={view}")


@require_POST
@capability_required("export_data")
def organization_handoff_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The handoffs of an organization that the reader sees."""
    page = page_or_404(request, public_id)
    rows = handoff_rows.of_organization(page.actor, page.row.pk, now=page.now, most=_MOST)
    return _file(request, "handoffs", handoff_columns(), rows, of=page)


@require_POST
@capability_required("export_data")
def touchpoint_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The meetings of an organization, those ahead and those that are over."""
    page = open_page_or_404(request, public_id)
    return _file(request, "touchpoints", touchpoint_columns(), touchpoints_of(page, most=_MOST), of=page)


@require_POST
@capability_required("export_data")
def commitment_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The promises of both sides."""
    page = open_page_or_404(request, public_id)
    return _file(request, "commitments", commitment_columns(), commitment_rows(page, most=_MOST), of=page)


def _file(
    request: HttpRequest,
    what: str,
    columns: Sequence[ExportColumn],
    rows: Iterable[Any],
    *,
    query: str = "",
    of: OrganizationPage | None = None,
) -> HttpResponse:
    """The download. Raises PermissionDenied for those who may not take data out."""
    place = of.row.pk if of else None
    asked = f"in={of.row.public_id}" if of else query
    sent: dict[str, Any] = {"columns": columns, "rows": rows, "query": asked, "organization_id": place}
    try:
        file = export_list(by=actor_of(request), what=what, now=timezone.now(), **sent)
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    return file.response()
