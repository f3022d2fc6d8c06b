"""Saved reports for programs: one's own to keep, shared ones to use."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import HasCapability
from accounts.choices import USER_ROLES
from accounts.models import Team
from accounts.policies import actor_of
from common.api import CursorPages, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from reports.choices import Sharing
from reports.models import SavedReport
from reports.querysets import CAPABILITY
from reports.services import saved as use_cases

_ACTIONS = ("list", "retrieve", "create", "partial_update", "destroy")
_NEW = OpenApiExample(
    "Last quarter, for TAMs",
    request_only=True,
    value={"report": "tam", "name": "Monday", "query": "period=last-quarter", "sharing": "roles", "roles": ["tam"]},
)


class SavedReportSerializer(serializers.ModelSerializer[SavedReport]):
    """A report with period and filters as its query string. What it comes to is asked from `reports/`."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    sharing = serializers.ChoiceField(choices=Sharing.choices, read_only=True)
    teams = serializers.SerializerMethodField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=USER_ROLES), read_only=True)
    owner_name = serializers.CharField(source="owner.name", read_only=True)
    is_own = serializers.SerializerMethodField()

    class Meta:
        model = SavedReport
        fields = (
            *("id", "report", "name", "query", "sharing", "teams", "roles", "is_own", "owner_name"),
            *("created_at", "changed_at", "version"),
        )
        read_only_fields = fields

    def get_teams(self, saved: SavedReport) -> list[UUID]:
        return [public_id for pk, public_id in self.context["teams"].items() if pk in saved.team_ids]

    def get_is_own(self, saved: SavedReport) -> bool:
        return bool(saved.owner_id == self.context["actor"].user_id)


class SavedReportWriteSerializer(serializers.Serializer[Any]):
    """`query` is the query string of the report's address; a relative period moves with the day."""

    name = serializers.CharField(max_length=80)
    query = serializers.CharField(max_length=4_000, allow_blank=True, required=False)
    sharing = serializers.ChoiceField(choices=Sharing.choices, required=False)
    teams = serializers.SlugRelatedField(
        slug_field="public_id", many=True, queryset=Team.objects.none(), required=False
    )
    roles = serializers.ListField(child=serializers.ChoiceField(choices=USER_ROLES), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        teams: Any = self.fields["teams"]
        if "actor" in self.context:
            teams.child_relation.queryset = Team.objects.visible_to(self.context["actor"])

    @property
    def values(self) -> dict[str, Any]:
        sent = dict(self.validated_data)
        if "teams" in sent:
            sent["team_ids"] = [team.pk for team in sent.pop("teams")]
        sent.pop("report", None)
        return sent


class SavedReportCreateSerializer(SavedReportWriteSerializer):
    report = serializers.SlugField(max_length=60, help_text="The id of a report, or surveys, or policies.")


class SavedReportPages(CursorPages):
    ordering = ("name", "id")


@extend_schema_view(list=extend_schema(summary="My saved reports and shared ones"))
class SavedReportViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[SavedReport]):
    """Saved reports. Only who saved one changes it."""

    permission_classes = (HasCapability,)
    access_rule = HasCapability.access_rule
    required_capabilities: ClassVar = dict.fromkeys(_ACTIONS, (CAPABILITY,))
    queryset = SavedReport.objects.none()
    serializer_class = SavedReportSerializer
    pagination_class = SavedReportPages
    lookup_value_converter = "uuid"
    lookup_url_kwarg = "id"
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Any]:
        return SavedReport.objects.visible_to(actor_of(self.request)).select_related("owner")

    def get_serializer_context(self) -> dict[str, Any]:
        actor = getattr(self.request, "actor", None)
        teams = dict(Team.objects.visible_to(actor).values_list("pk", "public_id")) if actor is not None else {}
        return {**super().get_serializer_context(), "actor": actor, "teams": teams}

    @extend_schema(summary="One saved report", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(self._found(id))

    @extend_schema(
        summary="Save a report",
        request=SavedReportCreateSerializer,
        responses={201: SavedReportSerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        data = SavedReportCreateSerializer(data=request.data, context={"actor": actor_of(request)})
        data.is_valid(raise_exception=True)
        sent = {"report": data.validated_data["report"], "values": data.values}
        saved = use_cases.save_report(by=actor_of(request), now=timezone.now(), **sent)
        return self._answer(saved, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a saved report",
        request=SavedReportWriteSerializer,
        responses={200: SavedReportSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, id: UUID) -> Response:
        found, version = self._found(id), expected_version(request)
        data = SavedReportWriteSerializer(data=request.data, partial=True, context={"actor": actor_of(request)})
        data.is_valid(raise_exception=True)
        sent: dict[str, Any] = {"saved": found, "values": data.values, "version": version}
        return self._answer(use_cases.change_report(by=actor_of(request), now=timezone.now(), **sent))

    @extend_schema(summary="Delete a saved report, and end its mails", responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        use_cases.delete_report(by=actor_of(request), saved=self._found(id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _found(self, public_id: UUID) -> SavedReport:
        found: SavedReport = get_object_or_404(self.get_queryset(), public_id=public_id)
        return found

    def _answer(self, found: SavedReport, status_code: int = status.HTTP_200_OK) -> Response:
        data = self.get_serializer(found).data
        return tagged(self.request, data, version=found.version, status_code=status_code)
