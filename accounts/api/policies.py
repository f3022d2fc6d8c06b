"""Endpoints for those who keep the house: policy packs and their versions, the audit trail."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import HasCapability
from accounts.models import Activity, User
from accounts.policies import AccessRule, RuleKind, actor_of
from common.api import CursorPages, RateLimitHeaders, tagged
from common.models import PolicyVersion
from common.moments import MomentFilter
from common.openapi import IF_NONE_MATCH


class PolicySerializer(serializers.ModelSerializer[PolicyVersion]):
    """One version of a policy pack; the one in force is active."""

    class Meta:
        model = PolicyVersion
        fields: tuple[str, ...] = ("name", "kind", "version", "checksum", "note", "is_active", "created_at")
        read_only_fields = fields


class PolicyBodySerializer(PolicySerializer):
    """A version with what it says."""

    body = serializers.DictField(read_only=True)

    class Meta(PolicySerializer.Meta):
        fields = (*PolicySerializer.Meta.fields, "body")
        read_only_fields = fields


class PolicyPages(CursorPages):
    ordering = ("name", "-version")


class PolicyFilter(django_filters.FilterSet):
    is_active = django_filters.BooleanFilter(help_text="Only the versions in force, or only the others.")
    name = django_filters.CharFilter(max_length=60)

    class Meta:
        model = PolicyVersion
        fields: tuple[str, ...] = ()


@extend_schema_view(list=extend_schema(summary="Versions of the policy packs"))
class PolicyViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[PolicyVersion]):
    """Policy packs: immutable versions, one of each in force."""

    access_rule = AccessRule(kind=RuleKind.CAPABILITY, capabilities=frozenset({"manage_policies"}))
    permission_classes = (HasCapability,)
    required_capabilities: ClassVar = {"get": ("manage_policies",)}
    queryset = PolicyVersion.objects.all()
    serializer_class = PolicySerializer
    filterset_class = PolicyFilter
    pagination_class = PolicyPages
    lookup_field = "name"
    lookup_value_converter = "slug"

    @extend_schema(
        summary="The version in force, with what it says", responses=PolicyBodySerializer, parameters=[IF_NONE_MATCH]
    )
    def retrieve(self, request: Request, name: str) -> Response:
        found = get_object_or_404(PolicyVersion, name=name, is_active=True)
        return tagged(request, PolicyBodySerializer(found).data, version=found.version)

    @extend_schema(summary="One version, with what it says", responses=PolicyBodySerializer, parameters=[IF_NONE_MATCH])
    @action(detail=True, methods=["get"], url_path="versions/<int:version>")
    def version(self, request: Request, name: str, version: int) -> Response:
        found = get_object_or_404(PolicyVersion, name=name, version=min(version, 2**31 - 1))
        return tagged(request, PolicyBodySerializer(found).data, version=found.version)


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    """A line of the audit trail. `changes`: {field: [before, after]}."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    changes = serializers.DictField(read_only=True)

    class Meta:
        model = Activity
        fields = (
            "id",
            "at",
            "actor_name",
            "via",
            "verb",
            "target_type",
            "target_name",
            "changes",
            "reason",
            "address",
            "request_id",
        )
        read_only_fields = fields


class ActivityPages(CursorPages):
    ordering = ("-at", "-id")


class ActivityFilter(django_filters.FilterSet):
    """The trail by who, what, how and when."""

    actor = django_filters.UUIDFilter(method="done_by", help_text="The id of a colleague.")
    verb = django_filters.CharFilter(max_length=60)
    target_type = django_filters.CharFilter(max_length=40)
    via = django_filters.CharFilter(max_length=10)
    since = MomentFilter(field_name="at", lookup_expr="gte")
    until = MomentFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = Activity
        fields: tuple[str, ...] = ()

    def done_by(self, queryset: QuerySet[Any], name: str, value: UUID) -> QuerySet[Any]:
        people = User.objects.visible_to(actor_of(self.request)).filter(public_id=value)
        return queryset.filter(actor_id__in=people.values("pk"))


@extend_schema_view(list=extend_schema(summary="The audit trail, newest first"))
class ActivityViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Activity]):
    """Who did what to which object, when, from where."""

    access_rule = AccessRule(kind=RuleKind.CAPABILITY, capabilities=frozenset({"read_audit"}))
    permission_classes = (HasCapability,)
    required_capabilities: ClassVar = {"get": ("read_audit",)}
    queryset = Activity.objects.none()
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter
    pagination_class = ActivityPages

    def get_queryset(self) -> QuerySet[Any]:
        return Activity.objects.visible_to(actor_of(self.request))
