"""Incidents as programs read them, and what they say of them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tickets.incident_choices import IncidentState
from tickets.models import Incident, IncidentEntry


class AffectedSerializer(serializers.Serializer[Any]):
    """An affected organization that the caller sees; `id` is null for who knows it by its name alone."""

    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


class IncidentSerializer(serializers.ModelSerializer[Incident]):
    """One incident. `organizations` are those that the caller sees; `update_due_at` is when the next update is due."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    queue = serializers.CharField(source="queue.key", read_only=True)
    commander_id = serializers.UUIDField(source="commander.public_id", read_only=True, allow_null=True, default=None)
    commander_name = serializers.CharField(source="commander.name", read_only=True, default="")
    organizations = serializers.SerializerMethodField()

    class Meta:
        model = Incident
        fields = (
            *("id", "number", "title", "public_title", "summary", "severity", "state", "queue"),
            *("commander_id", "commander_name", "cause", "organizations", "started_at", "declared_at"),
            *("acknowledged_at", "mitigated_at", "resolved_at", "closed_at", "published_at", "update_due_at"),
            *("reopened", "version"),
        )
        read_only_fields = fields

    @extend_schema_field(AffectedSerializer(many=True))
    def get_organizations(self, row: Incident) -> list[dict[str, Any]]:
        known: dict[int, list[dict[str, Any]]] = self.context.get("affected", {})
        return known.get(row.pk, [])


class IncidentUpdateSerializer(serializers.ModelSerializer[IncidentEntry]):
    """Something that was said: to colleagues, or in public. `state` is where the incident stood then."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    author_name = serializers.CharField(read_only=True)

    class Meta:
        model = IncidentEntry
        fields = ("id", "at", "is_public", "body", "state", "severity", "author_name")
        read_only_fields = fields


class IncidentUpdateWriteSerializer(serializers.Serializer[Any]):
    """What is said. A public update is read by contacts of affected organizations."""

    body = serializers.CharField(trim_whitespace=False, max_length=32 * 1024, help_text="Markdown.")
    is_public = serializers.BooleanField()
    state = serializers.ChoiceField(choices=IncidentState.choices, required=False, help_text="Where it stands now.")
    to_tickets = serializers.BooleanField(
        default=False, help_text="Answer the linked tickets with it too; for public ones."
    )
