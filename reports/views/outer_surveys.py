"""Surveys that another house has asked: those there are, one of them by its questions, and a new one from a file."""

from dataclasses import asdict
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, capability_required
from common.document import Chart, Series
from partners.views.pages import attempt
from reports.forms.survey_files import SurveyFileForm
from reports.imports.survey_files import BadRows, import_file
from reports.models import ExternalSurvey
from reports.querysets import CAPABILITY
from reports.selectors.external_surveys import QuestionLine, question_lines, survey_list, survey_or_none

IMPORT = "import_data"
_SHOWN = 20


@require_safe
@capability_required(CAPABILITY)
def outer_surveys(request: HttpRequest) -> HttpResponse:
    """Those there are."""
    actor = actor_of(request)
    context = {"surveys": survey_list(actor), "may_import": actor.has(IMPORT)}
    return render(request, "reports/outer_surveys.html", context)


@require_safe
@capability_required(CAPABILITY)
def outer_survey(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """What each question came to, and what was left out."""
    survey = survey_or_none(actor_of(request), survey_id)
    if survey is None:
        raise Http404
    lines = question_lines(survey)
    chosen = next((line for line in lines if line.key == request.GET.get("question")), lines[0])
    context = {"survey": survey, "lines": lines, "chosen": chosen, "chart": _chart(chosen)}
    return render(request, "reports/outer_survey.html", context)


@capability_required(IMPORT)
def outer_survey_new(request: HttpRequest) -> HttpResponse:
    """A file, checked whole and kept at once."""
    form = SurveyFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        kept = _kept(request, form)
        if kept is not None:
            survey, is_new = kept
            messages.success(request, _("The survey is here.") if is_new else _("This file is here already."))
            return redirect("reports:outer_survey", survey_id=survey.public_id)
    return render(request, "reports/outer_survey_new.html", {"form": form})


def _kept(request: HttpRequest, form: SurveyFileForm) -> tuple[ExternalSurvey, bool] | None:
    """The survey of the uploaded file; None where it was refused, and the form says why."""
    file: UploadedFile = form.cleaned_data["file"]
    with NamedTemporaryFile(suffix=".csv") as copy:
        for piece in file.chunks():
            copy.write(piece)
        copy.flush()
        wanted: dict[str, Any] = {
            "name": file.name or "",
            "mapping_text": form.cleaned_data["mapping"],
            "by": actor_of(request),
            "now": timezone.now(),
            "replace": form.cleaned_data["replace"],
        }
        return attempt(form, partial(_import_telling_rows, form), path=Path(copy.name), wanted=wanted)


def _import_telling_rows(form: SurveyFileForm, *, path: Path, wanted: dict[str, Any]) -> tuple[ExternalSurvey, bool]:
    """The import; rows with faults are told at the file before it is refused."""
    try:
        return import_file(path, **wanted)
    except BadRows as error:
        said = _("Row %(row)s, %(column)s: found “%(found)s”, expected %(expected)s.")
        for fault in error.faults[:_SHOWN]:
            form.add_error("file", said % asdict(fault))
        raise


def _chart(line: QuestionLine) -> Chart:
    scores, counts = zip(*line.scores, strict=True)
    series = Series(name=line.label, values=tuple(map(Decimal, counts)))
    return Chart(kind="bars", title=line.label, labels=tuple(map(str, scores)), series=(series,))
