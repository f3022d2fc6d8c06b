"""Pages of the CSV import: what came in, a new file, its mapping with a preview, progress and result."""

import itertools
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.policies import actor_of, capability_required
from common.errors import DomainError
from common.models import ImportRun, ImportState
from partners.forms.imports import ImportFileForm, MappingForm
from partners.imports import runs
from partners.imports.kinds import KINDS
from partners.imports.reading import read_values

_PREVIEW_ROWS = 8
_PER_PAGE = 50
_WORKING = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
_OPEN = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)


def _run_or_404(public_id: UUID) -> ImportRun:
    found: ImportRun = get_object_or_404(ImportRun.objects.select_related("file", "rejected_file"), public_id=public_id)
    return found


@capability_required("import_data")
def import_list(request: HttpRequest) -> HttpResponse:
    """The newest imports and what became of them."""
    found = list(ImportRun.objects.select_related("file").order_by("-created_at")[:_PER_PAGE])
    names = dict(User.objects.filter(pk__in={run.actor_id for run in found}).values_list("pk", "name"))
    rows = [{"run": run, "kind": KINDS[run.kind].label, "by": names.get(run.actor_id, "")} for run in found]
    return render(request, "partners/import_list.html", {"rows": rows, "now": timezone.now()})


@capability_required("import_data")
def import_new(request: HttpRequest) -> HttpResponse:
    """Upload a file."""
    form = ImportFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = runs.start(
                by=actor_of(request), kind=form.cleaned_data["kind"], content=file, name=file.name, now=timezone.now()
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return redirect("partners:import_run", run.public_id)
    return render(request, "partners/import_new.html", {"form": form}, status=400 if form.errors else 200)


@capability_required("import_data")
def import_run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One import: its mapping while it is open, its progress while it works, its result after."""
    run = _run_or_404(public_id)
    if run.state in _OPEN:
        return _mapping_page(request, run)
    context = {"run": run, "is_working": run.state in _WORKING, "progress": runs.progress_of(run)}
    template = "partners/_import_state.html" if request.headers.get("HX-Request") else "partners/import_run.html"
    return render(request, template, context)


def _mapping_page(request: HttpRequest, run: ImportRun) -> HttpResponse:
    kind, shape = KINDS[run.kind], runs.shape_of(run)
    form = MappingForm(request.POST or None, kind=kind, shape=shape, mapping=run.mapping)
    if request.method == "POST" and form.is_valid():
        try:
            runs.queue(
                by=actor_of(request),
                run=run,
                mapping=form.as_mapping(),
                skip_bad_rows=form.cleaned_data["skip_bad_rows"],
                apply="apply" in request.POST,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("partners:import_run", run.public_id)
    context = {"run": run, "form": form, "kind": kind, "shape": shape, "preview": _preview(run)}
    return render(request, "partners/import_map.html", context, status=400 if form.errors else 200)


def _preview(run: ImportRun) -> dict[str, Any] | None:
    """The first rows as they would be read; nothing while the mapping does not fit yet."""
    try:
        mapping = runs.mapping_of(run)
    except DomainError:
        return None
    rows = list(itertools.islice(read_values(runs.path_of(run), runs.shape_of(run), KINDS[run.kind], mapping), _PREVIEW_ROWS))
    names = [field for field in KINDS[run.kind].fields if field.name in mapping.fields]
    return {
        "labels": [field.label for field in names],
        "rows": [
            {"number": row.number, "values": [row.values.get(field.name) for field in names], "errors": row.errors}
            for row in rows
        ],
    }


@capability_required("import_data")
@require_POST
def import_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an applied import back."""
    run = _run_or_404(public_id)
    try:
        taken, left = runs.undo(by=actor_of(request), run=run, now=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        text = _("%(taken)s taken back, %(left)s left alone because they were edited since.")
        messages.success(request, text % {"taken": taken, "left": left})
    return redirect("partners:import_run", public_id)


@capability_required("import_data")
def import_rejected(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The rejected rows with their faults, to be mended and imported again."""
    stored = _run_or_404(public_id).rejected_file
    if stored is None:
        raise Http404
    # Read here: nothing streams past the end of the request's transaction (ADR 0002).
    with default_storage.open(stored.path) as file:
        answer = HttpResponse(file.read(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rejected-{public_id}.csv"'
    return answer
