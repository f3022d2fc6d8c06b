"""What calls for reports share: parameters, who may call, and opening what a call asks for."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api.permissions import HasCapability
from accounts.policies import actor_of
from common.api import RateLimitHeaders
from common.listing import ListQuery
from partners.selectors.past import AS_OF
from reports.forms.reports import PERIOD
from reports.own_reports import keys_of, report_named
from reports.report_page import OpenReport, open_report

PARAMETERS: Sequence[OpenApiParameter] = (
    OpenApiParameter(
        PERIOD, str, description="2026-11, 2026-Q4, 2026 or 2026-10-01..2026-11-15; the quarter of today without it."
    ),
    OpenApiParameter(AS_OF, date, description="A past day of the reporting zone: figures as they were at its end."),
    *(
        OpenApiParameter(key, str, many=True, description="As in the list of organizations.")
        for key in ("stage", "segment", "tier", "engagement", "gemstone", "market", "health", "owner", "role", "team")
    ),
)


class DaysSerializer(serializers.Serializer[Any]):
    """Which days figures are of, in days of `timezone`."""

    first = serializers.DateField()
    last = serializers.DateField()
    timezone = serializers.CharField()
    as_of = serializers.DateField(allow_null=True, help_text="The past day at whose end they hold; null for now.")


class ReportsView(RateLimitHeaders, APIView):
    """For who reads reports."""

    permission_classes = (HasCapability,)
    access_rule = HasCapability.access_rule
    required_capabilities: ClassVar = {"get": ("see_reports",)}


def opened_for(request: Request, report_id: str, *more_keys: str) -> OpenReport:
    """The report of a call. Raises Http404; ValidationError for a period or a past day that is none."""
    report = report_named(report_id)
    if report is None:
        raise Http404
    query = ListQuery.of(request.query_params, (*keys_of(report_id), *more_keys))
    opened = open_report(actor_of(request), report, query, now=timezone.now())
    if opened.past_problem:
        raise ValidationError({AS_OF: [opened.past_problem]})
    if opened.problem:
        raise ValidationError({PERIOD: [opened.problem]})
    return opened


def days_of(opened: OpenReport) -> dict[str, Any]:
    """As DaysSerializer shows them."""
    return {
        "first": opened.period.first,
        "last": opened.period.last,
        "timezone": opened.zone,
        "as_of": opened.past.day if opened.past else None,
    }
