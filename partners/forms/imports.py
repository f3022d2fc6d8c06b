"""Forms of an import: the file, then how its columns are read.

What can be imported is data to them (`FieldOption`): the room that knows the kinds lies above this one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_MEGABYTE = 1024 * 1024
_LONGEST_CONSTANT = 254


@dataclass(frozen=True, kw_only=True)
class FieldOption:
    """A field that a column may become; `may_be_same`: offered as one value for all rows, out of `choices` if any.

    `problem_with(text)` says what such a value should have been, "" if it may stand.
    """

    name: str
    label: str | Promise
    is_required: bool = False
    may_be_same: bool = False
    choices: Sequence[tuple[str, str | Promise]] = ()
    problem_with: Callable[[str], str] = lambda text: ""


def _of_size(file: UploadedFile) -> UploadedFile:
    if (file.size or 0) > settings.IMPORT_MAX_BYTES:
        raise forms.ValidationError(
            _("The file has %(size)s MB; up to %(limit)s MB are taken. Split it and import the parts.")
            % {"size": (file.size or 0) // _MEGABYTE, "limit": settings.IMPORT_MAX_BYTES // _MEGABYTE}
        )
    return file


class ImportFileForm(forms.Form):
    """What comes in."""

    kind = forms.ChoiceField(label=gettext_lazy("The file holds"), widget=forms.RadioSelect)
    file = forms.FileField(label=gettext_lazy("CSV file"))
    beside = forms.FileField(
        label=gettext_lazy("A second file beside it"),
        required=False,
        help_text=gettext_lazy(
            "Where another tool keeps in a file of its own what belongs to each row, such as the company of a deal."
        ),
    )
    on = forms.CharField(
        label=gettext_lazy("By which column they belong together"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Empty: the one that both have. Of different names: deal_id=id."),
    )

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str | Promise]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["file"].help_text = _(
            "The first row names the columns. UTF-8 is best; up to %(limit)s MB are taken."
        ) % {"limit": settings.IMPORT_MAX_BYTES // _MEGABYTE}
        for name in ("file", "beside"):
            self.fields[name].widget.attrs |= {
                "accept": ".csv,.txt,text/csv",
                "data-max-bytes": settings.IMPORT_MAX_BYTES,
                "data-too-large": _("This file is too large. Split it and import the parts."),
            }

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        return _of_size(file)

    def clean_beside(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["beside"]
        return _of_size(file) if file else None


class MappingForm(forms.Form):
    """One choice a column, values for what the file does not say, and how days and numbers are written."""

    date_order = forms.ChoiceField(
        label=gettext_lazy("Days are written as"),
        choices=[
            ("YMD", gettext_lazy("2026-03-09")),
            ("DMY", gettext_lazy("09.03.2026 (day first)")),
            ("MDY", gettext_lazy("03/09/2026 (month first)")),
        ],
    )
    decimal = forms.ChoiceField(
        label=gettext_lazy("Amounts are written as"), choices=[(".", "1,250.00"), (",", "1.250,00")]
    )
    skip_bad_rows = forms.BooleanField(
        label=gettext_lazy("Leave rows with faults out and import the others"), required=False
    )

    def __init__(
        self,
        *args: Any,
        options: Sequence[FieldOption],
        columns: Sequence[str],
        mapping: Mapping[str, Any],
        skip_bad_rows: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.options, self.columns, self.mapping = options, columns, mapping
        self._add_columns()
        self._add_constants()
        self.fields["date_order"].initial = mapping.get("date_order", "YMD")
        self.fields["decimal"].initial = mapping.get("decimal", ".")
        self.fields["skip_bad_rows"].initial = skip_bad_rows

    def _add_columns(self) -> None:
        chosen = self.mapping.get("columns") or {}
        choices = [("", _("Do not import")), *((option.name, option.label) for option in self.options)]
        for position, column in enumerate(self.columns):
            self.fields[f"column_{position}"] = forms.ChoiceField(
                label=column, choices=choices, required=False, initial=chosen.get(column, "")
            )

    def _add_constants(self) -> None:
        given = self.mapping.get("constants") or {}
        for option in self._constants():
            common: dict[str, Any] = {"label": option.label, "required": False, "initial": given.get(option.name, "")}
            self.fields[f"constant_{option.name}"] = (
                forms.ChoiceField(choices=[("", "—"), *option.choices], **common)
                if option.choices
                else forms.CharField(max_length=_LONGEST_CONSTANT, **common)
            )

    def _constants(self) -> list[FieldOption]:
        return [option for option in self.options if option.may_be_same]

    @property
    def column_fields(self) -> list[Any]:
        return [self[f"column_{position}"] for position in range(len(self.columns))]

    @property
    def constant_fields(self) -> list[Any]:
        return [self[f"constant_{option.name}"] for option in self._constants()]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        taken: dict[str, str] = {}
        for position, column in enumerate(self.columns):
            name = found.get(f"column_{position}")
            if name and name in taken:
                self.add_error(
                    f"column_{position}", _("The column %(column)s is this field already.") % {"column": taken[name]}
                )
            elif name:
                taken[name] = column
        self._check_constants(found)
        self._check_required(found, taken)
        return found

    def _check_constants(self, found: Mapping[str, Any]) -> None:
        for option in self._constants():
            text = found.get(f"constant_{option.name}")
            if text and (problem := option.problem_with(text)):
                self.add_error(f"constant_{option.name}", _("Expected %(what)s.") % {"what": problem})

    def _check_required(self, found: Mapping[str, Any], taken: Mapping[str, str]) -> None:
        made = self.mapping.get("templates") or {}
        for option in self.options:
            given = option.name in taken or option.name in made or found.get(f"constant_{option.name}")
            if option.is_required and not given:
                message = (
                    _("Every row needs a value for “%(field)s”: choose its column, or one value for all rows.")
                    if option.may_be_same
                    else _("Every row needs a value for “%(field)s”: choose its column.")
                )
                self.add_error(None, message % {"field": option.label})

    def as_mapping(self) -> dict[str, Any]:
        """The choices as a mapping; templates, values and factors of a mapping file are kept."""
        columns = {
            column: self.cleaned_data[f"column_{position}"]
            for position, column in enumerate(self.columns)
            if self.cleaned_data[f"column_{position}"]
        }
        offered = {option.name for option in self._constants()}
        constants = {
            name: self.cleaned_data[f"constant_{name}"] for name in offered if self.cleaned_data[f"constant_{name}"]
        }
        kept = {name: text for name, text in (self.mapping.get("constants") or {}).items() if name not in offered}
        return {
            "columns": columns,
            "constants": {**kept, **constants},
            "templates": self.mapping.get("templates", {}),
            "values": self.mapping.get("values", {}),
            "factors": self.mapping.get("factors", {}),
            "leave_out": self.mapping.get("leave_out", {}),
            "date_order": self.cleaned_data["date_order"],
            "decimal": self.cleaned_data["decimal"],
        }
