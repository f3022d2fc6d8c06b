"""Endpoints of evidence: files, links and notes beside tasks and answers of one organization."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import actor_of
from accounts.rules.access import FieldClass, Right, decide
from common.api import CursorPages, tagged
from common.idempotency import idempotent
from common.openapi import IF_NONE_MATCH
from common.parsers import JsonParser
from partners.api.base import PartViewSet
from partners.api.evidence_serializers import (
    LINK,
    NOTE,
    EvidenceFileSerializer,
    EvidenceSerializer,
    EvidenceWriteSerializer,
)
from partners.models import Draft, Evidence, Task
from partners.selectors.task_page import evidence_file
from partners.services import evidence


class EvidencePages(CursorPages):
    ordering = ("added_at", "id")


class EvidenceFilter(django_filters.FilterSet):
    task = django_filters.UUIDFilter(field_name="task__public_id")

    class Meta:
        model = Evidence
        fields: ClassVar[list[str]] = []


@extend_schema_view(list=extend_schema(summary="Evidence beside tasks and beside the answers of the present gate"))
class EvidenceViewSet(PartViewSet):
    """What somebody put beside a task or an answer; what was taken away is told no more."""

    queryset = Evidence.objects.none()
    serializer_class = EvidenceSerializer
    pagination_class = EvidencePages
    filterset_class = EvidenceFilter
    filter_backends = (DjangoFilterBackend,)  # type: ignore[assignment]

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = Evidence.objects.visible_to(actor_of(self.request)).current().filter(organization=self.organization)
        told = Q(task__isnull=False, task__archived_at__isnull=True)
        if self._reads_answers():
            told |= Q(draft__in=self._drafts())
        return seen.filter(told).select_related("task", "draft", "file", "added_by")

    def _reads_answers(self) -> bool:
        actor, stage = actor_of(self.request), self.organization.stage
        answers = decide(actor, Right.SEE, self.subject, FieldClass.ANSWERS, stage=stage, now=timezone.now())
        return bool(answers.allowed)

    def _drafts(self) -> QuerySet[Any]:
        """Those of the present gate: earlier ones nobody reads any more."""
        seen = Draft.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        return seen.filter(review__decided_at__isnull=True, review__stage=self.organization.stage)

    def get_parsers(self) -> list[Any]:
        if self.request is not None and self.request.method == "POST":
            return [JsonParser(), MultiPartParser()]
        return super().get_parsers()

    @extend_schema(summary="One piece of evidence", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return tagged(request, dict(EvidenceSerializer(self.part_or_404(id)).data))

    @extend_schema(
        summary="Put a link, a note or a file beside a task or an answer",
        request={"application/json": EvidenceWriteSerializer, "multipart/form-data": EvidenceFileSerializer},
        responses={201: EvidenceSerializer},
        examples=[LINK, NOTE],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        is_file = "multipart" in (request.content_type or "")
        data = (EvidenceFileSerializer if is_file else EvidenceWriteSerializer)(data=request.data)
        self.organization  # noqa: B018 - foreign and missing ones are told before what is wrong with the fields
        data.is_valid(raise_exception=True)
        made = self._added(dict(data.validated_data))
        told = EvidenceSerializer(self.get_queryset().get(pk=made.pk)).data
        return tagged(request, dict(told), status_code=status.HTTP_201_CREATED)

    def _added(self, sent: dict[str, Any]) -> Evidence:
        """Raises ValidationError for a task or a draft that is foreign, missing or of another organization."""
        tasks = Task.objects.visible_to(actor_of(self.request)).current().filter(organization=self.organization)
        rows: dict[str, QuerySet[Any]] = {"task": tasks.select_related("organization"), "draft": self._drafts()}
        name = "task" if "task" in sent else "draft"
        found = rows[name].filter(public_id=sent.pop(name)).first()
        if found is None:
            raise ValidationError({name: [_("There is no such thing at this organization.")]})
        shared: dict[str, Any] = {"by": actor_of(self.request), name: found, "now": timezone.now()}
        for kind, use_case in (("file", evidence.add_file), ("url", evidence.add_link), ("note", evidence.add_note)):
            if kind in sent:
                return use_case(field=sent["field"], **{kind: sent[kind]}, **shared)
        raise ValidationError({"url": [_("Send a link, a note or a file.")]})

    @extend_schema(summary="Take a piece away", responses={204: None})
    def destroy(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        evidence.remove(by=actor_of(request), evidence=self.part_or_404(id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="The file itself", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, organization_id: UUID, id: UUID) -> HttpResponse:
        piece = self.part_or_404(id)
        found = evidence_file(actor_of(request), piece.public_id, now=timezone.now())
        if found is None or found.file is None or not default_storage.exists(found.file.path):
            raise Http404
        with default_storage.open(found.file.path) as stored:
            answer = HttpResponse(stored.read(), content_type="application/octet-stream")
        answer["Content-Disposition"] = content_disposition_header(True, found.file.original_name)
        answer["Cache-Control"] = "private, no-store"
        return answer
