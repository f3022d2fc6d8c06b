"""Endpoints of wins and of requests for a reference: those of one organization, and all wins that one may see."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import CursorPages, Filters, RateLimitHeaders
from common.idempotency import idempotent
from common.openapi import IF_MATCH
from partners.api.base import contacts_of
from partners.api.enablement import KeptPartViewSet, NewestPages
from partners.enablement_choices import Consent, ReferenceState, WinAudience
from partners.models import ReferenceRequest, Win
from partners.selectors.references import seen_wins
from partners.services import keeping, references, wins

ANSWERS = [
    (state.value, state.label) for state in (ReferenceState.AGREED, ReferenceState.SERVED, ReferenceState.DECLINED)
]
_NEW = OpenApiExample("A launch", request_only=True, value={"title": "Live in six weeks", "achieved_on": "2026-02-27"})
_ASK = OpenApiExample("A call", request_only=True, value={"wanted_for": "A bank in Oslo, for a call of half an hour"})
_ANSWER = OpenApiExample("They agree", request_only=True, value={"state": "agreed", "note": "After Easter"})


class AskedReferenceSerializer(serializers.ModelSerializer[ReferenceRequest]):
    """Somebody who is to hear of a win."""

    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = ReferenceRequest
        fields = ("id", "wanted_for", "wanted_until", "state", "asked_on", "closed_on", "closing_note", "version")
        read_only_fields = fields


class WinSerializer(serializers.ModelSerializer[Win]):
    """Something that went well. It may be told only while consent is given and has not run out."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    organization_name = serializers.CharField(source="organization.name", read_only=True)
    contact_id = serializers.UUIDField(source="contact.public_id", read_only=True, allow_null=True, default=None)
    is_archived = serializers.SerializerMethodField()
    requests = AskedReferenceSerializer(many=True, read_only=True)

    class Meta:
        model = Win
        fields = (
            "id",
            "organization_id",
            "organization_name",
            "title",
            "story",
            "achieved_on",
            "is_reference",
            "contact_id",
            "consent",
            "consent_until",
            "audience",
            "is_archived",
            "requests",
            "version",
        )
        read_only_fields = fields

    def get_is_archived(self, row: Win) -> bool:
        return row.archived_at is not None


class WinWriteSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    story = serializers.CharField(max_length=keeping.MAX_TEXT, required=False, allow_blank=True)
    achieved_on = serializers.DateField()
    is_reference = serializers.BooleanField(required=False)
    contact_id = serializers.UUIDField(required=False, allow_null=True, help_text="Who consents.")
    consent = serializers.ChoiceField(choices=Consent.choices, required=False)
    consent_until = serializers.DateField(required=False, allow_null=True)
    audience = serializers.ChoiceField(choices=WinAudience.choices, required=False)


class ReferenceAskSerializer(serializers.Serializer[Any]):
    wanted_for = serializers.CharField(max_length=200)
    wanted_until = serializers.DateField(required=False, allow_null=True, default=None)


class ReferenceAnswerSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=ANSWERS)
    note = serializers.CharField(max_length=keeping.MAX_NOTE, required=False, default="", allow_blank=True)


@extend_schema_view(list=extend_schema(summary="Wins of an organization"), retrieve=extend_schema(summary="One win"))
class WinViewSet(KeptPartViewSet):
    """What went well at an organization, and who may hear of it; archived ones too."""

    queryset = Win.objects.none()
    serializer_class = WinSerializer
    pagination_class = NewestPages
    row_name = "win"

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        return seen_wins(actor_of(self.request)).filter(organization=self.organization)

    @extend_schema(
        summary="Write a win down", request=WinWriteSerializer, responses={201: WinSerializer}, examples=[_NEW]
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        values = self._resolved(self.values(WinWriteSerializer))
        sent: dict[str, Any] = {"organization": self.organization, "values": values, "now": timezone.now()}
        return self.made(wins.add(by=actor_of(request), **sent))

    @extend_schema(
        summary="Change what is said of a win, or who may hear it",
        request=WinWriteSerializer,
        responses={200: WinSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        self.part_or_404(id)
        return self.edited(wins.edit, id, values=self._resolved(self.values(WinWriteSerializer, partial=True)))

    @extend_schema(summary="Put it away", request=None, responses={200: WinSerializer})
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(wins.archive, id)

    @extend_schema(summary="Bring it back", request=None, responses={200: WinSerializer})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(wins.restore, id)

    @extend_schema(
        summary="Ask that somebody else hears of it",
        description="Of those who serve as a reference; each is asked every 60 days at most, and three times a year.",
        request=ReferenceAskSerializer,
        responses={200: WinSerializer},
        examples=[_ASK],
    )
    @idempotent
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(references.ask, id, ReferenceAskSerializer)

    def _resolved(self, values: dict[str, Any]) -> dict[str, Any]:
        if "contact_id" in values:
            asked = values.pop("contact_id")
            values["contact"] = contacts_of(self.request, self.organization, [asked])[0] if asked else None
        return values


@extend_schema_view(
    list=extend_schema(summary="Requests for a reference"),
    retrieve=extend_schema(summary="One request"),
)
class ReferenceViewSet(KeptPartViewSet):
    """What became of each request."""

    queryset = ReferenceRequest.objects.none()
    serializer_class = AskedReferenceSerializer
    pagination_class = NewestPages
    row_name = "reference"

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = ReferenceRequest.objects.all().visible_to(actor_of(self.request))
        found: QuerySet[Any] = seen.filter(organization=self.organization).select_related("organization", "win")
        return found

    @extend_schema(
        summary="They agree, told it, or would rather not",
        request=ReferenceAnswerSerializer,
        responses={200: AskedReferenceSerializer},
        examples=[_ANSWER],
    )
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self.done(references.settle, id, ReferenceAnswerSerializer)


class WinPages(CursorPages):
    ordering = ("-achieved_on", "-id")


class WinFilterSet(django_filters.FilterSet):
    """All parameters narrow together."""

    is_reference = django_filters.BooleanFilter()
    consent = django_filters.ChoiceFilter(choices=Consent.choices)
    audience = django_filters.ChoiceFilter(choices=WinAudience.choices)
    since = django_filters.DateFilter(field_name="achieved_on", lookup_expr="gte")

    class Meta:
        model = Win
        fields: ClassVar[list[str]] = []


@extend_schema_view(list=extend_schema(summary="All wins that you see"))
class AllWinViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Win]):
    """Wins of the organizations that you open in full, the latest first; not archived ones."""

    access_rule = StaffOnly.access_rule
    queryset = Win.objects.none()
    serializer_class = WinSerializer
    filter_backends = (Filters,)
    filterset_class = WinFilterSet
    pagination_class = WinPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return seen_wins(actor_of(self.request)).filter(archived_at__isnull=True)
