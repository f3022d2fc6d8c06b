"""Endpoints of technical integrations, and of services delivered, of one organization."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import actor_of
from common.api import CursorPages
from common.idempotency import idempotent
from common.openapi import IF_MATCH
from partners.api.base import ColleagueField
from partners.api.enablement import KeptPartViewSet, NewestPages
from partners.api.promises import OpenPartViewSet
from partners.enablement_choices import IntegrationStage, IntegrationState
from partners.models import IntegrationStep, ServiceDelivery, TechnicalIntegration
from partners.selectors.deliveries import seen_deliveries
from partners.selectors.integrations import seen_integrations
from partners.services import deliveries, integrations, keeping

_NEW = OpenApiExample("Billing", request_only=True, value={"name": "Billing", "purpose": "Invoices by night"})
_STEP = OpenApiExample(
    "Designed", request_only=True, value={"stage": "design", "planned_on": "2026-03-09", "done_on": "2026-03-06"}
)
_DAYS = OpenApiExample(
    "Two days", request_only=True, value={"service": "on_site", "delivered_on": "2026-03-04", "days": "2.00"}
)


class IntegrationStepSerializer(serializers.ModelSerializer[IntegrationStep]):
    """One of the six steps; in time means by `first_planned_on`."""

    class Meta:
        model = IntegrationStep
        fields = ("stage", "first_planned_on", "planned_on", "done_on", "note")
        read_only_fields = fields


class IntegrationSerializer(serializers.ModelSerializer[TechnicalIntegration]):
    """A technical integration with its steps in their order."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    owner_id = serializers.UUIDField(source="owner.public_id", read_only=True, allow_null=True, default=None)
    documentation_url = serializers.CharField(read_only=True, help_text="Empty where there is none.")
    steps = IntegrationStepSerializer(many=True, read_only=True)

    class Meta:
        model = TechnicalIntegration
        fields = (
            "id",
            "organization_id",
            "name",
            "purpose",
            "owner_id",
            "state",
            "calls_per_day",
            "is_documented",
            "documentation_url",
            "steps",
            "version",
        )
        read_only_fields = fields


class IntegrationWriteSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    purpose = serializers.CharField(max_length=keeping.MAX_TEXT, required=False, allow_blank=True)
    calls_per_day = serializers.IntegerField(min_value=0, max_value=2_147_483_647, required=False, allow_null=True)
    is_documented = serializers.BooleanField(required=False)
    documentation_url = serializers.URLField(max_length=200, required=False, allow_blank=True)
    owner = ColleagueField(help_text="A colleague who sees the organization.")


class StepWriteSerializer(serializers.Serializer[Any]):
    stage = serializers.ChoiceField(choices=IntegrationStage.choices)
    planned_on = serializers.DateField(required=False, allow_null=True, default=None)
    done_on = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=keeping.MAX_NOTE, required=False, default="", allow_blank=True)


class IntegrationStateSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=IntegrationState.choices)


@extend_schema_view(
    list=extend_schema(summary="Technical integrations of an organization"),
    retrieve=extend_schema(summary="One technical integration"),
)
class IntegrationViewSet(KeptPartViewSet):
    """What is integrated, step by step."""

    queryset = TechnicalIntegration.objects.none()
    serializer_class = IntegrationSerializer
    pagination_class = NewestPages
    row_name = "integration"

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        return seen_integrations(actor_of(self.request)).filter(organization=self.organization)

    @extend_schema(
        summary="Begin an integration",
        request=IntegrationWriteSerializer,
        responses={201: IntegrationSerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        values = self.values(IntegrationWriteSerializer)
        sent: dict[str, Any] = {"organization": self.organization, "values": values, "now": timezone.now()}
        return self.made(integrations.add(by=actor_of(request), **sent))

    @extend_schema(
        summary="Change what is said of an integration",
        request=IntegrationWriteSerializer,
        responses={200: IntegrationSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.edited(integrations.edit, id, values=self.values(IntegrationWriteSerializer, partial=True))

    @extend_schema(
        summary="Plan a step, move it, or say when it was done",
        request=StepWriteSerializer,
        responses={200: IntegrationSerializer},
        examples=[_STEP],
    )
    @action(detail=True, methods=["post"])
    def step(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(integrations.set_step, id, StepWriteSerializer)

    @extend_schema(
        summary="It is live, stopped, or under way again",
        request=IntegrationStateSerializer,
        responses={200: IntegrationSerializer},
    )
    @action(detail=True, methods=["post"])
    def state(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(integrations.set_state, id, IntegrationStateSerializer)


class DeliverySerializer(serializers.ModelSerializer[ServiceDelivery]):
    """Days of a service that were delivered; what was withdrawn counts no longer."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)

    class Meta:
        model = ServiceDelivery
        fields = ("id", "organization_id", "service", "delivered_on", "days", "note", "recorded_at", "withdrawn_at")
        read_only_fields = fields


class DeliveryWriteSerializer(serializers.Serializer[Any]):
    service = serializers.CharField(max_length=40, help_text="Its id in the policy pack `gemstones`.")
    delivered_on = serializers.DateField()
    days = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=Decimal("0.01"), max_value=60)
    note = serializers.CharField(max_length=keeping.MAX_NOTE, required=False, default="", allow_blank=True)


class DeliveryPages(CursorPages):
    ordering = ("-delivered_on", "-id")


@extend_schema_view(list=extend_schema(summary="Services delivered to an organization"))
class DeliveryViewSet(OpenPartViewSet):
    """Days of the services that gemstones promise, as they were delivered."""

    queryset = ServiceDelivery.objects.none()
    serializer_class = DeliverySerializer
    pagination_class = DeliveryPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        return seen_deliveries(actor_of(self.request)).filter(organization=self.organization)

    @extend_schema(
        summary="Write down days that were delivered",
        request=DeliveryWriteSerializer,
        responses={201: DeliverySerializer},
        examples=[_DAYS],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        sent = self.values(DeliveryWriteSerializer)
        made = deliveries.record(by=actor_of(request), organization=self.organization, now=timezone.now(), **sent)
        return Response(DeliverySerializer(self.part_or_404(made.public_id)).data, status.HTTP_201_CREATED)

    @extend_schema(summary="It was a mistake", request=None, responses={200: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        deliveries.withdraw(by=actor_of(request), delivery=self.part_or_404(id), now=timezone.now())
        return Response(DeliverySerializer(self.part_or_404(id)).data)
