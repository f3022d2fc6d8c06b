"""Endpoints of gates: reviews with their decisions, questionnaires, waivers. Nothing here sets a stage."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import actor_of
from common.api import CursorPages, tagged
from common.idempotency import idempotent
from common.openapi import IF_NONE_MATCH
from partners.api import gate_examples as examples
from partners.api.base import PartViewSet
from partners.api.gate_data import Journeys, questionnaire_data, standing_of
from partners.api.gate_serializers import (
    GateDetailSerializer,
    GateSerializer,
    OverrideGateSerializer,
    QuestionnaireSerializer,
    WaiverGrantSerializer,
    WaiverSerializer,
)
from partners.models import GateReview, Waiver
from partners.services import gates, waivers


class GatePages(CursorPages):
    ordering = ("-opened_at", "-id")


class GatePartViewSet(PartViewSet):
    """Rows of gates, with the journeys that they keep."""

    @cached_property
    def journeys(self) -> Journeys:
        return Journeys(self.organization.kind)


@extend_schema_view(list=extend_schema(summary="Gates of an organization, the present one first"))
class GateViewSet(GatePartViewSet):
    """One organization at one gate. It is left by the last signature (see submissions), or by an override."""

    queryset = GateReview.objects.none()
    serializer_class = GateSerializer
    pagination_class = GatePages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        found = GateReview.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        return found.select_related("decided_by")

    @extend_schema(
        summary="One gate, with how it stands now",
        responses={200: GateDetailSerializer},
        parameters=[IF_NONE_MATCH],
        examples=[examples.GATE],
    )
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="What a gate asks",
        responses={200: QuestionnaireSerializer(many=True)},
        operation_id="organizations_gates_questionnaires",
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def questionnaires(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        review = self.part_or_404(id)
        stage = self.journeys.of(review).stage(review.stage)
        data = [questionnaire_data(questionnaire) for questionnaire in stage.questionnaires]
        return Response(QuestionnaireSerializer(data, many=True).data)

    @extend_schema(summary="Decide a gate that nobody has to sign", request=None, responses={200: GateDetailSerializer})
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        review = gates.decide(review=self.part_or_404(id), by=actor_of(request), now=timezone.now())
        return self._answer(review)

    @extend_schema(
        summary="Override a gate",
        request=OverrideGateSerializer,
        responses={200: GateDetailSerializer},
        examples=[examples.OVERRIDE],
    )
    @action(detail=True, methods=["post"])
    def override(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        review = self.part_or_404(id)
        data = OverrideGateSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        decided = gates.override(review=review, by=actor_of(request), now=timezone.now(), **data.validated_data)
        return self._answer(decided)

    def _answer(self, review: GateReview) -> Response:
        now, organization = timezone.now(), self.organization

        def standing(row: GateReview) -> dict[str, Any] | None:
            return standing_of(organization, row, now=now)

        return tagged(self.request, GateDetailSerializer(review, context={"standing": standing}).data)


class WaiverPages(CursorPages):
    ordering = ("-granted_at", "-id")


@extend_schema_view(list=extend_schema(summary="Waivers of an organization, past ones too"))
class WaiverViewSet(PartViewSet):
    """Leave for one criterion of a gate to pass for a time. Granted and revoked by administrators."""

    queryset = Waiver.objects.none()
    serializer_class = WaiverSerializer
    pagination_class = WaiverPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        found = Waiver.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        return found.select_related("granted_by")

    @extend_schema(summary="One waiver", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return tagged(request, WaiverSerializer(self.part_or_404(id)).data)

    @extend_schema(
        summary="Waive a criterion",
        request=WaiverGrantSerializer,
        responses={201: WaiverSerializer},
        examples=[examples.WAIVER],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        organization = self.organization
        data = WaiverGrantSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        made = waivers.grant(organization=organization, by=actor_of(request), now=timezone.now(), **data.validated_data)
        return Response(WaiverSerializer(self.part_or_404(made.public_id)).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Revoke a waiver", request=None, responses={200: WaiverSerializer})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        waivers.revoke(waiver=self.part_or_404(id), by=actor_of(request), now=timezone.now())
        return Response(WaiverSerializer(self.part_or_404(id)).data)
