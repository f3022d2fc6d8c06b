"""Forms of wins and references."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.days import SENSIBLE_DAYS
from accounts.rules.access import Actor
from partners.choices import OrganizationKind
from partners.enablement_choices import Consent, ReferenceState, WinAudience
from partners.forms.enablement import ActSheet, NounSheet, Sheet, contacts_of
from partners.forms.tasks import DayField
from partners.models import Contact, Organization, Win

KEYS = ("q", "kind", "only", "industry", "organization")
_ANSWERS = (ReferenceState.AGREED, ReferenceState.SERVED, ReferenceState.DECLINED)


class WinForm(NounSheet):
    """What went well, whether it may be told, to whom, and who said so."""

    title = forms.CharField(label=gettext_lazy("What went well"), max_length=200)
    story = forms.CharField(
        label=gettext_lazy("Story"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    achieved_on = DayField(label=gettext_lazy("Achieved on"), validators=SENSIBLE_DAYS)
    consent = forms.ChoiceField(
        label=gettext_lazy("Consent"),
        choices=Consent.choices,
        help_text=gettext_lazy("It is told to others only with consent that somebody of theirs gave."),
    )
    contact = forms.ModelChoiceField(
        label=gettext_lazy("Who consents"), queryset=Contact.objects.none(), to_field_name="public_id", required=False
    )
    consent_until = DayField(
        label=gettext_lazy("Consent until"),
        required=False,
        validators=SENSIBLE_DAYS,
        help_text=gettext_lazy("The last day on which it may be told; empty without an end."),
    )
    audience = forms.ChoiceField(label=gettext_lazy("May be told to"), choices=WinAudience.choices)
    is_reference = forms.BooleanField(
        label=gettext_lazy("They serve as a reference"),
        required=False,
        help_text=gettext_lazy("Others may talk with them about it, after one has asked."),
    )

    def __init__(
        self, *args: Any, actor: Actor, organization: Organization, row: Win | None = None, **options: Any
    ) -> None:
        super().__init__(*args, row=row, **options)
        self.fields["contact"].queryset = contacts_of(actor, organization)  # type: ignore[attr-defined]
        if row is not None and row.contact is not None:
            self.initial["contact"] = row.contact.public_id


class AskForm(Sheet):
    """Somebody is to hear of a win."""

    wanted_for = forms.CharField(
        label=gettext_lazy("For whom"),
        max_length=200,
        help_text=gettext_lazy("Who wants to hear of it, and in which way: a call, a visit, a quote."),
    )
    wanted_until = DayField(label=gettext_lazy("Until"), required=False, validators=SENSIBLE_DAYS)


class SettleForm(ActSheet):
    """What came of a request."""

    state = forms.ChoiceField(
        label=gettext_lazy("What they say"), choices=[(state.value, state.label) for state in _ANSWERS]
    )
    note = forms.CharField(
        label=gettext_lazy("What came of it"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("If they decline: why."),
    )


class ReferenceFilterForm(forms.Form):
    """Which wins the list of all shows."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=100)
    only = forms.ChoiceField(label=gettext_lazy("Show"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    industry = forms.CharField(label=gettext_lazy("Industry"), required=False, max_length=100)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        only, kind = self.fields["only"], self.fields["kind"]
        only.choices = [("", _("References")), ("wins", _("All wins"))]  # type: ignore[attr-defined]
        kind.choices = [("", _("All")), *OrganizationKind.choices]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
