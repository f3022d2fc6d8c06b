"""Pages of files of samples: what came in, a new file, its mapping, check, progress and result."""

from collections.abc import Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.policies import actor_of, staff_page
from common.csvio import CsvError, read_rows
from common.errors import DomainError, NotAllowed
from common.models import ImportRun
from common.models.imports import OPEN, WORKING
from common.sent_once import once
from health.forms.samples import SampleFileForm, SampleGoForm
from health.imports import runs
from health.imports.sample_files import SampleMapping, read_mapping
from health.selectors.metrics import metric_rows
from partners.views.pages import attempt, is_fragment

_PER_PAGE = 50
_PREVIEWED = 5


def _require(request: HttpRequest) -> None:
    try:
        runs.require_right(actor_of(request))
    except NotAllowed as error:
        raise PermissionDenied(error.message) from error


def _run_or_404(request: HttpRequest, public_id: UUID) -> ImportRun:
    rows = ImportRun.objects.of_samples_visible_to(actor_of(request)).select_related("file", "rejected_file")
    found: ImportRun = get_object_or_404(rows, public_id=public_id)
    return found


@require_safe
@staff_page
def sample_list(request: HttpRequest) -> HttpResponse:
    """The newest files and what became of them."""
    _require(request)
    found = ImportRun.objects.of_samples_visible_to(actor_of(request)).select_related("file")
    newest = list(found.defer("errors", "mapping").order_by("-created_at", "-pk")[:_PER_PAGE])
    names = dict(User.objects.filter(pk__in={run.actor_id for run in newest}).values_list("pk", "name"))
    rows = [{"run": run, "by": names.get(run.actor_id, "")} for run in newest]
    context = {"rows": rows, "now": timezone.now(), "metrics": metric_rows()}
    return render(request, "health/sample_import_list.html", context)


@staff_page
@once
def sample_new(request: HttpRequest) -> HttpResponse:
    """Upload a file."""
    _require(request)
    form = SampleFileForm(request.POST, request.FILES) if request.method == "POST" else SampleFileForm()
    if form.is_valid():
        file, now = form.cleaned_data["file"], timezone.now()
        run = attempt(form, runs.start, by=actor_of(request), content=file, name=file.name, now=now)
        if run is not None:
            return redirect("health:sample_run", run.public_id)
    return render(request, "health/sample_import_new.html", {"form": form}, status=422 if form.errors else 200)


@staff_page
def sample_run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One file: its mapping while it is open, its progress while it works, its result after."""
    _require(request)
    run = _run_or_404(request, public_id)
    shown = {"mapping": SampleMapping(**run.mapping).as_text(), "skip_bad_rows": run.skip_bad_rows}
    form = SampleGoForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        queued = attempt(form, _queue, request=request, run=run, sent=form.cleaned_data)
        if queued is not None:
            return redirect("health:sample_run", public_id)
    context = {"run": run, "form": form, "is_open": run.state in OPEN, "is_working": run.state in WORKING}
    context |= {"faults": [{**fault, "place": fault["column"] or _("the row")} for fault in run.errors]}
    if is_fragment(request):
        return render(request, "health/_sample_import_state.html", context)
    context |= _preview(run) if run.state in OPEN else {}
    return render(request, "health/sample_import_run.html", context, status=422 if form.errors else 200)


def _queue(*, request: HttpRequest, run: ImportRun, sent: Mapping[str, Any]) -> ImportRun:
    return runs.queue(
        by=actor_of(request),
        run=run,
        mapping=read_mapping(sent["mapping"]),
        apply="apply" in request.POST,
        skip_bad_rows=sent["skip_bad_rows"],
        now=timezone.now(),
    )


def _preview(run: ImportRun) -> dict[str, Any]:
    """The first rows as they are in the file."""
    try:
        shape = runs.shape_of(run)
        rows = [row.cells for row in islice(read_rows(runs.path_of(run), shape), _PREVIEWED)]
    except (DomainError, CsvError, OSError) as error:
        return {"gone": getattr(error, "message", "") or _("The file is gone. Upload it again.")}
    return {"columns": shape.columns, "preview": rows}


@require_safe
@staff_page
def sample_rejected(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All faults as a file."""
    stored = _run_or_404(request, public_id).rejected_file
    if stored is None or stored.removed_at is not None:
        raise Http404
    with default_storage.open(stored.path) as file:
        answer = HttpResponse(file.read(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rejected-{public_id}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer
