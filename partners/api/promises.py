"""Endpoints of commitments and of runs of plays of one organization."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import actor_of
from common.api import CursorPages, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners.api import work_examples as examples
from partners.api.base import PartViewSet
from partners.api.work_serializers import (
    CommitmentEditSerializer,
    CommitmentKeepSerializer,
    CommitmentNoteSerializer,
    CommitmentSerializer,
    CommitmentWriteSerializer,
    PlayEndSerializer,
    PlayRunSerializer,
    PlayStartSerializer,
    RenegotiateSerializer,
)
from partners.models import Commitment, PlayRun, Task
from partners.services import commitments, plays


class OpenPartViewSet(PartViewSet):
    """Parts for those who open the organization in full; to those who know its summary they are closed."""

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        return context if self.is_described else context | {"organization": self.organization}

    def require_open(self) -> None:
        """Raises PermissionDenied for those who know the summary alone."""
        if not self.organization.is_open:
            raise PermissionDenied(_("You know this organization by its summary; this part of it is closed to you."))

    def values(self, kind: type[serializers.BaseSerializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """What the call sent, checked."""
        data = kind(data=self.request.data, partial=partial, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)


class CommitmentPages(CursorPages):
    ordering = ("due_on", "id")


@extend_schema_view(list=extend_schema(summary="What both sides promised"))
class CommitmentViewSet(OpenPartViewSet):
    """Promises of both sides, settled ones too; their contacts read the same list in the portal."""

    queryset = Commitment.objects.none()
    serializer_class = CommitmentSerializer
    pagination_class = CommitmentPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = Commitment.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        return seen.select_related("organization", "owner", "contact").prefetch_related("changes")

    @extend_schema(summary="One promise", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Write a promise down",
        request=CommitmentWriteSerializer,
        responses={201: CommitmentSerializer},
        examples=[examples.NEW_COMMITMENT],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        values = self.values(CommitmentWriteSerializer)
        made = commitments.make(by=actor_of(request), organization=self.organization, values=values, now=timezone.now())
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Edit the words of a promise",
        request=CommitmentEditSerializer,
        responses={200: CommitmentSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = self.values(CommitmentEditSerializer, partial=True)
        commitments.edit(by=actor_of(request), commitment=found, values=values, version=version, now=timezone.now())
        return self._answer(self.part_or_404(id))

    @extend_schema(summary="It was kept", request=CommitmentKeepSerializer, responses={200: CommitmentSerializer})
    @action(detail=True, methods=["post"])
    def keep(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(commitments.keep, id, CommitmentKeepSerializer)

    @extend_schema(
        summary="It was not kept, and why",
        request=CommitmentNoteSerializer,
        responses={200: CommitmentSerializer},
        examples=[examples.BREAK],
    )
    @action(detail=True, methods=["post"], url_path="break", url_name="break")
    def break_(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(commitments.break_, id, CommitmentNoteSerializer)

    @extend_schema(
        summary="Agree another day",
        request=RenegotiateSerializer,
        responses={200: CommitmentSerializer},
        examples=[examples.RENEGOTIATE],
    )
    @action(detail=True, methods=["post"])
    def renegotiate(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(commitments.renegotiate, id, RenegotiateSerializer)

    @extend_schema(
        summary="No longer due, by agreement",
        request=CommitmentNoteSerializer,
        responses={200: CommitmentSerializer},
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(commitments.withdraw, id, CommitmentNoteSerializer)

    @extend_schema(summary="Open it again", request=None, responses={200: CommitmentSerializer})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(commitments.reopen, id)

    def _do(
        self, use_case: Callable[..., Any], id: UUID, kind: type[serializers.BaseSerializer[Any]] | None = None
    ) -> Response:
        found = self.part_or_404(id)
        sent = self.values(kind) if kind else {}
        use_case(by=actor_of(self.request), commitment=found, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    def _answer(self, found: Commitment, status_code: int = status.HTTP_200_OK) -> Response:
        data = CommitmentSerializer(found).data
        return tagged(self.request, data, version=found.version, status_code=status_code)


class PlayRunPages(CursorPages):
    ordering = ("-started_at", "-id")


@extend_schema_view(list=extend_schema(summary="Plays that run or ran on an organization"))
class PlayRunViewSet(OpenPartViewSet):
    """Runs of plays. Which plays there are, the policy pack `plays` says."""

    queryset = PlayRun.objects.none()
    serializer_class = PlayRunSerializer
    pagination_class = PlayRunPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        actor = actor_of(self.request)
        steps = Task.objects.visible_to(actor).current().only("public_id", "play_run_id").order_by("due_on", "pk")
        seen = PlayRun.objects.visible_to(actor).filter(organization=self.organization)
        return seen.select_related("organization", "started_by", "ended_by").prefetch_related(
            Prefetch("tasks", queryset=steps, to_attr="steps")
        )

    @extend_schema(summary="One run of a play", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Start a play",
        request=PlayStartSerializer,
        responses={201: PlayRunSerializer},
        examples=[examples.START_PLAY],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        sent = self.values(PlayStartSerializer)
        run = plays.start(by=actor_of(request), organization=self.organization, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(run.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="End a play with its outcome",
        request=PlayEndSerializer,
        responses={200: PlayRunSerializer},
        examples=[examples.END_PLAY],
    )
    @action(detail=True, methods=["post"])
    def end(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        run = self.part_or_404(id)
        plays.end(by=actor_of(request), run=run, now=timezone.now(), **self.values(PlayEndSerializer))
        return self._answer(self.part_or_404(id))

    def _answer(self, run: PlayRun, status_code: int = status.HTTP_200_OK) -> Response:
        return tagged(self.request, PlayRunSerializer(run).data, version=run.version, status_code=status_code)
