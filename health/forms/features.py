"""The forms of features and of what was bought."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_DAY = forms.DateInput(attrs={"type": "date"})


class FeatureForm(forms.Form):
    """`key` is given once."""

    key = forms.SlugField(label=_("Key"), max_length=60, help_text=_("As events of the product name it."))
    name = forms.CharField(label=_("Name"), max_length=120)
    module = forms.CharField(label=_("Module"), max_length=80, required=False)
    description = forms.CharField(label=_("What it does"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    used_from = forms.IntegerField(
        label=_("Counts as used from, times a week"), min_value=1, max_value=100_000, initial=3
    )
    released_on = forms.DateField(
        label=_("Released"), required=False, widget=_DAY, help_text=_("Before this day it does not count.")
    )
    retired_on = forms.DateField(label=_("Retired"), required=False, widget=_DAY)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_new: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_new:
            del self.fields["key"]

    @property
    def values(self) -> dict[str, Any]:
        """What a feature says of itself. Of a form that is valid."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("key", "version")}


class EntitlementForm(forms.Form):
    metric = forms.ChoiceField(label=_("What was bought"))
    amount = forms.DecimalField(label=_("How much"), max_digits=20, decimal_places=6, min_value=0)
    starts_on = forms.DateField(label=_("From"), widget=_DAY)
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=_DAY, help_text=_("Left empty it stays until another one begins.")
    )

    def __init__(self, *args: Any, metrics: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["metric"].choices = metrics  # type: ignore[attr-defined]
