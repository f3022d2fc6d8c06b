"""Several files in one field."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Its value is a list of uploaded files, empty for none; what is in them the service checks."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Raises ValidationError for a file without a name or content."""
        given = data if isinstance(data, list | tuple) else [data]
        return [found for one in given if one and (found := super(FilesField, self).clean(one, initial))]
