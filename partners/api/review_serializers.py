"""What calls about business reviews send and get."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema_field
from rest_framework import serializers

from partners.api.base import ColleagueField
from partners.models import BusinessReview, ReviewDocument
from partners.review_choices import DocumentFormat, DocumentState, Edition, ReviewState, SectionAudience
from partners.services.reviews import MAX_REASON, MAX_TEXT
from partners.work_choices import Side

BEGIN = OpenApiExample(
    "For the third quarter", request_only=True, value={"kind": "business_review", "on": "2026-10-12"}
)
EDIT = OpenApiExample("Begin with what went well", request_only=True, value={"summary": "Adoption has doubled."})
SECTION = OpenApiExample(
    "Keep a section inside", request_only=True, value={"audience": "internal", "note": "Ask them about the outage"}
)
AGREED = OpenApiExample(
    "We send the plan", request_only=True, value={"title": "Send the plan", "side": "us", "due_on": "2026-10-20"}
)
WANT = OpenApiExample("Slides for them", request_only=True, value={"edition": "shared", "format": "pptx"})


class ReviewSerializer(serializers.ModelSerializer[BusinessReview]):
    """A business review of [`period_from`, `period_to`). `kept_hash`: words of a person were taken out since."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    organization_name = serializers.CharField(source="organization.name", read_only=True)
    owner_id = serializers.UUIDField(source="owner.public_id", read_only=True, allow_null=True, default=None)
    state = serializers.ChoiceField(choices=ReviewState.choices, read_only=True)

    class Meta:
        model = BusinessReview
        fields = (
            "id",
            "organization_id",
            "organization_name",
            "kind",
            "title",
            "period_from",
            "period_to",
            "planned_on",
            "owner_id",
            "state",
            "summary",
            "agenda",
            "follow_up",
            "built_at",
            "presented_at",
            "content_hash",
            "kept_hash",
            "erased_at",
            "cancel_reason",
            "version",
        )
        read_only_fields = fields


class ReviewSectionSerializer(serializers.Serializer[Any]):
    """One section as it is kept: `content` holds a lead, figures with their sources, charts, tables, paragraphs."""

    key = serializers.CharField()
    title = serializers.SerializerMethodField()
    audience = serializers.ChoiceField(choices=SectionAudience.choices)
    is_commercial = serializers.SerializerMethodField()
    is_left_out = serializers.BooleanField()
    note = serializers.CharField()
    content = serializers.SerializerMethodField()
    built_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    def get_title(self, row: Any) -> str:
        return str(row.content.get("title", row.key))

    def get_is_commercial(self, row: Any) -> bool:
        return bool(row.field_class == "commercial")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_content(self, row: Any) -> Any:
        return {name: value for name, value in row.content.items() if name != "title"}


class ReviewDocumentSerializer(serializers.ModelSerializer[ReviewDocument]):
    """A review as a file. Read it once its state is `done`."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    edition = serializers.ChoiceField(choices=Edition.choices, read_only=True)
    format = serializers.ChoiceField(choices=DocumentFormat.choices, read_only=True)
    state = serializers.ChoiceField(choices=DocumentState.choices, read_only=True)

    class Meta:
        model = ReviewDocument
        fields = ("id", "edition", "format", "language", "with_commercial", "state", "failure", "made_at")
        read_only_fields = fields


class ReviewInFullSerializer(ReviewSerializer):
    """With its sections in their order, those that hold money for who reads money, and its documents."""

    sections = ReviewSectionSerializer(many=True, read_only=True)
    documents = ReviewDocumentSerializer(many=True, read_only=True)

    class Meta:
        model = BusinessReview
        fields = (*ReviewSerializer.Meta.fields, "sections", "documents")
        read_only_fields = fields


class ReviewBeginSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40, help_text="A kind of the pack `reviews`.")
    on = serializers.DateField(help_text="The day on which it is held.")


class ReviewWriteSerializer(serializers.Serializer[Any]):
    """Once presented, the follow-up alone may be written."""

    title = serializers.CharField(max_length=200, required=False)
    summary = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
    agenda = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
    follow_up = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)


class ReviewSectionWriteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
    audience = serializers.ChoiceField(choices=SectionAudience.choices, required=False)
    is_left_out = serializers.BooleanField(required=False)


class ReviewReadySerializer(serializers.Serializer[Any]):
    ready = serializers.BooleanField(
        required=False, default=True, help_text="`false`: it is to be looked through again."
    )


class ReviewActionSerializer(serializers.Serializer[Any]):
    """What was agreed, who does it and until when."""

    title = serializers.CharField(max_length=200)
    side = serializers.ChoiceField(choices=Side.choices)
    due_on = serializers.DateField()
    owner = ColleagueField(help_text="Of ours; for a promise of our side.")


class ReviewCancelSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=MAX_REASON)


class ReviewDocumentWantSerializer(serializers.Serializer[Any]):
    edition = serializers.ChoiceField(choices=Edition.choices)
    format = serializers.ChoiceField(choices=DocumentFormat.choices)
