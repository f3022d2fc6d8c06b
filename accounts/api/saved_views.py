"""Endpoints of saved views: one's own to keep, shared ones to use."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.models import SavedView
from accounts.policies import actor_of
from accounts.services import saved_views
from common.api import CursorPages, RateLimitHeaders, require_match, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    """Filters, columns and order of a list page as its query string."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    owner_name = serializers.CharField(source="user.name", read_only=True)
    is_own = serializers.SerializerMethodField()

    class Meta:
        model = SavedView
        fields = ("id", "page", "name", "query", "is_shared", "is_default", "is_own", "owner_name", "created_at")
        read_only_fields = fields

    def get_is_own(self, view: SavedView) -> bool:
        return bool(view.user_id == self.context["actor"].user_id)


class SavedViewWriteSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    query = serializers.CharField(max_length=saved_views.MAX_QUERY, allow_blank=True, required=False, default="")
    is_shared = serializers.BooleanField(required=False, default=False)
    is_default = serializers.BooleanField(required=False, default=False)


class SavedViewCreateSerializer(SavedViewWriteSerializer):
    page = serializers.RegexField(r"^[a-z_]{1,40}$", help_text='The list it is of, such as "organizations".')


class SavedViewPages(CursorPages):
    ordering = ("name", "id")


class SavedViewFilter(django_filters.FilterSet):
    page = django_filters.CharFilter(max_length=40)

    class Meta:
        model = SavedView
        fields: tuple[str, ...] = ()


@extend_schema_view(list=extend_schema(summary="My saved views and shared ones"))
class SavedViewViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[SavedView]):
    """Saved views. Only who saved one changes it."""

    access_rule = StaffOnly.access_rule
    queryset = SavedView.objects.none()
    serializer_class = SavedViewSerializer
    filterset_class = SavedViewFilter
    pagination_class = SavedViewPages
    lookup_value_converter = "uuid"
    lookup_url_kwarg = "id"
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Any]:
        return SavedView.objects.visible_to(actor_of(self.request)).select_related("user")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "actor": getattr(self.request, "actor", None)}

    @extend_schema(summary="One saved view", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return tagged(request, self._data(self._found(id)))

    @extend_schema(summary="Save a view", request=SavedViewCreateSerializer, responses={201: SavedViewSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        data = SavedViewCreateSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        view = saved_views.save_view(by=actor_of(request), now=timezone.now(), **data.validated_data)
        return tagged(request, self._data(view), status_code=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a saved view",
        request=SavedViewWriteSerializer,
        responses=SavedViewSerializer,
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, id: UUID) -> Response:
        view = self._found(id)
        require_match(request, self._data(view))
        data = SavedViewWriteSerializer(data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        changed = saved_views.change_view(by=actor_of(request), view=view, now=timezone.now(), **data.validated_data)
        return tagged(request, self._data(changed))

    @extend_schema(summary="Delete a saved view", responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        saved_views.delete_view(by=actor_of(request), view=self._found(id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _found(self, public_id: UUID) -> SavedView:
        view: SavedView = get_object_or_404(self.get_queryset(), public_id=public_id)
        return view

    def _data(self, view: SavedView) -> dict[str, Any]:
        return dict(self.get_serializer(view).data)
