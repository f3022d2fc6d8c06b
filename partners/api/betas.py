"""Endpoints of beta programs, and of the seats of one organization in them."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners.api.promises import OpenPartViewSet
from partners.feedback_choices import BetaSeatState, BetaState
from partners.models import BetaProgram, BetaSeat
from partners.selectors.betas import program_or_none, programs_for
from partners.selectors.feedback import item_or_none
from partners.services import betas

_NEW = OpenApiExample(
    "Reports as PDF",
    request_only=True,
    value={"title": "Reports as PDF", "starts_on": "2026-03-02", "ends_on": "2026-04-30", "state": "open"},
)
_EDIT = OpenApiExample("Two weeks more", request_only=True, value={"ends_on": "2026-05-14"})
_SEAT = OpenApiExample(
    "After the third session",
    request_only=True,
    value={"state": "joined", "sessions": 3, "feedback": "Wants page numbers"},
)


class BetaSerializer(serializers.ModelSerializer[BetaProgram]):
    """Something that some try before all others; `item_id` is the feedback that it answers."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    item_id = serializers.UUIDField(source="item.public_id", read_only=True, allow_null=True, default=None)
    state = serializers.ChoiceField(choices=BetaState.choices, read_only=True)

    class Meta:
        model = BetaProgram
        fields = ("id", "title", "description", "item_id", "starts_on", "ends_on", "state", "version")
        read_only_fields = fields


class BetaWriteSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=betas.MAX_TEXT, required=False, allow_blank=True)
    item = serializers.UUIDField(required=False, allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    state = serializers.ChoiceField(choices=BetaState.choices, required=False)


class BetaFilterSet(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=BetaState.choices)

    class Meta:
        model = BetaProgram
        fields: ClassVar[list[str]] = []


class BetaPages(CursorPages):
    ordering = ("-starts_on", "-id")


@extend_schema_view(list=extend_schema(summary="Beta programs"))
class BetaViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[BetaProgram]):
    """What some try before all others; written by those who manage feedback."""

    access_rule = StaffOnly.access_rule
    queryset = BetaProgram.objects.none()
    serializer_class = BetaSerializer
    filter_backends = (Filters,)
    filterset_class = BetaFilterSet
    pagination_class = BetaPages
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return programs_for(actor_of(self.request))

    @extend_schema(summary="One beta program", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(self._program(id))

    @extend_schema(
        summary="Plan a program", request=BetaWriteSerializer, responses={201: BetaSerializer}, examples=[_NEW]
    )
    @idempotent
    def create(self, request: Request) -> Response:
        made = betas.make(by=actor_of(request), values=self._values(), now=timezone.now())
        return self._answer(self._program(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a program, open or close it",
        request=BetaWriteSerializer,
        responses={200: BetaSerializer},
        parameters=[IF_MATCH],
        examples=[_EDIT],
    )
    def partial_update(self, request: Request, id: UUID) -> Response:
        found, version = self._program(id), expected_version(request)
        sent: dict[str, Any] = {"program": found, "values": self._values(partial=True), "version": version}
        betas.edit(by=actor_of(request), now=timezone.now(), **sent)
        return self._answer(self._program(id))

    def _values(self, *, partial: bool = False) -> dict[str, Any]:
        data = BetaWriteSerializer(data=self.request.data, partial=partial)
        data.is_valid(raise_exception=True)
        values = dict(data.validated_data)
        if values.get("item") is not None:
            values["item"] = item_or_none(actor_of(self.request), values["item"])
            if values["item"] is None:
                raise serializers.ValidationError({"item": ["There is no such feedback."]})
        return values

    def _program(self, id: UUID) -> BetaProgram:
        found = program_or_none(actor_of(self.request), id)
        if found is None:
            raise Http404
        return found

    def _answer(self, found: BetaProgram, status_code: int = status.HTTP_200_OK) -> Response:
        return tagged(self.request, BetaSerializer(found).data, version=found.version, status_code=status_code)


class BetaSeatSerializer(serializers.ModelSerializer[BetaSeat]):
    """An organization in a beta program, and what it says of it."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    program_id = serializers.UUIDField(source="program.public_id", read_only=True)
    program_title = serializers.CharField(source="program.title", read_only=True)
    contact_id = serializers.UUIDField(source="contact.public_id", read_only=True, allow_null=True, default=None)
    state = serializers.ChoiceField(choices=BetaSeatState.choices, read_only=True)

    class Meta:
        model = BetaSeat
        fields = ("id", "program_id", "program_title", "contact_id", "state", "sessions", "feedback", "version")
        read_only_fields = fields


class BetaInviteSerializer(serializers.Serializer[Any]):
    program = serializers.UUIDField()


class BetaSeatEditSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=BetaSeatState.choices, required=False)
    sessions = serializers.IntegerField(min_value=0, max_value=betas.MAX_SESSIONS, required=False)
    feedback = serializers.CharField(max_length=betas.MAX_TEXT, required=False, allow_blank=True)


class BetaSeatPages(CursorPages):
    ordering = ("-id",)


@extend_schema_view(list=extend_schema(summary="Beta programs that an organization was invited to"))
class BetaSeatViewSet(OpenPartViewSet):
    """The seats of one organization."""

    queryset = BetaSeat.objects.none()
    serializer_class = BetaSeatSerializer
    pagination_class = BetaSeatPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = BetaSeat.objects.visible_to(actor_of(self.request)).filter(organization=self.organization)
        found: QuerySet[Any] = seen.select_related("organization", "program", "contact")
        return found

    @extend_schema(summary="One seat", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(summary="Invite it to a program", request=BetaInviteSerializer, responses={201: BetaSeatSerializer})
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        by, wanted = actor_of(request), self.values(BetaInviteSerializer)["program"]
        program = program_or_none(by, wanted)
        if program is None:
            raise serializers.ValidationError({"program": ["There is no such program."]})
        made = betas.invite(by=by, program=program, organization=self.organization, now=timezone.now())
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Write down how it goes",
        request=BetaSeatEditSerializer,
        responses={200: BetaSeatSerializer},
        parameters=[IF_MATCH],
        examples=[_SEAT],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = self.values(BetaSeatEditSerializer, partial=True)
        betas.update_seat(by=actor_of(request), seat=found, values=values, version=version, now=timezone.now())
        return self._answer(self.part_or_404(id))

    def _answer(self, found: BetaSeat, status_code: int = status.HTTP_200_OK) -> Response:
        return tagged(self.request, BetaSeatSerializer(found).data, version=found.version, status_code=status_code)
