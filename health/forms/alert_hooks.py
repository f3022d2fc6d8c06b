"""The form of an address that monitors call."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.incident_choices import Severity


class AlertHookForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    tag = forms.CharField(
        label=_("Tag that names the organization"),
        max_length=60,
        initial="partner",
        help_text=_("As partner:<external key> among the tags of a monitor."),
    )
    organization_key = forms.CharField(
        label=_("Else the organization with this external key"), max_length=120, required=False
    )
    metric = forms.ChoiceField(label=_("Metric"), required=False)
    when_alert = forms.DecimalField(label=_("An alert means"), max_digits=20, decimal_places=6, required=False)
    when_warn = forms.DecimalField(label=_("A warning means"), max_digits=20, decimal_places=6, required=False)
    when_ok = forms.DecimalField(label=_("A recovery means"), max_digits=20, decimal_places=6, required=False)
    declares = forms.BooleanField(label=_("Open an incident, and add to it"), required=False)
    severity = forms.ChoiceField(label=_("How bad"), choices=[("", "—"), *Severity.choices], required=False)

    def __init__(self, *args: Any, metrics: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["metric"].choices = [("", _("None")), *metrics]  # type: ignore[attr-defined]
