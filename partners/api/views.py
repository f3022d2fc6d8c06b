"""Endpoints of organizations: reads over `visible_to`, writes through services."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from common.api import CursorPages, RateLimitHeaders, etag_of, expected_version
from partners.api.filters import OrganizationFilter
from partners.api.serializers import (
    ArchiveSerializer,
    OrganizationCreateSerializer,
    OrganizationSerializer,
    OrganizationWriteSerializer,
)
from partners.models import Assignment, Organization
from partners.services import organizations

IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description="The ETag that you read."
)


class OrganizationPages(CursorPages):
    """In the order of names; ids break ties."""

    ordering = ("name_sort", "id")


def organizations_of(request: Request) -> QuerySet[Any]:
    """Organizations that the caller sees, with all that a row of the API needs: two statements for any number."""
    owners = Assignment.objects.active().select_related("user").order_by("role", "-is_primary")
    return (
        Organization.objects.visible_to(request.actor)  # type: ignore[attr-defined]
        .with_reach(request.actor)  # type: ignore[attr-defined]
        .select_related("facts")
        .prefetch_related(Prefetch("assignments", queryset=owners, to_attr="owners"))
    )


def organization_or_404(request: Request, public_id: UUID) -> Organization:
    """The organization if the caller sees it; foreign and missing give the same 404."""
    found: Organization = get_object_or_404(organizations_of(request), public_id=public_id)
    return found


@extend_schema_view(
    list=extend_schema(summary="Organizations that you see"),
    retrieve=extend_schema(summary="One organization"),
)
class OrganizationViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Organization]):
    """Partners and customer accounts. Edits need If-Match; the stage is moved by gate decisions, not here."""

    access_rule = StaffOnly.access_rule
    queryset = Organization.objects.none()
    serializer_class = OrganizationSerializer
    filterset_class = OrganizationFilter
    pagination_class = OrganizationPages
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        found = organizations_of(self.request)
        return found if "archived" in self.request.query_params or self.action != "list" else found.current()

    def _answer(self, public_id: UUID, status_code: int = status.HTTP_200_OK) -> Response:
        organization = organization_or_404(self.request, public_id)
        return Response(
            OrganizationSerializer(organization).data,
            status=status_code,
            headers={"ETag": etag_of(organization.version)},
        )

    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(id)

    @extend_schema(
        summary="Add an organization",
        request=OrganizationCreateSerializer,
        responses={201: OrganizationSerializer},
    )
    def create(self, request: Request) -> Response:
        data = OrganizationCreateSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        values = dict(data.validated_data)
        made = organizations.create_organization(
            by=request.actor, kind=values.pop("kind"), values=values, now=timezone.now()
        )
        return self._answer(made.public_id, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Edit an organization",
        request=OrganizationWriteSerializer,
        responses={200: OrganizationSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, id: UUID) -> Response:
        organization = organization_or_404(request, id)
        version = expected_version(request)
        data = OrganizationWriteSerializer(organization, data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        organizations.edit_organization(
            by=request.actor,
            organization=organization,
            values=data.validated_data,
            version=version,
            now=timezone.now(),
        )
        return self._answer(id)

    @extend_schema(summary="Archive an organization", request=ArchiveSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, id: UUID) -> Response:
        organization = organization_or_404(request, id)
        data = ArchiveSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        organizations.archive_organization(
            by=request.actor, organization=organization, reason=data.validated_data["reason"], now=timezone.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
