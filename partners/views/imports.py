"""Pages of the CSV import: what came in, a new file, its mapping with a preview, progress and result."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.policies import actor_of, capability_required
from common.csvio import CsvError
from common.errors import DomainError
from common.models import ImportRun
from common.models.imports import OPEN, WORKING
from common.sent_once import once
from partners.forms.imports import FieldOption, ImportFileForm, MappingForm
from partners.imports import execution, runs
from partners.imports.fields import ImportKind
from partners.imports.kinds import KINDS
from partners.imports.preview import faults_in_words, preview_of, samples_of
from partners.imports.reading import problem_with
from partners.rules.import_values import Options

_PER_PAGE = 50


def _run_or_404(request: HttpRequest, public_id: UUID) -> ImportRun:
    rows = ImportRun.objects.visible_to(actor_of(request)).select_related("file", "rejected_file")
    found: ImportRun = get_object_or_404(rows, public_id=public_id)
    return found


@capability_required("import_data")
def import_list(request: HttpRequest) -> HttpResponse:
    """The newest imports and what became of them."""
    found = ImportRun.objects.visible_to(actor_of(request)).select_related("file").order_by("-created_at", "-pk")
    newest = list(found.defer("errors", "mapping")[:_PER_PAGE])
    names = dict(User.objects.filter(pk__in={run.actor_id for run in newest}).values_list("pk", "name"))
    rows = [{"run": run, "kind": KINDS[run.kind].label, "by": names.get(run.actor_id, "")} for run in newest]
    return render(request, "partners/import_list.html", {"rows": rows, "now": timezone.now()})


@capability_required("import_data")
@once
def import_new(request: HttpRequest) -> HttpResponse:
    """Upload a file."""
    kinds = [(kind.key, kind.label) for kind in KINDS.values()]
    form = ImportFileForm(request.POST or None, request.FILES or None, kinds=kinds, initial={"kind": kinds[0][0]})
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        beside = _beside(sent["beside"], sent["on"])
        given = {"content": sent["file"], "name": sent["file"].name, "beside": beside, "now": timezone.now()}
        try:
            run = runs.start(by=actor_of(request), kind=sent["kind"], **given)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return redirect("partners:import_run", run.public_id)
    return render(request, "partners/import_new.html", {"form": form}, status=400 if form.errors else 200)


def _beside(file: UploadedFile | None, on: str) -> runs.Beside | None:
    return runs.Beside(content=file, name=file.name or "", on=on) if file else None


@capability_required("import_data")
def import_run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One import: its mapping while it is open, its progress while it works, its result after."""
    run = _run_or_404(request, public_id)
    is_fragment = bool(request.headers.get("HX-Request"))
    if run.state in OPEN and not is_fragment:
        return _mapping_page(request, run)
    context = {
        "run": run,
        "kind": KINDS[run.kind],
        "is_working": run.state in WORKING,
        "progress": execution.progress_of(run),
        "faults": faults_in_words(run),
    }
    template = "partners/_import_state.html" if is_fragment else "partners/import_run.html"
    return render(request, template, context)


def _mapping_page(request: HttpRequest, run: ImportRun) -> HttpResponse:
    try:
        form = _mapping_form(request, run)
    except CsvError as error:
        return render(request, "partners/import_run.html", {"run": run, "lost": error.message}, status=410)
    if request.method == "POST" and form.is_valid():
        try:
            _queue(request, run, form)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("partners:import_run", run.public_id)
    context = {
        "run": run,
        "form": form,
        "kind": KINDS[run.kind],
        "columns": list(zip(form.column_fields, samples_of(run), strict=True)),
        "preview": preview_of(run),
        "faults": faults_in_words(run),
    }
    return render(request, "partners/import_map.html", context, status=400 if form.errors else 200)


def _mapping_form(request: HttpRequest, run: ImportRun) -> MappingForm:
    return MappingForm(
        request.POST or None,
        options=_options(KINDS[run.kind]),
        columns=runs.shape_of(run).columns,
        mapping=run.mapping,
        skip_bad_rows=run.skip_bad_rows,
    )


def _options(kind: ImportKind) -> list[FieldOption]:
    return [
        FieldOption(
            name=field.name,
            label=field.label,
            is_required=field.required,
            may_be_same=field.may_be_same,
            choices=field.choices,
            problem_with=partial(problem_with, field, options=Options()),
        )
        for field in kind.fields
    ]


def _queue(request: HttpRequest, run: ImportRun, form: MappingForm) -> None:
    runs.queue(
        by=actor_of(request),
        run=run,
        mapping=form.as_mapping(),
        skip_bad_rows=form.cleaned_data["skip_bad_rows"],
        apply="apply" in request.POST,
        now=timezone.now(),
    )


@capability_required("import_data")
@require_POST
def import_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have an applied import taken back."""
    run = _run_or_404(request, public_id)
    try:
        runs.queue_undo(by=actor_of(request), run=run, now=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The import is being taken back."))
    return redirect("partners:import_run", public_id)


@capability_required("import_data")
def import_rejected(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The rejected rows with their faults, to be mended and imported again."""
    stored = _run_or_404(request, public_id).rejected_file
    if stored is None or stored.removed_at is not None:
        raise Http404
    # Read here: nothing streams past the end of the request's transaction (ADR 0002).
    with default_storage.open(stored.path) as file:
        answer = HttpResponse(file.read(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rejected-{public_id}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer
