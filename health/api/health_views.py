"""Endpoints of health: how organizations stand, receipts and snapshots, pulses, a band set by hand."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders, tagged
from common.idempotency import idempotent
from common.openapi import IF_NONE_MATCH
from health.api import health_examples as examples
from health.api.health_rows import receipt_data, state_data
from health.api.health_serializers import (
    BandOverrideSerializer,
    BandOverrideWriteSerializer,
    HealthReceiptSerializer,
    HealthSnapshotSerializer,
    HealthStateSerializer,
    PulseSerializer,
    PulseWriteSerializer,
)
from health.choices import Band
from health.models import BandOverride, HealthState, Pulse, Snapshot
from health.policies import IN_FORCE, policies_of
from health.selectors.receipt import health_page
from health.services import overrides, pulses
from partners.api.base import PartViewSet
from partners.choices import OrganizationKind, Stage
from partners.models import Organization
from partners.selectors.page import organization_page

_FIELDS = (
    *("card", "score", "coverage", "band", "computed_band", "band_since", "moved", "reason", "groups", "day"),
    *("organization__public_id", "organization__name", "organization__kind", "organization__stage", "place"),
    *("organization_id", "shows_commercial", "in_force"),
)


class StateFilter(django_filters.FilterSet):
    """All parameters narrow together."""

    band = django_filters.MultipleChoiceFilter(choices=Band.choices)
    scorecard = django_filters.CharFilter(field_name="card", max_length=60)
    kind = django_filters.ChoiceFilter(field_name="organization__kind", choices=OrganizationKind.choices)
    stage = django_filters.MultipleChoiceFilter(field_name="organization__stage", choices=Stage.choices)
    changed_since = django_filters.DateFilter(
        field_name="band_since", lookup_expr="gte", help_text="Whose band has been what it is since this day or later."
    )

    class Meta:
        model = HealthState
        fields: ClassVar[list[str]] = []


class StatePages(CursorPages):
    """The worst first."""

    ordering = ("place", "organization_id")


@extend_schema_view(list=extend_schema(summary="Health of organizations, the worst first", examples=[examples.STATES]))
class StateViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Any]):
    """The latest band of each organization that the caller opens in full, with its reason and its groups."""

    access_rule = StaffOnly.access_rule
    queryset = HealthState.objects.none()
    serializer_class = HealthStateSerializer
    filter_backends = (Filters,)
    filterset_class = StateFilter
    pagination_class = StatePages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        actor = actor_of(self.request)
        reach: Any = Organization.objects.with_reach(actor).filter(pk=OuterRef("organization_id"))
        rows = HealthState.objects.visible_to(actor).main().filter(organization__archived_at__isnull=True)
        commercial = Subquery(reach.values("shows_commercial")[:1])
        return rows.annotate(shows_commercial=commercial, in_force=IN_FORCE).values(*_FIELDS)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        told = [state_data(values, policies_of(values["in_force"])) for values in page]
        return self.get_paginated_response(HealthStateSerializer(told, many=True).data)


_DAY = OpenApiParameter("day", OpenApiTypes.DATE, description="A day of the history; without it the latest snapshot.")
_OCCASION = OpenApiParameter("occasion", OpenApiTypes.STR, description="`daily`, unless you ask for another.")
_CARD = OpenApiParameter("scorecard", OpenApiTypes.STR, description="One that stands beside the main one.")


class ReceiptView(RateLimitHeaders, APIView):
    """The receipt of an organization: every measure with what it adds, and why the score moved."""

    access_rule = StaffOnly.access_rule

    @extend_schema(
        summary="The receipt of an organization's health",
        operation_id="organizations_health_retrieve",
        responses=HealthReceiptSerializer,
        parameters=[_DAY, _OCCASION, _CARD, IF_NONE_MATCH],
        examples=[examples.RECEIPT],
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        page = organization_page(actor_of(request), organization_id, now=timezone.now())
        if page is None:
            raise Http404
        if not page.is_open:
            raise PermissionDenied(_("You know this organization by its summary; this part of it is closed to you."))
        asked = {name: request.query_params.get(name, "").replace("\0", "") for name in ("occasion", "scorecard")}
        day = _day(request.query_params.get("day", ""))
        found = health_page(page, day=day, occasion=asked["occasion"][:80], card=asked["scorecard"][:60])
        if found.shown is None:
            raise Http404
        return tagged(request, dict(HealthReceiptSerializer(receipt_data(found, found.shown)).data))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValidationError({"day": [_("A day is written like 2026-03-02.")]}) from None


class SnapshotPages(CursorPages):
    ordering = ("-day", "-computed_at", "card", "occasion")


class SnapshotFilter(django_filters.FilterSet):
    scorecard = django_filters.CharFilter(field_name="card", max_length=60)
    since = django_filters.DateFilter(field_name="day", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="day", lookup_expr="lte")
    daily = django_filters.BooleanFilter(method="only_daily", help_text="Without those within a day.")

    class Meta:
        model = Snapshot
        fields: ClassVar[list[str]] = []

    def only_daily(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """One a day."""
        return rows.filter(occasion="daily") if value else rows


@extend_schema_view(list=extend_schema(summary="Snapshots of an organization, the newest first"))
class SnapshotViewSet(PartViewSet):
    """The history of an organization's health. Snapshots never change; their receipts are read one at a time."""

    serializer_class = HealthSnapshotSerializer
    queryset = Snapshot.objects.none()
    pagination_class = SnapshotPages
    filter_backends = (Filters,)  # type: ignore[assignment] # the base has none
    filterset_class = SnapshotFilter

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        _require_open(self.organization)
        rows = Snapshot.objects.visible_to(actor_of(self.request)).filter(organization_id=self.organization.pk)
        return rows.exclude(occasion__startswith="shadow").defer("receipt")


class PulsePages(CursorPages):
    ordering = ("-given_at", "-id")


@extend_schema_view(list=extend_schema(summary="Pulses of an organization, the newest first"))
class PulseViewSet(PartViewSet):
    """What owners think of an organization."""

    serializer_class = PulseSerializer
    queryset = Pulse.objects.none()
    pagination_class = PulsePages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        _require_open(self.organization)
        rows = Pulse.objects.visible_to(actor_of(self.request)).filter(organization_id=self.organization.pk)
        return rows.select_related("given_by")

    @extend_schema(summary="One pulse", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return tagged(request, dict(PulseSerializer(self.part_or_404(id)).data))

    @extend_schema(
        summary="Give a pulse",
        request=PulseWriteSerializer,
        responses={201: PulseSerializer},
        examples=[examples.PULSE],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        organization, now = self.organization, timezone.now()
        sent = PulseWriteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        made = pulses.give(organization=organization, by=actor_of(request), now=now, **sent.validated_data)
        shown = PulseSerializer(self.part_or_404(made.public_id)).data
        return tagged(request, dict(shown), status_code=status.HTTP_201_CREATED)


class BandOverrideView(RateLimitHeaders, APIView):
    """The band that a person has set. Owners who work there, managers and administrators set it and take it back."""

    access_rule = StaffOnly.access_rule

    @extend_schema(
        summary="The band set by hand, if one is",
        operation_id="organizations_health_override_show",
        responses=BandOverrideSerializer,
        parameters=[IF_NONE_MATCH],
    )
    def get(self, request: Request, organization_id: UUID) -> Response:
        organization = self._organization(organization_id)
        _require_open(organization)
        found = self._in_force(organization)
        if found is None:
            raise Http404
        return tagged(request, dict(BandOverrideSerializer(found).data))

    @extend_schema(
        summary="Show a band by hand until a moment",
        operation_id="organizations_health_override_set",
        request=BandOverrideWriteSerializer,
        responses=BandOverrideSerializer,
        examples=[examples.OVERRIDE],
    )
    def put(self, request: Request, organization_id: UUID) -> Response:
        organization = self._organization(organization_id)
        sent = BandOverrideWriteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        now = timezone.now()
        made = overrides.set_band(organization=organization, by=actor_of(request), now=now, **sent.validated_data)
        return Response(BandOverrideSerializer(made).data)

    @extend_schema(
        summary="Take it back", operation_id="organizations_health_override_end", responses=BandOverrideSerializer
    )
    def delete(self, request: Request, organization_id: UUID) -> Response:
        organization = self._organization(organization_id)
        ended = overrides.end(organization=organization, by=actor_of(request), now=timezone.now())
        return Response(BandOverrideSerializer(ended).data)

    def _organization(self, public_id: UUID) -> Any:
        actor = actor_of(self.request)
        found = Organization.objects.visible_to(actor).with_reach(actor).filter(public_id=public_id).first()
        if found is None:
            raise Http404
        return found

    def _in_force(self, organization: Any) -> BandOverride | None:
        rows = BandOverride.objects.visible_to(actor_of(self.request)).in_force(timezone.now())
        return rows.filter(organization_id=organization.pk).select_related("set_by").first()


def _require_open(organization: Any) -> None:
    if not organization.is_open:
        raise PermissionDenied(_("You know this organization by its summary; this part of it is closed to you."))
