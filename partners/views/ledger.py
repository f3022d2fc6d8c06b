"""The ledger of revenue as a list: the lines behind the figures of growth."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from common.export import MAX_ROWS, ExportColumn
from common.listing import ListQuery, hidden_pairs
from partners.forms.ledger import LEDGER_KEYS, LedgerFilterForm
from partners.selectors.ledger import LedgerFilter, ledger_page, ledger_rows
from partners.services.exports import export_list


@require_safe
@staff_page
def ledger(request: HttpRequest) -> HttpResponse:
    """Every change of what a year brings, the latest day first."""
    actor, form = actor_of(request), LedgerFilterForm(request.GET or None)
    query = ListQuery.of(request.GET, LEDGER_KEYS)
    context = {
        "form": form,
        "hidden": hidden_pairs(query, *form.fields),
        "page": ledger_page(actor, _narrowed(form), cursor=request.GET.get("cursor", "")),
        "query": query.encode(),
        "is_narrowed": bool(query.pairs),
        "may_export": actor.has("export_data"),
    }
    return render(request, "partners/ledger_list.html", context)


@require_POST
@capability_required("export_data")
def ledger_export(request: HttpRequest) -> HttpResponse:
    """The same as a file; the address carries the list's own query."""
    actor, now = actor_of(request), timezone.now()
    rows = ledger_rows(actor, _narrowed(LedgerFilterForm(request.GET or None)), most=MAX_ROWS + 1)
    query = ListQuery.of(request.GET, LEDGER_KEYS).encode()
    return export_list(by=actor, what="revenue", columns=_columns(), rows=rows, query=query, now=now).response()


def _narrowed(form: LedgerFilterForm) -> LedgerFilter:
    values: dict[str, Any] = dict(form.cleaned_data) if form.is_valid() else {}
    return LedgerFilter(**values)


def _columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("From"), value=lambda row: row.on),
        ExportColumn(label=_("What"), value=lambda row: row.kind_label),
        ExportColumn(label=_("More a year"), value=lambda row: row.amount),
        ExportColumn(label=_("Currency"), value=lambda row: row.currency),
        ExportColumn(label=_("What brought it"), value=lambda row: row.note),
        ExportColumn(label=_("Written down by"), value=lambda row: row.who),
    ]
