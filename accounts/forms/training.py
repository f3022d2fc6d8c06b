"""Forms of training."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.days import SENSIBLE_DAYS
from accounts.labels import role_choices
from accounts.training_choices import TrainingResult


class RecordForm(forms.Form):
    """How a module went."""

    result = forms.ChoiceField(label=_("Result"), choices=TrainingResult.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    certificate = forms.URLField(
        label=_("Link to the certificate"), max_length=200, required=False, assume_scheme="https"
    )


class ModuleForm(forms.Form):
    """Something to learn; `since` is any day of its first month."""

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("What it is about"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    link = forms.URLField(label=_("Where it is"), max_length=200, required=False, assume_scheme="https")
    roles = forms.MultipleChoiceField(
        label=_("For these roles"), choices=role_choices, widget=forms.CheckboxSelectMultiple
    )
    is_required = forms.BooleanField(label=_("Required each month"), required=False, initial=True)
    since = forms.DateField(
        label=_("From this month on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=SENSIBLE_DAYS,
        help_text=_("Any day of the month."),
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """The fields of the module; of a form that holds."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
