"""Endpoints of context grants: ask, give, refuse, end."""

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
from common.api import CursorPages, tagged
from common.idempotency import idempotent
from common.openapi import IF_NONE_MATCH
from partners import permissions
from partners.api import examples
from partners.api.base import PartViewSet
from partners.api.part_serializers import (
    GrantAskSerializer,
    GrantGiveSerializer,
    GrantRefuseSerializer,
    GrantSerializer,
)
from partners.models import ContextGrant
from partners.services import grants


class GrantPages(CursorPages):
    ordering = ("-asked_at", "-id")


@extend_schema_view(list=extend_schema(summary="Requests for context, your own; all of them if you decide"))
class GrantViewSet(PartViewSet):
    """Leave to read the answers of earlier stages: asked for with a reason, given for a time."""

    queryset = ContextGrant.objects.none()
    serializer_class = GrantSerializer
    pagination_class = GrantPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        actor = actor_of(self.request)
        found = ContextGrant.objects.visible_to(actor).filter(organization=self.organization)
        if not permissions.can_use(actor, "decide_context_grant", self.organization, subject=self.subject):
            found = found.filter(user_id=actor.user_id or 0)
        return found.select_related("user", "decided_by", "organization")

    @extend_schema(summary="One request for context", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return tagged(request, GrantSerializer(self.part_or_404(id)).data)

    @extend_schema(
        summary="Ask for context",
        request=GrantAskSerializer,
        responses={201: GrantSerializer},
        examples=[examples.GRANT_ASK],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        organization = self.organization
        data = GrantAskSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        made = grants.ask(by=actor_of(request), organization=organization, now=timezone.now(), **data.validated_data)
        return Response(GrantSerializer(self.part_or_404(made.public_id)).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Give context for a time", request=GrantGiveSerializer, responses={200: GrantSerializer})
    @action(detail=True, methods=["post"])
    def give(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        grant = self.part_or_404(id)
        data = GrantGiveSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        grants.give(by=actor_of(request), grant=grant, now=timezone.now(), **data.validated_data)
        return Response(GrantSerializer(self.part_or_404(id)).data)

    @extend_schema(summary="Refuse context", request=GrantRefuseSerializer, responses={200: GrantSerializer})
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        grant = self.part_or_404(id)
        data = GrantRefuseSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        grants.refuse(by=actor_of(request), grant=grant, now=timezone.now(), **data.validated_data)
        return Response(GrantSerializer(self.part_or_404(id)).data)

    @extend_schema(summary="End context, or withdraw a request", request=None, responses={200: GrantSerializer})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        grants.end(by=actor_of(request), grant=self.part_or_404(id), now=timezone.now())
        return Response(GrantSerializer(self.part_or_404(id)).data)
