"""Endpoints of what is agreed with one organization about its cadence."""

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
from common.api import CursorPages, tagged
from common.idempotency import idempotent
from common.openapi import IF_NONE_MATCH
from partners.api.promises import OpenPartViewSet
from partners.models import CadenceAgreement
from partners.services import cadence_agreements

_WEEKLY = OpenApiExample(
    "Weekly until the summer",
    request_only=True,
    value={
        "touchpoint": "check_in",
        "every_days": 7,
        "starts_on": "2026-03-16",
        "ends_on": "2026-07-01",
        "reason": "Their champion asked for it",
    },
)


class CadenceAgreementSerializer(serializers.ModelSerializer[CadenceAgreement]):
    """Another distance for one kind of touchpoint; neither days nor months: none is due meanwhile."""

    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = CadenceAgreement
        fields = (
            "id", "touchpoint", "every_days", "every_months", "starts_on", "ends_on", "reason", "ended_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class CadenceAgreementWriteSerializer(serializers.Serializer[Any]):
    touchpoint = serializers.CharField(max_length=40)
    every_days = serializers.IntegerField(min_value=1, max_value=366, required=False, allow_null=True, default=None)
    every_months = serializers.IntegerField(min_value=1, max_value=24, required=False, allow_null=True, default=None)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=cadence_agreements.MAX_REASON)


class AgreementPages(CursorPages):
    ordering = ("starts_on", "id")


@extend_schema_view(list=extend_schema(summary="What is agreed about the cadence"))
class CadenceAgreementViewSet(OpenPartViewSet):
    """Exceptions from the cadence, ended ones too."""

    queryset = CadenceAgreement.objects.none()
    serializer_class = CadenceAgreementSerializer
    pagination_class = AgreementPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = CadenceAgreement.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        return seen.select_related("organization")

    @extend_schema(summary="One agreement", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Agree on another distance",
        request=CadenceAgreementWriteSerializer,
        responses={201: CadenceAgreementSerializer},
        examples=[_WEEKLY],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        sent = self.values(CadenceAgreementWriteSerializer)
        use_case = cadence_agreements.agree
        made = use_case(by=actor_of(request), organization=self.organization, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(summary="The rule holds again", request=None, responses={200: CadenceAgreementSerializer})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found = self.part_or_404(id)
        cadence_agreements.end(by=actor_of(request), agreement=found, now=timezone.now())
        return self._answer(self.part_or_404(id))

    def _answer(self, found: CadenceAgreement, status_code: int = status.HTTP_200_OK) -> Response:
        data = CadenceAgreementSerializer(found).data
        return tagged(self.request, data, version=found.version, status_code=status_code)
