"""Endpoints of opportunities: those of one organization, and all that one may see."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners.api.base import ColleagueField
from partners.api.promises import OpenPartViewSet
from partners.growth_choices import OPEN_STAGES, OpportunityKind, OpportunityStage, Readiness
from partners.models import Opportunity
from partners.services import opportunities

OPEN_STAGE_CHOICES = [(stage.value, stage.label) for stage in OPEN_STAGES]
_NEW = OpenApiExample(
    "A second region",
    request_only=True,
    value={"title": "Second region", "kind": "upsell", "amount": "24000.00", "expected_on": "2026-06-30"},
)
_MOVE = OpenApiExample("The offer is out", request_only=True, value={"stage": "proposed"})
_CLOSE = OpenApiExample(
    "Signed", request_only=True, value={"is_won": True, "on": "2026-03-02", "note": "Signed", "amount": "22000.00"}
)


class OpportunitySerializer(serializers.ModelSerializer[Opportunity]):
    """A chance to sell more. `amount` is what it would bring a year, `probability` in percent."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    organization_name = serializers.CharField(source="organization.name", read_only=True)
    owner_id = serializers.UUIDField(source="owner.public_id", read_only=True, allow_null=True, default=None)
    is_archived = serializers.SerializerMethodField()

    class Meta:
        model = Opportunity
        fields = (
            "id",
            "organization_id",
            "organization_name",
            "kind",
            "title",
            "stage",
            "amount",
            "currency",
            "probability",
            "expected_on",
            "owner_id",
            "readiness",
            "business_case",
            "next_step",
            "outcome_note",
            "closed_on",
            "is_archived",
            "source",
            "external_key",
            "version",
        )
        read_only_fields = fields

    def get_is_archived(self, row: Opportunity) -> bool:
        return row.archived_at is not None


class OpportunityEditSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=OpportunityKind.choices, required=False)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)
    currency = serializers.CharField(max_length=3, required=False)
    probability = serializers.IntegerField(min_value=0, max_value=100, required=False)
    expected_on = serializers.DateField()
    readiness = serializers.ChoiceField(choices=Readiness.choices, required=False)
    business_case = serializers.CharField(max_length=opportunities.MAX_CASE, required=False, allow_blank=True)
    next_step = serializers.CharField(max_length=200, required=False, allow_blank=True)
    owner = ColleagueField()


class OpportunityWriteSerializer(OpportunityEditSerializer):
    stage = serializers.ChoiceField(choices=OPEN_STAGE_CHOICES, default=OpportunityStage.IDENTIFIED.value)


class OpportunityMoveSerializer(serializers.Serializer[Any]):
    stage = serializers.ChoiceField(choices=OPEN_STAGE_CHOICES)


class OpportunityCloseSerializer(serializers.Serializer[Any]):
    is_won = serializers.BooleanField()
    on = serializers.DateField()
    note = serializers.CharField(max_length=opportunities.MAX_NOTE, required=False, default="", allow_blank=True)
    amount = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )


class OpportunityPages(CursorPages):
    ordering = ("expected_on", "id")


@extend_schema_view(list=extend_schema(summary="Opportunities at an organization"))
class OpportunityViewSet(OpenPartViewSet):
    """Chances to sell more to an organization; for those who read its commercial fields."""

    queryset = Opportunity.objects.none()
    serializer_class = OpportunitySerializer
    pagination_class = OpportunityPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = Opportunity.objects.all().visible_to(actor_of(self.request)).filter(organization=self.organization)
        found: QuerySet[Any] = seen.select_related("organization", "owner")
        return found

    @extend_schema(summary="One opportunity", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Write an opportunity down",
        request=OpportunityWriteSerializer,
        responses={201: OpportunitySerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        values = self.values(OpportunityWriteSerializer)
        sent: dict[str, Any] = {"stage": values.pop("stage"), "values": values, "now": timezone.now()}
        made = opportunities.create(by=actor_of(request), organization=self.organization, **sent)
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change an open opportunity",
        request=OpportunityEditSerializer,
        responses={200: OpportunitySerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = self.values(OpportunityEditSerializer, partial=True)
        sent: dict[str, Any] = {"values": values, "version": version, "now": timezone.now()}
        opportunities.edit(by=actor_of(request), opportunity=found, **sent)
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Move it to another open stage",
        request=OpportunityMoveSerializer,
        responses={200: OpportunitySerializer},
        examples=[_MOVE],
    )
    @action(detail=True, methods=["post"])
    def move(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(opportunities.move, id, OpportunityMoveSerializer)

    @extend_schema(
        summary="It was won or lost",
        request=OpportunityCloseSerializer,
        responses={200: OpportunitySerializer},
        examples=[_CLOSE],
    )
    @action(detail=True, methods=["post"])
    def close(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(opportunities.close, id, OpportunityCloseSerializer)

    @extend_schema(
        summary="Open it again: what it brought is taken back", request=None, responses={200: OpportunitySerializer}
    )
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(opportunities.reopen, id)

    @extend_schema(summary="Put it away", request=None, responses={200: OpportunitySerializer})
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(opportunities.archive, id)

    @extend_schema(summary="Bring it back", request=None, responses={200: OpportunitySerializer})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(opportunities.restore, id)

    def _do(
        self, use_case: Callable[..., Any], id: UUID, kind: type[serializers.BaseSerializer[Any]] | None = None
    ) -> Response:
        found = self.part_or_404(id)
        sent = self.values(kind) if kind else {}
        use_case(by=actor_of(self.request), opportunity=found, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    def _answer(self, found: Opportunity, status_code: int = status.HTTP_200_OK) -> Response:
        data = OpportunitySerializer(found).data
        return tagged(self.request, data, version=found.version, status_code=status_code)


class OpportunityFilterSet(django_filters.FilterSet):
    """All parameters narrow together."""

    stage = django_filters.ChoiceFilter(choices=OpportunityStage.choices)
    kind = django_filters.ChoiceFilter(choices=OpportunityKind.choices)
    since = django_filters.DateFilter(field_name="expected_on", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="expected_on", lookup_expr="lte")

    class Meta:
        model = Opportunity
        fields: ClassVar[list[str]] = []


@extend_schema_view(list=extend_schema(summary="All opportunities that you see"))
class AllOpportunityViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Opportunity]):
    """Opportunities at the organizations whose commercial fields you read, the nearest first; not archived ones."""

    access_rule = StaffOnly.access_rule
    queryset = Opportunity.objects.none()
    serializer_class = OpportunitySerializer
    filter_backends = (Filters,)
    filterset_class = OpportunityFilterSet
    pagination_class = OpportunityPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        seen = Opportunity.objects.filter(archived_at__isnull=True).visible_to(actor_of(self.request))
        found: QuerySet[Any] = seen.select_related("organization", "owner")
        return found
