"""Who has gone quiet: the list of organizations without contact for longer than their cadence allows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from common.export import MAX_ROWS, ExportColumn
from common.listing import ListQuery
from partners.cadence_policy import policy_in_force
from partners.choices import OrganizationKind
from partners.selectors.quiet import quiet_page, quiet_rows
from partners.services.exports import export_list

KEYS = ("kind",)


@require_safe
@staff_page
def quiet_list(request: HttpRequest) -> HttpResponse:
    """Organizations that one opens in full, the quietest first."""
    actor, now, kind = actor_of(request), timezone.now(), _kind(request)
    page = quiet_page(actor, policy_in_force(), kind=kind, cursor=request.GET.get("cursor", ""), now=now)
    context = {
        "page": page,
        "kind": kind,
        "kinds": OrganizationKind.choices,
        "query": ListQuery.of(request.GET, KEYS).encode(),
        "may_export": actor.has("export_data"),
        "now": now,
    }
    return render(request, "partners/quiet_list.html", context)


@require_POST
@capability_required("export_data")
def quiet_export(request: HttpRequest) -> HttpResponse:
    """The same as a file; the address carries the list's own query."""
    actor, now = actor_of(request), timezone.now()
    rows = quiet_rows(actor, policy_in_force(), kind=_kind(request), now=now, most=MAX_ROWS + 1)
    query = ListQuery.of(request.GET, KEYS).encode()
    return export_list(by=actor, what="quiet", columns=_columns(), rows=rows, query=query, now=now).response()


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in OrganizationKind.values else ""


def _columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.name),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Stage"), value=lambda row: row.stage_label),
        ExportColumn(label=_("Days without contact"), value=lambda row: row.quiet_days),
        ExportColumn(label=_("Days allowed"), value=lambda row: row.allowed_days),
        ExportColumn(label=_("Last talk with a right person"), value=lambda row: row.last_at),
        ExportColumn(label=_("Last talk with anybody"), value=lambda row: row.any_at),
    ]
