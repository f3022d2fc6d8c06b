"""All business reviews: the list with its file, packs brought up to date together, and who has had none."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.errors import DomainError
from common.export import MAX_ROWS
from common.listing import ListQuery
from partners.cadence_policy import policy_in_force
from partners.choices import OrganizationKind
from partners.exported.meetings import MISSING_KEYS, REVIEW_KEYS, kind_asked, review_filter
from partners.review_choices import ReviewState
from partners.rules.review_periods import Period
from partners.selectors import review_batches as batches
from partners.selectors import review_coverage, review_pages
from partners.services import review_batches

SHOWN_QUARTERS = 4


@require_safe
@staff_page
def review_list(request: HttpRequest) -> HttpResponse:
    """All reviews that one may see."""
    actor, asked = actor_of(request), review_filter(ListQuery.of(request.GET, REVIEW_KEYS))
    progress = batches.progress_of(actor, now=timezone.now())
    context = {
        "page": review_pages.review_page(actor, cursor=request.GET.get("cursor", ""), **asked),
        "states": ReviewState.choices,
        "query": ListQuery.of(request.GET, REVIEW_KEYS).encode(),
        "progress": progress if progress and not progress.is_done else None,
        "may_export": actor.has("export_data"),
        **asked,
    }
    return render(request, "partners/review_list.html", context)


@require_POST
@capability_required("export_data")
def review_export(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    return list_file(request, "reviews", query=request.GET.urlencode())


@require_POST
@staff_page
def review_batch(request: HttpRequest) -> HttpResponse:
    """Have the open ones of the list brought up to date."""
    actor = actor_of(request)
    ids = review_pages.listed_ids(actor, most=MAX_ROWS, **review_filter(ListQuery.of(request.GET, REVIEW_KEYS)))
    try:
        batch = review_batches.start(by=actor, review_ids=ids, now=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Workers bring %(count)s up to date now.") % {"count": len(batch.review_ids)})
    return redirect(f"{reverse('partners:reviews')}?{ListQuery.of(request.GET, REVIEW_KEYS).encode()}")


@require_safe
@staff_page
def review_batch_state(request: HttpRequest) -> HttpResponse:
    """How far they are; asked again every few seconds."""
    progress = batches.progress_of(actor_of(request), now=timezone.now())
    return render(request, "partners/_review_batch.html", {"progress": progress})


@require_safe
@staff_page
def review_missing(request: HttpRequest) -> HttpResponse:
    """Who should have had a business review in a quarter, and has not."""
    actor, policy, period = actor_of(request), policy_in_force(), _period(request)
    query = ListQuery.of(request.GET, MISSING_KEYS)
    kind = kind_asked(query)
    page = review_coverage.missing_page(actor, policy, period, kind=kind, cursor=request.GET.get("cursor", ""))
    context = {
        "page": page,
        "is_somebody_due": bool(page.rows) or bool(review_coverage.coverage(actor, policy, period).due),
        "quarter": review_coverage.name_of(period),
        "quarters": _quarters(),
        "kind": kind,
        "kinds": OrganizationKind.choices,
        "query": query.encode(),
        "may_export": actor.has("export_data"),
    }
    return render(request, "partners/review_missing.html", context)


@require_safe
@staff_page
def review_coverage_words(request: HttpRequest) -> HttpResponse:
    """How many should have had one in a quarter, and how many have: loaded by the lists once they stand."""
    period = _period(request)
    covered = review_coverage.coverage(actor_of(request), policy_in_force(), period)
    return render(request, "partners/_review_coverage.html", {"covered": covered, "period": period})


@require_POST
@capability_required("export_data")
def review_missing_export(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    return list_file(request, "missing_reviews", query=request.GET.urlencode())


def _period(request: HttpRequest) -> Period:
    return review_coverage.quarter_named(request.GET.get("quarter", ""), today=timezone.localdate())


def _quarters() -> list[tuple[str, str]]:
    """The present quarter and those before it."""
    found, period = [], review_coverage.quarter_named("", today=timezone.localdate())
    for _quarter in range(SHOWN_QUARTERS):
        found.append((review_coverage.name_of(period), period.label))
        period = review_coverage.before(period)
    return found
