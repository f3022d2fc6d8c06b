"""Endpoints of incidents: find one, read it, read and post updates."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from accounts.rules.access import Actor
from common.api import CursorPages, Filters, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners.models import Organization
from tickets.api import incident_examples as examples
from tickets.api.incident_serializers import (
    IncidentSerializer,
    IncidentUpdateSerializer,
    IncidentUpdateWriteSerializer,
)
from tickets.incident_choices import OPEN_INCIDENTS, EntryKind, IncidentState, Severity
from tickets.models import Incident, IncidentEntry, IncidentOrganization
from tickets.selectors.rows import OrganizationName
from tickets.services import incident_updates
from tickets.services.incident_updates import Said

IF_MATCH_FOR_A_MOVE = OpenApiParameter(
    IF_MATCH.name,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of the incident that you read; needed with `state`. Without it 428; 412 if somebody was"
    " faster.",
)


class IncidentFilters(django_filters.FilterSet):
    """All parameters narrow together."""

    state = django_filters.ChoiceFilter(choices=IncidentState.choices)
    severity = django_filters.ChoiceFilter(choices=Severity.choices)
    queue = django_filters.CharFilter(field_name="queue__key", max_length=40)
    is_open = django_filters.BooleanFilter(method="that_are_open")

    class Meta:
        model = Incident
        fields: ClassVar[list[str]] = []

    def that_are_open(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Not resolved yet, or over."""
        return rows.filter(state__in=OPEN_INCIDENTS) if value else rows.exclude(state__in=OPEN_INCIDENTS)


class IncidentPages(CursorPages):
    ordering = ("-declared_at", "-id")


class UpdatePages(CursorPages):
    ordering = ("-at", "-id")


@extend_schema_view(list=extend_schema(summary="Incidents, the newest first", examples=[examples.INCIDENTS]))
class IncidentViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Incident]):
    """Colleagues read the incidents that they see, with the affected organizations that they see."""

    access_rule = StaffOnly.access_rule
    queryset = Incident.objects.none()
    serializer_class = IncidentSerializer
    filter_backends = (Filters,)
    filterset_class = IncidentFilters
    pagination_class = IncidentPages
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows: QuerySet[Any] = Incident.objects.visible_to(actor_of(self.request))
        return rows.select_related("queue", "commander")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self._shown(page))

    @extend_schema(summary="One incident", responses=IncidentSerializer, parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        found: Incident = get_object_or_404(self.get_queryset(), public_id=id)
        (data,) = self._shown([found])
        return tagged(request, dict(data), version=found.version, status_code=status.HTTP_200_OK)

    def _shown(self, rows: Sequence[Incident]) -> Any:
        context = dict(self.get_serializer_context()) | {"affected": _affected(actor_of(self.request), rows)}
        return IncidentSerializer(rows, many=True, context=context).data


def _affected(actor: Actor, rows: Iterable[Incident]) -> dict[int, list[dict[str, Any]]]:
    """By incident the affected organizations that the caller sees. One statement."""
    opened = Organization.objects.opened_to(actor).filter(pk=OuterRef("organization_id")).values("public_id")
    found = IncidentOrganization.objects.visible_to(actor).filter(incident_id__in=[row.pk for row in rows])
    found = found.annotate(name=OrganizationName("organization_id"), opened=Subquery(opened[:1])).order_by("pk")
    known: dict[int, list[dict[str, Any]]] = {}
    for incident_id, name, public_id in found.values_list("incident_id", "name", "opened"):
        known.setdefault(incident_id, []).append({"id": str(public_id) if public_id else None, "name": name or ""})
    return known


@extend_schema_view(list=extend_schema(summary="Updates of an incident, the newest first"))
class IncidentUpdateViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[IncidentEntry]):
    """What was said of an incident: internal updates, which no contact reads, and public ones."""

    access_rule = StaffOnly.access_rule
    queryset = IncidentEntry.objects.none()
    serializer_class = IncidentUpdateSerializer
    filter_backends = ()
    pagination_class = UpdatePages
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows: QuerySet[Any] = IncidentEntry.objects.visible_to(actor_of(self.request))
        return rows.filter(incident=self._incident(), kind=EntryKind.UPDATE)

    @extend_schema(summary="One update", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, incident_id: UUID, id: UUID) -> Response:
        return self._answer(id)

    @extend_schema(
        summary="Post an update",
        description="One that says where the incident stands now needs If-Match with the ETag of the incident.",
        parameters=[IF_MATCH_FOR_A_MOVE],
        request=IncidentUpdateWriteSerializer,
        responses={201: IncidentUpdateSerializer},
        examples=[examples.UPDATE],
    )
    @idempotent
    def create(self, request: Request, incident_id: UUID) -> Response:
        incident = self._incident()
        sent = IncidentUpdateWriteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        version = expected_version(request) if sent.validated_data.get("state") else None
        said, now = Said(**sent.validated_data), timezone.now()
        made = incident_updates.post(by=actor_of(request), incident=incident, said=said, version=version, now=now)
        return self._answer(made.public_id, status.HTTP_201_CREATED)

    def _answer(self, public_id: UUID, status_code: int = status.HTTP_200_OK) -> Response:
        found = get_object_or_404(self.get_queryset(), public_id=public_id)
        return tagged(self.request, dict(IncidentUpdateSerializer(found).data), status_code=status_code)

    def _incident(self) -> Incident:
        rows = Incident.objects.visible_to(actor_of(self.request))
        found: Incident = get_object_or_404(rows, public_id=self.kwargs["incident_id"])
        return found
