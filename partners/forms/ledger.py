"""Which lines of the ledger of revenue a list shows."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.days import SENSIBLE_DAYS
from partners.forms.tasks import DayField
from partners.growth_choices import LESS, RevenueKind

LEDGER_KEYS = ("kind", "since", "until")


class LedgerFilterForm(forms.Form):
    """By what happened and by days."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = DayField(label=gettext_lazy("From"), required=False, validators=SENSIBLE_DAYS)
    until = DayField(label=gettext_lazy("Until"), required=False, validators=SENSIBLE_DAYS)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("All")), (LESS, _("Everything that became less")), *RevenueKind.choices]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
