"""Forms of post-mortems: the text, what is shared of it, and what is done so that it does not happen again."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners.forms.fields import PersonField
from partners.forms.tasks import DayField
from partners.work_choices import Side
from tickets.incident_policy import SECTION_WORDS
from tickets.rules.post_mortems import SECTIONS, SHAREABLE

MAX_TEXT = 33_000


def _part(label: Any, rows: int, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=hint,
    )


class PostMortemForm(forms.Form):
    """The parts of a post-mortem, in Markdown."""

    summary = _part(gettext_lazy("Summary"), 3, gettext_lazy("What happened, for somebody who was not there."))
    timeline = _part(
        gettext_lazy("Timeline"), 8, gettext_lazy("Proposed from the course of the incident. It stays with us.")
    )
    impact = _part(gettext_lazy("Impact"), 3, gettext_lazy("Who could not do what, for how long."))
    root_cause = _part(gettext_lazy("Root cause"), 4, gettext_lazy("Why it was possible at all."))
    factors = _part(
        gettext_lazy("Contributing factors"), 3, gettext_lazy("What made it worse or longer. It stays with us.")
    )
    went_well = _part(gettext_lazy("What went well"), 3, gettext_lazy("What to do again. It stays with us."))
    prevention = _part(gettext_lazy("Prevention"), 4, gettext_lazy("What changes so that it does not happen again."))

    @property
    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in SECTIONS}


class ShareForm(forms.Form):
    """Which parts affected organizations read."""

    sections = forms.MultipleChoiceField(
        label=gettext_lazy("Parts that affected organizations read in the portal"),
        choices=[(name, SECTION_WORDS[name]) for name in SHAREABLE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class ReturnForm(forms.Form):
    """What is missing."""

    reason = forms.CharField(label=gettext_lazy("What is missing"), max_length=500)


class ActionForm(forms.Form):
    """What is done, for whom, by whom, until when."""

    title = forms.CharField(label=gettext_lazy("What"), max_length=200)
    organization = forms.TypedChoiceField(label=gettext_lazy("Promised to"), coerce=int)
    side = forms.ChoiceField(label=gettext_lazy("Who promises"), choices=Side.choices, initial=Side.US)
    owner = forms.CharField(required=False)
    due_on = DayField(label=gettext_lazy("Until"))

    def __init__(self, *args: Any, actor: Actor, affected: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["organization"].choices = [*affected]  # type: ignore[attr-defined]
        self.fields["owner"] = PersonField(actor=actor, label=_("Who looks after it"), required=False)
        self.order_fields(["title", "organization", "side", "owner", "due_on"])
