"""Tickets as programs read and write them. Notes are among their messages: the API is for colleagues alone."""

from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from rest_framework import serializers

from accounts.models import User
from tickets.choices import (
    FAR,
    Channel,
    ClockState,
    EventKind,
    Level,
    MessageKind,
    MessageState,
    Metric,
    Priority,
    Side,
    TicketKind,
    TicketStatus,
    Tier,
)
from tickets.models import Category, Message, Queue, Ticket, TicketEvent
from tickets.rules.sla_clock import ClockState as Seen
from tickets.services.opening import MAX_BODY

SETTABLE = tuple((value, label) for value, label in TicketStatus.choices if value != TicketStatus.NEW)
"""What a ticket may become: never new again."""


class TicketRowSerializer(serializers.ModelSerializer[Ticket]):
    """One ticket in a list. `organization_id` is empty where you do not open the organization, its name is not.

    `breaches_at` is when the promise that breaks next is broken, empty while none is running.
    """

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization_public_id", read_only=True, allow_null=True)
    organization_name = serializers.CharField(read_only=True, allow_null=True)
    queue = serializers.CharField(source="queue.key", read_only=True)
    category = serializers.CharField(source="category.key", read_only=True, allow_null=True, default=None)
    assignee_id = serializers.UUIDField(source="assignee.public_id", read_only=True, allow_null=True, default=None)
    assignee_name = serializers.CharField(source="assignee.name", read_only=True, default="")
    breaches_at = serializers.SerializerMethodField()

    class Meta:
        model = Ticket
        fields: tuple[str, ...] = (
            *("id", "number", "subject", "status", "priority", "kind", "channel", "language", "impact", "urgency"),
            *("tier", "tags", "is_internal", "is_technical_escalation", "opened_by_us", "queue", "category"),
            *("organization_id", "organization_name", "requester_name", "requester_email"),
            *("assignee_id", "assignee_name", "opened_at", "moved_at", "first_replied_at", "waits_since"),
            *("solved_at", "closed_at", "escalated_at", "due_at", "breaches_at", "reopened", "replies", "version"),
        )
        read_only_fields = fields

    def get_breaches_at(self, row: Ticket) -> datetime | None:
        return localtime(row.breaches_at) if row.breaches_at < FAR else None


class TicketSerializer(TicketRowSerializer):
    """The same with what was found out, and where it comes from."""

    class Meta(TicketRowSerializer.Meta):
        fields = (
            *TicketRowSerializer.Meta.fields,
            *("priority_reason", "resolution", "workaround", "root_cause", "prevention", "expected_on"),
            *("acknowledged_at", "sla_policy", "source", "external_key"),
        )
        read_only_fields = fields


class TicketFieldsSerializer(serializers.Serializer[Any]):
    """What a ticket says of itself."""

    kind = serializers.ChoiceField(choices=TicketKind.choices, required=False)
    category = serializers.SlugRelatedField(
        slug_field="key", queryset=Category.objects.none(), allow_null=True, required=False
    )
    impact = serializers.ChoiceField(choices=Level.choices, required=False)
    urgency = serializers.ChoiceField(choices=Level.choices, required=False)
    language = serializers.RegexField(r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$", max_length=10, required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, required=False)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = dict(super().get_fields())
        actor = self.context.get("actor")
        if actor is not None:
            fields["category"].queryset = Category.objects.visible_to(actor).filter(archived_at__isnull=True)
            if "queue" in fields:
                fields["queue"].queryset = Queue.objects.visible_to(actor).filter(archived_at__isnull=True)
            if "assignee" in fields:
                fields["assignee"].queryset = User.objects.visible_to(actor).staff().active()
        return fields


class TicketNewSerializer(TicketFieldsSerializer):
    """Who asks, and what. A contact is found by `email`: within the organization, or at any that you reach."""

    subject = serializers.CharField(max_length=250)
    body = serializers.CharField(trim_whitespace=False, max_length=MAX_BODY, help_text="Markdown.")
    organization = serializers.UUIDField(required=False, allow_null=True)
    name = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True, default="")


class TicketChangeSerializer(TicketFieldsSerializer):
    """What is to be set, all in one save. A priority by hand needs its reason; impact and urgency set it else."""

    subject = serializers.CharField(max_length=250, required=False)
    status = serializers.ChoiceField(choices=SETTABLE, required=False)
    queue = serializers.SlugRelatedField(slug_field="key", queryset=Queue.objects.none(), required=False)
    assignee = serializers.SlugRelatedField(
        slug_field="public_id", queryset=User.objects.none(), allow_null=True, required=False
    )
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    priority_reason = serializers.CharField(max_length=300, required=False)
    tier = serializers.ChoiceField(choices=Tier.choices, required=False)
    is_technical_escalation = serializers.BooleanField(required=False)
    resolution = serializers.CharField(max_length=MAX_BODY, required=False, allow_blank=True)
    workaround = serializers.CharField(max_length=MAX_BODY, required=False, allow_blank=True)
    root_cause = serializers.CharField(max_length=MAX_BODY, required=False, allow_blank=True)
    prevention = serializers.CharField(max_length=MAX_BODY, required=False, allow_blank=True)
    expected_on = serializers.DateField(required=False, allow_null=True)


class TicketMessageSerializer(serializers.ModelSerializer[Message]):
    """A public reply or an internal note, in Markdown. A scheduled one has not left yet."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    kind = serializers.ChoiceField(choices=MessageKind.choices, read_only=True)
    side = serializers.ChoiceField(choices=Side.choices, read_only=True)
    channel = serializers.ChoiceField(choices=Channel.choices, read_only=True)
    state = serializers.ChoiceField(choices=MessageState.choices, read_only=True)
    author_name = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields = (
            *("id", "kind", "side", "author_name", "channel", "body", "is_automatic", "state"),
            *("written_at", "send_at", "sent_at"),
        )
        read_only_fields = fields

    def get_author_name(self, row: Message) -> str:
        return row.author.name if row.author is not None else row.author_name


class TicketMessageWriteSerializer(serializers.Serializer[Any]):
    """A reply leaves at once and goes to the partner; a note stays in the house. `status` is set with a reply."""

    kind = serializers.ChoiceField(choices=MessageKind.choices)
    body = serializers.CharField(trim_whitespace=False, max_length=MAX_BODY, help_text="Markdown.")
    status = serializers.ChoiceField(choices=SETTABLE, required=False)


class TicketEventSerializer(serializers.ModelSerializer[TicketEvent]):
    """One thing that happened. `changes` holds for each field what stood there before and after."""

    kind = serializers.ChoiceField(choices=EventKind.choices, read_only=True)
    side = serializers.ChoiceField(choices=Side.choices, read_only=True)
    actor_id = serializers.UUIDField(source="actor.public_id", read_only=True, allow_null=True, default=None)
    message_id = serializers.UUIDField(source="message.public_id", read_only=True, allow_null=True, default=None)
    changes = serializers.DictField(child=serializers.JSONField(), read_only=True)

    class Meta:
        model = TicketEvent
        fields = ("at", "kind", "side", "actor_id", "actor_name", "message_id", "changes")
        read_only_fields = fields


class TicketClockSerializer(serializers.Serializer[Any]):
    """One cycle of one promise, as it is now. Durations are seconds of the time that its terms count."""

    metric = serializers.ChoiceField(choices=Metric.choices)
    cycle = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ClockState.choices)
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    breach_at = serializers.DateTimeField(allow_null=True)
    breached_at = serializers.DateTimeField(allow_null=True)
    stopped_at = serializers.DateTimeField(allow_null=True)
    elapsed_seconds = serializers.SerializerMethodField()
    budget_seconds = serializers.SerializerMethodField()

    def get_elapsed_seconds(self, seen: Seen) -> float:
        return seen.elapsed.total_seconds()

    def get_budget_seconds(self, seen: Seen) -> float:
        return seen.budget.total_seconds()
