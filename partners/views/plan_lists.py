"""Success plans over all that one sees: the list, how many accounts have one, and what they have brought."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from common.export import MAX_ROWS, ExportColumn
from common.listing import ListQuery, hidden_pairs
from partners.enablement_policy import plans_in_force
from partners.forms.plan_lists import ACCOUNT_KEYS, KEYS, AccountFilterForm, PlanFilterForm
from partners.selectors import plan_coverage, plan_lists, plan_value
from partners.selectors.plan_reviews import Quarter, quarter_of
from partners.services.exports import export_list


@require_safe
@staff_page
def success_plans(request: HttpRequest) -> HttpResponse:
    """All plans that one sees, first what ends first."""
    actor, now = actor_of(request), timezone.now()
    form, query = _plan_form(request), ListQuery.of(request.GET, KEYS)
    context = {
        "form": form,
        "hidden": hidden_pairs(query, *form.fields),
        "page": plan_lists.plan_page(actor, _plans(form), cursor=request.GET.get("cursor", ""), now=now),
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
    actor, now = actor_of(request), timezone.now()
    rows = plan_lists.plans_as_file(actor, _plans(_plan_form(request)), most=MAX_ROWS + 1, now=now)
    sent: dict[str, Any] = {"columns": _plan_columns(), "query": ListQuery.of(request.GET, KEYS).encode()}
    return export_list(by=actor, what="success-plans", rows=rows, now=now, **sent).response()


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
        "page": plan_coverage.account_page(actor, plans_in_force(), quarter, _accounts(form), cursor=cursor),
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
    actor, form = actor_of(request), AccountFilterForm(request.GET or None)
    quarter, _is_last = _quarter(request)
    rows = plan_coverage.accounts_as_file(actor, plans_in_force(), quarter, _accounts(form), most=MAX_ROWS + 1)
    query = ListQuery.of(request.GET, ACCOUNT_KEYS).encode()
    sent: dict[str, Any] = {"columns": _account_columns(), "query": query, "now": timezone.now()}
    return export_list(by=actor, what="plan-coverage", rows=rows, **sent).response()


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
    actor, now = actor_of(request), timezone.now()
    rows = plan_value.value_as_file(actor, most=MAX_ROWS + 1, now=now)
    sent: dict[str, Any] = {"columns": _value_columns(), "query": "", "now": now}
    return export_list(by=actor, what="value-realized", rows=rows, **sent).response()


def _plan_form(request: HttpRequest) -> PlanFilterForm:
    actor = actor_of(request)
    named = plan_lists.owner_named(actor, request.GET.get("owner", ""))
    return PlanFilterForm(request.GET or None, has_team=bool(actor.led_user_ids), owner_named=named)


def _plans(form: PlanFilterForm) -> plan_lists.PlanFilter:
    values = form.cleaned_data if form.is_valid() else {}
    return plan_lists.PlanFilter(
        state=values.get("state") or plan_lists.OPEN,
        kind=values.get("kind", ""),
        owner=values.get("owner", ""),
        behind=bool(values.get("pace")),
        review_due=bool(values.get("review")),
    )


def _accounts(form: AccountFilterForm) -> plan_coverage.AccountFilter:
    values = dict(form.cleaned_data) if form.is_valid() else {}
    values.pop("quarter", None)
    return plan_coverage.AccountFilter(is_expected=bool(values.pop("expected", "")), **values)


def _quarter(request: HttpRequest) -> tuple[Quarter, bool]:
    is_last = request.GET.get("quarter") == "last"
    return quarter_of(timezone.now(), back=int(is_last)), is_last


def _plan_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.plan.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Title"), value=lambda row: row.plan.title),
        ExportColumn(label=_("State"), value=lambda row: row.plan.state_label),
        ExportColumn(label=_("Pace"), value=lambda row: row.plan.pace_label if row.plan.is_active else ""),
        ExportColumn(label=_("From"), value=lambda row: row.plan.starts_on),
        ExportColumn(label=_("To"), value=lambda row: row.ends_on),
        ExportColumn(label=_("Owner"), value=lambda row: row.plan.owner),
        ExportColumn(label=_("Objectives"), value=lambda row: row.agreed),
        ExportColumn(label=_("Reached"), value=lambda row: row.reached),
        ExportColumn(label=_("Missed"), value=lambda row: row.missed),
        ExportColumn(label=_("Steps"), value=lambda row: row.plan.tasks),
        ExportColumn(label=_("Steps settled"), value=lambda row: row.plan.tasks_done),
    ]


def _account_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.name),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Stage"), value=lambda row: row.stage_label),
        ExportColumn(label=_("Segment or tier"), value=lambda row: row.group_label),
        ExportColumn(label=_("Active plan"), value=lambda row: row.has_plan),
        ExportColumn(label=_("Review held"), value=lambda row: row.has_review),
        ExportColumn(label=_("A plan is expected"), value=lambda row: row.is_expected),
    ]


def _value_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.name),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Launched"), value=lambda row: row.launched_on),
        ExportColumn(label=_("First year until"), value=lambda row: row.year_ends_on),
        ExportColumn(label=_("Objectives whose day has come"), value=lambda row: row.reached.total),
        ExportColumn(label=_("Reached within the year"), value=lambda row: row.reached.hits),
    ]
