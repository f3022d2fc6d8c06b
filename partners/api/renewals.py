"""Endpoints of renewals, with the three verdicts, and of the ledger of revenue (to be read)."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
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
from partners.api.base import ColleagueField
from partners.api.promises import OpenPartViewSet
from partners.growth_choices import RenewalState, Verdict
from partners.loss_choices import LossReason
from partners.models import Renewal, RevenueChange
from partners.services import renewals

SIDES = [("us", "us"), ("partner", "partner")]
_NEW = OpenApiExample(
    "Due at the end of the year",
    request_only=True,
    value={"due_on": "2026-12-31", "notice_on": "2026-09-30", "amount": "120000.00"},
)
_SAY = OpenApiExample(
    "Signed by mail", request_only=True, value={"verdict": "renew", "note": "Signed by mail", "side": "us"}
)
_RENEW = OpenApiExample(
    "For a year more", request_only=True, value={"amount": "130000.00", "on": "2026-03-02", "next_due_on": "2027-12-31"}
)


class RenewalReasonSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="A signal of the pack `renewals`, or `near`.")
    value = serializers.CharField()


class RenewalSerializer(serializers.ModelSerializer[Renewal]):
    """A contract to be renewed. The verdicts of machine, owner and partner stand beside each other; empty: none."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    organization_name = serializers.CharField(source="organization.name", read_only=True)
    owner_id = serializers.UUIDField(source="owner.public_id", read_only=True, allow_null=True, default=None)
    machine_reason = RenewalReasonSerializer(many=True, read_only=True)
    state = serializers.ChoiceField(choices=RenewalState.choices, read_only=True)
    machine_verdict = serializers.ChoiceField(choices=Verdict.choices, allow_blank=True, read_only=True)
    owner_verdict = serializers.ChoiceField(choices=Verdict.choices, allow_blank=True, read_only=True)
    partner_verdict = serializers.ChoiceField(choices=Verdict.choices, allow_blank=True, read_only=True)

    class Meta:
        model = Renewal
        fields = (
            "id",
            "organization_id",
            "organization_name",
            "due_on",
            "notice_on",
            "amount",
            "currency",
            "owner_id",
            "machine_verdict",
            "machine_reason",
            "machine_at",
            "owner_verdict",
            "owner_note",
            "owner_at",
            "partner_verdict",
            "partner_note",
            "partner_at",
            "state",
            "renewed_amount",
            "closed_on",
            "closing_note",
            "source",
            "external_key",
            "version",
        )
        read_only_fields = fields


class RenewalWriteSerializer(serializers.Serializer[Any]):
    due_on = serializers.DateField()
    notice_on = serializers.DateField(required=False, allow_null=True)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)
    currency = serializers.CharField(max_length=3, required=False)
    owner = ColleagueField(help_text="Without one: who looks after the relationship.")


class RenewalVerdictSerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    note = serializers.CharField(max_length=renewals.MAX_NOTE, required=False, default="", allow_blank=True)
    side = serializers.ChoiceField(choices=SIDES, default="us", help_text="`us`: its owner. `partner`: what they say.")


class RenewalRenewSerializer(serializers.Serializer[Any]):
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)
    on = serializers.DateField()
    note = serializers.CharField(max_length=renewals.MAX_NOTE, required=False, default="", allow_blank=True)
    next_due_on = serializers.DateField(required=False, allow_null=True, default=None)


class RenewalLoseSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    reason = serializers.ChoiceField(choices=LossReason.choices)
    note = serializers.CharField(max_length=renewals.MAX_NOTE, required=False, default="", allow_blank=True)


class RenewalNoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=renewals.MAX_NOTE)


class RenewalPages(CursorPages):
    ordering = ("due_on", "id")


@extend_schema_view(list=extend_schema(summary="Renewals of an organization"))
class RenewalViewSet(OpenPartViewSet):
    """When contracts are to be renewed and what is said of it; for those who read commercial fields."""

    queryset = Renewal.objects.none()
    serializer_class = RenewalSerializer
    pagination_class = RenewalPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = Renewal.objects.all().visible_to(actor_of(self.request)).filter(organization=self.organization)
        found: QuerySet[Any] = seen.select_related("organization", "owner")
        return found

    @extend_schema(summary="One renewal", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Write a renewal down",
        request=RenewalWriteSerializer,
        responses={201: RenewalSerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        values = self.values(RenewalWriteSerializer)
        made = renewals.create(by=actor_of(request), organization=self.organization, values=values, now=timezone.now())
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change an open renewal",
        request=RenewalWriteSerializer,
        responses={200: RenewalSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = self.values(RenewalWriteSerializer, partial=True)
        sent: dict[str, Any] = {"values": values, "version": version, "now": timezone.now()}
        renewals.edit(by=actor_of(request), renewal=found, **sent)
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Say what becomes of it",
        request=RenewalVerdictSerializer,
        responses={200: RenewalSerializer},
        examples=[_SAY],
    )
    @action(detail=True, methods=["post"])
    def verdict(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(renewals.say, id, RenewalVerdictSerializer)

    @extend_schema(
        summary="It was renewed", request=RenewalRenewSerializer, responses={200: RenewalSerializer}, examples=[_RENEW]
    )
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(renewals.renew, id, RenewalRenewSerializer)

    @extend_schema(
        summary="It was not renewed",
        request=RenewalLoseSerializer,
        responses={200: RenewalSerializer},
    )
    @action(detail=True, methods=["post"])
    def lose(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(renewals.lose, id, RenewalLoseSerializer)

    @extend_schema(summary="It never was due", request=RenewalNoteSerializer, responses={200: RenewalSerializer})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(renewals.withdraw, id, RenewalNoteSerializer)

    @extend_schema(
        summary="Open it again: what it brought is taken back", request=None, responses={200: RenewalSerializer}
    )
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(renewals.reopen, id)

    def _do(
        self, use_case: Callable[..., Any], id: UUID, kind: type[serializers.BaseSerializer[Any]] | None = None
    ) -> Response:
        found = self.part_or_404(id)
        sent = self.values(kind) if kind else {}
        use_case(by=actor_of(self.request), renewal=found, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    def _answer(self, found: Renewal, status_code: int = status.HTTP_200_OK) -> Response:
        return tagged(self.request, RenewalSerializer(found).data, version=found.version, status_code=status_code)


class RenewalFilterSet(django_filters.FilterSet):
    """All parameters narrow together."""

    state = django_filters.ChoiceFilter(choices=RenewalState.choices)
    owner_verdict = django_filters.ChoiceFilter(choices=Verdict.choices)
    machine_verdict = django_filters.ChoiceFilter(choices=Verdict.choices)
    since = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")
    until = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Renewal
        fields: ClassVar[list[str]] = []


@extend_schema_view(list=extend_schema(summary="All renewals that you see"))
class AllRenewalViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Renewal]):
    """Renewals of the organizations whose commercial fields you read, the nearest first."""

    access_rule = StaffOnly.access_rule
    queryset = Renewal.objects.none()
    serializer_class = RenewalSerializer
    filter_backends = (Filters,)
    filterset_class = RenewalFilterSet
    pagination_class = RenewalPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        seen = Renewal.objects.all().visible_to(actor_of(self.request))
        found: QuerySet[Any] = seen.select_related("organization", "owner")
        return found


class RevenueChangeSerializer(serializers.ModelSerializer[RevenueChange]):
    """From `on` on a year brings `amount` more (less, if negative). Lines are added and never changed."""

    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = RevenueChange
        fields = ("id", "on", "kind", "amount", "currency", "note", "source_type", "recorded_at")
        read_only_fields = fields


class RevenuePages(CursorPages):
    ordering = ("-on", "-id")


@extend_schema_view(list=extend_schema(summary="The ledger of revenue of an organization"))
class RevenueViewSet(OpenPartViewSet):
    """Every change of what a year brings; for those who read commercial fields."""

    queryset = RevenueChange.objects.none()
    serializer_class = RevenueChangeSerializer
    pagination_class = RevenuePages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        seen = RevenueChange.objects.all().visible_to(actor_of(self.request))
        found: QuerySet[Any] = seen.filter(organization=self.organization)
        return found

    @extend_schema(summary="One line of the ledger", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        # A line never changes.
        return tagged(self.request, RevenueChangeSerializer(self.part_or_404(id)).data, version=1)
