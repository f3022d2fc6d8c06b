"""Endpoint of survey answers, for programs that report on them."""

from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders
from common.moments import MomentFilter
from partners.models import SurveyResponse
from partners.selectors.surveys import SurveyNames
from partners.survey_choices import SurveyChannel, SurveyKind

_EXAMPLE = OpenApiExample(
    "An answer",
    response_only=True,
    value={
        "id": "018f3a52-8c1e-7b1d-9a53-2f0c5f7f0001",
        "kind": "csat",
        "score": 5,
        "comment": "Quick and to the point.",
        "channel": "mail",
        "subject_type": "ticket",
        "subject_key": "1042",
        "organization": {"id": "018f3a52-8c1e-7b1d-9a53-2f0c5f7f0002", "name": "Northwind"},
        "agent": "Sue Tanaka",
        "team": "Support",
        "articles": ["reset-a-password"],
        "asked_at": "2026-03-02T11:00:00Z",
        "answered_at": "2026-03-02T12:10:41Z",
    },
)


class SurveyOrganizationSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="organization_id")
    name = serializers.CharField(source="organization")


class SurveyResponseSerializer(serializers.Serializer[Any]):
    """An answer, of 1 to 5 for satisfaction. Of recommending us, score and comment are left out: fewer than five
    answers together are not told. Reports have the figure.

    `agent` and `team` are as they were when the subject was solved; empty for nobody.
    """

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(source="request.kind", choices=SurveyKind.choices)
    score = serializers.SerializerMethodField()
    comment = serializers.SerializerMethodField()
    channel = serializers.ChoiceField(choices=SurveyChannel.choices)
    subject_type = serializers.CharField(source="request.subject_type")
    subject_key = serializers.CharField(source="request.subject_key")
    organization = SurveyOrganizationSerializer(source="names")
    agent = serializers.CharField(source="request.agent.name", default="")
    team = serializers.CharField(source="request.team.name", default="")
    articles = serializers.ListField(source="request.topics", child=serializers.CharField())
    asked_at = serializers.DateTimeField(source="request.sent_at")
    answered_at = serializers.DateTimeField()

    def get_score(self, answer: SurveyResponse) -> int | None:
        return answer.score if _is_told(answer) else None

    def get_comment(self, answer: SurveyResponse) -> str:
        return answer.comment if _is_told(answer) else ""


def _is_told(answer: SurveyResponse) -> bool:
    """Single answers are told on satisfaction alone (ADR 0037)."""
    return answer.request.kind == SurveyKind.CSAT


_SCORED = "Of answers on satisfaction alone."


class SurveyResponseFilter(django_filters.FilterSet):
    """All parameters narrow together."""

    kind = django_filters.ChoiceFilter(field_name="request__kind", choices=SurveyKind.choices)
    score = django_filters.NumberFilter(min_value=0, max_value=100, method="by_score", help_text=_SCORED)
    score_below = django_filters.NumberFilter(min_value=0, max_value=100, method="by_score_below", help_text=_SCORED)
    since = MomentFilter(field_name="answered_at", lookup_expr="gte", help_text="Answered then or later.")
    until = MomentFilter(field_name="answered_at", lookup_expr="lt", help_text="Answered before.")

    class Meta:
        model = SurveyResponse
        fields: ClassVar[list[str]] = []

    def by_score(self, rows: QuerySet[Any], name: str, value: Decimal) -> QuerySet[Any]:
        return rows.filter(request__kind=SurveyKind.CSAT, score=value)

    def by_score_below(self, rows: QuerySet[Any], name: str, value: Decimal) -> QuerySet[Any]:
        return rows.filter(request__kind=SurveyKind.CSAT, score__lt=value)


class SurveyResponsePages(CursorPages):
    ordering = ("-answered_at", "-id")


@extend_schema_view(list=extend_schema(summary="Answers to surveys", examples=[_EXAMPLE]))
class SurveyResponseViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[SurveyResponse]):
    """Answers about what you see: of organizations open to you, and at the desk of its tickets."""

    access_rule = StaffOnly.access_rule
    queryset = SurveyResponse.objects.none()
    serializer_class = SurveyResponseSerializer
    filter_backends = (Filters,)
    filterset_class = SurveyResponseFilter
    pagination_class = SurveyResponsePages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows = SurveyResponse.objects.all().visible_to(actor_of(self.request))
        found: QuerySet[Any] = rows.select_related("request__agent", "request__team")
        return found.annotate(names=SurveyNames("request_id"))
