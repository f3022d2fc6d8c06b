"""Endpoints of exports: lists and reports as files that a worker writes. One's own."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.export_choices import ExportFormat
from accounts.exportables import closed_to_programs
from accounts.models import Export
from accounts.policies import actor_of
from accounts.services import exports
from common.api import CursorPages, RateLimitHeaders, tagged
from common.downloads import download
from common.errors import DomainError
from common.idempotency import idempotent
from common.openapi import IF_NONE_MATCH


class ExportSerializer(serializers.ModelSerializer[Export]):
    """A list as a file. `rows` are those written so far; `is_ready` says that it can be fetched."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    is_ready = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = (
            *("id", "what", "subject", "title", "format", "query", "state", "rows", "size", "is_cut", "failure"),
            *("is_ready", "created_at", "finished_at", "expires_at"),
        )
        read_only_fields = fields

    def get_is_ready(self, export: Export) -> bool:
        return export.is_kept(timezone.now())


class ExportCreateSerializer(serializers.Serializer[Any]):
    what = serializers.RegexField(
        r"^[a-z_]{1,40}$",
        help_text='A list as its page has it ("organizations", "tickets", "tasks", "commitments", "handoffs", '
        '"pipeline", "renewals", "losses", "health", "alerts", "surveys", "audit" and others), "report" (PDF), or '
        '"figure": the rows behind a figure of a report.',
    )
    subject = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text='Which report ("tam"), which figure of it ("tam/tickets_created"), or the id of the organization '
        "whose handoffs, commitments, touchpoints or timeline are asked for.",
    )
    query = serializers.CharField(
        max_length=exports.MAX_QUERY,
        required=False,
        allow_blank=True,
        default="",
        help_text='What it is narrowed to, as its page has it in its address: "period=2026-Q2&segment=enterprise".',
    )
    format = serializers.ChoiceField(choices=ExportFormat.choices)


class ExportPages(CursorPages):
    ordering = ("-created_at", "-id")


@extend_schema_view(list=extend_schema(summary="My exports"))
class ExportViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Export]):
    """Whole lists as files: asked for, written by a worker, fetched for a week."""

    access_rule = StaffOnly.access_rule
    queryset = Export.objects.none()
    serializer_class = ExportSerializer
    pagination_class = ExportPages
    lookup_value_converter = "uuid"
    lookup_url_kwarg = "id"
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Any]:
        return Export.objects.visible_to(actor_of(self.request)).exclude(what__in=closed_to_programs())

    @extend_schema(summary="One export", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return tagged(request, self._data(self._found(id)))

    @extend_schema(summary="Have a list written", request=ExportCreateSerializer, responses={201: ExportSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        data = ExportCreateSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        if data.validated_data["what"] in closed_to_programs():
            raise DomainError(_("This list is given on its page alone."), field="what", code="page_alone")
        made = exports.want(by=actor_of(request), now=timezone.now(), **data.validated_data)
        return tagged(request, self._data(made), status_code=status.HTTP_201_CREATED)

    @extend_schema(summary="Call an export off, or throw it away", responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        exports.forget(by=actor_of(request), export=self._found(id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="The file of an export",
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "The file."),
            400: OpenApiResponse(description="There is none yet, or none any more: `not_ready`."),
        },
    )
    @action(detail=True, methods=["get"])
    def file(self, request: Request, id: UUID) -> FileResponse:
        return download(exports.fetch(by=actor_of(request), export=self._found(id), now=timezone.now()))

    def _found(self, public_id: UUID) -> Export:
        found: Export = get_object_or_404(self.get_queryset(), public_id=public_id)
        return found

    def _data(self, export: Export) -> dict[str, Any]:
        return dict(self.get_serializer(export).data)
