"""Endpoints of product feedback: items, the voices of one organization, beta programs, campaigns."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners.api.promises import OpenPartViewSet
from partners.feedback_choices import FeedbackKind, FeedbackState, Need
from partners.models import FeedbackItem, FeedbackVoice
from partners.selectors.feedback import FeedbackRow, item_or_none, items_for, rows_of
from partners.services import feedback, feedback_voices

_NEW = OpenApiExample(
    "Asked for the first time",
    request_only=True,
    value={
        "title": "Export reports to PDF",
        "kind": "feature_request",
        "description": "To hand them to their board",
        "need": "important",
        "words": "We print it by hand every month",
    },
)
_MOVE = OpenApiExample("Planned", request_only=True, value={"state": "planned"})
_EDIT = OpenApiExample("What may be told", request_only=True, value={"expected": "summer 2027", "answer": "We plan it"})


class FeedbackSerializer(serializers.Serializer[Any]):
    """An item of feedback. `organizations` counts all who ask; `revenue` is of those whose amounts you read."""

    id = serializers.UUIDField(source="item.public_id")
    title = serializers.CharField(source="item.title")
    kind = serializers.ChoiceField(source="item.kind", choices=FeedbackKind.choices)
    description = serializers.CharField(source="item.description")
    state = serializers.ChoiceField(source="item.state", choices=FeedbackState.choices)
    expected = serializers.CharField(source="item.expected")
    answer = serializers.CharField(source="item.answer")
    issue_url = serializers.CharField()
    issue_state = serializers.CharField(source="item.issue_state")
    released_on = serializers.DateField(source="item.released_on", allow_null=True)
    organizations = serializers.IntegerField(source="behind.total")
    organizations_seen = serializers.IntegerField(source="behind.seen")
    tickets = serializers.IntegerField(source="behind.tickets")
    revenue = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="item.created_at")
    version = serializers.IntegerField(source="item.version")

    @extend_schema_field(serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True))
    def get_revenue(self, row: FeedbackRow) -> str | None:
        return str(row.behind.weight.amount) if row.behind.weight else None


class FeedbackEditSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False)
    kind = serializers.ChoiceField(choices=FeedbackKind.choices, required=False)
    description = serializers.CharField(max_length=feedback.MAX_TEXT, required=False, allow_blank=True)
    expected = serializers.CharField(max_length=60, required=False, allow_blank=True)
    answer = serializers.CharField(max_length=feedback.MAX_TEXT, required=False, allow_blank=True)


class FeedbackMoveSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=FeedbackState.choices)


class FeedbackFilterSet(django_filters.FilterSet):
    """All parameters narrow together."""

    state = django_filters.ChoiceFilter(choices=FeedbackState.choices)
    kind = django_filters.ChoiceFilter(choices=FeedbackKind.choices)
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", help_text="Words of the title.")

    class Meta:
        model = FeedbackItem
        fields: ClassVar[list[str]] = []


class FeedbackPages(CursorPages):
    ordering = ("-created_at", "-id")


class FeedbackViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[FeedbackItem]):
    """What organizations ask for, said once each; it names none of them."""

    access_rule = StaffOnly.access_rule
    queryset = FeedbackItem.objects.none()
    serializer_class = FeedbackSerializer
    filter_backends = (Filters,)
    filterset_class = FeedbackFilterSet
    pagination_class = FeedbackPages
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return items_for(actor_of(self.request))

    @extend_schema(summary="What organizations ask for")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = rows_of(actor_of(request), list(page or ()))
        return self.get_paginated_response(FeedbackSerializer(rows, many=True).data)

    @extend_schema(summary="One item of feedback", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(self._item(id))

    @extend_schema(
        summary="Change what is said of it",
        request=FeedbackEditSerializer,
        responses={200: FeedbackSerializer},
        parameters=[IF_MATCH],
        examples=[_EDIT],
    )
    def partial_update(self, request: Request, id: UUID) -> Response:
        item, version = self._item(id), expected_version(request)
        values = _checked(FeedbackEditSerializer, request)
        feedback.edit(by=actor_of(request), item=item, values=values, version=version, now=timezone.now())
        return self._answer(self._item(id))

    @extend_schema(
        summary="Say what becomes of it",
        request=FeedbackMoveSerializer,
        responses={200: FeedbackSerializer},
        examples=[_MOVE],
    )
    @action(detail=True, methods=["post"])
    def move(self, request: Request, id: UUID) -> Response:
        item, sent = self._item(id), _checked(FeedbackMoveSerializer, request)
        feedback.move(by=actor_of(request), item=item, now=timezone.now(), **sent)
        return self._answer(self._item(id))

    def _item(self, id: UUID) -> FeedbackItem:
        found = item_or_none(actor_of(self.request), id)
        if found is None:
            raise Http404
        return found

    def _answer(self, item: FeedbackItem) -> Response:
        row = rows_of(actor_of(self.request), [item])[0]
        return tagged(self.request, FeedbackSerializer(row).data, version=item.version)


class VoiceSerializer(serializers.ModelSerializer[FeedbackVoice]):
    """One organization asks for an item, in its own words."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    item_id = serializers.UUIDField(source="item.public_id", read_only=True)
    item_title = serializers.CharField(source="item.title", read_only=True)
    item_state = serializers.ChoiceField(source="item.state", choices=FeedbackState.choices, read_only=True)
    contact_id = serializers.UUIDField(source="contact.public_id", default=None, read_only=True, allow_null=True)

    class Meta:
        model = FeedbackVoice
        fields = (
            *("id", "item_id", "item_title", "item_state", "contact_id"),
            *("need", "words", "created_at", "version"),
        )
        read_only_fields = fields


class VoiceEditSerializer(serializers.Serializer[Any]):
    need = serializers.ChoiceField(choices=Need.choices, required=False)
    words = serializers.CharField(max_length=feedback_voices.MAX_WORDS, required=False, allow_blank=True)


class VoiceWriteSerializer(VoiceEditSerializer):
    """`item` is what others ask for already; without it, `title` says it for the first time."""

    item = serializers.UUIDField(required=False)
    title = serializers.CharField(max_length=200, required=False)
    kind = serializers.ChoiceField(choices=FeedbackKind.choices, required=False)
    description = serializers.CharField(max_length=feedback.MAX_TEXT, required=False, allow_blank=True)


class VoicePages(CursorPages):
    ordering = ("-created_at", "-id")


@extend_schema_view(list=extend_schema(summary="What an organization asks for"))
class VoiceViewSet(OpenPartViewSet):
    """What one organization misses in the product."""

    queryset = FeedbackVoice.objects.none()
    serializer_class = VoiceSerializer
    pagination_class = VoicePages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = FeedbackVoice.objects.all().visible_to(actor_of(self.request)).filter(organization=self.organization)
        found: QuerySet[Any] = seen.select_related("organization", "item", "contact")
        return found

    @extend_schema(summary="One voice", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="It asks for something",
        request=VoiceWriteSerializer,
        responses={201: VoiceSerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        by, sent = actor_of(request), self.values(VoiceWriteSerializer)
        voice: dict[str, Any] = {name: sent.pop(name) for name in ("need", "words") if name in sent}
        known = sent.pop("item", None)
        where: dict[str, Any] = {"by": by, "organization": self.organization, "now": timezone.now()}
        if known is None:
            item = feedback.add(values={"title": "", **sent}, voice=voice, **where)
        else:
            item = self._known(known)
            feedback_voices.add(item=item, values=voice, **where)
        made = self.get_queryset().get(item=item)
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a voice",
        request=VoiceEditSerializer,
        responses={200: VoiceSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = self.values(VoiceEditSerializer, partial=True)
        sent: dict[str, Any] = {"voice": found, "values": values, "version": version}
        feedback_voices.edit(by=actor_of(request), now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    def _known(self, public_id: UUID) -> FeedbackItem:
        found = item_or_none(actor_of(self.request), public_id)
        if found is None:
            raise serializers.ValidationError({"item": ["There is no such feedback."]})
        return found

    def _answer(self, found: FeedbackVoice, status_code: int = status.HTTP_200_OK) -> Response:
        return tagged(self.request, VoiceSerializer(found).data, version=found.version, status_code=status_code)


def _checked(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    data = kind(data=request.data)
    data.is_valid(raise_exception=True)
    return dict(data.validated_data)
