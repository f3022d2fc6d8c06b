"""Forms of beta programs."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.feedback_choices import BetaSeatState, BetaState
from partners.forms.feedback import choose_contact
from partners.forms.tasks import DayField
from partners.models import BetaProgram, BetaSeat, Contact, FeedbackItem


class BetaForm(forms.Form):
    """A program. `version` guards edits."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("To"))
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=BetaState.choices)
    item = forms.ModelChoiceField(
        label=gettext_lazy("Answers the feedback"),
        queryset=FeedbackItem.objects.none(),
        required=False,
        to_field_name="public_id",
    )
    description = forms.CharField(
        label=gettext_lazy("What is tried"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Contacts of those who are invited read it in the portal."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, items: Sequence[FeedbackItem], program: BetaProgram | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["item"]
        field.queryset = FeedbackItem.objects.filter(pk__in=[one.pk for one in items])
        field.choices = [("", _("None")), *((str(one.public_id), one.title) for one in items)]
        if program is not None:
            names = ("title", "starts_on", "ends_on", "state", "description", "version")
            self.initial.update({name: getattr(program, name) for name in names})
            self.initial["item"] = program.item.public_id if program.item else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The last day lies before the first."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}


class SeatForm(forms.Form):
    """How it goes for one organization. `version` guards edits."""

    state = forms.ChoiceField(label=gettext_lazy("State"), choices=BetaSeatState.choices)
    contact = forms.ModelChoiceField(
        label=gettext_lazy("Who takes part"), queryset=Contact.objects.none(), required=False, to_field_name="public_id"
    )
    sessions = forms.IntegerField(label=gettext_lazy("Sessions held"), min_value=0, max_value=999)
    feedback = forms.CharField(
        label=gettext_lazy("What they say"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, contacts: Sequence[Contact], seat: BetaSeat, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_contact(self, contacts)
        self.initial.update({name: getattr(seat, name) for name in ("state", "sessions", "feedback", "version")})
        self.initial["contact"] = seat.contact.public_id if seat.contact else None

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}
