"""Satisfaction: figures and the surveys behind them, for colleagues."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.listing import ListQuery, hidden_pairs
from partners.exported.voices import survey_narrowing, survey_query
from partners.forms.surveys import KEYS, NARROWING, SurveyFilterForm
from partners.selectors.survey_rows import show_words, survey_page
from partners.selectors.surveys import csat, of_organization
from partners.survey_choices import By
from partners.survey_pages import DAYS, Period, by_words, figure_words, lines, tiles
from partners.survey_policy import find_policy
from partners.views.pages import open_page_or_404

CAPABILITY = "see_reports"


@require_safe
@capability_required(CAPABILITY)
def surveys(request: HttpRequest) -> HttpResponse:
    """How satisfied contacts are, in all and broken down; every figure opens its surveys."""
    actor, form = actor_of(request), SurveyFilterForm(request.GET or None)
    period, query = survey_query(ListQuery.of(request.GET, KEYS), form, now=timezone.now())
    by, policy = By(query.get("by", By.AGENT.value)), find_policy()
    found = csat(actor, since=period.since, until=period.until, by=by, narrowed=survey_narrowing(query))
    context = _common(request, form, period, query) | {
        "tiles": tiles(found.total, policy, query),
        "lines": lines(found.rows, by, policy, query),
        "tabs": [
            {"label": label, "url": query.changed(by=one.value).on(request.path), "is_active": one is by}
            for one, label in by_words()
        ],
        "by": by,
        "policy": policy,
        "asked": found.total.asked,
    }
    return render(request, "partners/surveys.html", context)


@require_safe
@capability_required(CAPABILITY)
def survey_list(request: HttpRequest) -> HttpResponse:
    """The surveys behind a figure, with what people wrote."""
    actor, form = actor_of(request), SurveyFilterForm(request.GET or None)
    period, query = survey_query(ListQuery.of(request.GET, KEYS), form, now=timezone.now())
    show = query.get("show")
    page = survey_page(actor, survey_narrowing(query, period), show=show, cursor=request.GET.get("cursor", ""))
    context = _common(request, form, period, query) | {
        "page": page,
        "shows": [
            {"label": label, "url": query.changed(show=key).on(request.path), "is_active": key == show}
            for key, label in show_words()
        ],
        "may_export": actor.has("export_data"),
    }
    return render(request, "partners/survey_list.html", context)


@require_safe
@staff_page
def organization_satisfaction(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The figure of one organization, a fragment of its overview."""
    page = open_page_or_404(request, public_id)
    found = of_organization(page.actor, page.row.pk, since=page.now - timedelta(days=DAYS))
    url = f"{reverse('partners:survey_list')}?organization={page.row.public_id}" if page.actor.has(CAPABILITY) else ""
    context = {"words": figure_words(found, None), "url": url}
    return render(request, "partners/_organization_satisfaction.html", context)


@require_POST
@capability_required("export_data")
def survey_export(request: HttpRequest) -> HttpResponse:
    """The same as a file; the address carries the list's own query."""
    return list_file(request, "surveys", query=request.GET.urlencode())


def _common(request: HttpRequest, form: SurveyFilterForm, period: Period, query: ListQuery) -> dict[str, Any]:
    words = {"agent": _("One agent"), "team": _("One team"), "organization": _("One organization")}
    words["article"] = _("Article %(slug)s") % {"slug": query.get("article")}
    days = {"since": period.first, "until": period.last}
    return {
        "form": form if form.errors else SurveyFilterForm(initial=days),
        "hidden": hidden_pairs(query, "since", "until"),
        "period": period,
        "zone": timezone.get_default_timezone_name(),
        "filters": [
            {"label": words[key], "url": query.without(key).on(request.path)} for key in NARROWING if query.get(key)
        ],
        "query": query.encode(),
        "now": timezone.now(),
    }
