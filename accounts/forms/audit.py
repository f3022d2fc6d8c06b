"""What is looked for in the audit trail."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.days import SENSIBLE_DAYS

KEYS = ("who", "verb", "kind", "object", "since", "until")


class AuditFilterForm(forms.Form):
    """All may be left empty. Days are those of the reader."""

    who = forms.CharField(label=gettext_lazy("Who"), max_length=150, required=False)
    verb = forms.CharField(
        label=gettext_lazy("What"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("How it begins: role, or role.granted."),
    )
    kind = forms.CharField(label=gettext_lazy("Kind of object"), max_length=40, required=False)
    object = forms.CharField(
        label=gettext_lazy("Object"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Part of its name; without days, the last 31 are searched."),
    )
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=SENSIBLE_DAYS,
    )
    until = forms.DateField(
        label=gettext_lazy("To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=SENSIBLE_DAYS,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        return data

    @property
    def given(self) -> Mapping[str, str]:
        """The filters that are set and can be read, as text: for links and for the record of an export."""
        data = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        return {key: str(data[key]) for key in KEYS if data.get(key)}
