"""Endpoints of what happened with one organization: interactions, timeline, stages."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import actor_of
from accounts.rules.access import FieldClass
from common.api import CursorPages, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners import permissions
from partners.api import examples
from partners.api.base import PartViewSet, ReasonedViewSet, contacts_of
from partners.api.part_serializers import (
    InteractionSerializer,
    InteractionWriteSerializer,
    StagePeriodSerializer,
    TimelineSerializer,
)
from partners.api.work_serializers import InteractionLogSerializer
from partners.models import Interaction, StagePeriod, TimelineEntry, Touchpoint
from partners.services import interactions
from partners.services.interaction_logging import log


class InteractionPages(CursorPages):
    ordering = ("-happened_at", "-id")


@extend_schema_view(list=extend_schema(summary="Calls, meetings, mails and notes"))
class InteractionViewSet(PartViewSet):
    """Calls, meetings, mails and notes."""

    queryset = Interaction.objects.none()
    serializer_class = InteractionSerializer
    pagination_class = InteractionPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        found = Interaction.objects.visible_to(actor_of(self.request)).select_related("author", "organization")
        return found.prefetch_related("contacts").filter(organization=self.organization, archived_at__isnull=True)

    @extend_schema(summary="One interaction", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Log an interaction, with what was promised in it",
        request=InteractionLogSerializer,
        responses={201: InteractionSerializer},
        examples=[examples.NEW_INTERACTION],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        organization = self.organization
        context = {**self.get_serializer_context(), "organization": organization}
        data = InteractionLogSerializer(data=request.data, context=context)
        data.is_valid(raise_exception=True)
        values = dict(data.validated_data)
        people = contacts_of(request, organization, values.pop("contact_ids", []))
        sent = {"promises": values.pop("commitments", []), "touchpoint": self._touchpoint(values)}
        made = log(
            by=actor_of(request), organization=organization, values=values, contacts=people, now=timezone.now(), **sent
        )
        return self._answer(made.interaction, status.HTTP_201_CREATED)

    def _touchpoint(self, values: dict[str, Any]) -> Touchpoint | None:
        """The meeting that it was; its id leaves `values`. Raises ValidationError for one that is foreign."""
        wanted = values.pop("touchpoint_id", None)
        if wanted is None:
            return None
        rows = Touchpoint.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        found: Touchpoint | None = rows.select_related("organization").filter(public_id=wanted).first()
        if found is None:
            raise ValidationError({"touchpoint_id": [_("There is no such meeting with this organization.")]})
        return found

    @extend_schema(
        summary="Edit an interaction",
        request=InteractionWriteSerializer,
        responses={200: InteractionSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        interaction = self.part_or_404(id)
        version = expected_version(request)
        data = InteractionWriteSerializer(data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        values = dict(data.validated_data)
        ids = values.pop("contact_ids", None)
        people = None if ids is None else contacts_of(request, self.organization, ids)
        interactions.edit_interaction(
            by=actor_of(request),
            interaction=interaction,
            values=values,
            contacts=people,
            version=version,
            now=timezone.now(),
        )
        return self._answer(self.part_or_404(id))

    @extend_schema(summary="Archive an interaction", responses={204: None})
    def destroy(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        interactions.archive_interaction(by=actor_of(request), interaction=self.part_or_404(id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _answer(self, interaction: Interaction, status_code: int = status.HTTP_200_OK) -> Response:
        data = InteractionSerializer(interaction).data
        return tagged(self.request, data, version=interaction.version, status_code=status_code)


class TimelinePages(CursorPages):
    ordering = ("-at", "-id")


@extend_schema_view(list=extend_schema(summary="The story of an organization, newest first"))
class TimelineViewSet(PartViewSet):
    """The organization's story, newest first."""

    queryset = TimelineEntry.objects.none()
    serializer_class = TimelineSerializer
    pagination_class = TimelinePages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        found = TimelineEntry.objects.visible_to(actor_of(self.request)).select_related("actor")
        return found.filter(organization=self.organization)

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if not self.is_described:
            context["open_field_classes"] = {
                field_class.value
                for field_class in FieldClass
                if permissions.may_read_fields(
                    actor_of(self.request), self.organization, field_class, subject=self.subject
                )
            }
        return context


class StagePages(CursorPages):
    ordering = ("-entered_at", "-id")


@extend_schema_view(list=extend_schema(summary="The stages that an organization has been in"))
class StageViewSet(ReasonedViewSet):
    """Every stay in a stage, the present one first."""

    queryset = StagePeriod.objects.none()
    serializer_class = StagePeriodSerializer
    pagination_class = StagePages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        found = StagePeriod.objects.visible_to(actor_of(self.request)).select_related("moved_by")
        return found.filter(organization=self.organization)
