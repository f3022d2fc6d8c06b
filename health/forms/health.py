"""The forms of a health page: a pulse, a band set by hand, a day to look at."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from health.choices import LONGEST_BY_HAND, MAX_WORDS, SET_BY_HAND, PulseValue


class PulseForm(forms.Form):
    value = forms.ChoiceField(label=_("How is it?"), choices=PulseValue.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Why"),
        max_length=MAX_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed unless all is good: others act on it."),
    )


class OverrideForm(forms.Form):
    """`until` is the last day on which the band is shown, in the reporting zone."""

    band = forms.ChoiceField(
        label=_("Show as"), choices=[(band.value, band.label) for band in SET_BY_HAND], widget=forms.RadioSelect
    )
    until = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("At most 30 days ahead. Then the computed band is shown again."),
    )
    reason = forms.CharField(label=_("Why"), max_length=MAX_WORDS, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        today = timezone.localdate(now)
        self.now = now
        attrs = self.fields["until"].widget.attrs
        attrs |= {"min": today.isoformat(), "max": (today + LONGEST_BY_HAND).isoformat()}
        self.fields["until"].initial = today + timedelta(days=14)

    @property
    def until_moment(self) -> datetime:
        """The end of the day, but no later than may be."""
        day = self.cleaned_data["until"]
        end = datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())
        latest = self.now + LONGEST_BY_HAND
        is_last_day = day == timezone.localdate(latest)
        return min(end, latest).astimezone(UTC) if is_last_day else end.astimezone(UTC)
