"""Endpoints of waivers that were asked for: by those who work at a gate, answered by those who grant them."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import actor_of
from common.api import CursorPages, tagged
from common.idempotency import idempotent
from common.openapi import IF_NONE_MATCH
from partners.api.promises import OpenPartViewSet
from partners.choices import Stage
from partners.models import GateReview, WaiverRequest
from partners.selectors.waiver_requests import STATES, state_of
from partners.services import waiver_requests

_ASK = OpenApiExample(
    "Their team is named in July",
    request_only=True,
    value={
        "gate": "018f3a52-8c1e-7b1d-9a53-2f0c5f7f0001",
        "criterion": "section:partner-team",
        "reason": "They name their team in July; the launch is in September.",
    },
)


class AskedWaiverSerializer(serializers.ModelSerializer[WaiverRequest]):
    """What was asked, and what came of it. `waiver_id` is the waiver that it got."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    gate_id = serializers.UUIDField(source="review.public_id", read_only=True)
    stage = serializers.ChoiceField(source="review.stage", choices=Stage.choices, read_only=True)
    state = serializers.SerializerMethodField(help_text=", ".join(STATES))
    asked_by_name = serializers.CharField(source="asked_by.name", read_only=True)
    answered_by_name = serializers.CharField(source="answered_by.name", read_only=True, default="")
    waiver_id = serializers.UUIDField(source="waiver.public_id", read_only=True, allow_null=True, default=None)

    class Meta:
        model = WaiverRequest
        fields = (
            *("id", "gate_id", "stage", "criterion", "reason", "state", "asked_by_name", "asked_at"),
            *("answered_by_name", "answered_at", "note", "waiver_id"),
        )
        read_only_fields = fields

    def get_state(self, row: WaiverRequest) -> str:
        decided_at, at = row.review.decided_at, timezone.now()
        return str(state_of(answer=row.answer, answered_at=row.answered_at, decided_at=decided_at, at=at))


class WaiverAskSerializer(serializers.Serializer[Any]):
    gate = serializers.UUIDField(help_text="The open gate.")
    criterion = serializers.CharField(max_length=80, help_text='"section:<id>" or "criterion:<id>".')
    reason = serializers.CharField(max_length=waiver_requests.MAX_REASON)


class WaiverRefuseSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=waiver_requests.MAX_REASON)


class WaiverWithdrawSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=waiver_requests.MAX_REASON, required=False, default="", allow_blank=True)


class WaiverRequestPages(CursorPages):
    ordering = ("-asked_at", "-id")


@extend_schema_view(list=extend_schema(summary="Waivers that were asked for, whatever came of it"))
class WaiverRequestViewSet(OpenPartViewSet):
    """Asked for at an open gate. Granting the waiver of the criterion answers the request."""

    queryset = WaiverRequest.objects.none()
    serializer_class = AskedWaiverSerializer
    pagination_class = WaiverRequestPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        found = WaiverRequest.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        return found.select_related("review", "asked_by", "answered_by", "waiver")

    @extend_schema(summary="One request for a waiver", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(id)

    @extend_schema(
        summary="Ask for a waiver",
        request=WaiverAskSerializer,
        responses={201: AskedWaiverSerializer},
        examples=[_ASK],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        sent = self.values(WaiverAskSerializer)
        review = self._gate(sent.pop("gate"))
        made = waiver_requests.ask(by=actor_of(request), review=review, now=timezone.now(), **sent)
        return self._answer(made.public_id, status.HTTP_201_CREATED)

    @extend_schema(summary="Refuse it, and why", request=WaiverRefuseSerializer, responses={200: AskedWaiverSerializer})
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, sent = self.part_or_404(id), self.values(WaiverRefuseSerializer)
        waiver_requests.refuse(by=actor_of(request), asked=found, now=timezone.now(), **sent)
        return self._answer(id)

    @extend_schema(
        summary="Take one's own request back",
        request=WaiverWithdrawSerializer,
        responses={200: AskedWaiverSerializer},
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, sent = self.part_or_404(id), self.values(WaiverWithdrawSerializer)
        waiver_requests.withdraw(by=actor_of(request), asked=found, now=timezone.now(), **sent)
        return self._answer(id)

    def _gate(self, public_id: UUID) -> GateReview:
        seen = GateReview.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        found: GateReview | None = seen.filter(public_id=public_id).first()
        if found is None:
            raise serializers.ValidationError({"gate": [_("There is no such gate at this organization.")]})
        return found

    def _answer(self, public_id: UUID, status_code: int = status.HTTP_200_OK) -> Response:
        data = self.get_serializer(self.part_or_404(public_id)).data
        return tagged(self.request, data, status_code=status_code)
