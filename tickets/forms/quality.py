"""The score card of a quality review as a form, and the agent's answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partners.rules.classification import label_in
from tickets.rules.quality import ScoreCard

_PREFIX = "points_"


class ReviewForm(forms.Form):
    """Points for each criterion of a card. `agents` are those whose work it may be; none where that is settled."""

    agent = forms.ModelChoiceField(label=_("Whose work"), queryset=User.objects.none(), empty_label=None)
    comment = forms.CharField(
        label=_("What went well, what would have been better"),
        required=False,
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, card: ScoreCard, agents: Sequence[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.card = card
        choice: Any = self.fields["agent"]
        choice.queryset = User.objects.filter(pk__in=[agent.pk for agent in agents]).order_by("name_sort")
        if not agents:
            del self.fields["agent"]
        language = get_language() or "en"
        for one in card.criteria:
            self.fields[_PREFIX + one.id] = forms.TypedChoiceField(
                label=f"{label_in(one.label, language)} ({one.weight} %)",
                help_text=label_in(one.hint, language),
                coerce=int,
                choices=[(number, str(number)) for number in range(card.most_points + 1)],
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
            )

    @property
    def criteria(self) -> list[forms.BoundField]:
        """The fields of the criteria, in the order of the card."""
        return [self[_PREFIX + one.id] for one in self.card.criteria]

    @property
    def points(self) -> Mapping[str, int]:
        """What was given, by criterion; of a form that holds."""
        return {one.id: self.cleaned_data[_PREFIX + one.id] for one in self.card.criteria}


def initial_of(points: Mapping[str, int], **more: Any) -> dict[str, Any]:
    """The initial values of a form for a review that there is."""
    return {f"{_PREFIX}{key}": number for key, number in points.items()} | more


class ReviewAnswerForm(forms.Form):
    answer = forms.CharField(label=_("Your answer"), max_length=8_000, widget=forms.Textarea(attrs={"rows": 4}))
