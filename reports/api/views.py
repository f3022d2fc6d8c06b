"""Reports for programs: which there are, their figures, and the rows behind one."""

from datetime import date
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import HasCapability
from accounts.policies import actor_of
from common.api import RateLimitHeaders
from common.listing import CURSOR, ListQuery
from partners.selectors.past import AS_OF
from reports.choices import DESK_CRITERIA
from reports.forms.reports import BY, KEYS, PERIOD
from reports.parts_page import part_rows
from reports.policies import policy_in_force
from reports.report_page import OpenReport, open_report, text
from reports.rules.kpi_packs import Kpi, Report
from reports.selectors.breakdown import DIMENSIONS, can_be_broken_down
from reports.selectors.figures import Figure
from reports.selectors.rows import Row

_PERIOD = OpenApiParameter(
    PERIOD, str, description="2026-11, 2026-Q4, 2026 or 2026-10-01..2026-11-15; the quarter of today without it."
)
_AS_OF = OpenApiParameter(
    AS_OF, date, description="A past day of the reporting zone: figures as they were known at its end."
)
_NARROWING = [
    _AS_OF,
    *(
        OpenApiParameter(key, str, many=True, description="As in the list of organizations.")
        for key in ("stage", "segment", "tier", "engagement", "gemstone", "market", "health", "owner", "role", "team")
    ),
    *(
        OpenApiParameter(key, str, many=True, description="As in the list of tickets; in reports of the desk.")
        for key in DESK_CRITERIA
    ),
]


class ReportSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    about = serializers.CharField()


class FigureSerializer(serializers.Serializer[Any]):
    """A figure of a period. `value` is in `unit`: percent and NPS of 100, hours, points, money, or a count."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField()
    direction = serializers.CharField(help_text="Which way is good: more, less or neither.")
    value = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)
    before = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)
    target = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True)
    target_at_most = serializers.DecimalField(
        max_digits=20, decimal_places=6, allow_null=True, help_text="The upper end of a target that is a range."
    )
    to_target = serializers.CharField(help_text="good, bad, or unknown where there is no target or nothing to judge.")
    numerator = serializers.DecimalField(
        max_digits=20, decimal_places=6, help_text="What is counted; times in seconds."
    )
    denominator = serializers.DecimalField(max_digits=20, decimal_places=6)
    low = serializers.FloatField(allow_null=True, help_text="Lower end of the 95 % interval of a small sample, of 1.")
    high = serializers.FloatField(allow_null=True, help_text="Its upper end.")
    without_rate = serializers.IntegerField(help_text="Amounts that are left out, as their currency has no rate.")
    formula = serializers.CharField()


class FailedCriterionSerializer(serializers.Serializer[Any]):
    """A section of a gate's questionnaire that failed in the period: how often, and at how many partners."""

    label = serializers.CharField()  # type: ignore[assignment]
    times = serializers.IntegerField()
    organizations = serializers.IntegerField()


class FiguresSerializer(serializers.Serializer[Any]):
    """The figures of a report over the organizations that the caller opens in full, in days of `timezone`."""

    report = serializers.CharField()
    period = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()
    is_over = serializers.BooleanField()
    timezone = serializers.CharField()
    as_of = serializers.DateField(allow_null=True, help_text="The past day at whose end they hold; null for now.")
    currency = serializers.CharField()
    figures = FigureSerializer(many=True)
    failed_criteria = FailedCriterionSerializer(
        many=True, allow_null=True, help_text="The commonest ones first, of a report that lists them; else null."
    )


class FigureRowSerializer(serializers.Serializer[Any]):
    """A row of a figure. `numerator` is null of an amount whose currency has no rate; such amounts are left out."""

    day = serializers.DateField()
    organization = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField()
    numerator = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True)
    denominator = serializers.DecimalField(max_digits=20, decimal_places=6)


class FigurePartSerializer(serializers.Serializer[Any]):
    """What belongs to one part of the scope. `key` is empty for organizations of which it is not laid down."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)
    before = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)
    numerator = serializers.DecimalField(max_digits=20, decimal_places=6)
    denominator = serializers.DecimalField(max_digits=20, decimal_places=6)


class FigureRowsSerializer(serializers.Serializer[Any]):
    """Rows of a figure, newest first. `next` is the cursor of the following ones, empty at the end."""

    next = serializers.CharField()
    results = FigureRowSerializer(many=True)


class _ReportsView(RateLimitHeaders, APIView):
    permission_classes = (HasCapability,)
    access_rule = HasCapability.access_rule
    required_capabilities: ClassVar = {"get": ("see_reports",)}


class ReportListView(_ReportsView):
    """Which reports there are."""

    @extend_schema(summary="Reports", responses=ReportSerializer(many=True))
    def get(self, request: Request) -> Response:
        found = policy_in_force().reports.values()
        return Response([{"id": one.id, "label": text(one.label), "about": text(one.about)} for one in found])


class ReportView(_ReportsView):
    """The figures of a report."""

    @extend_schema(summary="Figures of a report", parameters=[_PERIOD, *_NARROWING], responses=FiguresSerializer)
    def get(self, request: Request, report_id: str) -> Response:
        opened = _opened(request, report_id)
        body = {
            "report": opened.report.id,
            "period": opened.period.key,
            "first": opened.period.first,
            "last": opened.period.last,
            "is_over": opened.is_over,
            "timezone": opened.zone,
            "as_of": opened.past.day if opened.past else None,
            "currency": opened.moment.currency,
            "figures": [_figure(figure) for figure in opened.figures],
            "failed_criteria": opened.failed_criteria,
        }
        return Response(FiguresSerializer(body).data)


class FigureRowsView(_ReportsView):
    """The rows behind a figure."""

    @extend_schema(
        summary="Rows behind a figure",
        parameters=[_PERIOD, *_NARROWING, OpenApiParameter(CURSOR, str)],
        responses=FigureRowsSerializer,
    )
    def get(self, request: Request, report_id: str, kpi_id: str) -> Response:
        opened = _opened(request, report_id)
        kpi = _kpi(opened.report, kpi_id)
        page = opened.rows(kpi, cursor=request.query_params.get(CURSOR, ""))
        body = {"next": page.following, "results": [_row(row) for row in page.rows]}
        return Response(FigureRowsSerializer(body).data)


class FigurePartsView(_ReportsView):
    """A figure by parts of its scope."""

    @extend_schema(
        summary="A figure by segment, owner and the like",
        description="The fifty parts of the most rows. What belongs to several owners counts for each of them.",
        parameters=[_PERIOD, *_NARROWING, OpenApiParameter(BY, str, enum=list(DIMENSIONS))],
        responses=FigurePartSerializer(many=True),
    )
    def get(self, request: Request, report_id: str, kpi_id: str) -> Response:
        opened = _opened(request, report_id)
        kpi = _kpi(opened.report, kpi_id)
        if opened.query.get(BY) not in ("", *DIMENSIONS):
            raise ValidationError({BY: [_("This is none of: %(known)s.") % {"known": ", ".join(DIMENSIONS)}]})
        if not can_be_broken_down(opened.report, kpi):
            raise ValidationError({BY: [_("Figures of the desk are worked out whole.")]})
        return Response(FigurePartSerializer(part_rows(opened, kpi), many=True).data)


def _opened(request: Request, report_id: str) -> OpenReport:
    policy = policy_in_force()
    if report_id not in policy.reports:
        raise Http404
    report = policy.reports[report_id]
    query = ListQuery.of(request.query_params, KEYS)
    opened = open_report(actor_of(request), report, query, now=timezone.now())
    if opened.past_problem:
        raise ValidationError({AS_OF: [opened.past_problem]})
    if opened.problem:
        raise ValidationError({PERIOD: [opened.problem]})
    return opened


def _kpi(report: Report, kpi_id: str) -> Kpi:
    for kpi in report.kpis:
        if kpi.id == kpi_id:
            return kpi
    raise Http404


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "id": figure.kpi.id,
        "label": text(figure.kpi.label),
        "unit": figure.kpi.unit.value,
        "direction": figure.kpi.direction.value,
        "value": figure.value,
        "before": figure.before,
        "target": figure.target.value if figure.target else None,
        "target_at_most": figure.target.at_most if figure.target else None,
        "to_target": figure.to_target.value,
        "numerator": figure.amount.numerator,
        "denominator": figure.amount.denominator,
        "low": figure.interval.low if figure.interval else None,
        "high": figure.interval.high if figure.interval else None,
        "without_rate": figure.without_rate,
        "formula": text(figure.kpi.formula),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "day": row.day,
        "organization": row.organization,
        "title": row.title,
        "url": row.url,
        "numerator": row.numerator,
        "denominator": row.denominator,
    }
