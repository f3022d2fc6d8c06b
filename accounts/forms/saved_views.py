"""Naming a saved view."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SavedViewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    is_shared = forms.BooleanField(label=_("Share it with colleagues"), required=False)
    is_default = forms.BooleanField(label=_("Open the list with it"), required=False)
