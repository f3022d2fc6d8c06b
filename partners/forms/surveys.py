"""Which surveys a page is about, and what a person answers."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.days import SENSIBLE_DAYS
from partners.survey_choices import NOBODY, By

NARROWING = ("agent", "team", "organization", "article")
KEYS = ("since", "until", "by", "show", *NARROWING)


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "form-control"})
    return forms.DateField(label=label, required=False, widget=widget, validators=SENSIBLE_DAYS)


class SurveyFilterForm(forms.Form):
    """The days on which people were asked, both included, of the installation's zone."""

    since = _day(gettext_lazy("Asked from"))
    until = _day(gettext_lazy("Asked until"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        return data

    def days(self) -> tuple[date | None, date | None]:
        """The days asked for; none for a form that does not hold."""
        data = self.cleaned_data if self.is_valid() else {}
        return data.get("since"), data.get("until")


class AnswerForm(forms.Form):
    """One of five, with words if there are any."""

    score = forms.CharField(max_length=4, required=False)
    comment = forms.CharField(
        label=gettext_lazy("What should we know? (optional)"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def is_by(text: str) -> bool:
    return text in {by.value for by in By}


__all__ = ["KEYS", "NARROWING", "NOBODY", "AnswerForm", "SurveyFilterForm", "is_by"]
