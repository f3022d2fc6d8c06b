"""The button beside a list that gives it as a file: at once where it is short, by a worker where it is long."""

from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.exportables import Asked, exportable_of
from accounts.policies import actor_of
from accounts.services.list_files import TooLong, export_list
from accounts.views.exports import prepared_instead
from common.errors import DomainError, NotAllowed
from common.export import MAX_ROWS


def list_file(request: HttpRequest, what: str, *, subject: str = "", query: str = "") -> HttpResponse:
    """A list of accounts.exportables, whole: CSV, or a workbook for those who pressed that button.

    Raises PermissionDenied and Http404 for what is not the reader's, or is no list.
    """
    actor, now = actor_of(request), timezone.now()
    format = "xlsx" if request.POST.get("as") == "xlsx" else "csv"
    try:
        opened = exportable_of(what, format).open(Asked(actor=actor, subject=subject, query=query, now=now))
        sent: dict[str, Any] = {"what": opened.stem, "columns": opened.columns, "query": opened.query, "now": now}
        sent |= {"organization_id": opened.organization_id, "as_workbook": format == "xlsx", "is_whole": True}
        return export_list(by=actor, rows=islice(opened.rows(), MAX_ROWS + 1), **sent).response()
    except TooLong:
        return prepared_instead(request, what=what, subject=opened.subject, query=opened.query, format=format)
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error
    except DomainError as error:
        raise Http404(error.message) from error
