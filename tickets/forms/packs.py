"""The text of a policy pack of tickets, as it is being written on a page of a dry run."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.pack_files import ENDING, MAX_BYTES, PackFileError, parse_source, read_pack_content


class PackForm(forms.Form):
    """`pack` holds what the parser made of the text once the form is valid; `name` is that of the pack."""

    name = ""
    text = forms.CharField(
        label=_("Rules"),
        strip=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(attrs={"class": "code", "rows": 18, "spellcheck": "false"}),
        help_text=_("Nothing is kept. A version is put in force on the page of policies."),
    )
    pack: Any = None

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        try:
            self.pack = parse_source(read_pack_content(f"{self.name}{ENDING}", text.encode()))
        except PackFileError as error:
            where = f"{error.path}, " if error.path else ""
            line = _("line %(line)s: ") % {"line": error.line} if error.line else ""
            raise forms.ValidationError(f"{line}{where}{error.message}") from error
        return text
