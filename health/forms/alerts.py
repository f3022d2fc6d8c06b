"""Forms of alerts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from health.alert_choices import EpisodeOutcome
from partners.forms.fields import PersonField

_MOST = 4_000


class _Versioned(forms.Form):
    """`version` is the one that the page showed: two people at once are told of each other."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)


class ActForm(_Versioned):
    note = forms.CharField(
        label=_("What do you do about it?"), max_length=_MOST, widget=forms.Textarea(attrs={"rows": 2})
    )


class CloseForm(_Versioned):
    outcome = forms.ChoiceField(
        label=_("How did it turn out?"), choices=EpisodeOutcome.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("What happened"),
        help_text=_("Needed for a false or late one, so that the rule can be mended."),
        max_length=_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SnoozeForm(_Versioned):
    until = forms.DateTimeField(
        label=_("Until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your own time zone. The clock of the answer runs on."),
    )
    reason = forms.CharField(label=_("Why it can wait"), max_length=300)


class AssignForm(_Versioned):
    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        hint = _("Name or e-mail address of a colleague who opens the organization.")
        self.fields["owner"] = PersonField(actor=actor, label=_("To whom"), help_text=hint, required=True)


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Note"), max_length=_MOST, widget=forms.Textarea(attrs={"rows": 2}))


class ReopenForm(_Versioned):
    reason = forms.CharField(label=_("Why it is open again"), max_length=_MOST)


class PlayForm(_Versioned):
    """The plays that may begin here, the one that the rule names first."""

    play = forms.ChoiceField(label=_("Play"))
    reason = forms.CharField(label=_("What happened"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, plays: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["play"]
        field.choices = plays


class PromoteForm(_Versioned):
    reason = forms.CharField(label=_("What has changed"), max_length=1_000)
