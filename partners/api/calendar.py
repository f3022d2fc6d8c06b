"""What is on one's own calendar, or on that of the people one leads: the page's days, for programs."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from common.api import RateLimitHeaders, tagged
from common.openapi import IF_NONE_MATCH
from partners.selectors.calendar import ItemKind, Wanted, calendar_items

MOST_DAYS = 92
USUAL_DAYS = 28
KINDS = [(kind.value, kind.value) for kind in ItemKind]
WHOSE = [("mine", "mine"), ("team", "team")]


class CalendarAskedSerializer(serializers.Serializer[Any]):
    since = serializers.DateField(required=False, help_text="Today without it.")
    until = serializers.DateField(required=False, help_text=f"Not included; {USUAL_DAYS} days later without it.")
    whose = serializers.ChoiceField(choices=WHOSE, required=False, default="mine")


class CalendarItemSerializer(serializers.Serializer[Any]):
    """One thing on a day; `starts_at` null: at any time of it."""

    kind = serializers.ChoiceField(choices=KINDS)
    id = serializers.UUIDField(source="public_id")
    title = serializers.CharField()
    details = serializers.CharField()
    organization_name = serializers.CharField()
    on = serializers.DateField()
    starts_at = serializers.DateTimeField(allow_null=True)
    minutes = serializers.IntegerField()
    timezone = serializers.CharField(source="zone")
    owner_name = serializers.CharField()
    meeting_url = serializers.CharField()
    is_open = serializers.BooleanField()
    is_overdue = serializers.BooleanField()


class OwnCalendarView(RateLimitHeaders, APIView):
    """Touchpoints, reviews, renewals and promises by day, as far as you see them."""

    access_rule = StaffOnly.access_rule

    @extend_schema(
        summary="What is on my calendar",
        parameters=[CalendarAskedSerializer, IF_NONE_MATCH],
        responses=CalendarItemSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = CalendarAskedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        actor, sent = actor_of(request), asked.validated_data
        start = sent.get("since") or timezone.localdate()
        until = sent.get("until") or start + timedelta(days=USUAL_DAYS)
        if not start < until <= start + timedelta(days=MOST_DAYS):
            raise ValidationError({"until": [_("Ask for 1 to %(count)s days.") % {"count": MOST_DAYS}]})
        people = {actor.user_id or 0} | (set(actor.led_user_ids) if sent["whose"] == "team" else set())
        wanted = Wanted(user_ids=frozenset(people), start=start, until=until)
        items = calendar_items(actor, wanted, now=timezone.now())
        return tagged(request, CalendarItemSerializer(items, many=True).data)
