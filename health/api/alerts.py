"""Endpoints of alerts: find one, read it, answer it."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
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
from common.api import CursorPages, Filters, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from health.alert_choices import EpisodeState, Route
from health.api import alert_examples as examples
from health.api.alert_serializers import (
    AlertActSerializer,
    AlertCloseSerializer,
    AlertNoteSerializer,
    AlertReopenSerializer,
    AlertSerializer,
    AlertSnoozeSerializer,
)
from health.models import Episode
from health.services import episodes


class AlertFilters(django_filters.FilterSet):
    """All parameters narrow together."""

    state = django_filters.ChoiceFilter(choices=EpisodeState.choices)
    route = django_filters.ChoiceFilter(choices=Route.choices)
    cause = django_filters.CharFilter(max_length=60)
    rule = django_filters.CharFilter(max_length=60)
    organization_id = django_filters.UUIDFilter(field_name="organization__public_id")
    owner_id = django_filters.UUIDFilter(field_name="owner__public_id")
    is_open = django_filters.BooleanFilter(method="that_are_open")

    class Meta:
        model = Episode
        fields: ClassVar[list[str]] = []

    def that_are_open(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Not closed yet, or closed."""
        return rows.exclude(state=EpisodeState.CLOSED) if value else rows.filter(state=EpisodeState.CLOSED)


class AlertPages(CursorPages):
    ordering = ("-opened_at", "-id")


_ANSWERED: dict[str, Any] = {"responses": {200: AlertSerializer}, "parameters": [IF_MATCH]}


@extend_schema_view(list=extend_schema(summary="Alerts, the newest first", examples=[examples.ALERTS]))
class AlertViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Episode]):
    """Alerts of the organizations that the caller opens in full. Who works there, and the owner, answers them."""

    access_rule = StaffOnly.access_rule
    queryset = Episode.objects.none()
    serializer_class = AlertSerializer
    filter_backends = (Filters,)
    filterset_class = AlertFilters
    pagination_class = AlertPages
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows: QuerySet[Any] = Episode.objects.visible_to(actor_of(self.request))
        return rows.select_related("organization", "owner", "play_run").prefetch_related("signals")

    @extend_schema(summary="One alert", responses=AlertSerializer, parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(id)

    @extend_schema(summary="Acknowledge: that is the answer", request=None, **_ANSWERED)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, id: UUID) -> Response:
        return self._do(episodes.acknowledge, id)

    @extend_schema(summary="Say what is done", request=AlertActSerializer, examples=[examples.ACT], **_ANSWERED)
    @action(detail=True, methods=["post"])
    def act(self, request: Request, id: UUID) -> Response:
        return self._do(episodes.act, id, AlertActSerializer)

    @extend_schema(
        summary="Close with its outcome", request=AlertCloseSerializer, examples=[examples.CLOSE], **_ANSWERED
    )
    @action(detail=True, methods=["post"])
    def close(self, request: Request, id: UUID) -> Response:
        return self._do(episodes.close, id, AlertCloseSerializer)

    @extend_schema(
        summary="Put off; the clock of the answer runs on",
        request=AlertSnoozeSerializer,
        examples=[examples.SNOOZE],
        **_ANSWERED,
    )
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, id: UUID) -> Response:
        return self._do(episodes.snooze, id, AlertSnoozeSerializer)

    @extend_schema(summary="Open it again", request=AlertReopenSerializer, **_ANSWERED)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, id: UUID) -> Response:
        return self._do(episodes.reopen, id, AlertReopenSerializer)

    @extend_schema(summary="Add a note", request=AlertNoteSerializer, responses={200: AlertSerializer})
    @idempotent
    @action(detail=True, methods=["post"])
    def note(self, request: Request, id: UUID) -> Response:
        found = self._found(id)
        sent = AlertNoteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        episodes.note(by=actor_of(request), episode=found, now=timezone.now(), **sent.validated_data)
        return self._answer(id)

    def _do(
        self, use_case: Callable[..., Any], id: UUID, kind: type[serializers.BaseSerializer[Any]] | None = None
    ) -> Response:
        found, version, values = self._found(id), expected_version(self.request), {}
        if kind is not None:
            sent = kind(data=self.request.data)
            sent.is_valid(raise_exception=True)
            values = dict(sent.validated_data)
        use_case(by=actor_of(self.request), episode=found, version=version, now=timezone.now(), **values)
        return self._answer(id)

    def _answer(self, id: UUID, status_code: int = status.HTTP_200_OK) -> Response:
        found = self._found(id)
        data = dict(AlertSerializer(found).data)
        return tagged(self.request, data, version=found.version, status_code=status_code)

    def _found(self, id: UUID) -> Episode:
        found: Episode = get_object_or_404(self.get_queryset(), public_id=id)
        return found
