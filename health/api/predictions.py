"""Endpoints of predictions: whom they concern, and how well what was learned would have told."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders
from health.models import Prediction, Training
from health.prediction_choices import TrainingState, Verdict
from partners.choices import OrganizationKind

_PREDICTION = OpenApiExample(
    "Use has fallen",
    response_only=True,
    value={
        "organization_id": "0198f1a2-7c10-7b52-8d21-53b1a9d0c6f7",
        "organization_name": "Northwind",
        "probability": "0.41500",
        "reasons": [{"feature": "usage_events.trend", "value": -0.6, "push": 1.4}],
        "as_of": "2026-03-02",
        "training_id": "0198f1a2-7c10-7b52-8d21-53b1a9d0c6aa",
    },
)


class ReasonSerializer(serializers.Serializer[Any]):
    """A feature that sets it apart from its kind. `push` is added to the log odds: above 0 a loss is likelier."""

    feature = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    push = serializers.FloatField()


class PredictionSerializer(serializers.ModelSerializer[Prediction]):
    """How likely an organization is to be lost within the horizon from the morning of `as_of` on."""

    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    organization_name = serializers.CharField(source="organization.name", read_only=True)
    training_id = serializers.UUIDField(source="training.public_id", read_only=True)
    reasons = ReasonSerializer(many=True, read_only=True)

    class Meta:
        model = Prediction
        fields = ("organization_id", "organization_name", "probability", "reasons", "as_of", "training_id")
        read_only_fields = fields


class TrainingSerializer(serializers.ModelSerializer[Training]):
    """What was learned of a kind: only the verdict `speaks` makes predictions. Figures are those of the backtest."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices, read_only=True)

    class Meta:
        model = Training
        fields = (
            "id",
            "kind",
            "verdict",
            "horizon_days",
            "organizations",
            "losses",
            "auc",
            "brier",
            "base_brier",
            "as_of",
            "features",
            "code_version",
            "started_at",
            "ended_at",
        )
        read_only_fields = fields


class PredictionFilters(django_filters.FilterSet):
    """All parameters narrow together."""

    kind = django_filters.ChoiceFilter(field_name="organization__kind", choices=OrganizationKind.choices)
    organization_id = django_filters.UUIDFilter(field_name="organization__public_id")
    at_least = django_filters.NumberFilter(field_name="probability", lookup_expr="gte", min_value=0, max_value=1)

    class Meta:
        model = Prediction
        fields: ClassVar[list[str]] = []


class PredictionPages(CursorPages):
    ordering = ("-probability", "organization_id")


class TrainingPages(CursorPages):
    ordering = ("-started_at", "-id")


@extend_schema_view(list=extend_schema(summary="Organizations by their risk of a loss", examples=[_PREDICTION]))
class PredictionViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Prediction]):
    """Predictions of the organizations that you open, the likeliest first; none while what was learned is silent."""

    access_rule = StaffOnly.access_rule
    queryset = Prediction.objects.none()
    serializer_class = PredictionSerializer
    filter_backends = (Filters,)
    filterset_class = PredictionFilters
    pagination_class = PredictionPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        seen = Prediction.objects.all().visible_to(actor_of(self.request))
        found: QuerySet[Any] = seen.select_related("organization", "training")
        return found


@extend_schema_view(list=extend_schema(summary="What was learned, and how well it would have told"))
class TrainingViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Training]):
    """Trainings that are done, the latest first."""

    access_rule = StaffOnly.access_rule
    queryset = Training.objects.filter(state=TrainingState.DONE)
    serializer_class = TrainingSerializer
    filter_backends = ()
    pagination_class = TrainingPages
