"""Business reviews: those of an organization, the page in both editions, their files, and the portal's."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, portal_page, staff_page
from common.attempts import attempt
from common.downloads import download
from partners import review_policy
from partners.forms.reviews import ActionForm, ReviewBeginForm
from partners.models import BusinessReview
from partners.review_choices import DocumentFormat, DocumentState, Edition
from partners.selectors import review_pages
from partners.services import review_documents
from partners.services.review_building import OPEN
from partners.views.pages import frame, open_page_or_404
from partners.work_permissions import can_arrange


def review_or_404(request: HttpRequest, review_id: UUID) -> BusinessReview:
    """The review if its reader opens the organization; foreign and missing give the same 404."""
    rows = BusinessReview.objects.visible_to(actor_of(request)).select_related("organization", "owner", "presented_by")
    found: BusinessReview = get_object_or_404(rows, public_id=review_id)
    return found


@require_safe
@staff_page
def organization_reviews(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The reviews of one organization."""
    page = open_page_or_404(request, public_id)
    may_begin = not page.is_archived and can_arrange(page.actor, page.organization, subject=page.subject)
    context = {
        "rows": review_pages.reviews_of(page.actor, page.organization.pk),
        "form": ReviewBeginForm(kinds=kinds()) if may_begin else None,
    }
    return render(request, "partners/organization_reviews.html", frame(request, page, "reviews", **context))


@require_safe
@staff_page
def review(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """The pack as a page, in our edition or in theirs."""
    actor, found = actor_of(request), review_or_404(request, review_id)
    name = Edition.SHARED if request.GET.get("edition") == Edition.SHARED else Edition.INTERNAL
    sheet = review_pages.sheet_of(actor, found, name=name, with_links=True)
    context = {
        "review": found,
        "row": review_pages.row_of(found),
        "sheet": sheet,
        "waits": _waits(sheet.documents),
        "edition": name.value,
        "is_open": found.state in OPEN,
        "may_work": can_arrange(actor, found.organization),
        "action_form": ActionForm(),
        "formats": DocumentFormat.choices,
        "now": timezone.now(),
    }
    return render(request, "partners/review.html", context)


@require_safe
@staff_page
def document_states(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """How far the documents are; asked again every few seconds while one is being made."""
    found = review_or_404(request, review_id)
    documents = review_pages.documents_for(actor_of(request), found)
    context = {"review": found, "documents": documents, "waits": _waits(documents)}
    return render(request, "partners/_review_documents.html", context)


@require_safe
@staff_page
def document_file(request: HttpRequest, document_id: UUID) -> HttpResponseBase:
    """A finished document, as an attachment."""
    sent = {"by": actor_of(request), "document_id": document_id, "now": timezone.now()}
    return download(attempt(None, review_documents.fetch, **sent))


@require_safe
@portal_page
def portal_reviews(request: HttpRequest) -> HttpResponse:
    """What was presented to the organization that is open."""
    return render(request, "portal/reviews.html", {"reviews": review_pages.presented_to(actor_of(request))[:50]})


@require_safe
@portal_page
def portal_review(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Their edition of one, as it was presented."""
    actor = actor_of(request)
    found = get_object_or_404(review_pages.presented_to(actor), public_id=review_id)
    sheet = review_pages.sheet_of(actor, found, name=Edition.SHARED, with_links=False)
    return render(request, "portal/review.html", {"review": found, "sheet": sheet})


def kinds() -> list[tuple[str, str]]:
    """The kinds of review that have a pack."""
    policy = review_policy.policy_in_force()
    return [(kind, review_policy.kind_label(policy, kind)) for kind in (policy.kinds if policy else ())]


def _waits(documents: Iterable[Any]) -> bool:
    return any(row.state == DocumentState.WAITING for row in documents)
