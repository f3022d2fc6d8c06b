"""The form in which a pack is written: its text, checked against its kind with the line of what is wrong."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.pack_files import ENDING, MAX_BYTES, PackFileError, read_pack_content
from common.services.policies import PlannedPack, plan_packs
from hub.policy_words import SourceLine, fault_words, lines_around


class PolicyForm(forms.Form):
    """`plan` says after validation what the text would change, `excerpt` where a mistake stands."""

    text = forms.CharField(
        label=_("Policy"),
        strip=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(attrs={"class": "code", "rows": 26, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("YAML. Comments are not kept with the version."),
    )
    note = forms.CharField(
        label=_("Why"), max_length=300, required=False, help_text=_("A sentence; kept with the version.")
    )
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # The checksum of what was shown: nobody puts in force what they have not looked at.
    checked = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, name: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.name = name
        self.plan: PlannedPack | None = None
        self.excerpt: list[SourceLine] = []

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        try:
            [self.plan] = plan_packs([read_pack_content(f"{self.name}{ENDING}", text.encode())])
        except PackFileError as error:
            self.excerpt = lines_around(text, error.line)
            raise forms.ValidationError(fault_words(error)) from error
        return text

    def is_ready(self) -> bool:
        """Whether a valid form may be put in force: its changes were looked at, and somebody says why."""
        if not self.cleaned_data["note"].strip():
            self.add_error("note", _("Say in a sentence why."))
        if self.plan is None or self.cleaned_data["checked"] != self.plan.source.checksum:
            self.add_error(None, _("The text is another than the one whose changes were shown. Look at them again."))
        return not self.errors


class UploadForm(forms.Form):
    """A pack as a file; its name says which pack it is."""

    file = forms.FileField(label=_("File"), help_text=_("Named after its pack, like tiers.yaml."))

    def clean_file(self) -> dict[str, str]:
        """The name of the pack and its text; whether the text is good, PolicyForm says."""
        file = self.cleaned_data["file"]
        content = file.read(MAX_BYTES + 1)
        try:
            name = read_pack_content(file.name, content).name
        except PackFileError as error:
            raise forms.ValidationError(fault_words(error)) from error
        return {"name": name, "text": content.decode("utf-8-sig")}
