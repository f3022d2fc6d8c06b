"""Endpoints of people who count at an organization."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import actor_of
from common.api import CursorPages, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners.api.base import contacts_of
from partners.api.promises import OpenPartViewSet
from partners.models import Stakeholder
from partners.services import stakeholders
from partners.stakeholder_choices import Influence, Sentiment

_NEW = OpenApiExample(
    "A sponsor",
    request_only=True,
    value={
        "contact_id": "0198f1a2-7c12-7d3e-9a55-2f6d1c0b8e41",
        "influence": "decides",
        "sentiment": "positive",
        "is_sponsor": True,
        "cares_about": "Time to launch",
    },
)
_LEFT = OpenApiExample("Gone since March", request_only=True, value={"left_on": "2026-03-01"})


class StakeholderSerializer(serializers.ModelSerializer[Stakeholder]):
    """What a contact means to the relationship. `last_two_way_at` follows the interactions that are logged."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    contact_id = serializers.UUIDField(source="contact.public_id", read_only=True)
    contact_name = serializers.CharField(source="contact.name", read_only=True)
    role = serializers.CharField(source="contact.role", read_only=True)
    reports_to_id = serializers.UUIDField(source="reports_to.public_id", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Stakeholder
        fields = (
            "id",
            "contact_id",
            "contact_name",
            "role",
            "influence",
            "sentiment",
            "is_sponsor",
            "reports_to_id",
            "cares_about",
            "last_two_way_at",
            "left_on",
            "version",
        )
        read_only_fields = fields


class StakeholderEditSerializer(serializers.Serializer[Any]):
    influence = serializers.ChoiceField(choices=Influence.choices, required=False)
    sentiment = serializers.ChoiceField(choices=Sentiment.choices, required=False)
    is_sponsor = serializers.BooleanField(required=False)
    reports_to_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="The id of another stakeholder here. A circle is refused."
    )
    cares_about = serializers.CharField(max_length=stakeholders.MAX_TEXT, required=False, allow_blank=True)


class StakeholderWriteSerializer(StakeholderEditSerializer):
    contact_id = serializers.UUIDField()


class StakeholderLeftSerializer(serializers.Serializer[Any]):
    left_on = serializers.DateField()


class StakeholderPages(CursorPages):
    ordering = ("id",)


@extend_schema_view(list=extend_schema(summary="Who counts at an organization"))
class StakeholderViewSet(OpenPartViewSet):
    """Contacts with what they mean to the relationship; for those who open the organization in full."""

    queryset = Stakeholder.objects.none()
    serializer_class = StakeholderSerializer
    pagination_class = StakeholderPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = Stakeholder.objects.all().visible_to(actor_of(self.request)).filter(organization=self.organization)
        found: QuerySet[Any] = seen.select_related("organization", "contact__organization", "reports_to__contact")
        return found

    @extend_schema(summary="One person who counts", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Say what a contact means",
        description="Of whom nothing was said yet; later by PATCH.",
        request=StakeholderWriteSerializer,
        responses={201: StakeholderSerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        values = self.values(StakeholderWriteSerializer)
        (contact,) = contacts_of(request, self.organization, [values.pop("contact_id")])
        contact.organization = self.organization
        known = self.get_queryset().filter(contact=contact).first()
        if known is not None and known.version > 1:
            raise ValidationError({"contact_id": [_("Something was said of this contact already: change that.")]})
        made = stakeholders.assess(
            by=actor_of(request), contact=contact, values=self._resolved(values), now=timezone.now()
        )
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change what a contact means",
        request=StakeholderEditSerializer,
        responses={200: StakeholderSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = self._resolved(self.values(StakeholderEditSerializer, partial=True))
        sent: dict[str, Any] = {"contact": found.contact, "values": values, "version": version}
        stakeholders.assess(by=actor_of(request), now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Somebody has left",
        request=StakeholderLeftSerializer,
        responses={200: StakeholderSerializer},
        examples=[_LEFT],
    )
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(stakeholders.leave, id, **self.values(StakeholderLeftSerializer))

    @extend_schema(summary="Still there after all", request=None, responses={200: StakeholderSerializer})
    @action(detail=True, methods=["post"], url_path="come-back")
    def come_back(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(stakeholders.come_back, id)

    def _do(self, use_case: Callable[..., Any], id: UUID, **sent: Any) -> Response:
        found = self.part_or_404(id)
        use_case(by=actor_of(self.request), stakeholder=found, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    def _resolved(self, values: dict[str, Any]) -> dict[str, Any]:
        """With the person for their id. Raises ValidationError for one who is foreign or missing."""
        if "reports_to_id" not in values:
            return values
        key = values.pop("reports_to_id")
        boss = self.get_queryset().filter(public_id=key).first() if key is not None else None
        if key is not None and boss is None:
            raise ValidationError({"reports_to_id": [_("There is no such person at this organization.")]})
        return {**values, "reports_to": boss}

    def _answer(self, found: Stakeholder, status_code: int = status.HTTP_200_OK) -> Response:
        data = StakeholderSerializer(found).data
        return tagged(self.request, data, version=found.version, status_code=status_code)
