"""The forms of files of samples."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SampleFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV with a sample in each row, or with a column for each metric. The columns are guessed."),
    )


class SampleGoForm(forms.Form):
    """How the file is read, and what is done with rows that cannot be."""

    mapping = forms.CharField(
        label=_("What the columns are"),
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false"}),
        max_length=50_000,
        strip=False,
        help_text=_(
            "columns: of the file to organization, at, metric, value, unit, or to a metric. constants, source (the "
            "tool whose keys name organizations), zone, decimal and date_order if they are needed."
        ),
    )
    skip_bad_rows = forms.BooleanField(
        label=_("Leave rows with faults out"),
        required=False,
        help_text=_("Without it, a file with a fault writes nothing."),
    )
