"""Endpoints of metrics and samples: what can be measured, what was measured, and samples in bulk."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import Filters, KeyPages, RateLimitHeaders, problem
from common.pagination import Order, SortKey
from health.api import sample_examples as examples
from health.api.parsers import SampleParser
from health.api.sample_serializers import (
    MOST_ROWS,
    BatchHeadSerializer,
    IngestResultSerializer,
    MetricSerializer,
    SampleBatchSerializer,
    SampleSerializer,
)
from health.choices import SourceKind
from health.models import Sample
from health.selectors.metrics import metric_rows, samples_for
from health.services.ingest import IngestResult, ingest
from health.services.sources import source_named
from partners.api.base import PartViewSet

_SHOWN = ("at", "metric_id", "source_id", "metric__key", "source__key", "value", "received_at")


class MetricListView(RateLimitHeaders, APIView):
    """What can be measured of an organization."""

    access_rule = StaffOnly.access_rule

    @extend_schema(summary="Metrics in use", operation_id="health_metrics_list", responses=MetricSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(MetricSerializer(metric_rows(), many=True).data)


class SampleIntakeView(RateLimitHeaders, APIView):
    """Samples in bulk. Whoever works on the organizations brings them, and administrators."""

    access_rule = StaffOnly.access_rule
    parser_classes = (SampleParser,)

    @extend_schema(
        summary="Bring samples; the same ones again change nothing",
        operation_id="health_samples_create",
        request=SampleBatchSerializer,
        responses={200: IngestResultSerializer},
        examples=[examples.BATCH, examples.RESULT],
    )
    def post(self, request: Request) -> Response:
        head = batch_head(request)
        rows = batch_rows(request, "samples")
        source = source_named(head["source"], SourceKind.API)
        found = ingest(rows, source=source, now=timezone.now(), by=actor_of(request), skip_bad=head["skip_bad"])
        return intake_answer(found, skip_bad=head["skip_bad"])


class SampleFilter(django_filters.FilterSet):
    """All narrow together."""

    metric = django_filters.CharFilter(field_name="metric__key", max_length=60)
    source = django_filters.CharFilter(field_name="source__key", max_length=60)
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    until = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="lte")

    class Meta:
        model = Sample
        fields: ClassVar[list[str]] = []


class SamplePages(KeyPages):
    order = Order((SortKey(name="at", descending=True), SortKey(name="metric_id", descending=True)), "source_id")


@extend_schema_view(list=extend_schema(summary="Samples of an organization, the newest first"))
class SampleViewSet(PartViewSet):
    """What was measured of an organization, for those who open it in full."""

    queryset = Sample.objects.none()
    serializer_class = SampleSerializer
    pagination_class = SamplePages
    filter_backends = (Filters,)  # type: ignore[assignment]
    filterset_class = SampleFilter

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        return samples_for(actor_of(self.request)).filter(organization=self.organization).values(*_SHOWN)

    def list(self, request: Request, organization_id: UUID) -> Response:
        return super().list(request)


def batch_head(request: Request) -> dict[str, Any]:
    """What a batch says of all its rows. Raises ValidationError."""
    sent = request.data
    if not isinstance(sent, dict):
        raise ValidationError([_("Send an object.")])
    head = BatchHeadSerializer(data={name: value for name, value in sent.items() if name in ("source", "skip_bad")})
    head.is_valid(raise_exception=True)
    return dict(head.validated_data)


def batch_rows(request: Request, name: str) -> list[Any]:
    """The rows of a batch. Raises ValidationError for none, and for more than are taken at once."""
    rows = request.data.get(name) if isinstance(request.data, dict) else None
    if not isinstance(rows, list) or not rows:
        raise ValidationError({name: [_("Send a list with at least one row.")]})
    if len(rows) > MOST_ROWS:
        words = {"limit": MOST_ROWS, "found": len(rows)}
        raise ValidationError({name: [_("Up to %(limit)s rows are taken at once; these are %(found)s.") % words]})
    return rows


def intake_answer(found: IngestResult, *, skip_bad: bool, more: Mapping[str, Any] | None = None) -> Response:
    """What became of a batch; a problem with the faults by row where one bad row meant that nothing was taken."""
    if found.rejected and not skip_bad:
        errors = [
            {
                "field": f"{one.row}.{one.field}".rstrip("."),
                "message": _("Row %(row)s: found %(found)s, expected %(expected)s")
                % {"row": one.row, "found": one.found or "-", "expected": one.expected},
            }
            for one in found.rejected
        ]
        return problem(
            status_code=status.HTTP_400_BAD_REQUEST,
            title=_("Some rows are wrong; nothing was taken."),
            code="rows_rejected",
            errors=errors,
        )
    data: dict[str, Any] = {"accepted": found.accepted, "unchanged": found.unchanged}
    return Response(data | {"rejected": [one.as_data() for one in found.rejected]} | dict(more or {}))
