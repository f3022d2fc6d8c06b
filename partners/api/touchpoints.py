"""Endpoints of the touchpoints of one organization."""

from collections.abc import Callable
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
from common.api import CursorPages, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners.api import handoff_examples as examples
from partners.api import handoff_serializers as forms
from partners.api.base import contacts_of
from partners.api.handoff_serializers import TouchpointSerializer
from partners.api.promises import OpenPartViewSet
from partners.models import Touchpoint
from partners.services import touchpoint_details, touchpoints
from partners.services.touchpoint_holding import hold

_DONE = {200: TouchpointSerializer}


_DETAILS = OpenApiExample(
    "At ten in Berlin",
    request_only=True,
    value={"starts_at": "2026-03-16T10:00:00+01:00", "meeting_url": "https://meet.example/northwind"},
)


class DetailsSerializer(serializers.Serializer[Any]):
    """`starts_at` null: any time of its day. With a time it stays on that day."""

    topic = serializers.CharField(max_length=200, required=False, allow_blank=True)
    starts_at = serializers.DateTimeField(required=False, allow_null=True)
    meeting_url = serializers.URLField(max_length=500, required=False, allow_blank=True)
    recording_url = serializers.URLField(max_length=500, required=False, allow_blank=True)


class TouchpointPages(CursorPages):
    ordering = ("planned_on", "id")


@extend_schema_view(list=extend_schema(summary="When the two sides meet, by day"))
class TouchpointViewSet(OpenPartViewSet):
    """Meetings planned by the cadence or arranged by hand, those that are over too."""

    queryset = Touchpoint.objects.none()
    serializer_class = TouchpointSerializer
    pagination_class = TouchpointPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = Touchpoint.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        return seen.select_related("organization", "owner", "interaction")

    @extend_schema(summary="One touchpoint", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Arrange a meeting beside the cadence",
        request=forms.TouchpointWriteSerializer,
        responses={201: TouchpointSerializer},
        examples=[examples.NEW_TOUCHPOINT],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        sent = self.values(forms.TouchpointWriteSerializer)
        made = touchpoints.arrange(by=actor_of(request), organization=self.organization, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Write down topic, time and links",
        request=DetailsSerializer,
        responses=_DONE,
        parameters=[IF_MATCH],
        examples=[_DETAILS],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = self.values(DetailsSerializer, partial=True)
        by, now = actor_of(request), timezone.now()
        touchpoint_details.edit(by=by, touchpoint=found, values=values, version=version, now=now)
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="It was held: log what was said",
        request=forms.HoldSerializer,
        responses=_DONE,
        examples=[examples.HOLD],
    )
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, sent = self.part_or_404(id), self.values(forms.HoldSerializer)
        contacts = contacts_of(request, self.organization, sent.pop("contact_ids"))
        hold(by=actor_of(request), touchpoint=found, values=sent, contacts=contacts, now=timezone.now())
        return self._answer(self.part_or_404(id))

    @extend_schema(summary="It was held, nothing to note", request=None, responses=_DONE)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(touchpoints.complete, id)

    @extend_schema(
        summary="Leave it out", request=forms.TouchpointSkipSerializer, responses=_DONE, examples=[examples.SKIP]
    )
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(touchpoints.skip, id, forms.TouchpointSkipSerializer)

    @extend_schema(
        summary="Put it on another day", request=forms.MoveSerializer, responses=_DONE, examples=[examples.MOVE]
    )
    @action(detail=True, methods=["post"])
    def move(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(touchpoints.reschedule, id, forms.MoveSerializer)

    @extend_schema(summary="Cancel one arranged by hand", request=None, responses=_DONE)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(touchpoints.cancel, id)

    @extend_schema(summary="Plan it again", request=None, responses=_DONE)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(touchpoints.reopen, id)

    def _do(
        self, use_case: Callable[..., Any], id: UUID, kind: type[serializers.BaseSerializer[Any]] | None = None
    ) -> Response:
        found = self.part_or_404(id)
        sent = self.values(kind) if kind else {}
        use_case(by=actor_of(self.request), touchpoint=found, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    def _answer(self, found: Touchpoint, status_code: int = status.HTTP_200_OK) -> Response:
        data = TouchpointSerializer(found).data
        return tagged(self.request, data, version=found.version, status_code=status_code)
