"""Who has gone quiet: the list of organizations without contact for longer than their cadence allows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.listing import ListQuery
from partners.cadence_policy import policy_in_force
from partners.choices import OrganizationKind
from partners.exported.meetings import QUIET_KEYS, kind_asked
from partners.selectors.quiet import quiet_page


@require_safe
@staff_page
def quiet_list(request: HttpRequest) -> HttpResponse:
    """Organizations that one opens in full, the quietest first."""
    actor, now, kind = actor_of(request), timezone.now(), kind_asked(ListQuery.of(request.GET, QUIET_KEYS))
    page = quiet_page(actor, policy_in_force(), kind=kind, cursor=request.GET.get("cursor", ""), now=now)
    context = {
        "page": page,
        "kind": kind,
        "kinds": OrganizationKind.choices,
        "query": ListQuery.of(request.GET, QUIET_KEYS).encode(),
        "may_export": actor.has("export_data"),
        "now": now,
    }
    return render(request, "partners/quiet_list.html", context)


@require_POST
@capability_required("export_data")
def quiet_export(request: HttpRequest) -> HttpResponse:
    """The same as a file; the address carries the list's own query."""
    return list_file(request, "quiet", query=request.GET.urlencode())
