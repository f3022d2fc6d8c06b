"""Endpoints of the CSV import: upload, mapping, check, apply, progress, undo. Workers do the work."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import HasCapability
from accounts.policies import AccessRule, RuleKind, actor_of
from common.api import CursorPages, RateLimitHeaders, require_match, tagged
from common.idempotency import idempotent
from common.models import ImportRun, ImportState
from common.openapi import IF_MATCH, IF_NONE_MATCH
from common.parsers import JsonParser
from partners.api import examples
from partners.api.import_serializers import (
    KIND_CHOICES,
    ImportDetailSerializer,
    ImportMappingSerializer,
    ImportSerializer,
    ImportUploadSerializer,
)
from partners.api.parsers import CsvParser
from partners.imports import runs

_QUERY = (
    OpenApiParameter(
        "kind", enum=[kind for kind, _label in KIND_CHOICES], description="With a raw CSV body: what it holds."
    ),
    OpenApiParameter("name", OpenApiTypes.STR, description="With a raw CSV body: the name of the file."),
)


class ImportPages(CursorPages):
    ordering = ("-created_at", "-id")


class ImportFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=KIND_CHOICES)
    state = django_filters.MultipleChoiceFilter(choices=ImportState.choices)

    class Meta:
        model = ImportRun
        fields: tuple[str, ...] = ()


@extend_schema_view(list=extend_schema(summary="Imports, newest first"))
class ImportViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[ImportRun]):
    """CSV files on their way in: upload, map, check, apply; undo. Ask again for the state while a worker is at it."""

    access_rule = AccessRule(kind=RuleKind.CAPABILITY, capabilities=frozenset({"import_data"}))
    permission_classes = (HasCapability,)
    required_capabilities: ClassVar = dict.fromkeys(("get", "post", "patch"), ("import_data",))
    parser_classes = (JsonParser,)
    queryset = ImportRun.objects.none()
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    pagination_class = ImportPages
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        found = ImportRun.objects.visible_to(actor_of(self.request)).select_related("file", "rejected_file")
        return found.defer("errors") if self.action == "list" else found

    def get_parsers(self) -> list[Any]:
        if self.request is not None and self.action_map.get("post") == "create" and self.request.method == "POST":
            return [MultiPartParser(), CsvParser()]
        return super().get_parsers()

    @extend_schema(summary="One import", responses=ImportDetailSerializer, parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(self._found(id))

    @extend_schema(
        summary="Upload a CSV file",
        request={"multipart/form-data": ImportUploadSerializer, "text/csv": OpenApiTypes.BINARY},
        responses={201: ImportDetailSerializer},
        parameters=list(_QUERY),
    )
    @idempotent
    def create(self, request: Request) -> Response:
        data = ImportUploadSerializer(data=_upload_of(request))
        data.is_valid(raise_exception=True)
        file: UploadedFile = data.validated_data["file"]
        _check_sizes(data.validated_data)
        run = runs.start(
            by=actor_of(request),
            kind=data.validated_data["kind"],
            content=file,
            name=file.name or "",
            beside=_beside_of(data.validated_data),
            now=timezone.now(),
        )
        return self._answer(self._found(run.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Say which column is which",
        request=ImportMappingSerializer,
        responses=ImportDetailSerializer,
        parameters=[IF_MATCH],
        examples=[examples.MAPPING],
    )
    def partial_update(self, request: Request, id: UUID) -> Response:
        run = self._found(id)
        require_match(request, ImportDetailSerializer(run).data)
        data = ImportMappingSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        wanted = {"mapping": run.mapping, "skip_bad_rows": run.skip_bad_rows} | dict(data.validated_data)
        runs.save_mapping(by=actor_of(request), run=run, **wanted)
        return self._answer(self._found(id))

    @extend_schema(summary="Check the file, write nothing", request=None, responses={202: ImportDetailSerializer})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, id: UUID) -> Response:
        return self._queued(id, apply=False)

    @extend_schema(summary="Import the file", request=None, responses={202: ImportDetailSerializer})
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, id: UUID) -> Response:
        return self._queued(id, apply=True)

    @extend_schema(summary="Take an import back", request=None, responses={202: ImportDetailSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, id: UUID) -> Response:
        runs.queue_undo(by=actor_of(request), run=self._found(id), now=timezone.now())
        return self._answer(self._found(id), status.HTTP_202_ACCEPTED)

    @extend_schema(
        summary="The rejected rows with their faults, as CSV",
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"])
    def rejected(self, request: Request, id: UUID) -> HttpResponse:
        stored = self._found(id).rejected_file
        if stored is None:
            raise Http404
        with default_storage.open(stored.path) as file:
            answer = HttpResponse(file.read(), content_type="text/csv")
        answer["Content-Disposition"] = f'attachment; filename="rejected-{id}.csv"'
        return answer

    def _queued(self, public_id: UUID, *, apply: bool) -> Response:
        run = self._found(public_id)
        runs.queue(
            by=actor_of(self.request),
            run=run,
            mapping=run.mapping,
            skip_bad_rows=run.skip_bad_rows,
            apply=apply,
            now=timezone.now(),
        )
        return self._answer(self._found(public_id), status.HTTP_202_ACCEPTED)

    def _found(self, public_id: UUID) -> ImportRun:
        run: ImportRun = get_object_or_404(self.get_queryset(), public_id=public_id)
        return run

    def _answer(self, run: ImportRun, status_code: int = status.HTTP_200_OK) -> Response:
        return tagged(self.request, ImportDetailSerializer(run).data, status_code=status_code)


def _upload_of(request: Request) -> dict[str, Any]:
    """The fields of a form; what it leaves out may stand in the address, as it does where the body is the file."""
    sent: Any = request.data
    along = {name: sent[name] for name in ("beside", "on") if sent.get(name)}
    return {"kind": sent.get("kind") or request.query_params.get("kind", ""), "file": sent.get("file"), **along}


def _check_sizes(sent: dict[str, Any]) -> None:
    for name in ("file", "beside"):
        file: UploadedFile | None = sent.get(name)
        if file is not None and (file.size or 0) > settings.IMPORT_MAX_BYTES:
            raise ValidationError({name: [_("The file is larger than this installation takes.")]})


def _beside_of(sent: dict[str, Any]) -> runs.Beside | None:
    file: UploadedFile | None = sent.get("beside")
    return runs.Beside(content=file, name=file.name or "", on=sent.get("on", "")) if file is not None else None
