"""What the API reads and writes of imports."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.csvio import CsvError
from common.models import ImportRun, ImportState
from common.models.imports import WORKING
from partners.imports.execution import progress_of
from partners.imports.kinds import KINDS
from partners.imports.preview import samples_of
from partners.imports.runs import shape_of

KIND_CHOICES = [(kind.key, kind.label) for kind in KINDS.values()]


class ImportSerializer(serializers.ModelSerializer[ImportRun]):
    """A file on its way in, and how far it is. `checking`, `running` and `undoing`: a worker is at it."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    kind = serializers.ChoiceField(choices=KIND_CHOICES, read_only=True)
    state = serializers.ChoiceField(choices=ImportState.choices, read_only=True)
    file_name = serializers.CharField(source="file.original_name", read_only=True)
    file_size = serializers.IntegerField(source="file.size", read_only=True)
    has_rejected = serializers.SerializerMethodField()

    class Meta:
        model = ImportRun
        fields: tuple[str, ...] = (
            "id",
            "kind",
            "state",
            "file_name",
            "file_size",
            "encoding",
            "delimiter",
            "skip_bad_rows",
            "rows_total",
            "rows_created",
            "rows_updated",
            "rows_unchanged",
            "rows_rejected",
            "has_rejected",
            "message",
            "created_at",
            "finished_at",
        )
        read_only_fields = fields

    def get_has_rejected(self, run: ImportRun) -> bool:
        return run.rejected_file_id is not None


class FaultSerializer(serializers.Serializer[Any]):
    """One fault: the row counts from 1 with the header; `column` is "" for the row as a whole."""

    row = serializers.IntegerField()
    column = serializers.CharField()
    field = serializers.CharField()
    found = serializers.CharField()
    expected = serializers.CharField()


class ColumnSerializer(serializers.Serializer[Any]):
    """A column of the file with a few of its values."""

    name = serializers.CharField()
    samples = serializers.ListField(child=serializers.CharField())


class FieldChoiceSerializer(serializers.Serializer[Any]):
    """A field that a column can become."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    is_required = serializers.BooleanField()
    choices = serializers.ListField(child=serializers.CharField())


class ImportDetailSerializer(ImportSerializer):
    """An import with its columns, its mapping and the first 500 faults."""

    mapping = serializers.DictField(read_only=True)
    columns = serializers.SerializerMethodField()
    fields_known = serializers.SerializerMethodField()
    rows_read = serializers.SerializerMethodField(help_text="While a worker is at it.")
    errors = FaultSerializer(many=True, read_only=True)  # type: ignore[assignment]

    class Meta(ImportSerializer.Meta):
        fields = (*ImportSerializer.Meta.fields, "mapping", "columns", "fields_known", "rows_read", "errors")
        read_only_fields = fields

    @extend_schema_field(ColumnSerializer(many=True))
    def get_columns(self, run: ImportRun) -> list[dict[str, Any]]:
        try:
            names = shape_of(run).columns
            return [{"name": name, "samples": samples} for name, samples in zip(names, samples_of(run), strict=True)]
        except CsvError:
            return []

    @extend_schema_field(FieldChoiceSerializer(many=True))
    def get_fields_known(self, run: ImportRun) -> list[dict[str, Any]]:
        return [
            {
                "name": field.name,
                "label": str(field.label),
                "is_required": field.required,
                "choices": [value for value, _label in field.choices],
            }
            for field in KINDS[run.kind].fields
        ]

    def get_rows_read(self, run: ImportRun) -> int:
        return progress_of(run) if run.state in WORKING else run.rows_total


class ImportUploadSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KIND_CHOICES)
    file = serializers.FileField(allow_empty_file=True)
    beside = serializers.FileField(
        allow_empty_file=True, required=False, help_text="A second file that says more of each row of the first."
    )
    on = serializers.CharField(
        max_length=200,
        required=False,
        help_text="The column by which they belong together, or both as `deal_id=id`; else the one that both have.",
    )


class MappingSerializer(serializers.Serializer[Any]):
    """How the columns become fields; see the guide on bringing data in."""

    columns = serializers.DictField(child=serializers.CharField(max_length=60), required=False)
    constants = serializers.DictField(child=serializers.CharField(max_length=254), required=False)
    templates = serializers.DictField(child=serializers.CharField(max_length=254), required=False)
    values = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField(max_length=254)), required=False
    )
    factors = serializers.DictField(child=serializers.CharField(max_length=20), required=False)
    leave_out = serializers.DictField(child=serializers.CharField(max_length=254), required=False)
    date_order = serializers.ChoiceField(choices=["YMD", "DMY", "MDY"], required=False)
    decimal = serializers.ChoiceField(choices=[".", ","], required=False)


class ImportMappingSerializer(serializers.Serializer[Any]):
    mapping = MappingSerializer(required=False)
    skip_bad_rows = serializers.BooleanField(required=False)
