"""Endpoints of losses: those of one organization, and all that one may see."""

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
from partners.api.promises import OpenPartViewSet
from partners.loss_choices import LossReason, LossState
from partners.models import Loss
from partners.services import losses

_NEW = OpenApiExample(
    "Lost to a competitor",
    request_only=True,
    value={"lost_on": "2026-02-27", "reason": "competitor", "note": "Chose a cheaper one", "amount": "48000.00"},
)
_RETURN = OpenApiExample("Back in spring", request_only=True, value={"returned_on": "2026-04-01", "note": "New owner"})
_WITHDRAW = OpenApiExample("A mix-up", request_only=True, value={"note": "Another company of that name"})


class LossSerializer(serializers.ModelSerializer[Loss]):
    """An organization has left. Days are those of the organization; `amount` is what is lost a year."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    organization_name = serializers.CharField(source="organization.name", read_only=True)
    state = serializers.ChoiceField(choices=LossState.choices, read_only=True)

    class Meta:
        model = Loss
        fields = (
            "id",
            "organization_id",
            "organization_name",
            "lost_on",
            "reason",
            "note",
            "amount",
            "currency",
            "state",
            "returned_on",
            "closing_note",
            "source",
            "recorded_at",
            "version",
        )
        read_only_fields = fields


class LossWriteSerializer(serializers.Serializer[Any]):
    lost_on = serializers.DateField()
    reason = serializers.ChoiceField(choices=LossReason.choices)
    note = serializers.CharField(max_length=losses.MAX_NOTE, required=False, default="", allow_blank=True)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True)
    currency = serializers.CharField(max_length=3, required=False)


class LossReturnSerializer(serializers.Serializer[Any]):
    returned_on = serializers.DateField()
    note = serializers.CharField(max_length=losses.MAX_CLOSING, required=False, default="", allow_blank=True)


class LossNoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=losses.MAX_CLOSING)


class LossPages(CursorPages):
    ordering = ("-lost_on", "-id")


@extend_schema_view(list=extend_schema(summary="Losses of an organization"))
class LossViewSet(OpenPartViewSet):
    """Since when an organization is lost, and why; for those who read its commercial fields."""

    queryset = Loss.objects.none()
    serializer_class = LossSerializer
    pagination_class = LossPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = Loss.objects.all().visible_to(actor_of(self.request)).filter(organization=self.organization)
        found: QuerySet[Any] = seen.select_related("organization")
        return found

    @extend_schema(summary="One loss", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Record a loss", request=LossWriteSerializer, responses={201: LossSerializer}, examples=[_NEW]
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        sent: dict[str, Any] = {"values": self.values(LossWriteSerializer), "source": "API"}
        made = losses.record(by=actor_of(request), organization=self.organization, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Correct a loss",
        request=LossWriteSerializer,
        responses={200: LossSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = self.values(LossWriteSerializer, partial=True)
        losses.edit(by=actor_of(request), loss=found, values=values, version=version, now=timezone.now())
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="It came back", request=LossReturnSerializer, responses={200: LossSerializer}, examples=[_RETURN]
    )
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def come_back(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(losses.come_back, id, LossReturnSerializer)

    @extend_schema(
        summary="It was recorded by mistake",
        request=LossNoteSerializer,
        responses={200: LossSerializer},
        examples=[_WITHDRAW],
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(losses.withdraw, id, LossNoteSerializer)

    @extend_schema(summary="It is lost after all", request=None, responses={200: LossSerializer})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(losses.reopen, id)

    def _do(
        self, use_case: Callable[..., Any], id: UUID, kind: type[serializers.BaseSerializer[Any]] | None = None
    ) -> Response:
        found = self.part_or_404(id)
        sent = self.values(kind) if kind else {}
        use_case(by=actor_of(self.request), loss=found, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    def _answer(self, found: Loss, status_code: int = status.HTTP_200_OK) -> Response:
        return tagged(self.request, LossSerializer(found).data, version=found.version, status_code=status_code)


class LossFilterSet(django_filters.FilterSet):
    """All parameters narrow together."""

    reason = django_filters.ChoiceFilter(choices=LossReason.choices)
    state = django_filters.ChoiceFilter(choices=LossState.choices)
    since = django_filters.DateFilter(field_name="lost_on", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="lost_on", lookup_expr="lte")

    class Meta:
        model = Loss
        fields: ClassVar[list[str]] = []


@extend_schema_view(list=extend_schema(summary="All losses that you see"))
class AllLossViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Loss]):
    """Losses of the organizations whose commercial fields you read, the latest first."""

    access_rule = StaffOnly.access_rule
    queryset = Loss.objects.none()
    serializer_class = LossSerializer
    filter_backends = (Filters,)
    filterset_class = LossFilterSet
    pagination_class = LossPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        found: QuerySet[Any] = Loss.objects.all().visible_to(actor_of(self.request)).select_related("organization")
        return found
