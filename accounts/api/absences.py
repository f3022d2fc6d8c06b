"""Endpoints of absences: who is away, and one's own to say and to take back."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.models import Absence, User
from accounts.policies import actor_of
from accounts.services import absences
from common.api import CursorPages, Filters, RateLimitHeaders, tagged
from common.idempotency import idempotent
from common.openapi import IF_NONE_MATCH

_NEW = OpenApiExample("A week in May", request_only=True, value={"first_on": "2026-05-04", "last_on": "2026-05-08"})


class AbsenceSerializer(serializers.ModelSerializer[Absence]):
    """Days on which somebody is not there, both ends included. `reason` is told to them and to who keeps it alone."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    user_id = serializers.UUIDField(source="user.public_id", read_only=True)
    user_name = serializers.CharField(source="user.name", read_only=True)
    reason = serializers.SerializerMethodField()

    class Meta:
        model = Absence
        fields = ("id", "user_id", "user_name", "first_on", "last_on", "reason", "recorded_at")
        read_only_fields = fields

    def get_reason(self, row: Absence) -> str:
        return row.reason if absences.may_record_for(self.context["actor"], row.user_id) else ""


class AbsenceWriteSerializer(serializers.Serializer[Any]):
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    user_id = serializers.UUIDField(required=False, help_text="A colleague whom you lead; yourself without it.")


class AbsencePages(CursorPages):
    ordering = ("first_on", "id")


class AbsenceFilter(django_filters.FilterSet):
    """Those that overlap with the days from `since` to `until`."""

    user = django_filters.UUIDFilter(field_name="user__public_id")
    since = django_filters.DateFilter(field_name="last_on", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="first_on", lookup_expr="lte")

    class Meta:
        model = Absence
        fields: ClassVar[list[str]] = []


@extend_schema_view(list=extend_schema(summary="Who is away"))
class AbsenceViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Absence]):
    """Absences of colleagues, past ones too; what was taken back is told no more."""

    access_rule = StaffOnly.access_rule
    queryset = Absence.objects.none()
    serializer_class = AbsenceSerializer
    filter_backends = (Filters,)
    filterset_class = AbsenceFilter
    pagination_class = AbsencePages
    lookup_value_converter = "uuid"
    lookup_url_kwarg = "id"
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        seen = Absence.objects.visible_to(actor_of(self.request)).filter(cancelled_at__isnull=True)
        return seen.select_related("user")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "actor": getattr(self.request, "actor", None)}

    @extend_schema(summary="One absence", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(get_object_or_404(self.get_queryset(), public_id=id))

    @extend_schema(
        summary="Say that somebody is away",
        request=AbsenceWriteSerializer,
        responses={201: AbsenceSerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        data = AbsenceWriteSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        actor, sent = actor_of(request), dict(data.validated_data)
        person = sent.pop("user_id", None)
        people = User.objects.visible_to(actor).staff().active()
        found = get_object_or_404(people, **({"public_id": person} if person else {"pk": actor.user_id}))
        made = absences.record(by=actor, user=found, now=timezone.now(), **sent)
        return self._answer(self.get_queryset().get(pk=made.pk), status.HTTP_201_CREATED)

    @extend_schema(summary="Take an absence back", responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        found = get_object_or_404(self.get_queryset(), public_id=id)
        absences.cancel(by=actor_of(request), absence=found, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _answer(self, found: Absence, status_code: int = status.HTTP_200_OK) -> Response:
        return tagged(self.request, self.get_serializer(found).data, status_code=status_code)
