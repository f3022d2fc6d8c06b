"""Endpoints of forecasts: one organization's, all launches by the time they have to spare, people's load."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import IntegerField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.models import User
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders, tagged
from common.listing import ListQuery
from common.openapi import IF_NONE_MATCH
from partners import forecast_list
from partners.api import forecast_examples as examples
from partners.api.choices import OWNER_ROLE_CHOICES
from partners.api.forecast_serializers import ForecastSerializer, LaunchSerializer, LoadSerializer
from partners.choices import OrganizationKind, Stage
from partners.models import Forecast, Organization
from partners.selectors.capacity import PERSON, loads_of, people_to_show

# Behind every buffer there can be: no forecast looks further than ten years.
_NO_BUFFER = 1_000_000
_NOTHING: dict[str, Any] = {
    "as_of": None,
    "gates": [],
    "launch_p50_on": None,
    "launch_p80_on": None,
    "target_on": None,
    "buffer_days": None,
    "risk": None,
    "journey_version": None,
    "receipt": None,
}


class ForecastView(RateLimitHeaders, APIView):
    """What is foreseen of one organization. Workers compute it; it follows a change within minutes."""

    access_rule = StaffOnly.access_rule

    @extend_schema(
        summary="When gates and launch are to be expected, and from what that comes",
        operation_id="organizations_forecast_retrieve",
        responses=ForecastSerializer,
        parameters=[IF_NONE_MATCH],
        examples=[examples.FORECAST],
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        actor = actor_of(request)
        visible = Organization.objects.visible_to(actor).with_reach(actor)
        organization: Any = get_object_or_404(visible, public_id=organization_id)
        if not organization.is_open:
            raise PermissionDenied(_("You know this organization by its summary; this part of it is closed to you."))
        found = Forecast.objects.visible_to(actor).filter(pk=organization.pk).first()
        data = _NOTHING if found is None else _as_data(found)
        return tagged(request, dict(ForecastSerializer(data).data))


def _as_data(found: Forecast) -> dict[str, Any]:
    told = {name: getattr(found, name) for name in _NOTHING if name not in ("gates", "risk")}
    risk = found.risk if found.buffer_days is not None else None
    return {**told, "gates": found.stages, "risk": risk, "receipt": found.receipt or None}


class LaunchFilter(django_filters.FilterSet):
    """All parameters narrow together; without `risk` those at risk are told, as on the page."""

    risk = django_filters.ChoiceFilter(
        choices=[(value, value) for value in ("high", "medium", "none", "untold", "any")],
        help_text="`untold`: without a target. Without this parameter: medium and high.",
    )
    kind = django_filters.ChoiceFilter(choices=OrganizationKind.choices)
    stage = django_filters.ChoiceFilter(choices=Stage.choices)

    class Meta:
        model = Forecast
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # Narrowed by the view, which knows what no parameter at all means.
        return queryset


class LaunchPages(CursorPages):
    """The least time to spare first; without a target last."""

    ordering = ("urgency", "organization_id")


@extend_schema_view(list=extend_schema(summary="Launches, those with the least time to spare first"))
class LaunchViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Any]):
    """When launches are to be expected, and why some will probably miss their target."""

    access_rule = StaffOnly.access_rule
    queryset = Forecast.objects.none()
    serializer_class = LaunchSerializer
    filter_backends = (Filters,)
    filterset_class = LaunchFilter
    pagination_class = LaunchPages

    def get_queryset(self) -> QuerySet[Any]:
        seen = Forecast.objects.visible_to(actor_of(self.request)).filter(organization__archived_at__isnull=True)
        found = forecast_list.narrowed(seen, ListQuery.of(self.request.query_params, ("risk", "kind", "stage")))
        urgency = Coalesce("buffer_days", Value(_NO_BUFFER), output_field=IntegerField())
        return forecast_list.with_carrier(found).annotate(urgency=urgency).values(*forecast_list.FIELDS, "urgency")

    @extend_schema(examples=[examples.LAUNCH])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        rows = forecast_list.at_risk_rows(page, now=timezone.now())
        told = [
            {
                "organization_id": row.organization_id,
                "name": row.name,
                "kind": values["organization__kind"],
                "stage": row.stage,
                "carried_by": row.carrier,
                "target_on": row.target_on,
                "launch_p50_on": row.p50_on,
                "launch_p80_on": row.p80_on,
                "buffer_days": row.buffer_days,
                "risk": values["risk"] if row.buffer_days is not None else None,
                "reasons": row.reasons,
                "as_of": row.as_of,
            }
            for row, values in zip(rows, page, strict=True)
        ]
        return self.get_paginated_response(LaunchSerializer(told, many=True).data)


class LoadFilter(django_filters.FilterSet):
    role = django_filters.ChoiceFilter(choices=OWNER_ROLE_CHOICES)

    class Meta:
        model = User
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # Narrowed by the view, where the people are chosen.
        return queryset


class LoadPages(CursorPages):
    ordering = ("name_sort", "id")


@extend_schema_view(list=extend_schema(summary="Hours wanted against hours there are, this week"))
class LoadViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Any]):
    """Everybody's week for those who see all, a team's for its lead, else one's own."""

    access_rule = StaffOnly.access_rule
    queryset = User.objects.none()
    serializer_class = LoadSerializer
    filter_backends = (Filters,)
    filterset_class = LoadFilter
    pagination_class = LoadPages

    def get_queryset(self) -> QuerySet[Any]:
        role = self.request.query_params.get("role", "")
        return people_to_show(actor_of(self.request), role=role).values(*PERSON)

    @extend_schema(examples=[examples.LOAD])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        loads = loads_of(actor_of(request), page, now=timezone.now())
        return self.get_paginated_response(LoadSerializer(loads, many=True).data)
