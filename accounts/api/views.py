"""Endpoints of people: who am I, colleagues, teams, my notices, the roles of the policy in force."""

from typing import Any, cast
from uuid import UUID

import django_filters
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.api.serializers import (
    AccessSerializer,
    MeSerializer,
    NotificationSerializer,
    TeamSerializer,
    UserSerializer,
)
from accounts.choices import USER_ROLES
from accounts.labels import capability_words, role_label
from accounts.models import Membership, Notification, Team, User
from accounts.policies import actor_of
from accounts.rules.access import AccessPolicy, Right
from accounts.rules.roles import CAPABILITIES
from accounts.services import inbox
from common.api import CursorPages, RateLimitHeaders, tagged
from common.openapi import IF_NONE_MATCH


class MeView(RateLimitHeaders, APIView):
    """The caller."""

    access_rule = StaffOnly.access_rule

    @extend_schema(summary="Who am I", responses=MeSerializer, parameters=[IF_NONE_MATCH])
    def get(self, request: Request) -> Response:
        user, actor = cast(User, request.user), actor_of(request)
        return tagged(
            request,
            {
                "id": str(user.public_id),
                "name": user.name,
                "email": user.email,
                "timezone": user.timezone,
                "language": user.language,
                "roles": sorted(actor.active_roles),
                "capabilities": sorted(name for name in CAPABILITIES if actor.has(name)),
            },
        )


class AccessView(RateLimitHeaders, APIView):
    """Roles, their capabilities and what they see, as the policy in force says."""

    access_rule = StaffOnly.access_rule

    @extend_schema(
        summary="Roles of the policy in force", responses=AccessSerializer, parameters=[IF_NONE_MATCH], tags=["access"]
    )
    def get(self, request: Request) -> Response:
        policy: AccessPolicy = actor_of(request).policy
        return tagged(
            request,
            {
                "version": policy.version,
                "roles": [_role(policy, role) for role in USER_ROLES],
                "capabilities": [{"name": name, "words": capability_words(name)} for name in CAPABILITIES],
            },
        )


def _role(policy: AccessPolicy, role: str) -> dict[str, Any]:
    stages = [
        {"kind": kind, "stage": stage, "rights": [right.value for right in Right if right in rights]}
        for (holder, kind, stage), rights in policy.rights.items()
        if holder == role
    ]
    return {
        "role": role,
        "label": role_label(role),
        "capabilities": sorted(policy.capabilities.get(role, ())),
        "stages": stages,
        "sees_everything": role in policy.see_all,
        "works_everywhere": role in policy.work_all,
        "sees_through_teams": role in policy.lead_roles,
        "takes_part": role in policy.participant_roles,
    }


class NamePages(CursorPages):
    ordering = ("name_sort", "id")


class TeamPages(CursorPages):
    ordering = ("name", "id")


class NoticePages(CursorPages):
    ordering = ("-created_at", "-id")


class UserFilter(django_filters.FilterSet):
    """Colleagues by role, by address, active or not."""

    role = django_filters.ChoiceFilter(
        choices=[(role, role) for role in USER_ROLES], method="holding", help_text="Who holds this role today."
    )
    email = django_filters.CharFilter(field_name="email", lookup_expr="iexact", max_length=254)
    is_active = django_filters.BooleanFilter()

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def holding(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        held = User.objects.holding(value).values("pk")
        return queryset.filter(pk__in=held)


@extend_schema_view(list=extend_schema(summary="Colleagues"))
class UserViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[User]):
    """Colleagues with their roles of today."""

    access_rule = StaffOnly.access_rule
    queryset = User.objects.none()
    serializer_class = UserSerializer
    filterset_class = UserFilter
    pagination_class = NamePages
    lookup_value_converter = "uuid"
    lookup_url_kwarg = "id"
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Any]:
        return User.objects.visible_to(actor_of(self.request)).staff().with_roles()

    @extend_schema(summary="One colleague", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return tagged(request, UserSerializer(get_object_or_404(self.get_queryset(), public_id=id)).data)


@extend_schema_view(list=extend_schema(summary="Teams"))
class TeamViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Team]):
    """Teams, whom to ask for what."""

    access_rule = StaffOnly.access_rule
    queryset = Team.objects.none()
    serializer_class = TeamSerializer
    pagination_class = TeamPages
    filter_backends = ()
    lookup_value_converter = "uuid"
    lookup_url_kwarg = "id"
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Any]:
        members = Membership.objects.filter(ended_at__isnull=True).select_related("user").order_by("user__name_sort")
        teams = Team.objects.visible_to(actor_of(self.request)).filter(archived_at__isnull=True)
        return teams.prefetch_related(Prefetch("memberships", queryset=members))

    @extend_schema(summary="One team", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return tagged(request, TeamSerializer(get_object_or_404(self.get_queryset(), public_id=id)).data)


class NoticeFilter(django_filters.FilterSet):
    """Only what was not read, or only what was."""

    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notification
        fields: tuple[str, ...] = ()


@extend_schema_view(list=extend_schema(summary="My notices"))
class NotificationViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Notification]):
    """The caller's inbox."""

    access_rule = StaffOnly.access_rule
    queryset = Notification.objects.none()
    serializer_class = NotificationSerializer
    filterset_class = NoticeFilter
    pagination_class = NoticePages
    lookup_value_converter = "uuid"
    lookup_url_kwarg = "id"
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Any]:
        return Notification.objects.visible_to(actor_of(self.request))

    @extend_schema(summary="Mark a notice as read", request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, id: UUID) -> Response:
        notice = get_object_or_404(self.get_queryset(), public_id=id)
        inbox.mark_read(actor=actor_of(request), public_ids=[notice.public_id], now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Mark all my notices as read", request=None, responses={204: None})
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        inbox.mark_all_read(actor=actor_of(request), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
