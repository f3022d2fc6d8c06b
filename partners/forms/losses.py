"""Forms of losses."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.days import SENSIBLE_DAYS
from partners.choices import OrganizationKind
from partners.forms.tasks import DayField
from partners.loss_choices import LossReason, LossState
from partners.models import Loss, Organization

KEYS = ("since", "until", "reason", "state", "kind", "organization")


class LossForm(forms.Form):
    """Since when, why, and for how much a year. `version` guards edits."""

    lost_on = DayField(label=gettext_lazy("Lost since"))
    reason = forms.ChoiceField(label=gettext_lazy("Main reason"), choices=LossReason.choices)
    amount = forms.DecimalField(
        label=gettext_lazy("Lost a year"),
        required=False,
        max_digits=16,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0))],
    )
    note = forms.CharField(
        label=gettext_lazy("What happened"), required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=10_000
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, organization: Organization, today: date, loss: Loss | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].help_text = _("In %(currency)s; empty if it is not known.") % {
            "currency": (loss.currency if loss else "") or organization.currency
        }
        self.initial.setdefault("lost_on", today)
        self.initial.setdefault("amount", organization.arr if organization.kind == OrganizationKind.CUSTOMER else None)
        if loss is not None:
            names = ("lost_on", "reason", "amount", "note", "version")
            self.initial.update({name: getattr(loss, name) for name in names})

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}


class ReturnForm(forms.Form):
    """The day on which it is with us again."""

    returned_on = forms.DateField()
    note = forms.CharField(required=False, max_length=300)
    version = forms.IntegerField(required=False)


class LossFilterForm(forms.Form):
    """Which losses a list shows; days are those since which they are lost."""

    since = DayField(label=gettext_lazy("Lost from"), required=False, validators=SENSIBLE_DAYS)
    until = DayField(label=gettext_lazy("Lost until"), required=False, validators=SENSIBLE_DAYS)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices in (("reason", LossReason), ("state", LossState), ("kind", OrganizationKind)):
            field: Any = self.fields[name]
            field.choices = [("", _("All")), *choices.choices]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        return data
