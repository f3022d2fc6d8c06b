"""Forms of promises."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners.forms.fields import PersonField
from partners.forms.tasks import DayField
from partners.models import Commitment, Contact
from partners.work_choices import Side


class CommitmentForm(forms.Form):
    """A promise; of one that is made already the day and the side are changed otherwise. `version` guards edits."""

    side = forms.ChoiceField(
        label=gettext_lazy("Who promises"), choices=Side.choices, initial=Side.US, widget=forms.RadioSelect
    )
    title = forms.CharField(label=gettext_lazy("What"), max_length=200)
    due_on = DayField(label=gettext_lazy("Until"))
    owner = forms.CharField(required=False)
    contact = forms.ModelChoiceField(
        label=gettext_lazy("Their person"), queryset=Contact.objects.none(), to_field_name="public_id", required=False
    )
    description = forms.CharField(
        label=gettext_lazy("Details"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=30_000
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        contacts: Sequence[Contact],
        commitment: Commitment | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        hint = _("Who keeps it, or looks after theirs. Name or e-mail address of a colleague.")
        self.fields["owner"] = PersonField(actor=actor, label=_("Our person"), help_text=hint, required=False)
        contact: Any = self.fields["contact"]
        contact.queryset = Contact.objects.filter(pk__in=[one.pk for one in contacts])
        contact.choices = [("", _("Nobody in particular")), *((str(one.public_id), one.name) for one in contacts)]
        if commitment is not None:
            del self.fields["side"], self.fields["due_on"]
            shown = ("title", "owner", "description", "version")
            self.initial.update({name: getattr(commitment, name) for name in shown})
            self.initial["contact"] = commitment.contact.public_id if commitment.contact else None

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}


class PromiseForm(forms.Form):
    """The small part of another form: one promise that came up in a conversation; empty where there was none.

    Ours is kept by a colleague, the one who writes it down unless another is named; theirs by one of their people.
    """

    title = forms.CharField(label=gettext_lazy("A promise was made"), max_length=200, required=False)
    side = forms.ChoiceField(label=gettext_lazy("By whom"), choices=Side.choices, initial=Side.US, required=False)
    due_on = DayField(label=gettext_lazy("Until"), required=False)

    def __init__(
        self, *args: Any, actor: Actor | None = None, contacts: Sequence[Contact] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if actor is not None:
            hint = _("Name or e-mail address of a colleague; you, if left empty.")
            self.fields["owner"] = PersonField(actor=actor, label=_("Our person"), help_text=hint, required=False)
        if contacts:
            people = Contact.objects.filter(pk__in=[one.pk for one in contacts])
            contact: Any = forms.ModelChoiceField(
                label=_("Their person"), queryset=people, to_field_name="public_id", required=False
            )
            contact.choices = [("", _("Nobody in particular")), *((str(one.public_id), one.name) for one in contacts)]
            self.fields["contact"] = contact

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("title") and not cleaned.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("A promise has a day."))
        return cleaned

    @property
    def values(self) -> dict[str, Any] | None:
        """What was promised; None where nothing was. Of a form that is valid."""
        if not self.cleaned_data.get("title"):
            return None
        return {**self.cleaned_data, "side": self.cleaned_data.get("side") or Side.US}


class RenegotiateForm(forms.Form):
    due_on = DayField(label=gettext_lazy("New day"))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)
