"""Endpoint of training records, for programs that report on them."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.models import TrainingRecord
from accounts.policies import actor_of
from accounts.training_choices import TrainingResult
from common.api import CursorPages, Filters, RateLimitHeaders

_EXAMPLE = OpenApiExample(
    "A record",
    response_only=True,
    value={
        "id": "018f3a52-8c1e-7b1d-9a53-2f0c5f7f0001",
        "month": "2026-03-01",
        "module": "What is new in the product",
        "person": {"id": "018f3a52-8c1e-7b1d-9a53-2f0c5f7f0002", "name": "Sue Tanaka"},
        "result": "passed",
        "completed_at": "2026-03-18T14:02:11Z",
        "note": "",
        "certificate": "https://learn.example/certificates/118",
    },
)


class TrainingPersonSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()


class TrainingRecordSerializer(serializers.Serializer[Any]):
    """A person did a module for a month; `month` is its first day. What is failed is not done."""

    id = serializers.UUIDField(source="public_id")
    month = serializers.DateField()
    module = serializers.CharField(source="module.name")
    person = TrainingPersonSerializer(source="user")
    result = serializers.ChoiceField(choices=TrainingResult.choices)
    completed_at = serializers.DateTimeField()
    note = serializers.CharField()
    certificate = serializers.CharField()


class TrainingRecordFilter(django_filters.FilterSet):
    """All parameters narrow together."""

    month = django_filters.DateFilter(help_text="The first day of a month.")
    result = django_filters.ChoiceFilter(choices=TrainingResult.choices)
    person = django_filters.UUIDFilter(field_name="user__public_id")

    class Meta:
        model = TrainingRecord
        fields: ClassVar[list[str]] = []


class TrainingRecordPages(CursorPages):
    ordering = ("-month", "-id")


@extend_schema_view(list=extend_schema(summary="Training records", examples=[_EXAMPLE]))
class TrainingRecordViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[TrainingRecord]):
    """One's own; leads read those of their teams, those who look after training all of them."""

    access_rule = StaffOnly.access_rule
    queryset = TrainingRecord.objects.none()
    serializer_class = TrainingRecordSerializer
    filter_backends = (Filters,)
    filterset_class = TrainingRecordFilter
    pagination_class = TrainingRecordPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return TrainingRecord.objects.visible_to(actor_of(self.request)).select_related("module", "user")
