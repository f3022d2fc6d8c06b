"""Forms of an import: the file, then how its columns are read."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.csvio import CsvShape
from partners.imports.kinds import KINDS, ImportKind
from partners.rules.import_mapping import suggest

# Constants that a person may choose on the page; mapping files may set any field.
_CONSTANT_FIELDS = ("source", "kind", "stage", "role", "currency")
_MEGABYTE = 1024 * 1024


class ImportFileForm(forms.Form):
    """What comes in."""

    kind = forms.ChoiceField(label=gettext_lazy("The file holds"), choices=[])
    file = forms.FileField(
        label=gettext_lazy("CSV file"), help_text=gettext_lazy("The first row names the columns. UTF-8 is best.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.key, kind.label) for kind in KINDS.values()]  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.IMPORT_MAX_BYTES:
            raise forms.ValidationError(
                _("The file has %(size)s MB; up to %(limit)s MB are taken. Split it and import the parts.")
                % {"size": (file.size or 0) // _MEGABYTE, "limit": settings.IMPORT_MAX_BYTES // _MEGABYTE}
            )
        return file


class MappingForm(forms.Form):
    """One choice a column, constants for what the file does not say, and how days and numbers are written."""

    date_order = forms.ChoiceField(
        label=gettext_lazy("Days are written as"),
        choices=[
            ("YMD", gettext_lazy("2026-03-09")),
            ("DMY", gettext_lazy("09.03.2026 (day first)")),
            ("MDY", gettext_lazy("03/09/2026 (month first)")),
        ],
    )
    decimal = forms.ChoiceField(label=gettext_lazy("Amounts are written as"), choices=[(".", "1,250.00"), (",", "1.250,00")])
    skip_bad_rows = forms.BooleanField(
        label=gettext_lazy("Leave rows with faults out and import the others"), required=False
    )

    def __init__(self, *args: Any, kind: ImportKind, shape: CsvShape, mapping: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.shape, self.mapping = kind, shape, mapping
        guessed = mapping.get("columns") or suggest(shape.columns, kind.aliases)
        choices = [("", _("Do not import")), *((field.name, field.label) for field in kind.fields)]
        for position, column in enumerate(shape.columns):
            self.fields[f"column_{position}"] = forms.ChoiceField(
                label=column, choices=choices, required=False, initial=guessed.get(column, "")
            )
        constants = mapping.get("constants") or {}
        for name in (name for name in _CONSTANT_FIELDS if name in kind.names):
            label = next(field.label for field in kind.fields if field.name == name)
            self.fields[f"constant_{name}"] = forms.CharField(
                label=label, required=False, max_length=120, initial=constants.get(name, "")
            )
        self.fields["date_order"].initial = mapping.get("date_order", "YMD")
        self.fields["decimal"].initial = mapping.get("decimal", ".")

    @property
    def column_fields(self) -> list[Any]:
        return [self[f"column_{position}"] for position in range(len(self.shape.columns))]

    @property
    def constant_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("constant_")]

    def as_mapping(self) -> dict[str, Any]:
        """The choices as a mapping; templates, values and factors of a mapping file are kept."""
        chosen = {
            column: self.cleaned_data[f"column_{position}"]
            for position, column in enumerate(self.shape.columns)
            if self.cleaned_data[f"column_{position}"]
        }
        constants = {
            name.removeprefix("constant_"): self.cleaned_data[name]
            for name in self.fields
            if name.startswith("constant_") and self.cleaned_data[name]
        }
        kept = {name: value for name, value in (self.mapping.get("constants") or {}).items() if name not in _CONSTANT_FIELDS}
        return {
            "columns": chosen,
            "constants": {**kept, **constants},
            "templates": self.mapping.get("templates", {}),
            "values": self.mapping.get("values", {}),
            "factors": self.mapping.get("factors", {}),
            "date_order": self.cleaned_data["date_order"],
            "decimal": self.cleaned_data["decimal"],
        }
