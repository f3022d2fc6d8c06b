"""Forms of touchpoints: arrange one, move it, leave it out."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners.forms.fields import PersonField


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ArrangeForm(forms.Form):
    """A meeting beside the cadence."""

    kind = forms.ChoiceField(label=gettext_lazy("What"))
    on = forms.DateField(label=gettext_lazy("Day"), widget=DayInput)
    topic = forms.CharField(label=gettext_lazy("Topic"), max_length=200, required=False)
    owner = forms.CharField(required=False)

    def __init__(self, *args: Any, actor: Actor, kinds: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        person = PersonField(actor=actor, label=_("Who holds it"), required=False, help_text=_("You, if left empty."))
        self.fields["owner"] = person


class MoveForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Another day"), widget=DayInput)


class SkipForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why is it left out?"), max_length=300)
