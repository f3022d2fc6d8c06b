"""What the API reads and writes of what belongs to an organization: people, interactions, story, grants, classes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import User
from partners.api.choices import ASSIGNMENT_ROLE_CHOICES
from partners.choices import ContactRole, Dimension, GrantState, InteractionKind
from partners.models import Assignment, Contact, ContextGrant, Interaction, StagePeriod, TimelineEntry


class ContactSerializer(serializers.ModelSerializer[Contact]):
    """A person at an organization."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    email = serializers.CharField(read_only=True)
    has_portal = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = (
            "id",
            "name",
            "email",
            "phone",
            "job_title",
            "role",
            "is_primary",
            "is_ticket_manager",
            "timezone",
            "has_portal",
            "version",
        )
        read_only_fields = fields

    def get_has_portal(self, contact: Contact) -> bool:
        return contact.user_id is not None


class ContactWriteSerializer(serializers.ModelSerializer[Contact]):
    role = serializers.ChoiceField(choices=ContactRole.choices, required=False)

    class Meta:
        model = Contact
        fields = ("name", "email", "phone", "job_title", "role", "is_ticket_manager", "timezone")


class ReasonMixin(serializers.Serializer[Any]):
    """The reason of a row: words that people wrote, empty for those who know the organization by its summary."""

    reason = serializers.SerializerMethodField()

    def get_reason(self, row: Any) -> str:
        return str(row.reason) if self.context["is_open"] else ""


class AssignmentSerializer(ReasonMixin, serializers.ModelSerializer[Assignment]):
    """Who held an organization in which role, from when until when."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    user_id = serializers.UUIDField(source="user.public_id", read_only=True)
    user_name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Assignment
        fields = ("id", "user_id", "user_name", "role", "is_primary", "started_at", "ended_at", "reason")
        read_only_fields = fields


class AssignmentWriteSerializer(serializers.Serializer[Any]):
    user = serializers.SlugRelatedField(slug_field="public_id", queryset=User.objects.none())
    role = serializers.ChoiceField(choices=ASSIGNMENT_ROLE_CHOICES)
    is_primary = serializers.BooleanField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        # The description of the API is made without a caller.
        actor = getattr(self.context.get("request"), "actor", None)
        if actor is not None:
            fields["user"].queryset = User.objects.visible_to(actor).staff().active()
        return fields


class AssignmentEndSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    confirm_last = serializers.BooleanField(
        required=False, default=False, help_text=_("Needed to leave the role without an owner.")
    )


class InteractionSerializer(serializers.ModelSerializer[Interaction]):
    """A call, meeting, mail or note."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    author_name = serializers.CharField(source="author.name", default=None, read_only=True, allow_null=True)
    contact_ids: Any = serializers.SlugRelatedField(
        source="contacts", slug_field="public_id", many=True, read_only=True
    )

    class Meta:
        model = Interaction
        fields = (
            "id",
            "kind",
            "happened_at",
            "minutes",
            "summary",
            "body",
            "is_two_way",
            "template",
            "contact_ids",
            "author_name",
            "version",
        )
        read_only_fields = fields


class InteractionWriteSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=InteractionKind.choices)
    happened_at = serializers.DateTimeField()
    summary = serializers.CharField(max_length=200)
    body = serializers.CharField(max_length=32_768, required=False, allow_blank=True, default="")
    minutes = serializers.IntegerField(min_value=0, max_value=1440, required=False, allow_null=True, default=None)
    is_two_way = serializers.BooleanField(required=False, default=True)
    template = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    contact_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=50)


class TimelineSerializer(serializers.ModelSerializer[TimelineEntry]):
    """A line of the story. `body` is empty where its field class is closed to the caller."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    actor_name = serializers.CharField(source="actor.name", default=None, read_only=True, allow_null=True)
    body = serializers.SerializerMethodField()

    class Meta:
        model = TimelineEntry
        fields = ("id", "at", "kind", "title", "body", "stage", "audience", "actor_name")
        read_only_fields = fields

    def get_body(self, entry: TimelineEntry) -> str:
        return entry.body if entry.field_class in self.context["open_field_classes"] else ""


class AssignmentPrimarySerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class StagePeriodSerializer(ReasonMixin, serializers.ModelSerializer[StagePeriod]):
    """One stay in a stage: since when, until when, by whose word it began."""

    moved_by_name = serializers.CharField(source="moved_by.name", default=None, read_only=True, allow_null=True)

    class Meta:
        model = StagePeriod
        fields = ("stage", "entered_at", "left_at", "moved_by_name", "reason")
        read_only_fields = fields


class GrantSerializer(serializers.ModelSerializer[ContextGrant]):
    """Leave to read the answers of earlier stages for a time."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    state = serializers.ChoiceField(choices=GrantState.choices, read_only=True)
    user_id = serializers.UUIDField(source="user.public_id", read_only=True)
    user_name = serializers.CharField(source="user.name", read_only=True)
    decided_by_name = serializers.CharField(source="decided_by.name", default=None, read_only=True, allow_null=True)

    class Meta:
        model = ContextGrant
        fields = (
            "id",
            "state",
            "user_id",
            "user_name",
            "reason",
            "asked_at",
            "decided_at",
            "decided_by_name",
            "decision_note",
            "expires_at",
            "ended_at",
        )
        read_only_fields = fields


class GrantAskSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class GrantGiveSerializer(serializers.Serializer[Any]):
    expires_at = serializers.DateTimeField(help_text="At most 90 days ahead.")
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class GrantRefuseSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300, help_text="Why not.")


class ClassificationSerializer(serializers.Serializer[Any]):
    """One value with the rule by which it holds. Amounts are named in it to readers of commercial fields only."""

    dimension = serializers.ChoiceField(choices=Dimension.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField(allow_null=True, help_text="A number for tiers, a code for segments and gemstones.")
    value_label = serializers.CharField()
    rule = serializers.CharField()
    policy_name = serializers.CharField()
    policy_version = serializers.IntegerField(allow_null=True)
    computed_at = serializers.DateTimeField(allow_null=True)
    is_overridden = serializers.BooleanField()
    override_reason = serializers.CharField()
    overridden_by = serializers.CharField()
    overridden_at = serializers.DateTimeField(allow_null=True)
    computed_value_label = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField(), help_text="The values of the policy in force.")


class OverrideSerializer(serializers.Serializer[Any]):
    value = serializers.CharField(max_length=20, help_text="One of `choices`.")
    reason = serializers.CharField(max_length=2000)
