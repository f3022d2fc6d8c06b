"""Forms of handoffs: begin one, return it, when giver and receiver met, and a whole portfolio at once."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners.forms.fields import PersonField

_MAX_TEXT = 4_000


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class HandoffForm(forms.Form):
    """From which role to which, to whom. `way` is "kind:from role:to role"."""

    way = forms.ChoiceField(label=gettext_lazy("Handoff"))
    receiver = forms.CharField()
    summary = forms.CharField(
        label=gettext_lazy("In a few sentences"),
        help_text=gettext_lazy("What should the receiver know first?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=_MAX_TEXT,
        required=False,
    )
    giver_leaves = forms.BooleanField(
        label=gettext_lazy("I leave this role then"),
        help_text=gettext_lazy("From owner to owner: your assignment ends when the handoff is accepted."),
        required=False,
    )

    def __init__(self, *args: Any, actor: Actor, ways: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["way"].choices = ways  # type: ignore[attr-defined]
        person = PersonField(actor=actor, label=_("To whom"), help_text=_("Name or e-mail address of a colleague."))
        self.fields["receiver"] = person
        self.order_fields(["way", "receiver", "summary", "giver_leaves"])

    @property
    def roles(self) -> dict[str, str]:
        kind, given, taken = self.cleaned_data["way"].split(":")
        return {"kind": kind, "from_role": given, "to_role": taken}


class ReadressForm(forms.Form):
    receiver = forms.CharField()

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["receiver"] = PersonField(actor=actor, label=_("To whom instead"))


class ItemForm(forms.Form):
    """The giver's word on one item."""

    note = forms.CharField(
        label=gettext_lazy("Your note"), widget=forms.Textarea(attrs={"rows": 3}), max_length=_MAX_TEXT, required=False
    )
    is_settled = forms.BooleanField(label=gettext_lazy("Complete"), required=False)


class SummaryForm(forms.Form):
    summary = forms.CharField(
        label=gettext_lazy("In a few sentences"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=_MAX_TEXT,
        required=False,
    )


class ReturnForm(forms.Form):
    """What is wanting, and in which items."""

    reasons = forms.CharField(
        label=gettext_lazy("What is missing?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=_MAX_TEXT
    )
    items = forms.MultipleChoiceField(
        label=gettext_lazy("In which parts?"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, items: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["items"].choices = items  # type: ignore[attr-defined]


class DayForm(forms.Form):
    """The day of a meeting or of the beginning of the shadow period; empty takes a meeting back."""

    on = _day(gettext_lazy("Day"))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=1_000)


class ResultsForm(forms.Form):
    results = forms.CharField(
        label=gettext_lazy("How did the launch go?"),
        help_text=gettext_lazy("First orders, incidents, what the numbers say, what is left to do."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=_MAX_TEXT,
    )


class PortfolioForm(forms.Form):
    """Several organizations to one person: before an absence, or when somebody leaves."""

    role = forms.ChoiceField(label=gettext_lazy("Role that you hand on"))
    receiver = forms.CharField()
    summary = forms.CharField(
        label=gettext_lazy("In a few sentences"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=_MAX_TEXT,
        required=False,
    )
    giver_leaves = forms.BooleanField(
        label=gettext_lazy("I leave this role then"),
        help_text=gettext_lazy("Without it you stay an owner beside the receiver, as during an absence."),
        required=False,
    )
    organizations = forms.MultipleChoiceField(label=gettext_lazy("Organizations"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        roles: Sequence[tuple[str, str]],
        organizations: Sequence[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["organizations"].choices = organizations  # type: ignore[attr-defined]
        person = PersonField(actor=actor, label=_("To whom"), help_text=_("Name or e-mail address of a colleague."))
        self.fields["receiver"] = person
        self.order_fields(["role", "receiver", "summary", "giver_leaves", "organizations"])
