"""Reports for programs: which there are, their figures, and the rows behind one."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from common.listing import CURSOR
from reports.api.asking import PARAMETERS, DaysSerializer, ReportsView, days_of, opened_for
from reports.choices import DESK_CRITERIA
from reports.forms.reports import BY, CRITERION
from reports.own_reports import OWN
from reports.parts_page import part_rows
from reports.policies import policy_in_force
from reports.report_page import OpenReport, text
from reports.rules.kpi_packs import Kpi, Report
from reports.selectors.breakdown import DIMENSIONS, can_be_broken_down
from reports.selectors.figures import Figure
from reports.selectors.rows import Row
from reports.volume_page import volume_rows

_PARAMETERS = [
    *PARAMETERS,
    *(
        OpenApiParameter(key, str, many=True, description="As in the list of tickets; in reports of the desk.")
        for key in DESK_CRITERIA
    ),
]

_CRITERION = OpenApiParameter(CRITERION, str, description="A gate and a section of it, of failed criteria alone.")


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

    key = serializers.CharField(help_text="As the rows of the figure are narrowed by `criterion`.")
    label = serializers.CharField()  # type: ignore[assignment]
    times = serializers.IntegerField()
    organizations = serializers.IntegerField()


class VolumeSerializer(serializers.Serializer[Any]):
    """Tickets of one part: of a queue, a category or an organization, whose `key` is empty for none, or of an hour."""

    way = serializers.CharField(help_text="queue, category, organization or hour.")
    key = serializers.CharField()
    name = serializers.CharField()
    tickets = serializers.IntegerField()


class FiguresSerializer(DaysSerializer):
    """The figures of a report over the organizations that the caller opens in full, in days of `timezone`."""

    report = serializers.CharField()
    period = serializers.CharField()
    is_over = serializers.BooleanField()
    currency = serializers.CharField()
    figures = FigureSerializer(many=True)
    failed_criteria = FailedCriterionSerializer(
        many=True, allow_null=True, help_text="The commonest ones first, of a report that lists them; else null."
    )
    volume = VolumeSerializer(
        many=True, allow_null=True, help_text="Tickets opened, the twelve largest parts of each way; else null."
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


class ReportListView(ReportsView):
    """Which reports there are."""

    @extend_schema(summary="Reports", responses=ReportSerializer(many=True))
    def get(self, request: Request) -> Response:
        found = policy_in_force().reports.values()
        return Response([{"id": one.id, "label": text(one.label), "about": text(one.about)} for one in found])


class ReportView(ReportsView):
    """The figures of a report."""

    @extend_schema(summary="Figures of a report", parameters=_PARAMETERS, responses=FiguresSerializer)
    def get(self, request: Request, report_id: str) -> Response:
        opened = _of_packs(request, report_id)
        body = {
            "report": opened.report.id,
            "period": opened.period.key,
            **days_of(opened),
            "is_over": opened.is_over,
            "currency": opened.moment.currency,
            "figures": [_figure(figure) for figure in opened.figures],
            "failed_criteria": opened.failed_criteria,
            "volume": volume_rows(opened),
        }
        return Response(FiguresSerializer(body).data)


class FigureRowsView(ReportsView):
    """The rows behind a figure."""

    @extend_schema(
        summary="Rows behind a figure",
        parameters=[*_PARAMETERS, _CRITERION, OpenApiParameter(CURSOR, str)],
        responses=FigureRowsSerializer,
    )
    def get(self, request: Request, report_id: str, kpi_id: str) -> Response:
        opened = _of_packs(request, report_id, CRITERION)
        kpi = _kpi(opened.report, kpi_id)
        page = opened.of_figure(kpi).rows(kpi, cursor=request.query_params.get(CURSOR, ""))
        body = {"next": page.following, "results": [_row(row) for row in page.rows]}
        return Response(FigureRowsSerializer(body).data)


class FigurePartsView(ReportsView):
    """A figure by parts of its scope."""

    @extend_schema(
        summary="A figure by segment, owner and the like",
        description="The fifty parts of the most rows. What belongs to several owners counts for each of them.",
        parameters=[*_PARAMETERS, OpenApiParameter(BY, str, enum=list(DIMENSIONS))],
        responses=FigurePartSerializer(many=True),
    )
    def get(self, request: Request, report_id: str, kpi_id: str) -> Response:
        opened = _of_packs(request, report_id)
        kpi = _kpi(opened.report, kpi_id)
        if opened.query.get(BY) not in ("", *DIMENSIONS):
            raise ValidationError({BY: [_("This is none of: %(known)s.") % {"known": ", ".join(DIMENSIONS)}]})
        if not can_be_broken_down(opened.report, kpi):
            raise ValidationError({BY: [_("Figures of the desk are worked out whole.")]})
        return Response(FigurePartSerializer(part_rows(opened, kpi), many=True).data)


def _of_packs(request: Request, report_id: str, *more_keys: str) -> OpenReport:
    """Those that are pages of their own have calls of their own."""
    if report_id in OWN:
        raise Http404
    return opened_for(request, report_id, *more_keys)


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
