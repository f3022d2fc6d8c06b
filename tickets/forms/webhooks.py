"""The form of a webhook."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.hook_choices import HookEvent


class WebhookForm(forms.Form):
    """Where another tool is told of what."""

    name = forms.CharField(label=_("Name"), max_length=120)
    url = forms.CharField(label=_("Address"), max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://"}))
    events = forms.MultipleChoiceField(
        label=_("Tell it when"), choices=HookEvent.choices, widget=forms.CheckboxSelectMultiple
    )
    is_active = forms.BooleanField(label=_("On"), required=False, initial=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def values(self) -> dict[str, Any]:
        """What a webhook is made of. Of a form that is valid."""
        return {name: self.cleaned_data[name] for name in ("name", "url", "events")}
