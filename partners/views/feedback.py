"""Product feedback as a list, as a board and as a file."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.rules.access import Actor
from accounts.views.list_files import list_file
from common.listing import ListQuery
from partners.exported.voices import feedback_filter
from partners.forms.feedback import KEYS, FeedbackFilterForm
from partners.selectors import feedback as read


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
        "page": read.feedback_page(actor, feedback_filter(form), cursor=request.GET.get("cursor", "")),
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
    return list_file(request, "feedback", query=request.GET.urlencode())
