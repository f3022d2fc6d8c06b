"""The ledger of revenue as a list: the lines behind the figures of growth."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.listing import ListQuery, hidden_pairs
from partners.exported.growth import ledger_filter
from partners.forms.ledger import LEDGER_KEYS, LedgerFilterForm
from partners.selectors.ledger import ledger_page


@require_safe
@staff_page
def ledger(request: HttpRequest) -> HttpResponse:
    """Every change of what a year brings, the latest day first."""
    actor, form = actor_of(request), LedgerFilterForm(request.GET or None)
    query = ListQuery.of(request.GET, LEDGER_KEYS)
    context = {
        "form": form,
        "hidden": hidden_pairs(query, *form.fields),
        "page": ledger_page(actor, ledger_filter(form), cursor=request.GET.get("cursor", "")),
        "query": query.encode(),
        "is_narrowed": bool(query.pairs),
        "may_export": actor.has("export_data"),
    }
    return render(request, "partners/ledger_list.html", context)


@require_POST
@capability_required("export_data")
def ledger_export(request: HttpRequest) -> HttpResponse:
    """The same as a file; the address carries the list's own query."""
    return list_file(request, "revenue", query=request.GET.urlencode())
