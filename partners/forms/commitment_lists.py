"""What the list of all promises is narrowed by."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from partners.work_choices import Side

KEYS = ("whose", "state", "side", "organization")


class CommitmentFilterForm(forms.Form):
    """Whose, in which state, of which side. Empty is what people look at daily: one's own open ones."""

    whose = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False)
    side = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, has_team: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        team = [("team", _("My team's"))] if has_team else []
        states = [("", _("Open")), ("overdue", _("Overdue")), ("settled", _("Settled")), ("every", _("All"))]
        for name, label, choices in (
            ("whose", _("Whose"), [("", _("Mine")), *team, ("all", _("All that I see"))]),
            ("state", _("State"), states),
            ("side", _("Promised by"), [("", _("Both sides")), *Side.choices]),
        ):
            field: Any = self.fields[name]
            field.label, field.choices = label, choices
            field.widget.attrs["class"] = "form-control"
