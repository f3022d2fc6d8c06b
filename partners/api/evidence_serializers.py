"""What the API reads and writes of evidence, with the examples of its description."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from partners.models import Evidence
from partners.work_choices import EvidenceKind

_TASK = "0198f1a2-7c12-7a10-b0c5-91d5f0a3c2d8"

LINK = OpenApiExample(
    "A link beside a task", request_only=True, value={"task": _TASK, "url": "https://docs.example.com/nda.pdf"}
)
NOTE = OpenApiExample("A note", request_only=True, value={"task": _TASK, "note": "They agreed by mail on Monday"})


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A file, link or note beside a task, or beside the answer `field` of a draft."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    task_id = serializers.UUIDField(source="task.public_id", read_only=True, allow_null=True, default=None)
    draft_id = serializers.UUIDField(source="draft.public_id", read_only=True, allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=EvidenceKind.choices, read_only=True)
    url = serializers.CharField(read_only=True, help_text="Of a link; empty for a file and a note.")
    file_name = serializers.CharField(source="file.original_name", read_only=True, default="")
    file_size = serializers.IntegerField(source="file.size", read_only=True, allow_null=True, default=None)
    added_by = serializers.CharField(source="added_by.name", read_only=True, default="")

    class Meta:
        model = Evidence
        fields = (
            "id",
            "task_id",
            "draft_id",
            "field",
            "kind",
            "url",
            "note",
            "file_name",
            "file_size",
            "added_by",
            "added_at",
        )
        read_only_fields = fields


class PlaceSerializer(serializers.Serializer[Any]):
    """Beside what: a task, or an answer of a draft."""

    task = serializers.UUIDField(required=False)
    draft = serializers.UUIDField(required=False)
    field = serializers.CharField(required=False, default="", allow_blank=True, max_length=80)

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        if ("task" in sent) == ("draft" in sent):
            raise serializers.ValidationError({"task": [_("Name a task or a draft, one of them.")]})
        return sent


class EvidenceWriteSerializer(PlaceSerializer):
    url = serializers.CharField(required=False, max_length=500)
    note = serializers.CharField(required=False, max_length=8_192)

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        if ("url" in sent) == ("note" in sent):
            raise serializers.ValidationError({"url": [_("Send a link or a note, one of them; a file as a form.")]})
        return super().validate(sent)


class EvidenceFileSerializer(PlaceSerializer):
    file = serializers.FileField(allow_empty_file=True)
