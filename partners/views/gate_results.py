"""Before and after submission: what would pass, what came of it, the versions and what they differ in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policies import staff_page
from common.errors import DomainError, NotAllowed
from partners.models import Signature
from partners.rules.journeys import Questionnaire
from partners.selectors.gate_page import GatePage
from partners.selectors.gate_results import Result, changes_between, expected_result, result_of
from partners.selectors.gate_rows import submission_rows
from partners.selectors.gate_words import in_language
from partners.selectors.submission_content import is_as_hashed
from partners.services import submissions
from partners.views.gates import draft_of, filling_or_none, gate_frame, gate_or_404, gate_url, require_answers
from partners.views.pages import require


@staff_page
def gate_review(request: HttpRequest, public_id: UUID, stage: str, questionnaire: str) -> HttpResponse:
    """Everything on one page, evaluated as it stands: what would fail and why; then the button that submits."""
    gate = gate_or_404(request, public_id, stage)
    filling = filling_or_none(gate, questionnaire, checked=True)
    if filling is None:
        return redirect(gate_url(gate, "gate"))
    if request.method == "POST":
        require(gate.may_work, _("You do not work on this organization in its present stage."))
        try:
            made = submissions.submit(draft=draft_of(gate, filling), by=gate.page.actor, now=gate.page.now)
        except NotAllowed as error:
            raise PermissionDenied(error.message) from error
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(gate_url(gate, "gate_review", questionnaire))
        return redirect(gate_url(gate, "gate_version", questionnaire, str(made.number)))
    result = expected_result(filling)
    context = _context(request, gate, filling.questionnaire, result) | {"filling": filling}
    context["problems"] = _problem_links(gate, filling.questionnaire, result)
    return render(request, "partners/gate_review.html", context)


@require_safe
@staff_page
def gate_version(request: HttpRequest, public_id: UUID, stage: str, questionnaire: str, number: int) -> HttpResponse:
    """A submission as it came out, section by section; its signatures, its hash, and what one does now."""
    gate, asked = asked_or_404(request, public_id, stage, questionnaire)
    version = version_or_404(gate, asked, number)
    result = result_of(gate, asked, version)
    is_current = version.superseded_at is None and gate.is_present
    is_intact = is_as_hashed(version, gate.page.organization, asked)
    context = _context(request, gate, asked, result) | {
        "version": version,
        "row": version.row,
        "is_current": is_current,
        "is_intact": is_intact,
        "signers": gate.signers(version.row),
        "may_judge": is_current and gate.may_judge and not version.row.signatures and result.overall != "failed",
        "sign_roles": _own_missing(gate, version, result) if is_current and is_intact else (),
        "may_remind": is_current
        and is_intact
        and gate.may_work
        and result.overall != "failed"
        and gate.others_missing(version.row),
    }
    return render(request, "partners/gate_version.html", context)


@require_safe
@staff_page
def gate_versions(request: HttpRequest, public_id: UUID, stage: str, questionnaire: str) -> HttpResponse:
    """All versions of a questionnaire in this stay, the latest first."""
    gate, asked = asked_or_404(request, public_id, stage, questionnaire)
    versions = submission_rows(gate.page.actor, gate.rows.review, asked.id) if gate.rows else []
    context = gate_frame(
        request, gate, questionnaire=asked, questionnaire_name=in_language(asked.name), versions=versions
    )
    return render(request, "partners/gate_versions.html", context)


@require_safe
@staff_page
def gate_changes(request: HttpRequest, public_id: UUID, stage: str, questionnaire: str, number: int) -> HttpResponse:
    """What a version says differently than the one before it."""
    gate, asked = asked_or_404(request, public_id, stage, questionnaire)
    require_answers(gate)
    found = (
        {one.number: one for one in submission_rows(gate.page.actor, gate.rows.review, asked.id)} if gate.rows else {}
    )
    before, after = found.get(number - 1), found.get(number)
    if before is None or after is None:
        raise Http404
    context = gate_frame(request, gate, questionnaire=asked, questionnaire_name=in_language(asked.name))
    context |= {"before": before, "after": after, "changes": changes_between(gate, asked, before, after)}
    return render(request, "partners/gate_changes.html", context)


@require_safe
@staff_page
def gate_signature(
    request: HttpRequest, public_id: UUID, stage: str, questionnaire: str, number: int, signature: UUID
) -> HttpResponseBase:
    """A drawn signature as a picture, for those who see the submission under which it stands."""
    gate, asked = asked_or_404(request, public_id, stage, questionnaire)
    version = version_or_404(gate, asked, number)
    rows = Signature.objects.visible_to(gate.page.actor).filter(submission=version, image__isnull=False)
    image = get_object_or_404(rows.select_related("image"), public_id=signature).image
    if image is None:
        raise Http404
    answer = FileResponse(default_storage.open(image.path), content_type="image/png")
    answer["Content-Disposition"] = 'attachment; filename="signature.png"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def version_or_404(gate: GatePage, questionnaire: Questionnaire, number: int) -> Any:
    """One submission with its row. Raises Http404."""
    rows = submission_rows(gate.page.actor, gate.rows.review, questionnaire.id, number=number) if gate.rows else []
    if not rows:
        raise Http404
    return rows[0]


def asked_or_404(
    request: HttpRequest, public_id: UUID, stage: str, questionnaire: str
) -> tuple[GatePage, Questionnaire]:
    gate = gate_or_404(request, public_id, stage)
    asked = gate.questionnaire(questionnaire)
    if asked is None:
        raise Http404
    return gate, asked


def _context(request: HttpRequest, gate: GatePage, asked: Questionnaire, result: Result) -> dict[str, Any]:
    return gate_frame(request, gate, questionnaire=asked, questionnaire_name=in_language(asked.name), result=result)


def _own_missing(gate: GatePage, version: Any, result: Result) -> tuple[str, ...]:
    """The roles in which the reader has still to sign what passes."""
    missing = gate.missing(version.row) if result.overall == "passed" else ()
    return tuple(role for role in gate.sign_roles if role in missing)


def _problem_links(gate: GatePage, asked: Questionnaire, result: Result) -> list[dict[str, str]]:
    """What keeps the draft from being submitted, with the place in the form where it is mended."""
    return [
        {**problem, "url": gate_url(gate, "gate_section", asked.id, section.id) + "?check=1"}
        for section in result.sections
        for problem in section.problems
    ]
