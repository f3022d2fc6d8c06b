"""The form of a survey that another house has asked."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_MEGABYTE = 1024 * 1024


class SurveyFileForm(forms.Form):
    """A file of answers and how it is read."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("One row for each person asked, with a first row of names."),
    )
    mapping = forms.CharField(
        label=gettext_lazy("What the columns are"),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        max_length=200_000,
        strip=False,
        help_text=gettext_lazy(
            "name and wave, source and weight if there are any, and questions: for each column its label, its kind "
            "(csat for 1 to 5, nps for 0 to 10), and left_out: what stands for no answer, with what it means."
        ),
    )
    replace = forms.BooleanField(label=gettext_lazy("In place of the same wave from another file"), required=False)

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.IMPORT_MAX_BYTES:
            limit = {"limit": settings.IMPORT_MAX_BYTES // _MEGABYTE}
            raise forms.ValidationError(_("Up to %(limit)s MB are taken.") % limit)
        return file
