"""Reports by mail for programs: the caller's own subscriptions."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import HasCapability
from accounts.models import User
from accounts.policies import actor_of
from accounts.rules.access import Actor
from common.api import CursorPages, RateLimitHeaders, expected_version, tagged
from common.idempotency import idempotent
from common.openapi import IF_MATCH, IF_NONE_MATCH
from reports.choices import Attachment, Every, PausedBy
from reports.models import ReportSubscription, SavedReport
from reports.querysets import CAPABILITY
from reports.selectors.saved import readers_for
from reports.services import subscriptions as use_cases

_ACTIONS = ("list", "retrieve", "create", "partial_update", "destroy", "send")
_OF_WHAT = ("saved_report", "report", "query")
_NEW = OpenApiExample(
    "Mondays at 8",
    request_only=True,
    value={"report": "tam", "query": "period=last-month", "every": "week", "day": 1, "hour": 8, "attachment": "xlsx"},
)


class ReportSubscriptionSerializer(serializers.ModelSerializer[ReportSubscription]):
    """A report that comes by mail: a saved one, or one of the gallery with a query string of its own."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    saved_report = serializers.UUIDField(source="saved.public_id", read_only=True, default=None, allow_null=True)
    reader = serializers.UUIDField(source="user.public_id", read_only=True, help_text="Whom it comes to.")
    every = serializers.ChoiceField(choices=Every.choices, read_only=True)
    attachment = serializers.ChoiceField(choices=Attachment.choices, read_only=True)
    paused_by = serializers.ChoiceField(choices=PausedBy.choices, allow_blank=True, read_only=True)

    class Meta:
        model = ReportSubscription
        fields = (
            *("id", "reader", "saved_report", "report", "query", "every", "day", "hour", "zone", "attachment"),
            *("is_active", "paused_by", "next_at", "last_slot", "last_sent_at", "created_at", "version"),
        )
        read_only_fields = fields


class ReportSubscriptionWriteSerializer(serializers.Serializer[Any]):
    """`day` is the weekday from 1 for Monday, the day of the month or of the quarter; `hour` is of your time zone."""

    every = serializers.ChoiceField(choices=Every.choices, required=False)
    day = serializers.IntegerField(min_value=1, max_value=92, required=False)
    hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    attachment = serializers.ChoiceField(choices=Attachment.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class ReportSubscriptionCreateSerializer(ReportSubscriptionWriteSerializer):
    """Either `saved_report`, or `report` with its `query`. A saved one also for somebody else, the `reader`: one whom
    you lead, or anybody who reads reports if you see every organization. It is theirs, and holds what they may read."""

    saved_report = serializers.UUIDField(required=False)
    reader = serializers.UUIDField(required=False, help_text="Whom it comes to; you without it.")
    report = serializers.SlugField(
        max_length=60, required=False, help_text="The id of a report, or surveys, or policies."
    )
    query = serializers.CharField(max_length=4_000, allow_blank=True, required=False)


def _reader(by: Actor, public_id: UUID) -> User:
    """Whom it is mailed to. Raises ValidationError for whom one may not have mailed anything, and for nobody alike."""
    found: User | None = User.objects.visible_to(by).filter(pk=by.user_id, public_id=public_id).first()
    found = found or readers_for(by).filter(public_id=public_id).first()
    if found is None:
        raise ValidationError({"reader": [_("There is no such person, or you may not have reports mailed to them.")]})
    return found


class ReportSubscriptionPages(CursorPages):
    ordering = ("id",)


@extend_schema_view(list=extend_schema(summary="My reports by mail"))
class ReportSubscriptionViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[ReportSubscription]):
    """One's own subscriptions alone; what one has mailed to others is theirs."""

    permission_classes = (HasCapability,)
    access_rule = HasCapability.access_rule
    required_capabilities: ClassVar = dict.fromkeys(_ACTIONS, (CAPABILITY,))
    queryset = ReportSubscription.objects.none()
    serializer_class = ReportSubscriptionSerializer
    pagination_class = ReportSubscriptionPages
    lookup_value_converter = "uuid"
    lookup_url_kwarg = "id"
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Any]:
        return ReportSubscription.objects.visible_to(actor_of(self.request)).select_related("saved", "user")

    @extend_schema(summary="One of my reports by mail", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return self._answer(self._found(id))

    @extend_schema(
        summary="Have a report by mail",
        request=ReportSubscriptionCreateSerializer,
        responses={201: ReportSubscriptionSerializer},
        examples=[_NEW],
    )
    @idempotent
    def create(self, request: Request) -> Response:
        data = ReportSubscriptionCreateSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        values = dict(data.validated_data)
        asked = {name: values.pop(name) for name in (*_OF_WHAT, "reader") if name in values}
        if ("saved_report" in asked) == ("report" in asked):
            raise ValidationError({"report": [_("Name a saved report, or a report with its query.")]})
        sent: dict[str, Any] = {"report": asked.get("report", ""), "query": asked.get("query", ""), "values": values}
        if "saved_report" in asked:
            open_ones = SavedReport.objects.visible_to(actor_of(request))
            sent["saved"] = open_ones.filter(public_id=asked["saved_report"]).first()
            if sent["saved"] is None:
                raise ValidationError({"saved_report": [_("There is no such report, or it is not shared with you.")]})
        if "reader" in asked:
            sent["reader"] = _reader(actor_of(request), asked["reader"])
        made = use_cases.subscribe(by=actor_of(request), now=timezone.now(), **sent)
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change when it comes, stop it, take it up again",
        request=ReportSubscriptionWriteSerializer,
        responses={200: ReportSubscriptionSerializer},
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, id: UUID) -> Response:
        found, version = self._found(id), expected_version(request)
        data = ReportSubscriptionWriteSerializer(data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        sent: dict[str, Any] = {"subscription": found, "values": data.validated_data, "version": version}
        return self._answer(use_cases.change_subscription(by=actor_of(request), now=timezone.now(), **sent))

    @extend_schema(summary="No longer have it by mail", responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        use_cases.end_subscription(by=actor_of(request), subscription=self._found(id), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Send it now", request=None, responses={202: None})
    @action(detail=True, methods=["post"])
    def send(self, request: Request, id: UUID) -> Response:
        use_cases.send_now(by=actor_of(request), subscription=self._found(id), now=timezone.now())
        return Response(status=status.HTTP_202_ACCEPTED)

    def _found(self, public_id: UUID) -> ReportSubscription:
        found: ReportSubscription = get_object_or_404(self.get_queryset(), public_id=public_id)
        return found

    def _answer(self, found: ReportSubscription, status_code: int = status.HTTP_200_OK) -> Response:
        data = self.get_serializer(found).data
        return tagged(self.request, data, version=found.version, status_code=status_code)
