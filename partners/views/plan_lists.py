"""Success plans over all that one sees: the list, how many accounts have one, and what they have brought."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.listing import ListQuery, hidden_pairs
from partners.enablement_policy import plans_in_force
from partners.exported.plans import LAST, account_filter, plan_filter, plan_form
from partners.forms.plan_lists import ACCOUNT_KEYS, KEYS, AccountFilterForm
from partners.selectors import plan_coverage, plan_lists, plan_value
from partners.selectors.plan_reviews import Quarter, quarter_of


@require_safe
@staff_page
def success_plans(request: HttpRequest) -> HttpResponse:
    """All plans that one sees, first what ends first."""
    actor, now = actor_of(request), timezone.now()
    form, query = plan_form(actor, request.GET or None), ListQuery.of(request.GET, KEYS)
    context = {
        "form": form,
        "hidden": hidden_pairs(query, *form.fields),
        "page": plan_lists.plan_page(actor, plan_filter(form), cursor=request.GET.get("cursor", ""), now=now),
        "query": query.encode(),
        "is_narrowed": bool(query.pairs),
        "may_export": actor.has("export_data"),
        "here": "plans",
    }
    return render(request, "partners/plan_list.html", context)


@require_POST
@capability_required("export_data")
def success_plan_export(request: HttpRequest) -> HttpResponse:
    """The same as a file; the address carries the list's own query."""
    return list_file(request, "success_plans", query=request.GET.urlencode())


@require_safe
@staff_page
def plan_coverage_page(request: HttpRequest) -> HttpResponse:
    """Of each segment and tier: how many have an active plan, and a review held in the quarter."""
    quarter, is_last = _quarter(request)
    found = plan_coverage.coverage(actor_of(request), plans_in_force(), quarter)
    rows, suffix = reverse("partners:plan_accounts"), "&quarter=last" if is_last else ""
    context = {
        "coverage": found,
        "quarter": quarter,
        "is_last": is_last,
        "suffix": suffix,
        "expected_url": f"{rows}?{found.expected.query}&plan=no",
        "enterprise_plan_url": f"{rows}?{found.enterprise.query}&plan=no",
        "enterprise_review_url": f"{rows}?{found.enterprise.query}&review=no{suffix}",
        "here": "coverage",
    }
    return render(request, "partners/plan_coverage.html", context)


@require_safe
@staff_page
def plan_accounts(request: HttpRequest) -> HttpResponse:
    """The accounts behind a number of the coverage."""
    actor, form = actor_of(request), AccountFilterForm(request.GET or None)
    (quarter, _is_last), query = _quarter(request), ListQuery.of(request.GET, ACCOUNT_KEYS)
    cursor = request.GET.get("cursor", "")
    context = {
        "form": form,
        "hidden": hidden_pairs(query, *form.fields),
        "page": plan_coverage.account_page(actor, plans_in_force(), quarter, account_filter(form), cursor=cursor),
        "quarter": quarter,
        "query": query.encode(),
        "may_export": actor.has("export_data"),
        "here": "coverage",
    }
    return render(request, "partners/plan_accounts.html", context)


@require_POST
@capability_required("export_data")
def plan_account_export(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    return list_file(request, "plan_coverage", query=request.GET.urlencode())


@require_safe
@staff_page
def plan_value_page(request: HttpRequest) -> HttpResponse:
    """Value realized: objectives reached within twelve months of the launch."""
    actor, now = actor_of(request), timezone.now()
    context = {
        "total": plan_value.value_total(actor, now=now),
        "page": plan_value.value_page(actor, cursor=request.GET.get("cursor", ""), now=now),
        "target": plan_value.TARGET,
        "may_export": actor.has("export_data"),
        "here": "value",
    }
    return render(request, "partners/plan_value.html", context)


@require_POST
@capability_required("export_data")
def plan_value_export(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    return list_file(request, "value_realized")


def _quarter(request: HttpRequest) -> tuple[Quarter, bool]:
    is_last = request.GET.get("quarter") == LAST
    return quarter_of(timezone.now(), back=int(is_last)), is_last
