"""Endpoints of success plans: those of one organization with their objectives, and all that one may see."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from accounts.rules.access import FieldClass
from common.api import CursorPages, Filters, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent, makes_once
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners import permissions
from partners.api.base import ColleagueField
from partners.api.promises import OpenPartViewSet
from partners.api.work import tasks_of
from partners.api.work_serializers import TaskSerializer, TaskWriteSerializer
from partners.choices import OrganizationKind
from partners.models import Objective, SuccessPlan
from partners.plan_choices import ObjectiveDirection, ObjectiveState, PlanState
from partners.selectors.plan_pace import behind, with_tasks
from partners.services import keeping, plan_steps, success_plans

_NEW = OpenApiExample(
    "The first 90 days",
    request_only=True,
    value={"template": "onboarding_30_60_90", "starts_on": "2026-03-02", "is_shared": True},
)
_EDIT = OpenApiExample("Another week", request_only=True, value={"ends_on": "2026-06-07"})
_STEP = OpenApiExample("A call", request_only=True, value={"title": "Call them", "due_on": "2026-03-20"})
_NOTE = OpenApiExample("Their plans changed", request_only=True, value={"note": "New management, new goals"})


class ObjectiveSerializer(serializers.ModelSerializer[Objective]):
    """One thing to reach. With `metric` its value decides, and nobody ticks it.

    `gain` is what it is worth a year; null to those who do not read commercial fields.
    """

    id = serializers.UUIDField(source="public_id", read_only=True)
    plan_id = serializers.UUIDField(source="plan.public_id", read_only=True)
    state = serializers.ChoiceField(choices=ObjectiveState.choices, read_only=True)
    direction = serializers.ChoiceField(choices=ObjectiveDirection.choices, read_only=True)

    class Meta:
        model = Objective
        fields = (
            *("id", "plan_id", "place", "title", "measure", "metric", "direction", "baseline", "target", "value"),
            *("measured_at", "target_on", "gain", "currency", "state", "achieved_on", "closing_note", "is_shared"),
            "version",
        )
        read_only_fields = fields

    def to_representation(self, instance: Objective) -> dict[str, Any]:
        data: dict[str, Any] = super().to_representation(instance)
        return data if self.context.get("with_money") else data | {"gain": None, "currency": ""}


class SuccessPlanSummarySerializer(serializers.ModelSerializer[SuccessPlan]):
    """A plan without its objectives. `steps` are its tasks, `steps_settled` those done or skipped."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    organization_name = serializers.CharField(source="organization.name", read_only=True)
    owner_id = serializers.UUIDField(source="owner.public_id", read_only=True, allow_null=True, default=None)
    state = serializers.ChoiceField(choices=PlanState.choices, read_only=True)
    steps = serializers.IntegerField(source="all_tasks", read_only=True)
    steps_settled = serializers.SerializerMethodField()

    class Meta:
        model = SuccessPlan
        fields: tuple[str, ...] = (
            *("id", "organization_id", "organization_name", "template", "title", "goal", "starts_on", "ends_on"),
            *("owner_id", "state", "is_shared", "closing_note", "closed_at", "steps", "steps_settled", "version"),
        )
        read_only_fields = fields

    def get_steps_settled(self, row: Any) -> int:
        return int(row.all_tasks - row.open_tasks)


class SuccessPlanSerializer(SuccessPlanSummarySerializer):
    """A plan with its objectives in their order."""

    objectives = ObjectiveSerializer(many=True, read_only=True)

    class Meta(SuccessPlanSummarySerializer.Meta):
        fields = (*SuccessPlanSummarySerializer.Meta.fields, "objectives")
        read_only_fields = fields


class SuccessPlanEditSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False)
    goal = serializers.CharField(max_length=keeping.MAX_TEXT, required=False, allow_blank=True)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    owner = ColleagueField()
    is_shared = serializers.BooleanField(required=False, help_text="Shown in the portal.")


class SuccessPlanWriteSerializer(SuccessPlanEditSerializer):
    template = serializers.CharField(max_length=40, help_text="One of the policy pack `success_plans`.")
    starts_on = serializers.DateField()


class PlanNoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=keeping.MAX_NOTE, required=False, default="", allow_blank=True)


class PlanReasonSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=keeping.MAX_NOTE)


class SuccessPlanPages(CursorPages):
    ordering = ("-starts_on", "-id")


def plan_rows(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what both serializers read."""
    return with_tasks(rows.select_related("organization", "owner"))


@extend_schema_view(list=extend_schema(summary="Success plans of an organization"))
class SuccessPlanViewSet(OpenPartViewSet):
    """What both sides want to reach, by when. Which templates there are, the policy pack `success_plans` says."""

    queryset = SuccessPlan.objects.none()
    serializer_class = SuccessPlanSerializer
    pagination_class = SuccessPlanPages

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        actor = actor_of(self.request)
        seen = SuccessPlan.objects.visible_to(actor).filter(organization=self.organization)
        objectives = Objective.objects.visible_to(actor).select_related("plan")
        return plan_rows(seen).prefetch_related(Prefetch("objectives", queryset=objectives))

    def get_serializer_context(self) -> dict[str, Any]:
        return with_money(self, super().get_serializer_context())

    @extend_schema(summary="One success plan", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Draft a plan from a template",
        request=SuccessPlanWriteSerializer,
        responses={201: SuccessPlanSerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        self.require_open()
        sent = self.values(SuccessPlanWriteSerializer)
        made = success_plans.create(by=actor_of(request), organization=self.organization, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a plan that has not ended",
        request=SuccessPlanEditSerializer,
        responses={200: SuccessPlanSerializer},
        parameters=[IF_MATCH],
        examples=[_EDIT],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, version = self.part_or_404(id), expected_version(request)
        values = self.values(SuccessPlanEditSerializer, partial=True)
        success_plans.edit(by=actor_of(request), plan=found, values=values, version=version, now=timezone.now())
        return self._answer(self.part_or_404(id))

    @extend_schema(summary="It is agreed: its tasks come", request=None, responses={200: SuccessPlanSerializer})
    @action(detail=True, methods=["post"])
    def begin(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(success_plans.activate, id)

    @extend_schema(
        summary="All objectives are settled", request=PlanNoteSerializer, responses={200: SuccessPlanSerializer}
    )
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(success_plans.complete, id, PlanNoteSerializer)

    @extend_schema(
        summary="Give it up, and why",
        request=PlanReasonSerializer,
        responses={200: SuccessPlanSerializer},
        examples=[_NOTE],
    )
    @action(detail=True, methods=["post"], url_path="give-up", url_name="give-up")
    def give_up(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(success_plans.abandon, id, PlanReasonSerializer)

    @extend_schema(
        summary="Add a step to a plan that has begun",
        request=TaskWriteSerializer,
        responses={201: TaskSerializer},
        examples=[_STEP],
    )
    @makes_once(read="step")
    @action(detail=True, methods=["post"])
    def steps(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        found, values = self.part_or_404(id), self.values(TaskWriteSerializer)
        sent = {"needs": values.pop("needs", []), "values": values, "now": timezone.now()}
        made = plan_steps.add(by=actor_of(request), plan=found, **sent)
        answer = self.step(request, organization_id=organization_id, id=made.public_id)
        answer.status_code = status.HTTP_201_CREATED
        return answer

    def step(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        """A task of the organization, as the endpoint of tasks tells it."""
        rows = tasks_of(request).filter(organization=self.organization)
        return Response(TaskSerializer(get_object_or_404(rows, public_id=id)).data)

    def _do(
        self, use_case: Callable[..., Any], id: UUID, kind: type[serializers.BaseSerializer[Any]] | None = None
    ) -> Response:
        found = self.part_or_404(id)
        sent = self.values(kind) if kind else {}
        use_case(by=actor_of(self.request), plan=found, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    def _answer(self, found: SuccessPlan, status_code: int = status.HTTP_200_OK) -> Response:
        data = self.get_serializer(found).data
        return tagged(self.request, data, version=found.version, status_code=status_code)


def with_money(view: OpenPartViewSet, context: dict[str, Any]) -> dict[str, Any]:
    """The context of a serializer, with whether its reader learns what objectives are worth."""
    if view.is_described:
        return context
    subject = view.subject
    return context | {
        "with_money": permissions.may_read_fields(
            actor_of(view.request), view.organization, FieldClass.COMMERCIAL, subject=subject
        )
    }


class SuccessPlanFilterSet(django_filters.FilterSet):
    """All parameters narrow together."""

    state = django_filters.ChoiceFilter(choices=PlanState.choices)
    kind = django_filters.ChoiceFilter(field_name="organization__kind", choices=OrganizationKind.choices)
    owner = django_filters.UUIDFilter(field_name="owner__public_id")
    ends_until = django_filters.DateFilter(field_name="ends_on", lookup_expr="lte")
    behind = django_filters.BooleanFilter(method="narrow", help_text="`true`: those in force that are behind.")

    class Meta:
        model = SuccessPlan
        fields: ClassVar[list[str]] = []

    def narrow(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Those that are behind, or the others."""
        late = behind(rows, timezone.now())
        return late if value else rows.exclude(pk__in=late.values("pk"))


@extend_schema_view(list=extend_schema(summary="All success plans that you see"))
class AllSuccessPlanViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[SuccessPlan]):
    """Plans of the organizations that you open, the latest first, without their objectives."""

    access_rule = StaffOnly.access_rule
    queryset = SuccessPlan.objects.none()
    serializer_class = SuccessPlanSummarySerializer
    filter_backends = (Filters,)
    filterset_class = SuccessPlanFilterSet
    pagination_class = SuccessPlanPages

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        seen = SuccessPlan.objects.visible_to(actor_of(self.request))
        return plan_rows(seen.filter(organization__archived_at__isnull=True))
