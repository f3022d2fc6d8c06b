"""Who is on call, for programs that call people."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import StaffOnly
from accounts.policies import actor_of
from accounts.selectors.rota_pages import RotaCard, rota_cards
from common.api import RateLimitHeaders, tagged
from common.openapi import IF_NONE_MATCH


class HoleSerializer(serializers.Serializer[Any]):
    """A stretch in which nobody is on call."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class OnCallSerializer(serializers.Serializer[Any]):
    """A rota. `on_call` is null where nobody is; `until` is when that changes; holes of the next eight weeks."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    team = serializers.CharField()
    timezone = serializers.CharField(help_text="In which handovers are at the same local time.")
    on_call = serializers.CharField(allow_null=True, help_text="The name of the person.")
    is_override = serializers.BooleanField()
    until = serializers.DateTimeField()
    holes = HoleSerializer(many=True)


class OnCallView(RateLimitHeaders, APIView):
    """Every rota with who is on call now."""

    access_rule = StaffOnly.access_rule

    @extend_schema(summary="Who is on call", responses=OnCallSerializer(many=True), parameters=[IF_NONE_MATCH])
    def get(self, request: Request) -> Response:
        cards = rota_cards(actor_of(request), now=timezone.now())
        return tagged(request, [_said(card) for card in cards])


def _said(card: RotaCard) -> dict[str, Any]:
    return {
        "id": str(card.rota.public_id),
        "name": card.rota.name,
        "team": card.rota.team.name,
        "timezone": card.rota.timezone,
        "on_call": card.now.name or None,
        "is_override": card.now.is_override,
        "until": card.now.end,
        "holes": [{"starts_at": row.start, "ends_at": row.end} for row in card.rows if row.is_hole],
    }
