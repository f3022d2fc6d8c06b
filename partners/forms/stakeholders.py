"""Forms of people who count, and of the customer record."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms.days import SENSIBLE_DAYS
from partners.forms.tasks import DayField
from partners.models import Stakeholder
from partners.stakeholder_choices import Influence, Sentiment


class StakeholderForm(forms.Form):
    """What somebody means to the relationship. `version` guards edits; `others` are those they may report to."""

    influence = forms.ChoiceField(label=gettext_lazy("Influence"), choices=Influence.choices)
    sentiment = forms.ChoiceField(label=gettext_lazy("How they think of us"), choices=Sentiment.choices)
    is_sponsor = forms.BooleanField(
        label=gettext_lazy("Sponsor"),
        required=False,
        help_text=gettext_lazy("Carries this on their side. You are warned when a sponsor is quiet or has left."),
    )
    reports_to = forms.ModelChoiceField(
        label=gettext_lazy("Reports to"),
        queryset=Stakeholder.objects.none(),
        to_field_name="public_id",
        required=False,
    )
    cares_about = forms.CharField(
        label=gettext_lazy("Cares about"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5_000,
        help_text=gettext_lazy("What they are measured by, what they fear, what they like to hear."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, others: Any, stakeholder: Stakeholder | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        bosses: Any = self.fields["reports_to"]
        bosses.queryset = others
        bosses.label_from_instance = lambda row: row.contact.name
        self.initial.update({"influence": Influence.UNKNOWN, "sentiment": Sentiment.UNKNOWN, "version": 0})
        if stakeholder is not None:
            names = ("influence", "sentiment", "is_sponsor", "cares_about", "version")
            self.initial.update({name: getattr(stakeholder, name) for name in names})
            boss = stakeholder.reports_to
            self.initial["reports_to"] = boss.public_id if boss is not None else None

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}


class LeftForm(forms.Form):
    """The day since which somebody is gone."""

    left_on = DayField(label=gettext_lazy("Gone since"), validators=SENSIBLE_DAYS)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class FactForm(forms.Form):
    """One fact of the customer record. `version` guards edits."""

    value = forms.CharField(
        label=gettext_lazy("What we know"), widget=forms.Textarea(attrs={"rows": 6}), max_length=10_000
    )
    source = forms.CharField(
        label=gettext_lazy("Where it is from"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("A call, a document, a person: so that others can judge it."),
    )
    as_of = DayField(label=gettext_lazy("As of"), validators=SENSIBLE_DAYS)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, today: date, fact: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.update({"as_of": today, "version": 0})
        if fact is not None:
            self.initial.update({"value": fact.value, "source": fact.source, "version": fact.version})

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}
