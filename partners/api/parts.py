"""Endpoints of what belongs to one organization: contacts, owners, interactions, timeline."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.rules.access import FieldClass
from common.api import CursorPages, RateLimitHeaders, etag_of, expected_version
from partners import permissions
from partners.api.serializers import (
    AssignmentEndSerializer,
    AssignmentSerializer,
    AssignmentWriteSerializer,
    ContactSerializer,
    ContactWriteSerializer,
    InteractionSerializer,
    InteractionWriteSerializer,
    TimelineSerializer,
)
from partners.api.views import IF_MATCH, organization_or_404
from partners.models import Assignment, Contact, Interaction, Organization, TimelineEntry
from partners.services import assignments, contacts, interactions


class PartViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Any]):
    """Rows of the organization in the path. The organization is resolved in the caller's scope first."""

    access_rule = StaffOnly.access_rule
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    filter_backends = ()

    def organization(self) -> Organization:
        return organization_or_404(self.request, self.kwargs["organization_id"])

    def part_or_404(self, public_id: UUID) -> Any:
        return get_object_or_404(self.get_queryset(), public_id=public_id)


class ContactPages(CursorPages):
    ordering = ("name_sort", "id")


class ContactViewSet(PartViewSet):
    """People at the organization."""

    queryset = Contact.objects.none()
    serializer_class = ContactSerializer
    pagination_class = ContactPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        found = Contact.objects.visible_to(self.request.actor)
        return found.filter(organization=self.organization(), archived_at__isnull=True)

    @extend_schema(summary="One contact")
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(summary="Add a contact", request=ContactWriteSerializer, responses={201: ContactSerializer})
    def create(self, request: Request, organization_id: UUID) -> Response:
        organization = self.organization()
        data = ContactWriteSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        contact = contacts.add_contact(
            by=request.actor, organization=organization, values=data.validated_data, now=timezone.now()
        )
        return self._answer(contact, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Edit a contact",
        request=ContactWriteSerializer,
        responses={200: ContactSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        contact = self.part_or_404(id)
        version = expected_version(request)
        data = ContactWriteSerializer(contact, data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        edited = contacts.edit_contact(
            by=request.actor, contact=contact, values=data.validated_data, version=version, now=timezone.now()
        )
        return self._answer(edited)

    @extend_schema(summary="Archive a contact", responses={204: None})
    def destroy(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        contacts.archive_contact(by=request.actor, contact=self.part_or_404(id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @staticmethod
    def _answer(contact: Contact, status_code: int = status.HTTP_200_OK) -> Response:
        headers = {"ETag": etag_of(contact.version)}
        return Response(ContactSerializer(contact).data, status=status_code, headers=headers)


class AssignmentPages(CursorPages):
    ordering = ("-started_at", "-id")


class AssignmentViewSet(PartViewSet):
    """Owners and participants, those of the past included."""

    queryset = Assignment.objects.none()
    serializer_class = AssignmentSerializer
    pagination_class = AssignmentPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        found = Assignment.objects.visible_to(self.request.actor).select_related("user")
        return found.filter(organization=self.organization())

    @extend_schema(summary="Assign a person", request=AssignmentWriteSerializer, responses={201: AssignmentSerializer})
    def create(self, request: Request, organization_id: UUID) -> Response:
        organization = self.organization()
        data = AssignmentWriteSerializer(data=request.data, context={"request": request})
        data.is_valid(raise_exception=True)
        made = assignments.assign_owner(
            by=request.actor, organization=organization, now=timezone.now(), **data.validated_data
        )
        return Response(AssignmentSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="End an assignment", request=AssignmentEndSerializer, responses={200: AssignmentSerializer})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        assignment = self.part_or_404(id)
        data = AssignmentEndSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        ended = assignments.end_assignment(
            by=request.actor, assignment=assignment, now=timezone.now(), **data.validated_data
        )
        return Response(AssignmentSerializer(ended).data)


class InteractionPages(CursorPages):
    ordering = ("-happened_at", "-id")


class InteractionViewSet(PartViewSet):
    """Calls, meetings, mails and notes."""

    queryset = Interaction.objects.none()
    serializer_class = InteractionSerializer
    pagination_class = InteractionPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        found = Interaction.objects.visible_to(self.request.actor).select_related("author")
        return found.prefetch_related("contacts").filter(organization=self.organization(), archived_at__isnull=True)

    @extend_schema(
        summary="Log an interaction", request=InteractionWriteSerializer, responses={201: InteractionSerializer}
    )
    def create(self, request: Request, organization_id: UUID) -> Response:
        organization = self.organization()
        data = InteractionWriteSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        values = dict(data.validated_data)
        wanted = values.pop("contact_ids")
        people = Contact.objects.visible_to(request.actor).filter(organization=organization, public_id__in=wanted)
        made = interactions.log_interaction(
            by=request.actor, organization=organization, values=values, contacts=list(people), now=timezone.now()
        )
        return Response(InteractionSerializer(made).data, status=status.HTTP_201_CREATED)


class TimelinePages(CursorPages):
    ordering = ("-at", "-id")


class TimelineViewSet(PartViewSet):
    """The organization's story, newest first."""

    queryset = TimelineEntry.objects.none()
    serializer_class = TimelineSerializer
    pagination_class = TimelinePages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        found = TimelineEntry.objects.visible_to(self.request.actor).select_related("actor")
        return found.filter(organization=self.organization())

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        if not getattr(self, "swagger_fake_view", False):
            organization = self.organization()
            subject = permissions.subject_of(organization, grants_for=self.request.actor.user_id)
            context["open_field_classes"] = {
                field_class.value
                for field_class in FieldClass
                if permissions.may_read_fields(self.request.actor, organization, field_class, subject=subject)
            }
        return context
