"""Forms of absences and rotas."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.forms.people import timezone_choices
from accounts.models import Team, User

_DAY = {"type": "date"}
_TIME = {"type": "time"}


class AbsenceForm(forms.Form):
    """Days on which somebody is away; `user` is offered to those who may say it of others."""

    user = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none(), required=False)
    first_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=_DAY))
    last_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs=_DAY))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("For you and for those who lead you.")
    )

    def __init__(self, *args: Any, people: "QuerySet[User] | None" = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people is None:
            del self.fields["user"]
        else:
            self.fields["user"].queryset = people  # type: ignore[attr-defined]
            self.fields["user"].empty_label = _("I myself")  # type: ignore[attr-defined]


class RotaForm(forms.Form):
    """A new rota."""

    name = forms.CharField(label=_("Name"), max_length=120)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none())
    timezone = forms.ChoiceField(label=_("Time zone"), choices=timezone_choices)

    def __init__(self, *args: Any, teams: "QuerySet[Team]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]


class _OfRota(forms.Form):
    """A form about the people of a rota, who come by their public ids."""

    def __init__(self, *args: Any, people: Sequence[User], zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(user.public_id): user for user in people}
        self.zone = ZoneInfo(zone)
        choices = [(public_id, user.name) for public_id, user in self.by_id.items()]
        for name in ("people", "starts_with", "user"):
            if name in self.fields:
                self.fields[name].choices = choices  # type: ignore[attr-defined]


class RotationForm(_OfRota):
    """Weeks in turn, by name, from one of them on."""

    people = forms.MultipleChoiceField(label=_("In turn, by name"), widget=forms.CheckboxSelectMultiple)
    starts_with = forms.ChoiceField(label=_("The first week is for"))
    first_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs=_DAY))
    handover = forms.TimeField(label=_("Handed over at"), initial=time(9), widget=forms.TimeInput(attrs=_TIME))
    weeks = forms.IntegerField(label=_("Weeks"), min_value=1, max_value=104, initial=12)

    def in_turn(self) -> list[User]:
        """The chosen people, the first week's first."""
        chosen = [public_id for public_id in self.by_id if public_id in self.cleaned_data["people"]]
        first = self.cleaned_data["starts_with"]
        place = chosen.index(first) if first in chosen else 0
        return [self.by_id[public_id] for public_id in (*chosen[place:], *chosen[:place])]


class OverrideForm(_OfRota):
    """Somebody else for a while, on the clock of the rota."""

    user = forms.ChoiceField(label=_("On call instead"))
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs=_DAY))
    starts_time = forms.TimeField(label=_("At"), initial=time(9), widget=forms.TimeInput(attrs=_TIME))
    ends_on = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs=_DAY))
    ends_time = forms.TimeField(label=_("Until what time"), initial=time(9), widget=forms.TimeInput(attrs=_TIME))

    def values(self) -> dict[str, Any]:
        """What the use case takes."""
        data = self.cleaned_data
        return {
            "user": self.by_id[data["user"]],
            "starts_at": self._instant(data["starts_on"], data["starts_time"]),
            "ends_at": self._instant(data["ends_on"], data["ends_time"]),
        }

    def _instant(self, on: Any, at: time) -> datetime:
        return datetime.combine(on, at, tzinfo=self.zone).astimezone(UTC)
