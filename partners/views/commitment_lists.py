"""All promises that one may see, as a list and as a file; and how they were kept, by organization, owner, quarter."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.listing import ListQuery, hidden_pairs
from partners.exported.work import commitment_filter
from partners.forms.commitment_lists import KEYS, CommitmentFilterForm
from partners.selectors.commitment_lists import (
    BY_ORGANIZATION,
    BY_OWNER,
    BY_QUARTER,
    commitment_page,
    kept_rows,
)


@require_safe
@staff_page
def commitment_list(request: HttpRequest) -> HttpResponse:
    """One's own, the team's, or all; open, overdue, settled."""
    actor, now = actor_of(request), timezone.now()
    form = CommitmentFilterForm(request.GET or None, has_team=bool(actor.led_user_ids))
    query = ListQuery.of(request.GET, KEYS)
    context = {
        "form": form,
        "hidden": hidden_pairs(query, *form.fields),
        "page": commitment_page(actor, commitment_filter(query, form), cursor=request.GET.get("cursor", ""), now=now),
        "query": query.encode(),
        "is_narrowed": bool(query.pairs),
        "may_export": actor.has("export_data"),
        "now": now,
    }
    return render(request, "partners/commitment_list.html", context)


@require_POST
@capability_required("export_data")
def commitment_list_export(request: HttpRequest) -> HttpResponse:
    """The same as a file; the address carries the list's own query."""
    return list_file(request, "commitments", query=request.GET.urlencode())


@require_safe
@staff_page
def commitment_rates(request: HttpRequest) -> HttpResponse:
    """Who keeps their word: of the promises of the last year whose day has come."""
    ways = {BY_ORGANIZATION: _("By organization"), BY_OWNER: _("By owner"), BY_QUARTER: _("By quarter")}
    asked = request.GET.get("by", "")
    by = asked if asked in ways else BY_ORGANIZATION
    rows = kept_rows(actor_of(request), by=by, now=timezone.now())
    return render(request, "partners/commitment_rates.html", {"rows": rows, "ways": ways.items(), "by": by})
