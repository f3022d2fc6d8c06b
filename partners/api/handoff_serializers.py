"""What the API reads and writes of handoffs and touchpoints."""

from typing import Any

from rest_framework import serializers

from accounts.models import User
from partners.api.part_serializers import InteractionWriteSerializer
from partners.models import Handoff, HandoffItem, HandoffReturn, Touchpoint
from partners.rules.handoff_packs import Meeting
from partners.work_choices import HandoffState, TouchpointState

_MAX_TEXT = 4_000


class HandoffItemSerializer(serializers.ModelSerializer[HandoffItem]):
    """One part of a handoff. `gathered`: what the hub found, as label and value; `note`: what the giver wrote."""

    gathered = serializers.SerializerMethodField()

    class Meta:
        model = HandoffItem
        fields = ("key", "title", "gathered", "gathered_at", "note", "is_settled", "read_at")
        read_only_fields = fields

    def get_gathered(self, item: HandoffItem) -> list[dict[str, str]]:
        shown = self.context.get("shows_answers", False)
        lines = (line for line in item.gathered if shown or line.get("field_class") != "answers")
        return [{"label": line["label"], "value": line["value"]} for line in lines]


class HandoffReturnSerializer(serializers.ModelSerializer[HandoffReturn]):
    class Meta:
        model = HandoffReturn
        fields = ("reasons", "items", "returned_at")
        read_only_fields = fields


class HandoffRowSerializer(serializers.ModelSerializer[Handoff]):
    """A handoff from one owner to another. `kind` is one of the policy pack `handoffs`."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    organization_name = serializers.CharField(source="organization.name", read_only=True)
    giver_id = serializers.UUIDField(source="giver.public_id", read_only=True)
    giver_name = serializers.CharField(source="giver.name", read_only=True)
    receiver_id = serializers.UUIDField(source="receiver.public_id", read_only=True)
    receiver_name = serializers.CharField(source="receiver.name", read_only=True)
    state = serializers.ChoiceField(choices=HandoffState.choices, read_only=True)

    class Meta:
        model = Handoff
        fields: tuple[str, ...] = (
            "id",
            "organization_id",
            "organization_name",
            "kind",
            "state",
            "from_role",
            "to_role",
            "giver_id",
            "giver_name",
            "receiver_id",
            "receiver_name",
            "giver_leaves",
            "due_at",
            "offered_at",
            "accepted_at",
            "version",
            "created_at",
        )
        read_only_fields = fields


class HandoffSerializer(HandoffRowSerializer):
    """The same with what is in it."""

    items = HandoffItemSerializer(many=True, read_only=True)
    returns = HandoffReturnSerializer(many=True, read_only=True)

    class Meta(HandoffRowSerializer.Meta):
        fields = (
            *HandoffRowSerializer.Meta.fields,
            "summary",
            "meeting_on",
            "documents_reviewed_on",
            "introduced_on",
            "shadow_from",
            "launch_results",
            "results_confirmed_at",
            "items",
            "returns",
        )
        read_only_fields = fields


class _ReceiverField(serializers.SlugRelatedField[User]):
    """A colleague by their id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="public_id", queryset=User.objects.none(), **options)

    def get_queryset(self) -> Any:
        actor = getattr(self.context.get("request"), "actor", None)
        return User.objects.none() if actor is None else User.objects.visible_to(actor).staff().active()


class HandoffWriteSerializer(serializers.Serializer[Any]):
    """Roles may be left out where the kind leaves no choice."""

    kind = serializers.CharField(max_length=30)
    receiver = _ReceiverField()
    from_role = serializers.CharField(max_length=24, required=False, default="", allow_blank=True)
    to_role = serializers.CharField(max_length=24, required=False, default="", allow_blank=True)
    summary = serializers.CharField(max_length=_MAX_TEXT, required=False, default="", allow_blank=True)
    giver_leaves = serializers.BooleanField(required=False, default=False)


class ReceiverSerializer(serializers.Serializer[Any]):
    receiver = _ReceiverField()


class ItemWriteSerializer(serializers.Serializer[Any]):
    """The giver's word on one item; what is left out stays."""

    key = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=_MAX_TEXT, required=False, allow_blank=True)
    is_settled = serializers.BooleanField(required=False)


class ReadSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=40)
    is_read = serializers.BooleanField(required=False, default=True)


class DaySerializer(serializers.Serializer[Any]):
    """A day of the organization on which giver and receiver did this together; null takes it back."""

    meeting = serializers.ChoiceField(choices=[meeting.value for meeting in Meeting])
    on = serializers.DateField(allow_null=True)


class ShadowSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()


class ReturnSerializer(serializers.Serializer[Any]):
    reasons = serializers.CharField(max_length=_MAX_TEXT)
    items = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=50
    )


class HandoffReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1_000, required=False, default="", allow_blank=True)


class ResultsSerializer(serializers.Serializer[Any]):
    results = serializers.CharField(max_length=_MAX_TEXT)


class TouchpointSerializer(serializers.ModelSerializer[Touchpoint]):
    """A meeting to be had. `slot_on`: its day by the cadence, null for one arranged by hand."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    owner_id = serializers.UUIDField(source="owner.public_id", read_only=True, allow_null=True, default=None)
    owner_name = serializers.CharField(source="owner.name", read_only=True, default="")
    interaction_id = serializers.UUIDField(
        source="interaction.public_id", read_only=True, allow_null=True, default=None
    )
    state = serializers.ChoiceField(choices=TouchpointState.choices, read_only=True)
    meeting_url = serializers.CharField(read_only=True)
    recording_url = serializers.CharField(read_only=True)

    class Meta:
        model = Touchpoint
        fields = (
            "id",
            "kind",
            "topic",
            "slot_on",
            "planned_on",
            "overdue_from",
            "is_fixed",
            "starts_at",
            "meeting_url",
            "recording_url",
            "owner_id",
            "owner_name",
            "owner_role",
            "state",
            "skip_reason",
            "interaction_id",
            "closed_at",
            "version",
        )
        read_only_fields = fields


class TouchpointWriteSerializer(serializers.Serializer[Any]):
    """A meeting beside the cadence. Without an owner it is the caller's."""

    kind = serializers.CharField(max_length=40)
    on = serializers.DateField()
    topic = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    owner = _ReceiverField(required=False, allow_null=True, default=None)


class MoveSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()


class TouchpointSkipSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class HoldSerializer(InteractionWriteSerializer):
    """What was said: it is logged as an interaction, and closes the touchpoint."""
