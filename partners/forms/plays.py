"""Forms of plays."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

_AREA = {"rows": 3}


class StartPlayForm(forms.Form):
    """Which play, and what happened that calls for it."""

    play = forms.ChoiceField(label=gettext_lazy("Situation"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("What happened"), widget=forms.Textarea(attrs=_AREA), max_length=2_000)

    def __init__(self, *args: Any, plays: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["play"].choices = plays  # type: ignore[attr-defined]


class EndPlayForm(forms.Form):
    """How it ended."""

    outcome = forms.ChoiceField(label=gettext_lazy("How it ended"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("In a few words"), required=False, widget=forms.Textarea(attrs=_AREA), max_length=2_000
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, outcomes: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]
