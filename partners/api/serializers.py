"""What the API reads and writes of organizations: explicit fields, one class for each direction.

Read serializers declare their fields for the schema and build each row by hand: fifty rows through DRF's fields cost
more than all their queries.
"""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from accounts.models import User
from partners.api.choices import ASSIGNMENT_ROLE_CHOICES
from partners.choices import MarketSegment, OrganizationKind, Stage
from partners.models import Organization


class OwnerSerializer(serializers.Serializer[Any]):
    """A person who holds an organization in a role today."""

    id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=ASSIGNMENT_ROLE_CHOICES)
    is_primary = serializers.BooleanField()


class CommercialSerializer(serializers.Serializer[Any]):
    """Amounts in `currency`; null as a whole for those who may not read them."""

    currency = serializers.CharField()
    ccv = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    country_lrp = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    arr = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)


class OrganizationSerializer(serializers.Serializer[Any]):
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
    via_partner_id = serializers.UUIDField(allow_null=True, help_text="The partner that brought it, if you see it.")
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

    def to_representation(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        """One row of `organizations_of`."""
        row, is_open = instance, instance["is_open"]
        inner = row if is_open else _SUMMARY
        return {
            "id": str(row["public_id"]),
            "kind": row["kind"],
            "name": row["name"],
            "summary": row["summary"],
            "is_summary": not is_open,
            "stage": row["stage"],
            "stage_entered_at": _instant(row["stage_entered_at"]),
            "target_launch_on": _day(row["target_launch_on"]),
            "launched_on": _day(row["launched_on"]),
            "country": row["country"],
            "timezone": row["timezone"],
            "industry": inner["industry"],
            "website": inner["website"],
            "market_segment": inner["market_segment"],
            "edition": inner["edition"],
            "deployment": inner["deployment"],
            "licenses": inner["licenses"],
            "external_key": inner["external_key"],
            "via_partner_id": _id(inner["via_partner_public_id"]),
            "partner_tier": inner["facts__partner_tier"],
            "arr_segment": inner["facts__arr_segment"],
            "engagement_tier": inner["facts__engagement_tier"],
            "gemstone": inner["facts__gemstone"],
            "commercial": _amounts(row) if row["shows_commercial"] else None,
            "owners": [dict(zip(_OWNER, owner, strict=True)) for owner in row["owner_rows"] or ()],
            "last_interaction_at": _instant(row["facts__last_interaction_at"]),
            "version": row["version"],
            "is_archived": row["archived_at"] is not None,
            "created_at": _instant(row["created_at"]),
            "updated_at": _instant(row["updated_at"]),
        }


# What a summary does not hold is null.
_SUMMARY: Mapping[str, Any] = dict.fromkeys(
    (
        "industry",
        "website",
        "market_segment",
        "edition",
        "deployment",
        "licenses",
        "external_key",
        "via_partner_public_id",
        "facts__partner_tier",
        "facts__arr_segment",
        "facts__engagement_tier",
        "facts__gemstone",
    )
)
_OWNER = ("id", "user_id", "name", "role", "is_primary")


def _instant(moment: Any) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _id(public_id: Any) -> str | None:
    return str(public_id) if public_id else None


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _amounts(row: Mapping[str, Any]) -> dict[str, str | None]:
    amounts = {name: row[name] for name in ("ccv", "country_lrp", "arr")}
    return {"currency": row["currency"], **{name: None if v is None else str(v) for name, v in amounts.items()}}


class OrganizationWriteSerializer(serializers.ModelSerializer[Organization]):
    """What may be written; commercial fields only by those who read them. Stages move through gates, not here."""

    market_segment = serializers.ChoiceField(choices=MarketSegment.choices, allow_blank=True, required=False)
    via_partner = serializers.SlugRelatedField(
        slug_field="public_id",
        queryset=Organization.objects.none(),
        required=False,
        allow_null=True,
        help_text="The id of the partner that brings this customer.",
    )
    country = serializers.RegexField(
        r"^[A-Z]{2}$", required=False, allow_blank=True, help_text="ISO 3166, two letters."
    )
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False, help_text="ISO 4217, three letters.")

    class Meta:
        model = Organization
        fields: tuple[str, ...] = (
            "name",
            "summary",
            "website",
            "industry",
            "country",
            "timezone",
            "language",
            "target_launch_on",
            "via_partner",
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
        extra_kwargs = {  # noqa: RUF012 - as DRF declares it
            "expected_adoption": {"max_value": 100, "min_value": 0},
            "licenses": {"min_value": 0},
            **{name: {"min_value": 0} for name in ("ccv", "country_lrp", "arr")},
        }

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        # The description of the API is made without a caller.
        actor = getattr(self.context.get("request"), "actor", None)
        if actor is not None:
            partners = Organization.objects.visible_to(actor).of_kind(OrganizationKind.PARTNER)
            fields["via_partner"].queryset = partners
        return fields


class OrganizationCreateSerializer(OrganizationWriteSerializer):
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)
    first_owner = serializers.SlugRelatedField(
        slug_field="public_id",
        queryset=User.objects.none(),
        required=False,
        allow_null=True,
        help_text="Id of its first PAM or CSM. Without it, you; those who see everything may leave it open.",
    )

    class Meta(OrganizationWriteSerializer.Meta):
        fields = ("kind", "first_owner", *OrganizationWriteSerializer.Meta.fields)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        # The description of the API is made without a caller.
        actor = getattr(self.context.get("request"), "actor", None)
        if actor is not None:
            fields["first_owner"].queryset = User.objects.visible_to(actor).staff().active()
        return fields


class ArchiveSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)
