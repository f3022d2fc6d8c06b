"""Product feedback as a list, as a board and as a file."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.rules.access import Actor
from common.export import MAX_ROWS, ExportColumn
from common.listing import ListQuery
from partners.forms.feedback import KEYS, FeedbackFilterForm
from partners.selectors import feedback as read
from partners.selectors.feedback import FeedbackFilter
from partners.services.exports import export_list


def reader_of(request: HttpRequest) -> Actor:
    """Who reads feedback. Raises PermissionDenied for colleagues to whom no organization is open."""
    actor = actor_of(request)
    if not read.may_read(actor):
        raise PermissionDenied(_("Feedback is read by those to whom an organization is open."))
    return actor


@require_safe
@staff_page
def feedback_list(request: HttpRequest) -> HttpResponse:
    """What organizations ask for, the latest first."""
    actor, form = reader_of(request), FeedbackFilterForm(request.GET or None)
    query = ListQuery.of(request.GET, KEYS)
    context = {
        "form": form,
        "page": read.feedback_page(actor, _narrowed(form), cursor=request.GET.get("cursor", "")),
        "query": query.encode(),
        "is_narrowed": bool(query.pairs),
        "may_export": actor.has("export_data"),
        "now": timezone.now(),
    }
    return render(request, "partners/feedback_list.html", context)


@require_safe
@staff_page
def feedback_board(request: HttpRequest) -> HttpResponse:
    """The same by state; what most stands behind comes first."""
    columns = read.feedback_board(reader_of(request))
    context = {"columns": columns, "total": sum(len(column.rows) for column in columns)}
    return render(request, "partners/feedback_board.html", context)


@require_POST
@capability_required("export_data")
def feedback_export(request: HttpRequest) -> HttpResponse:
    """The list as a file; the address carries its query."""
    actor, now = reader_of(request), timezone.now()
    rows = read.feedback_rows(actor, _narrowed(FeedbackFilterForm(request.GET or None)), most=MAX_ROWS + 1)
    query = ListQuery.of(request.GET, KEYS).encode()
    return export_list(by=actor, what="feedback", columns=_columns(), rows=rows, query=query, now=now).response()


def _narrowed(form: FeedbackFilterForm) -> FeedbackFilter:
    return FeedbackFilter(**form.cleaned_data) if form.is_valid() else FeedbackFilter()


def _columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: str(row.item.public_id)),
        ExportColumn(label=_("Title"), value=lambda row: row.item.title),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("State"), value=lambda row: row.state_label),
        ExportColumn(label=_("Expected"), value=lambda row: row.item.expected),
        ExportColumn(label=_("Organizations"), value=lambda row: row.behind.total),
        ExportColumn(label=_("Cannot go on without it"), value=lambda row: row.behind.blocking),
        ExportColumn(label=_("Tickets"), value=lambda row: row.behind.tickets),
        ExportColumn(
            label=_("Revenue a year that you read"),
            value=lambda row: row.behind.weight.amount if row.behind.weight else None,
        ),
        ExportColumn(label=_("Issue"), value=lambda row: row.issue_url),
        ExportColumn(label=_("Added"), value=lambda row: row.item.created_at),
    ]
