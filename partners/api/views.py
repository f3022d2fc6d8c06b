"""Endpoints of organizations: reads over `visible_to`, writes through services."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import Filters, KeyPages, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from common.pagination import Order, SortKey
from partners.api import examples
from partners.api.base import current_organizations_of, organization_or_404, organizations_of
from partners.api.filters import OrganizationFilter
from partners.api.past import asked_day_of, past_question, past_row
from partners.api.serializers import (
    ArchiveSerializer,
    OrganizationCreateSerializer,
    OrganizationSerializer,
    OrganizationWriteSerializer,
)
from partners.models import Organization
from partners.services import first_owner, organizations


class OrganizationPages(KeyPages):
    """In the order of names; ids break ties."""

    order = Order(keys=(SortKey(name="name_sort"),))


@extend_schema_view(
    list=extend_schema(summary="Organizations that you see", examples=[examples.ORGANIZATION]),
)
class OrganizationViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Organization]):
    """Partners and customer accounts. Edits need If-Match; the stage is moved by gate decisions, not here."""

    access_rule = StaffOnly.access_rule
    queryset = Organization.objects.none()
    serializer_class = OrganizationSerializer
    filter_backends = (Filters,)
    filterset_class = OrganizationFilter
    pagination_class = OrganizationPages
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        return organizations_of(actor_of(self.request))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        pages = OrganizationPages()
        if past := asked_day_of(request):
            found = pages.paginate_queryset(past_question(request, past), request)
            rows = [past_row(values, past) for values in found]
            return pages.get_paginated_response(OrganizationSerializer(rows, many=True).data)
        if Filters().are_named(request, self):
            return super().list(request, *args, **kwargs)
        rows = pages.paginate_composed(current_organizations_of, actor_of(request), request=request)
        return pages.get_paginated_response(OrganizationSerializer(rows, many=True).data)

    @extend_schema(summary="One organization", parameters=[IF_NONE_MATCH], examples=[examples.ORGANIZATION])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(id)

    @extend_schema(
        summary="Add an organization",
        request=OrganizationCreateSerializer,
        responses={201: OrganizationSerializer},
        examples=[examples.NEW_ORGANIZATION, examples.ORGANIZATION],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        values = self._values(OrganizationCreateSerializer(data=request.data, context={"request": request}))
        made = first_owner.create_owned(
            by=actor_of(request),
            kind=values.pop("kind"),
            owner=values.pop("first_owner", None),
            values=values,
            now=timezone.now(),
        )
        return self._answer(made.public_id, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Edit an organization",
        request=OrganizationWriteSerializer,
        responses={200: OrganizationSerializer},
        parameters=[IF_MATCH],
        examples=[examples.ORGANIZATION_EDIT, examples.ORGANIZATION],
    )
    def partial_update(self, request: Request, id: UUID) -> Response:
        organization = organization_or_404(request, id)
        version = expected_version(request)
        data = OrganizationWriteSerializer(organization, data=request.data, partial=True, context={"request": request})
        organizations.edit_organization(
            by=actor_of(request),
            organization=organization,
            values=self._values(data),
            version=version,
            now=timezone.now(),
        )
        return self._answer(id)

    @extend_schema(summary="Archive an organization", request=ArchiveSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, id: UUID) -> Response:
        organization = organization_or_404(request, id)
        values = self._values(ArchiveSerializer(data=request.data))
        organizations.archive_organization(
            by=actor_of(request), organization=organization, reason=values["reason"], now=timezone.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Bring an archived organization back", request=None, responses={200: OrganizationSerializer})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: UUID) -> Response:
        organization = organization_or_404(request, id)
        organizations.restore_organization(by=actor_of(request), organization=organization, now=timezone.now())
        return self._answer(id)

    @staticmethod
    def _values(data: serializers.BaseSerializer[Any]) -> dict[str, Any]:
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)

    def _answer(self, public_id: UUID, status_code: int = status.HTTP_200_OK) -> Response:
        row = get_object_or_404(organizations_of(actor_of(self.request)), public_id=public_id)
        data = OrganizationSerializer(row).data
        return tagged(self.request, data, version=row["version"], status_code=status_code)
