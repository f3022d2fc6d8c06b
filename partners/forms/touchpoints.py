"""Forms of touchpoints: arrange one, move it, leave it out."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners.forms.fields import PersonField
from partners.forms.tasks import DayField
from partners.models import Touchpoint


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


class AgreementForm(forms.Form):
    """Another distance for one kind of touchpoint; neither days nor months: none are due meanwhile."""

    touchpoint = forms.ChoiceField(label=gettext_lazy("What"))
    every_days = forms.IntegerField(label=gettext_lazy("Every so many days"), required=False, min_value=1)
    every_months = forms.IntegerField(
        label=gettext_lazy("Or every so many months"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("Leave both empty if none is due meanwhile."),
    )
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty: until it is ended."))
    reason = forms.CharField(label=gettext_lazy("Why, or who asked for it"), max_length=300)

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["touchpoint"].choices = kinds  # type: ignore[attr-defined]


class DetailsForm(forms.Form):
    """Topic, time and links of one touchpoint. The time is by the organization's clock."""

    topic = forms.CharField(label=gettext_lazy("Topic"), max_length=200, required=False)
    starts_at = forms.DateTimeField(
        label=gettext_lazy("Starts"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    meeting_url = forms.URLField(
        label=gettext_lazy("Meeting link"), max_length=500, required=False, assume_scheme="https"
    )
    recording_url = forms.URLField(
        label=gettext_lazy("Recording"), max_length=500, required=False, assume_scheme="https"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, touchpoint: Touchpoint, **options: Any) -> None:
        names = ("topic", "meeting_url", "recording_url", "version")
        initial: dict[str, Any] = {name: getattr(touchpoint, name) for name in names}
        self.zone = ZoneInfo(touchpoint.organization.timezone)
        if touchpoint.starts_at:
            initial["starts_at"] = touchpoint.starts_at.astimezone(self.zone).replace(tzinfo=None)
        super().__init__(*args, **{**options, "initial": initial})
        self.fields["starts_at"].help_text = _("By the clock of %(zone)s. Empty: any time of its day.") % {
            "zone": self.zone.key
        }

    def full_clean(self) -> None:
        with timezone.override(self.zone):
            super().full_clean()

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}
