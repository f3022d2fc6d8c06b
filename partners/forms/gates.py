"""Forms of gates: judging, signing, waiving, overriding."""

import base64
import binascii
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.labels import role_label, stage_label
from partners.choices import STAGES_OF_KIND, OrganizationKind
from partners.rules.lifecycle import next_stage

_PREFIX = "data:image/png;base64,"
# A drawn signature of 200 KB, as base64 spells it; what is longer is no signature.
MAX_DRAWN = 280_000
MAX_REASON = 4_000


def _reason(label: Any, help_text: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=MAX_REASON, widget=area, help_text=help_text)


class JudgeForm(forms.Form):
    """A person's word on a section that no rule decides."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Does this section pass?"),
        choices=(("passed", gettext_lazy("It passes")), ("failed", gettext_lazy("It fails"))),
        widget=forms.RadioSelect,
    )
    reason = _reason(gettext_lazy("Reason"), gettext_lazy("It stands in the record of the gate, with your name."))


class SignForm(forms.Form):
    """A name typed, or a signature drawn as a picture; the name is typed in both cases."""

    role = forms.ChoiceField(label=gettext_lazy("Sign as"))
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        help_text=gettext_lazy("Type it as it stands in your account: that is your signature."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    drawn = forms.CharField(
        required=False, max_length=MAX_DRAWN, widget=forms.HiddenInput(attrs={"data-pad-image": ""})
    )
    image = forms.FileField(
        label=gettext_lazy("Or a picture of your signature"),
        required=False,
        help_text=gettext_lazy("PNG, up to 200 KB. Leave it out to sign by your typed name."),
        widget=forms.FileInput(attrs={"accept": "image/png"}),
    )

    def __init__(self, *args: Any, roles: tuple[str, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(role, role_label(role)) for role in roles]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
        self.fields["role"].initial = roles[0] if roles else ""

    def clean_drawn(self) -> bytes | None:
        """The picture behind the data address that the page made; None where nothing was drawn."""
        sent: str = self.cleaned_data["drawn"]
        if not sent:
            return None
        try:
            return base64.b64decode(sent.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            raise forms.ValidationError(_("This is no drawn signature. Draw it again, or type your name.")) from None


class WaiverForm(forms.Form):
    """Leave for one criterion to pass until a day, its end included."""

    reason = _reason(gettext_lazy("Reason"))
    until = forms.DateField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("The last day on which the gate may be decided by it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not self.today <= until <= date(2100, 12, 31):
            raise forms.ValidationError(_("Choose a day from today on."))
        return until


class WaiverAskForm(forms.Form):
    """Why somebody who works at a gate wants a criterion of it waived."""

    reason = _reason(
        gettext_lazy("Reason"), gettext_lazy("It is kept with your name and the answer, whatever that is.")
    )


class WaiverRefuseForm(forms.Form):
    """Why what was asked for is not waived."""

    note = _reason(gettext_lazy("Why not"), gettext_lazy("Whoever asked reads it; it is kept."))


class OverrideForm(forms.Form):
    """Leave a stage against the rules of its gate."""

    to = forms.ChoiceField(label=gettext_lazy("To which stage"))
    reason = _reason(
        gettext_lazy("Reason"), gettext_lazy("It is kept with the decision, with your name and what was in the way.")
    )
    is_sure = forms.BooleanField(label=gettext_lazy("I decide this against the rules of the gate"))

    def __init__(self, *args: Any, kind: str, stage: str, **options: Any) -> None:
        super().__init__(*args, **options)
        stages = [one.value for one in STAGES_OF_KIND[OrganizationKind(kind)] if one.value != stage]
        self.fields["to"].choices = [(one, stage_label(one)) for one in stages]  # type: ignore[attr-defined]
        self.fields["to"].initial = next_stage(kind, stage)


class EvidenceForm(forms.Form):
    """One piece of evidence: a file, an address or some words."""

    file = forms.FileField(label=gettext_lazy("File"), required=False)
    url = forms.CharField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=8_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if len([name for name in ("file", "url", "note") if cleaned.get(name)]) != 1:
            raise forms.ValidationError(_("Give one of the three: a file, a link or a note."))
        return cleaned
