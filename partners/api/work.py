"""Endpoints of tasks and commitments of one organization, and of everybody's tasks."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import CursorPages, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from partners.api import work_examples as examples
from partners.api.base import PartViewSet
from partners.api.work_serializers import (
    TaskCompleteSerializer,
    TaskReasonSerializer,
    TaskSerializer,
    TaskWriteSerializer,
)
from partners.choices import Stage
from partners.models import Task
from partners.search import matching_tasks
from partners.selectors.task_rows import DUE_SORT, overdue
from partners.services import task_progress, tasks
from partners.work_choices import Court, TaskState

_TEXT = "In the title or the name of the organization; two letters at least."


class TaskPages(CursorPages):
    """First what is due first; tasks without a day come last."""

    ordering = ("due_sort", "id")


class TaskFilter(django_filters.FilterSet):
    """All parameters narrow together. Without `state` the unfinished ones are given."""

    state = django_filters.MultipleChoiceFilter(choices=TaskState.choices)
    court = django_filters.MultipleChoiceFilter(choices=Court.choices)
    stage = django_filters.MultipleChoiceFilter(choices=Stage.choices)
    overdue = django_filters.BooleanFilter(method="only_overdue", help_text="Past their day where they are.")
    blocked = django_filters.BooleanFilter(method="only_blocked", help_text="Blocked, or waiting for others.")
    due_until = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Task
        fields: ClassVar[list[str]] = []

    def only_overdue(self, found: Any, name: str, value: bool) -> Any:
        return overdue(found, timezone.now()) if value else found

    def only_blocked(self, found: Any, name: str, value: bool) -> Any:
        return found.blocked() if value else found


class OwnTaskFilter(TaskFilter):
    q = django_filters.CharFilter(method="holding", max_length=100, help_text=_TEXT)

    def holding(self, found: Any, name: str, value: str) -> Any:
        owner = actor_of(self.request).user_id or 0
        return found.filter(pk__in=matching_tasks(value, owners=[owner]))


class OrganizationTaskFilter(TaskFilter):
    q = django_filters.CharFilter(method="holding", max_length=100, help_text=_TEXT)

    def holding(self, found: Any, name: str, value: str) -> Any:
        place = self.request.parser_context["view"].organization.pk
        return found.filter(pk__in=matching_tasks(value, place=place))


def tasks_of(request: Request, *, with_archived: bool = False) -> QuerySet[Any]:
    """The tasks that the caller sees, with all that a row of the API needs: two statements for any number."""
    seen = Task.objects.visible_to(actor_of(request))
    first = Task.objects.visible_to(actor_of(request)).current().only("public_id").order_by("pk")
    return (
        (seen if with_archived else seen.current())
        .annotate(due_sort=DUE_SORT)
        .select_related("organization", "owner", "contact", "done_by")
        .prefetch_related(Prefetch("needs", queryset=first, to_attr="needed_first"))
    )


@extend_schema_view(list=extend_schema(summary="Tasks given to you"))
class OwnTaskViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Task]):
    """What you have to do, whatever the organization."""

    access_rule = StaffOnly.access_rule
    queryset = Task.objects.none()
    serializer_class = TaskSerializer
    pagination_class = TaskPages
    filterset_class = OwnTaskFilter

    def get_queryset(self) -> QuerySet[Any]:
        found: Any = tasks_of(self.request).filter(owner_id=actor_of(self.request).user_id or 0)
        return found if "state" in self.request.query_params else found.unfinished()


@extend_schema_view(list=extend_schema(summary="Tasks of an organization"))
class TaskViewSet(PartViewSet):
    """Tasks of an organization: of its gates, its plays, and others. Participants see those given to them."""

    queryset = Task.objects.none()
    serializer_class = TaskSerializer
    pagination_class = TaskPages
    filterset_class = OrganizationTaskFilter
    filter_backends = (DjangoFilterBackend,)  # type: ignore[assignment]

    def get_queryset(self) -> QuerySet[Any]:
        if self.is_described:
            return self.queryset
        found: Any = tasks_of(self.request, with_archived=self.action == "restore")
        found = found.filter(organization=self.organization)
        return found.unfinished() if self.action == "list" and "state" not in self.request.query_params else found

    @extend_schema(summary="One task", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._answer(self.part_or_404(id))

    @extend_schema(
        summary="Add a task",
        request=TaskWriteSerializer,
        responses={201: TaskSerializer},
        examples=[examples.NEW_TASK],
    )
    @idempotent
    def create(self, request: Request, organization_id: UUID) -> Response:
        values = self._values(TaskWriteSerializer)
        needs = values.pop("needs", [])
        made = tasks.create(
            by=actor_of(request), organization=self.organization, values=values, needs=needs, now=timezone.now()
        )
        return self._answer(self.part_or_404(made.public_id), status.HTTP_201_CREATED)

    @extend_schema(
        summary="Edit a task",
        request=TaskWriteSerializer,
        responses={200: TaskSerializer},
        parameters=[IF_MATCH],
        examples=[examples.TASK_EDIT],
    )
    def partial_update(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        task, version = self.part_or_404(id), expected_version(request)
        values = self._values(TaskWriteSerializer, partial=True)
        needs = values.pop("needs", None)
        tasks.edit(by=actor_of(request), task=task, values=values, needs=needs, version=version, now=timezone.now())
        return self._answer(self.part_or_404(id))

    @extend_schema(summary="Take a task away", responses={204: None})
    def destroy(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        tasks.archive(by=actor_of(request), task=self.part_or_404(id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Bring a task back", request=None, responses={200: TaskSerializer})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(tasks.restore, id)

    @extend_schema(summary="Say that you are at it", request=None, responses={200: TaskSerializer})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(task_progress.start, id)

    @extend_schema(
        summary="Tick a task off",
        request=TaskCompleteSerializer,
        responses={200: TaskSerializer},
        examples=[examples.COMPLETE],
    )
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(task_progress.complete, id, TaskCompleteSerializer)

    @extend_schema(summary="Take a task up again", request=None, responses={200: TaskSerializer})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(task_progress.reopen, id)

    @extend_schema(
        summary="Skip a task, and say why",
        request=TaskReasonSerializer,
        responses={200: TaskSerializer},
        examples=[examples.SKIP],
    )
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(task_progress.skip, id, TaskReasonSerializer)

    @extend_schema(
        summary="Say what blocks a task",
        request=TaskReasonSerializer,
        responses={200: TaskSerializer},
        examples=[examples.BLOCK],
    )
    @action(detail=True, methods=["post"])
    def block(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(task_progress.block, id, TaskReasonSerializer)

    @extend_schema(summary="Nothing blocks it any longer", request=None, responses={200: TaskSerializer})
    @action(detail=True, methods=["post"])
    def unblock(self, request: Request, organization_id: UUID, id: UUID) -> Response:
        return self._do(task_progress.unblock, id)

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        return context if self.is_described else context | {"organization": self.organization}

    def _values(self, kind: type[serializers.BaseSerializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        data = kind(data=self.request.data, partial=partial, context=self.get_serializer_context())
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)

    def _do(
        self, use_case: Callable[..., Any], id: UUID, kind: type[serializers.BaseSerializer[Any]] | None = None
    ) -> Response:
        task = self.part_or_404(id)
        sent = self._values(kind) if kind else {}
        use_case(by=actor_of(self.request), task=task, now=timezone.now(), **sent)
        return self._answer(self.part_or_404(id))

    def _answer(self, task: Task, status_code: int = status.HTTP_200_OK) -> Response:
        return tagged(self.request, TaskSerializer(task).data, version=task.version, status_code=status_code)
