"""What a story is narrowed by."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.forms.tasks import DayField

KEYS = ("kind", "q", "person", "since", "until")
_LONGEST = 80


class TimelineFilterForm(forms.Form):
    """Words, a person on either side, days of the reader's own time zone (the last one included)."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=_LONGEST)
    person = forms.CharField(label=gettext_lazy("Who"), required=False, max_length=_LONGEST)
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("To"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
        self.fields["q"].widget.input_type = "search"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """As the selector takes them; nothing of a form that is not valid."""
        if not self.is_valid():
            return {}
        data, zone = self.cleaned_data, timezone.get_current_timezone()
        since, until = data["since"], data["until"]
        return {
            "words": data["q"].strip(),
            "person": data["person"].strip(),
            "since": datetime.combine(since, time.min, tzinfo=zone) if since else None,
            "until": datetime.combine(until + timedelta(days=1), time.min, tzinfo=zone) if until else None,
        }
