"""Endpoints of the objectives of an organization's success plans."""

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
from partners.api.promises import OpenPartViewSet
from partners.api.success_plans import ObjectiveSerializer, PlanNoteSerializer, PlanReasonSerializer, with_money
from partners.models import Objective, SuccessPlan
from partners.plan_choices import ObjectiveDirection
from partners.services import objectives

_NEW = OpenApiExample(
    "Measured",
    request_only=True,
    value={
        "plan": "018f3a52-8c1e-7b1d-9a53-2f0c5f7f0001",
        "title": "First people at work",
        "metric": "active_users",
        "target": "10",
        "target_on": "2026-04-01",
    },
)
_MISS = OpenApiExample("Not reached", request_only=True, value={"note": "Nobody had time before the season"})
_MOVE = OpenApiExample("To the top", request_only=True, value={"place": 0})


class ObjectiveEditSerializer(serializers.Serializer[Any]):
    """`metric` is one of those that are measured; empty: people say when it is reached."""

    title = serializers.CharField(max_length=200)
    measure = serializers.CharField(max_length=200, required=False, allow_blank=True)
    metric = serializers.CharField(max_length=40, required=False, allow_blank=True)
    direction = serializers.ChoiceField(choices=ObjectiveDirection.choices, required=False)
    target = serializers.DecimalField(max_digits=20, decimal_places=6, required=False, allow_null=True)
    target_on = serializers.DateField()
    gain = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True)
    is_shared = serializers.BooleanField(required=False)


class ObjectiveWriteSerializer(ObjectiveEditSerializer):
    plan = serializers.UUIDField()


class ObjectiveMoveSerializer(serializers.Serializer[Any]):
    place = serializers.IntegerField(min_value=0, max_value=objectives.MOST)


class ObjectivePages(CursorPages):
    ordering = ("target_on", "id")


@extend_schema_view(list=extend_schema(summary="Objectives of an organization's success plans"))
class ObjectiveViewSet(OpenPartViewSet):
    """What is to be reached, by when. What is measured is settled by its value, and not by a call."""

    queryset = Objective.objects.none()
    serializer_class = ObjectiveSerializer
    pagination_class = ObjectivePages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = Objective.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        found: QuerySet[Any] = seen.select_related("organization", "plan")
        return found

    def get_serializer_context(self) -> dict[str, Any]:
        return with_money(self, super().get_serializer_context())

    @extend_schema(summary="One objective", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Add an objective to a plan",
        request=ObjectiveWriteSerializer,
        responses={201: ObjectiveSerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        values = self.values(ObjectiveWriteSerializer)
        plan = self._plan(values.pop("plan"))
        made = objectives.add(by=actor_of(request), plan=plan, values=values, now=timezone.now())
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change an open objective",
        request=ObjectiveEditSerializer,
        responses={200: ObjectiveSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = self.values(ObjectiveEditSerializer, partial=True)
        sent: dict[str, Any] = {"objective": found, "values": values, "version": version}
        objectives.edit(by=actor_of(request), now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    @extend_schema(summary="It was reached", request=PlanNoteSerializer, responses={200: ObjectiveSerializer})
    @action(detail=True, methods=["post"])
    def achieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(objectives.achieve, id, PlanNoteSerializer)

    @extend_schema(
        summary="It was not reached, and why",
        request=PlanReasonSerializer,
        responses={200: ObjectiveSerializer},
        examples=[_MISS],
    )
    @action(detail=True, methods=["post"])
    def miss(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(objectives.miss, id, PlanReasonSerializer)

    @extend_schema(
        summary="Nobody wants it any longer", request=PlanReasonSerializer, responses={200: ObjectiveSerializer}
    )
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(objectives.drop, id, PlanReasonSerializer)

    @extend_schema(
        summary="Put it at another place of its plan",
        request=ObjectiveMoveSerializer,
        responses={200: ObjectiveSerializer},
        examples=[_MOVE],
    )
    @action(detail=True, methods=["post"])
    def move(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(objectives.move, id, ObjectiveMoveSerializer)

    @extend_schema(summary="Open it again", request=None, responses={200: ObjectiveSerializer})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(objectives.reopen, id)

    def _do(
        self, use_case: Callable[..., Any], id: UUID, kind: type[serializers.BaseSerializer[Any]] | None = None
    ) -> Response:
        found = self.part_or_404(id)
        sent = self.values(kind) if kind else {}
        use_case(by=actor_of(self.request), objective=found, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    def _plan(self, public_id: UUID) -> SuccessPlan:
        seen = SuccessPlan.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        found: SuccessPlan | None = seen.select_related("organization").filter(public_id=public_id).first()
        if found is None:
            raise serializers.ValidationError({"plan": ["There is no such plan at this organization."]})
        return found

    def _answer(self, found: Objective, status_code: int = status.HTTP_200_OK) -> Response:
        data = self.get_serializer(found).data
        return tagged(self.request, data, version=found.version, status_code=status_code)
