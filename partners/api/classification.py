"""Endpoints of tiers, segments and gemstones: why each value holds; by hand, and back to the rule."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import RateLimitHeaders, tagged
from common.openapi import IF_NONE_MATCH
from partners.api import examples
from partners.api.part_serializers import ClassificationSerializer, OverrideSerializer
from partners.choices import Dimension
from partners.models import Organization
from partners.selectors.classification import ClassifiedValue, classification_of
from partners.services import classification

_REASON = OpenApiParameter("reason", OpenApiTypes.STR, description="Why the rule shall decide again.")
_DIMENSION = OpenApiParameter("dimension", OpenApiTypes.STR, OpenApiParameter.PATH, enum=Dimension.values)


class _ClassificationView(RateLimitHeaders, APIView):
    access_rule = StaffOnly.access_rule

    def organization_or_404(self, public_id: UUID) -> Organization:
        visible = Organization.objects.visible_to(actor_of(self.request)).select_related("facts")
        found: Organization = get_object_or_404(visible, public_id=public_id)
        return found

    def values_of(self, public_id: UUID) -> list[dict[str, Any]]:
        organization = self.organization_or_404(public_id)
        found = classification_of(actor_of(self.request), organization, now=timezone.now())
        return list(ClassificationSerializer([_row(value) for value in found], many=True).data)


def _row(value: ClassifiedValue) -> dict[str, Any]:
    return {**asdict(value), "choices": [code for code, _label in value.choices]}


class ClassificationListView(_ClassificationView):
    """All values of one organization."""

    @extend_schema(
        summary="Tiers, segments and gemstones, each with its rule",
        operation_id="organizations_classification_list",
        responses=ClassificationSerializer(many=True),
        parameters=[IF_NONE_MATCH],
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        return tagged(request, self.values_of(organization_id))


class ClassificationView(_ClassificationView):
    """One value, set by hand or given back to its rule. For those who change tiers."""

    @extend_schema(
        summary="Set a value by hand",
        operation_id="organizations_classification_override",
        request=OverrideSerializer,
        responses=ClassificationSerializer(many=True),
        parameters=[_DIMENSION],
        examples=[examples.OVERRIDE],
    )
    def put(self, request: Request, organization_id: UUID, dimension: str) -> Response:
        organization = self._organization(organization_id, dimension)
        data = OverrideSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        classification.override(
            by=actor_of(request),
            organization=organization,
            dimension=dimension,
            now=timezone.now(),
            **data.validated_data,
        )
        return Response(self.values_of(organization_id))

    @extend_schema(
        summary="Let the rule decide again",
        operation_id="organizations_classification_reset",
        responses=ClassificationSerializer(many=True),
        parameters=[_DIMENSION, _REASON],
    )
    def delete(self, request: Request, organization_id: UUID, dimension: str) -> Response:
        organization = self._organization(organization_id, dimension)
        classification.end_override(
            by=actor_of(request),
            organization=organization,
            dimension=dimension,
            reason=request.query_params.get("reason", "").replace("\0", "")[:2000],
            now=timezone.now(),
        )
        return Response(self.values_of(organization_id))

    def _organization(self, public_id: UUID, dimension: str) -> Organization:
        if dimension not in Dimension.values:
            raise Http404
        return self.organization_or_404(public_id)
