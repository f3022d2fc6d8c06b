"""Endpoints of working calendars: which there are, their versions, and questions of business time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.models import CalendarVersion, WorkCalendar
from accounts.policies import actor_of
from accounts.services import calendars
from accounts.services.calendars import HoursPeriod
from common import worktime
from common.api import CursorPages, RateLimitHeaders, tagged
from common.errors import DomainError
from common.openapi import IF_NONE_MATCH

Answer = TypeVar("Answer")
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=3660)


class CalendarSerializer(serializers.ModelSerializer[WorkCalendar]):
    """A working calendar; its hours are in its versions."""

    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = WorkCalendar
        fields = ("id", "name", "archived_at")
        read_only_fields = fields


class CalendarVersionSerializer(serializers.ModelSerializer[CalendarVersion]):
    """Hours from `effective_at` on, never changed after: {"mon": [["09:00", "17:00"]]}, local to `timezone`."""

    created_by_name = serializers.CharField(source="created_by.name", default=None, read_only=True, allow_null=True)
    weekly = serializers.DictField(read_only=True, help_text="Weekday: list of [from, until].")
    special_days = serializers.DictField(read_only=True, help_text="Day: the hours that hold instead.")
    breaks = serializers.DictField(read_only=True, help_text="Day: hours that are taken out.")
    extra_holidays = serializers.ListField(child=serializers.CharField(), read_only=True)
    removed_holidays = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = CalendarVersion
        fields = (
            "number",
            "effective_at",
            "timezone",
            "country",
            "subdivision",
            "weekly",
            "special_days",
            "breaks",
            "extra_holidays",
            "removed_holidays",
            "created_at",
            "created_by_name",
        )
        read_only_fields = fields


class MomentField(serializers.DateTimeField):
    """A moment within the years that calendars answer for."""

    default_error_messages = {"range": _("Choose a moment between 1970 and 2199.")}  # noqa: RUF012 - as DRF has it

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        if not EARLIEST <= moment < LATEST:
            self.fail("range")
        return moment


class OpenQuestionSerializer(serializers.Serializer[Any]):
    at = MomentField(help_text="An instant, ISO 8601 with its offset.")


class OpenSerializer(serializers.Serializer[Any]):
    """Whether a calendar is open. `next_opening_at` is the moment itself while it is; null if it never opens again."""

    is_open = serializers.BooleanField()
    is_holiday = serializers.BooleanField()
    next_opening_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class DueQuestionSerializer(serializers.Serializer[Any]):
    start = MomentField()
    seconds = serializers.IntegerField(min_value=0, max_value=int(LONGEST.total_seconds()))


class DueSerializer(serializers.Serializer[Any]):
    """When a budget of business time is used up, and the first open instant after, at which it is broken."""

    due_at = serializers.DateTimeField()
    breach_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class BetweenQuestionSerializer(serializers.Serializer[Any]):
    start = MomentField()
    end = MomentField()


class BetweenSerializer(serializers.Serializer[Any]):
    """Business time in [start, end)."""

    seconds = serializers.FloatField()
    version = serializers.IntegerField()


class CalendarPages(CursorPages):
    ordering = ("name", "id")


@extend_schema_view(list=extend_schema(summary="Working calendars"))
class CalendarViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[WorkCalendar]):
    """Working calendars. Questions are answered by the version in force at their first moment."""

    access_rule = StaffOnly.access_rule
    queryset = WorkCalendar.objects.none()
    serializer_class = CalendarSerializer
    pagination_class = CalendarPages
    filter_backends = ()
    lookup_value_converter = "uuid"
    lookup_url_kwarg = "id"
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Any]:
        return WorkCalendar.objects.visible_to(actor_of(self.request))

    @extend_schema(summary="One calendar", parameters=[IF_NONE_MATCH])
    def retrieve(self, request: Request, id: UUID) -> Response:
        return tagged(request, CalendarSerializer(self._found(id)).data)

    @extend_schema(
        summary="Versions of a calendar, newest first",
        responses=CalendarVersionSerializer(many=True),
        parameters=[IF_NONE_MATCH],
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def versions(self, request: Request, id: UUID) -> Response:
        rows = CalendarVersion.objects.visible_to(actor_of(request)).filter(calendar=self._found(id))
        found = rows.select_related("created_by").order_by("-number")
        return tagged(request, CalendarVersionSerializer(found, many=True).data)

    @extend_schema(summary="Is it open?", parameters=[OpenQuestionSerializer], responses=OpenSerializer)
    @action(detail=True, methods=["get"])
    def open(self, request: Request, id: UUID) -> Response:
        calendar = self._found(id)
        asked = _asked(OpenQuestionSerializer, request)
        period = _period(calendar, asked["at"])
        try:
            opens_at = worktime.next_opening(period.hours, asked["at"])
        except worktime.WorktimeError:
            opens_at = None
        return Response(
            {
                "is_open": worktime.is_open(period.hours, asked["at"]),
                "is_holiday": worktime.is_holiday(period.hours, asked["at"]),
                "next_opening_at": opens_at,
                "version": period.number,
            }
        )

    @extend_schema(summary="When is a budget used up?", parameters=[DueQuestionSerializer], responses=DueSerializer)
    @action(detail=True, methods=["get"])
    def due(self, request: Request, id: UUID) -> Response:
        calendar = self._found(id)
        asked = _asked(DueQuestionSerializer, request)
        period = _period(calendar, asked["start"])
        budget = timedelta(seconds=asked["seconds"])
        found = _answered(lambda: worktime.add(period.hours, asked["start"], budget))
        return Response({"due_at": found.due_at, "breach_at": found.breach_at, "version": period.number})

    @extend_schema(
        summary="How much business time lies between?",
        parameters=[BetweenQuestionSerializer],
        responses=BetweenSerializer,
    )
    @action(detail=True, methods=["get"])
    def between(self, request: Request, id: UUID) -> Response:
        calendar = self._found(id)
        asked = _asked(BetweenQuestionSerializer, request)
        period = _period(calendar, asked["start"])
        passed = _answered(lambda: worktime.between(period.hours, asked["start"], asked["end"]))
        return Response({"seconds": passed.total_seconds(), "version": period.number})

    def _found(self, public_id: UUID) -> WorkCalendar:
        calendar: WorkCalendar = get_object_or_404(self.get_queryset(), public_id=public_id)
        return calendar


def _period(calendar: WorkCalendar, moment: datetime) -> HoursPeriod:
    return calendars.period_at(calendars.hours_periods(calendar.pk), moment)


def _asked(question: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    data = question(data=request.query_params)
    data.is_valid(raise_exception=True)
    return dict(data.validated_data)


def _answered(ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except worktime.WorktimeError as error:
        raise DomainError(str(error), code="no_answer") from error
