"""Pages of the import of tickets: what came in, a new file, its check, progress and result."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.policies import actor_of, capability_required
from common.errors import DomainError
from common.models import ImportRun
from common.models.imports import OPEN, TICKETS, WORKING
from common.sent_once import once
from partners.imports.execution import progress_of
from tickets.forms.imports import GoForm, TicketFileForm
from tickets.imports import runs
from tickets.imports.options import MADE, options_of, read_mapping
from tickets.imports.sources import SOURCES

_PER_PAGE = 50


def _run_or_404(request: HttpRequest, public_id: UUID) -> ImportRun:
    rows = ImportRun.objects.of_tickets_visible_to(actor_of(request)).select_related("file", "rejected_file")
    found: ImportRun = get_object_or_404(rows, public_id=public_id)
    return found


def _label(run: ImportRun) -> str:
    return str(SOURCES[run.kind.removeprefix(TICKETS)].label)


@require_safe
@capability_required("manage_support")
def import_list(request: HttpRequest) -> HttpResponse:
    """The newest imports and what became of them."""
    found = ImportRun.objects.of_tickets_visible_to(actor_of(request)).select_related("file")
    newest = list(found.defer("errors", "mapping").order_by("-created_at", "-pk")[:_PER_PAGE])
    names = dict(User.objects.filter(pk__in={run.actor_id for run in newest}).values_list("pk", "name"))
    rows = [{"run": run, "source": _label(run), "by": names.get(run.actor_id, "")} for run in newest]
    return render(request, "tickets/import_list.html", {"rows": rows, "now": timezone.now()})


@capability_required("manage_support")
@once
def import_new(request: HttpRequest) -> HttpResponse:
    """Upload a file and say how it is to be read."""
    sources = [(source.key, source.label) for source in SOURCES.values()]
    form = TicketFileForm(request.POST or None, request.FILES or None, sources=sources, made=MADE)
    if request.method == "POST" and form.is_valid():
        try:
            run = _started(request, form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return redirect("tickets:import_run", run.public_id)
    return render(request, "tickets/import_new.html", {"form": form}, status=400 if form.errors else 200)


def _started(request: HttpRequest, sent: Mapping[str, Any]) -> ImportRun:
    known = read_mapping(sent["mapping"])
    options = options_of({"zone": sent["zone"], "create": sent["create"], "known": known})
    actor, file = actor_of(request), sent["file"]
    return runs.start(
        by=actor, source=sent["source"], content=file, name=file.name, options=options, now=timezone.now()
    )


@capability_required("manage_support")
def import_run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One import: what to do while it is open, its progress while it works, its result after."""
    run = _run_or_404(request, public_id)
    form = GoForm(request.POST or None, initial={"skip_bad_rows": run.skip_bad_rows})
    if request.method == "POST" and form.is_valid():
        try:
            runs.queue(
                by=actor_of(request),
                run=run,
                apply="apply" in request.POST,
                skip_bad_rows=form.cleaned_data["skip_bad_rows"],
                now=timezone.now(),
            )
        except DomainError as error:
            messages.error(request, error.message)
        return redirect("tickets:import_run", public_id)
    faults = [{**fault, "place": fault["column"] or _("the file")} for fault in run.errors]
    context = {"run": run, "source": _label(run), "form": form, "faults": faults, "is_open": run.state in OPEN}
    context |= {"is_working": run.state in WORKING, "progress": progress_of(run)}
    is_fragment = bool(request.headers.get("HX-Request"))
    return render(request, "tickets/_import_state.html" if is_fragment else "tickets/import_run.html", context)


@require_POST
@capability_required("manage_support")
def import_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have an applied import taken back."""
    try:
        runs.queue_undo(by=actor_of(request), run=_run_or_404(request, public_id), now=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The import is being taken back."))
    return redirect("tickets:import_run", public_id)


@require_safe
@capability_required("manage_support")
def import_rejected(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All faults as a file."""
    stored = _run_or_404(request, public_id).rejected_file
    if stored is None or stored.removed_at is not None:
        raise Http404
    with default_storage.open(stored.path) as file:
        answer = HttpResponse(file.read(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rejected-{public_id}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer
