"""Alerts as programs read them, and what they do with them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from health.alert_choices import EpisodeOutcome
from health.models import Episode, EpisodeSignal


class AlertSignalSerializer(serializers.ModelSerializer[EpisodeSignal]):
    """One rule that held on one day. `day` and `occasion` name the snapshot whose receipt shows it."""

    class Meta:
        model = EpisodeSignal
        fields = ("rule", "kind", "severity", "day", "at", "card", "occasion")
        read_only_fields = fields


class AlertSerializer(serializers.ModelSerializer[Episode]):
    """One alert. `due_at` is null where no clock runs: it was left to the weekly digest, and `held_back` says why."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    outcome = serializers.CharField(read_only=True, help_text="acted, false or late; empty while it is open.")
    held_back = serializers.CharField(read_only=True, help_text="budget, rule or demoted; empty where it was told.")
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    organization_name = serializers.CharField(source="organization.name", read_only=True)
    owner_id = serializers.UUIDField(source="owner.public_id", read_only=True, allow_null=True, default=None)
    owner_name = serializers.CharField(source="owner.name", read_only=True, default="")
    play_run_id = serializers.UUIDField(source="play_run.public_id", read_only=True, allow_null=True, default=None)
    signals = serializers.SerializerMethodField()

    class Meta:
        model = Episode
        fields = (
            *("id", "organization_id", "organization_name", "cause", "rule", "severity", "urgency", "state", "outcome"),
            *("outcome_note", "route", "held_back", "owner_id", "owner_name", "owner_role", "opened_at", "due_at"),
            *("breached_at", "answered_at", "recovered_at", "snoozed_until", "snooze_reason", "play_run_id"),
            *("closed_at", "signals", "version"),
        )
        read_only_fields: ClassVar[Any] = fields

    @extend_schema_field(AlertSignalSerializer(many=True))
    def get_signals(self, row: Episode) -> Any:
        return AlertSignalSerializer(row.signals.all(), many=True).data


class AlertActSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=4_000, help_text="What is being done about it.")


class AlertCloseSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=EpisodeOutcome.choices)
    note = serializers.CharField(
        max_length=4_000, required=False, allow_blank=True, default="", help_text="Needed for false and late ones."
    )


class AlertSnoozeSerializer(serializers.Serializer[Any]):
    until = serializers.DateTimeField(help_text="To come, within what the policy allows.")
    reason = serializers.CharField(max_length=300)


class AlertReopenSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=4_000)


class AlertNoteSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4_000)
