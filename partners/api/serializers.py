"""What the API reads and writes of organizations: explicit fields, one class for each direction.

Read serializers declare their fields for the schema and build each row by hand: fifty rows through DRF's fields cost
more than all their queries.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.choices import ASSIGNMENT_ROLES
from accounts.models import User
from partners.choices import ContactRole, InteractionKind, MarketSegment, OrganizationKind, Stage
from partners.models import Assignment, Contact, Interaction, Organization, TimelineEntry


class OwnerSerializer(serializers.Serializer[Any]):
    """A person who holds an organization in a role today."""

    id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=sorted(ASSIGNMENT_ROLES))
    is_primary = serializers.BooleanField()


class CommercialSerializer(serializers.Serializer[Any]):
    """Amounts in `currency`; null as a whole for those who may not read them."""

    currency = serializers.CharField()
    ccv = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    country_lrp = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    arr = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)


class OrganizationSerializer(serializers.Serializer[Organization]):
    """An organization as the caller may see it. `is_summary`: only its summary is open, other fields are null."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)
    name = serializers.CharField()
    summary = serializers.CharField()
    is_summary = serializers.BooleanField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    stage_entered_at = serializers.DateTimeField()
    target_launch_on = serializers.DateField(allow_null=True)
    launched_on = serializers.DateField(allow_null=True)
    country = serializers.CharField()
    timezone = serializers.CharField()
    industry = serializers.CharField(allow_null=True)
    website = serializers.CharField(allow_null=True)
    market_segment = serializers.CharField(allow_null=True)
    edition = serializers.CharField(allow_null=True)
    deployment = serializers.CharField(allow_null=True)
    licenses = serializers.IntegerField(allow_null=True)
    external_key = serializers.CharField(allow_null=True)
    partner_tier = serializers.IntegerField(allow_null=True)
    arr_segment = serializers.CharField(allow_null=True)
    engagement_tier = serializers.IntegerField(allow_null=True)
    gemstone = serializers.CharField(allow_null=True)
    commercial = CommercialSerializer(allow_null=True)
    owners = OwnerSerializer(many=True)
    last_interaction_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    is_archived = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def to_representation(self, instance: Organization) -> dict[str, Any]:
        facts, row = instance.facts, instance
        is_open, has_amounts = row.is_open, row.shows_commercial
        return {
            "id": str(row.public_id),
            "kind": row.kind,
            "name": row.name,
            "summary": row.summary,
            "is_summary": not is_open,
            "stage": row.stage,
            "stage_entered_at": _instant(row.stage_entered_at),
            "target_launch_on": _day(row.target_launch_on),
            "launched_on": _day(row.launched_on),
            "country": row.country,
            "timezone": row.timezone,
            "industry": row.industry if is_open else None,
            "website": row.website if is_open else None,
            "market_segment": row.market_segment if is_open else None,
            "edition": row.edition if is_open else None,
            "deployment": row.deployment if is_open else None,
            "licenses": row.licenses if is_open else None,
            "external_key": row.external_key if is_open else None,
            "partner_tier": facts.partner_tier if is_open else None,
            "arr_segment": facts.arr_segment if is_open else None,
            "engagement_tier": facts.engagement_tier if is_open else None,
            "gemstone": facts.gemstone if is_open else None,
            "commercial": _amounts(row) if has_amounts else None,
            "owners": [_owner(assignment) for assignment in row.owners],
            "last_interaction_at": _instant(facts.last_interaction_at),
            "version": row.version,
            "is_archived": row.archived_at is not None,
            "created_at": _instant(row.created_at),
            "updated_at": _instant(row.updated_at),
        }


def _instant(moment: Any) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _amounts(row: Organization) -> dict[str, str | None]:
    amounts = {name: getattr(row, name) for name in ("ccv", "country_lrp", "arr")}
    return {"currency": row.currency, **{name: None if v is None else str(v) for name, v in amounts.items()}}


def _owner(assignment: Assignment) -> dict[str, Any]:
    return {
        "id": str(assignment.public_id),
        "user_id": str(assignment.user.public_id),
        "name": assignment.user.name,
        "role": assignment.role,
        "is_primary": assignment.is_primary,
    }


class OrganizationWriteSerializer(serializers.ModelSerializer[Organization]):
    """What may be written; commercial fields only by those who read them. Stages move through gates, not here."""

    class Meta:
        model = Organization
        fields = (
            "name",
            "summary",
            "website",
            "industry",
            "country",
            "timezone",
            "language",
            "target_launch_on",
            "currency",
            "ccv",
            "country_lrp",
            "arr",
            "market_segment",
            "edition",
            "deployment",
            "licenses",
            "expected_adoption",
        )
        extra_kwargs = {"market_segment": {"choices": [("", "—"), *MarketSegment.choices]}}  # noqa: RUF012


class OrganizationCreateSerializer(OrganizationWriteSerializer):
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)

    class Meta(OrganizationWriteSerializer.Meta):
        fields = ("kind", *OrganizationWriteSerializer.Meta.fields)


class ArchiveSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class ContactSerializer(serializers.ModelSerializer[Contact]):
    """A person at an organization."""

    id = serializers.UUIDField(source="public_id", read_only=True)
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


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
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
    role = serializers.ChoiceField(choices=sorted(ASSIGNMENT_ROLES))
    is_primary = serializers.BooleanField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        # The description of the API is made without a caller.
        actor = getattr(self.context.get("request"), "actor", None)
        if actor is not None:
            fields["user"].queryset = User.objects.visible_to(actor).active()
        return fields


class AssignmentEndSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    confirm_last = serializers.BooleanField(
        required=False, default=False, help_text=_("Needed to leave the role without an owner.")
    )


class InteractionSerializer(serializers.ModelSerializer[Interaction]):
    """A call, meeting, mail or note."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    author_name = serializers.CharField(source="author.name", default=None, read_only=True)
    contact_ids = serializers.SlugRelatedField(source="contacts", slug_field="public_id", many=True, read_only=True)

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
    contact_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=50)


class TimelineSerializer(serializers.ModelSerializer[TimelineEntry]):
    """A line of the story. `body` is empty where its field class is closed to the caller."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    actor_name = serializers.CharField(source="actor.name", default=None, read_only=True)
    body = serializers.SerializerMethodField()

    class Meta:
        model = TimelineEntry
        fields = ("id", "at", "kind", "title", "body", "stage", "audience", "actor_name")
        read_only_fields = fields

    def get_body(self, entry: TimelineEntry) -> str:
        return entry.body if entry.field_class in self.context["open_field_classes"] else ""
