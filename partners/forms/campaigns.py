"""Forms of campaigns."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.choices import ContactRole, Stage
from partners.forms.tasks import DayField
from partners.models import SurveyCampaign


class CampaignForm(forms.Form):
    """Whom to ask, and when. `version` guards edits."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("To"))
    share = forms.IntegerField(
        label=gettext_lazy("Share, percent"),
        min_value=1,
        max_value=100,
        initial=100,
        help_text=gettext_lazy("Drawn by lot, the same in the preview and when it starts."),
    )
    stages = forms.MultipleChoiceField(
        label=gettext_lazy("Organizations in"),
        choices=Stage.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: in any stage."),
    )
    contact_roles = forms.MultipleChoiceField(
        label=gettext_lazy("Contacts who are"),
        choices=ContactRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: whatever their role."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, campaign: SurveyCampaign | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if campaign is not None:
            self.initial.update({name: getattr(campaign, name) for name in self.fields})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The last day lies before the first."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}
