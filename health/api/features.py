"""Endpoints of features and adoption: the catalogue, events of the product, use and entitlements of an organization."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import RateLimitHeaders
from common.errors import NotAllowed
from common.idempotency import idempotent
from health.api.adoption_serializers import (
    AdoptionSerializer,
    EntitlementSerializer,
    EntitlementWriteSerializer,
    FeatureSerializer,
    UsageBatchSerializer,
    UsageResultSerializer,
)
from health.api.parsers import SampleParser
from health.api.samples import batch_head, batch_rows, intake_answer
from health.choices import SourceKind
from health.models import Entitlement, Feature
from health.selectors.adoption import adoption_of
from health.selectors.metrics import entitlements_for
from health.services import entitlements, usage
from health.services.sources import source_named
from partners.api.base import PartViewSet

_EVENTS = OpenApiExample(
    "A week of a customer",
    request_only=True,
    value={
        "source": "product_events",
        "events": [
            {
                "organization_id": "0198f1a2-7c12-7d3e-9a55-2f6d1c0b8e41",
                "event": "report_view",
                "at": "2026-02-24T10:20:00Z",
                "person": "u-17",
            }
        ],
        "features": {"report_view": "reports"},
    },
)


class FeatureListView(RateLimitHeaders, APIView):
    """What the product can do."""

    access_rule = StaffOnly.access_rule

    @extend_schema(
        summary="Features of the product", operation_id="health_features_list", responses=FeatureSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        return Response(FeatureSerializer(Feature.objects.all(), many=True).data)


class UsageIntakeView(RateLimitHeaders, APIView):
    """Events of the product in bulk, of weeks that are over."""

    access_rule = StaffOnly.access_rule
    parser_classes = (SampleParser,)

    @extend_schema(
        summary="Bring events of the product; the same weeks again change nothing",
        operation_id="health_usage_create",
        request=UsageBatchSerializer,
        responses={200: UsageResultSerializer},
        examples=[_EVENTS],
    )
    def post(self, request: Request) -> Response:
        head = batch_head(request)
        found = usage.take(
            batch_rows(request, "events"),
            source=source_named(head["source"], SourceKind.API),
            now=timezone.now(),
            by=actor_of(request),
            features=_features(request),
            skip_bad=head["skip_bad"],
        )
        more = {"weeks": found.weeks, "unknown_events": list(found.unknown_events)}
        return intake_answer(found, skip_bad=head["skip_bad"], more=more)


def _features(request: Request) -> dict[str, str] | None:
    sent = request.data.get("features") if isinstance(request.data, dict) else None
    if sent is None:
        return None
    if not isinstance(sent, dict) or not all(isinstance(value, str) for value in sent.values()):
        raise ValidationError({"features": [_("Send events and the feature that each is of.")]})
    return sent


class AdoptionViewSet(PartViewSet):
    """How an organization uses the product."""

    queryset = Feature.objects.none()
    serializer_class = AdoptionSerializer
    pagination_class = None

    @extend_schema(
        summary="Features used, underused and never used, beside like organizations",
        operation_id="organizations_adoption_retrieve",
        responses=forced_singular_serializer(AdoptionSerializer),
    )
    def list(self, request: Request, organization_id: UUID) -> Response:
        organization = self.organization
        if not organization.is_open:
            raise NotAllowed(_("You know this organization by its summary; this part of it is closed to you."))
        found = adoption_of(actor_of(request), organization, now=timezone.now())
        return Response(AdoptionSerializer(found).data)


class EntitlementViewSet(PartViewSet):
    """What an organization has bought."""

    queryset = Entitlement.objects.none()
    serializer_class = EntitlementSerializer
    pagination_class = None

    def get_queryset(self) -> Any:
        if self.is_described:
            return self.queryset
        rows = entitlements_for(actor_of(self.request)).filter(organization=self.organization)
        return rows.select_related("metric")

    @extend_schema(summary="What was bought, the newest first")
    def list(self, request: Request, organization_id: UUID) -> Response:
        return super().list(request)

    @extend_schema(
        summary="Say what was bought from a day on",
        request=EntitlementWriteSerializer,
        responses={201: EntitlementSerializer},
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        organization = self.organization
        data = EntitlementWriteSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        made = entitlements.put(
            by=actor_of(request), organization=organization, now=timezone.now(), **data.validated_data
        )
        return Response(EntitlementSerializer(made).data, status=status.HTTP_201_CREATED)
