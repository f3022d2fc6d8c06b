"""Endpoints of people: who am I, colleagues, teams, my notices."""

from typing import Any
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
from accounts.api.serializers import MeSerializer, NotificationSerializer, TeamSerializer, UserSerializer
from accounts.choices import USER_ROLES
from accounts.models import Membership, Notification, Team, User
from accounts.rules.roles import CAPABILITIES
from common.api import CursorPages, RateLimitHeaders


class MeView(RateLimitHeaders, APIView):
    """The caller."""

    access_rule = StaffOnly.access_rule

    @extend_schema(summary="Who am I", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        user, actor = request.user, request.actor
        return Response(
            {
                "id": str(user.public_id),
                "name": user.name,
                "email": user.email,
                "timezone": user.timezone,
                "language": user.language,
                "roles": sorted(actor.active_roles),
                "capabilities": sorted(name for name in CAPABILITIES if actor.has(name)),
            }
        )


class NamePages(CursorPages):
    ordering = ("name_sort", "id")


class TeamPages(CursorPages):
    ordering = ("name", "id")


class NoticePages(CursorPages):
    ordering = ("-created_at", "-id")


class UserFilter(django_filters.FilterSet):
    """Colleagues by role, by address, active or not."""

    role = django_filters.ChoiceFilter(choices=[(role, role) for role in USER_ROLES], method="holding")
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

    def get_queryset(self) -> QuerySet[Any]:
        return User.objects.visible_to(self.request.actor).staff().with_roles()

    @extend_schema(summary="One colleague")
    def retrieve(self, request: Request, id: UUID) -> Response:
        return Response(UserSerializer(get_object_or_404(self.get_queryset(), public_id=id)).data)


@extend_schema_view(list=extend_schema(summary="Teams"))
class TeamViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Team]):
    """Teams, whom to ask for what."""

    access_rule = StaffOnly.access_rule
    queryset = Team.objects.none()
    serializer_class = TeamSerializer
    pagination_class = TeamPages
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Any]:
        members = Membership.objects.filter(ended_at__isnull=True).select_related("user").order_by("user__name_sort")
        teams = Team.objects.visible_to(self.request.actor).filter(archived_at__isnull=True)
        return teams.prefetch_related(Prefetch("memberships", queryset=members))


@extend_schema_view(list=extend_schema(summary="My notices"))
class NotificationViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Notification]):
    """The caller's inbox."""

    access_rule = StaffOnly.access_rule
    queryset = Notification.objects.none()
    serializer_class = NotificationSerializer
    pagination_class = NoticePages
    filter_backends = ()
    lookup_value_converter = "uuid"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Any]:
        return Notification.objects.visible_to(self.request.actor)

    @extend_schema(summary="Mark a notice as read", request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, id: UUID) -> Response:
        notice = get_object_or_404(self.get_queryset(), public_id=id)
        self.get_queryset().filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
