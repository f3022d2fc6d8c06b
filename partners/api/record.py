"""Endpoints of the customer record."""

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
from partners.models import RecordFact
from partners.services import record

_NEW = OpenApiExample(
    "What they want to reach",
    request_only=True,
    value={"key": "objectives", "value": "Halve the time to launch", "source": "Kickoff", "as_of": "2026-03-02"},
)


class RecordFactSerializer(serializers.ModelSerializer[RecordFact]):
    """One fact with its source, its author and the day as of which it is true."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    author = serializers.CharField(source="author.name", read_only=True, default="")

    class Meta:
        model = RecordFact
        fields = ("id", "profile", "key", "value", "source", "as_of", "author", "version")
        read_only_fields = fields


class RecordEditSerializer(serializers.Serializer[Any]):
    value = serializers.CharField(max_length=record.MAX_VALUE)
    source = serializers.CharField(max_length=200, required=False, allow_blank=True)  # type: ignore[assignment]
    as_of = serializers.DateField(required=False, help_text="Today, if left out.")


class RecordWriteSerializer(RecordEditSerializer):
    key = serializers.SlugField(max_length=40, help_text="A key of the policy customer_record.")


class RecordPages(CursorPages):
    ordering = ("id",)


@extend_schema_view(list=extend_schema(summary="What is known of an organization"))
class RecordViewSet(OpenPartViewSet):
    """The facts of both profiles; for those who open the organization in full."""

    queryset = RecordFact.objects.none()
    serializer_class = RecordFactSerializer
    pagination_class = RecordPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = RecordFact.objects.all().visible_to(actor_of(self.request)).filter(organization=self.organization)
        found: QuerySet[Any] = seen.select_related("organization", "author")
        return found

    @extend_schema(summary="One fact", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Write a fact down",
        description="Of a key under which nothing is known yet (409 otherwise); later by PATCH.",
        request=RecordWriteSerializer,
        responses={201: RecordFactSerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        values = self.values(RecordWriteSerializer)
        made = self._write(values.pop("key"), values, version=0)
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a fact",
        request=RecordEditSerializer,
        responses={200: RecordFactSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = {"value": found.value} | self.values(RecordEditSerializer, partial=True)
        self._write(found.key, values, version=version)
        return self._answer(self.part_or_404(id))

    @extend_schema(summary="It is still true", request=None, responses={200: RecordFactSerializer})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        record.confirm(by=actor_of(request), fact=self.part_or_404(id), now=timezone.now())
        return self._answer(self.part_or_404(id))

    def _write(self, key: str, values: dict[str, Any], *, version: int | None) -> RecordFact:
        sent: dict[str, Any] = {"key": key, "values": values, "version": version}
        return record.write(by=actor_of(self.request), organization=self.organization, now=timezone.now(), **sent)

    def _answer(self, found: RecordFact, status_code: int = status.HTTP_200_OK) -> Response:
        return tagged(self.request, RecordFactSerializer(found).data, version=found.version, status_code=status_code)
