"""Endpoints of the people around one organization: its contacts, its owners and participants."""

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
from common.api import CursorPages, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners.api import examples
from partners.api.base import PartViewSet, ReasonedViewSet
from partners.api.part_serializers import (
    AssignmentEndSerializer,
    AssignmentPrimarySerializer,
    AssignmentSerializer,
    AssignmentWriteSerializer,
    ContactSerializer,
    ContactWriteSerializer,
)
from partners.models import Assignment, Contact
from partners.services import assignments, contacts


class ContactPages(CursorPages):
    ordering = ("name_sort", "id")


@extend_schema_view(list=extend_schema(summary="Contacts of an organization"))
class ContactViewSet(PartViewSet):
    """People at the organization."""

    queryset = Contact.objects.none()
    serializer_class = ContactSerializer
    pagination_class = ContactPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        found = Contact.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        return found if self.action == "restore" else found.filter(archived_at__isnull=True)

    @extend_schema(summary="One contact", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Add a contact",
        request=ContactWriteSerializer,
        responses={201: ContactSerializer},
        examples=[examples.NEW_CONTACT],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        organization = self.organization
        data = ContactWriteSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        contact = contacts.add_contact(
            by=actor_of(request), organization=organization, values=data.validated_data, now=timezone.now()
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
            by=actor_of(request), contact=contact, values=data.validated_data, version=version, now=timezone.now()
        )
        return self._answer(edited)

    @extend_schema(summary="Archive a contact", responses={204: None})
    def destroy(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        contacts.archive_contact(by=actor_of(request), contact=self.part_or_404(id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Bring an archived contact back", request=None, responses={200: ContactSerializer})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        back = contacts.restore_contact(by=actor_of(request), contact=self.part_or_404(id), now=timezone.now())
        return self._answer(back)

    @extend_schema(summary="Make a contact the primary one", request=None, responses={200: ContactSerializer})
    @action(detail=True, methods=["post"])
    def primary(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        made = contacts.make_primary(by=actor_of(request), contact=self.part_or_404(id), now=timezone.now())
        return self._answer(made)

    def _answer(self, contact: Contact, status_code: int = status.HTTP_200_OK) -> Response:
        data = ContactSerializer(contact).data
        return tagged(self.request, data, version=contact.version, status_code=status_code)


class AssignmentPages(CursorPages):
    ordering = ("-started_at", "-id")


@extend_schema_view(list=extend_schema(summary="Owners and participants, past ones too"))
class AssignmentViewSet(ReasonedViewSet):
    """Owners and participants, those of the past included. They end; they are not edited."""

    queryset = Assignment.objects.none()
    serializer_class = AssignmentSerializer
    pagination_class = AssignmentPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        found = Assignment.objects.visible_to(actor_of(self.request)).select_related("user", "organization")
        return found.filter(organization=self.organization)

    @extend_schema(summary="One assignment", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return tagged(request, self.get_serializer(self.part_or_404(id)).data)

    @extend_schema(
        summary="Assign a person",
        request=AssignmentWriteSerializer,
        responses={201: AssignmentSerializer},
        examples=[examples.NEW_ASSIGNMENT],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        organization = self.organization
        data = AssignmentWriteSerializer(data=request.data, context={"request": request})
        data.is_valid(raise_exception=True)
        made = assignments.assign_owner(
            by=actor_of(request), organization=organization, now=timezone.now(), **data.validated_data
        )
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="End an assignment", request=AssignmentEndSerializer, responses={200: AssignmentSerializer})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        assignment = self.part_or_404(id)
        data = AssignmentEndSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        ended = assignments.end_assignment(
            by=actor_of(request), assignment=assignment, now=timezone.now(), **data.validated_data
        )
        return Response(self.get_serializer(ended).data)

    @extend_schema(
        summary="Make an owner the primary one",
        request=AssignmentPrimarySerializer,
        responses={200: AssignmentSerializer},
    )
    @action(detail=True, methods=["post"])
    def primary(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        assignment = self.part_or_404(id)
        data = AssignmentPrimarySerializer(data=request.data)
        data.is_valid(raise_exception=True)
        made = assignments.make_primary(
            by=actor_of(request), assignment=assignment, now=timezone.now(), **data.validated_data
        )
        return Response(self.get_serializer(made).data)
