"""Hours, special days and holidays as text, read into what a version stores."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.days import SENSIBLE_DAYS
from accounts.holiday_names import country_choices
from accounts.rules.hours_text import HoursProblem, read_days, read_hours, read_named_days, write_days, write_hours
from accounts.rules.workcalendar import VersionBody
from common.worktime_parse import WEEKDAYS

_DAY_LABELS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(WEEKDAYS, read_hours),
    "special_days": read_days,
    "breaks": read_days,
    "extra_holidays": read_named_days,
    "removed_holidays": read_named_days,
}
_MAX_TEXT = 20_000
Form = TypeVar("Form", bound="HoursForm")


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]


def _countries() -> list[tuple[str, Any]]:
    return [("", gettext_lazy("No public holidays")), *country_choices()]


def _text(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=_MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class HoursForm(forms.Form):
    """What a version of a calendar says. After `is_valid()`, `body` holds it."""

    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=lazy(_zones, list))
    country = forms.ChoiceField(label=gettext_lazy("Holidays of"), choices=lazy(_countries, list), required=False)
    subdivision = forms.CharField(
        label=gettext_lazy("Subdivision"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("The code of the state, canton or region, where holidays differ: BE, CA, ZH."),
    )
    special_days = _text(
        gettext_lazy("Special days"),
        gettext_lazy("One a line, with other hours than usual: 2026-12-24 09:00-12:00, or 2026-12-31 closed."),
    )
    breaks = _text(
        gettext_lazy("Breaks"), gettext_lazy("One a line, cut out of that day's hours: 2026-03-02 12:00-13:00.")
    )
    extra_holidays = _text(
        gettext_lazy("Further holidays"), gettext_lazy("One a line, with a name if you like: 2026-05-04 Company day.")
    )
    removed_holidays = _text(gettext_lazy("Holidays on which you work"), gettext_lazy("One day a line: 2026-06-01."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in zip(WEEKDAYS, _DAY_LABELS, strict=True):
            self.fields[key] = forms.CharField(label=label, max_length=200, required=False)
        self.body: VersionBody | None = None

    @classmethod
    def initial_of(cls, body: VersionBody) -> dict[str, Any]:
        """The texts that stand for a version."""
        weekly: Any = body.weekly
        days: Any = body.special_days
        breaks: Any = body.breaks
        return {
            "timezone": body.timezone,
            "country": body.country,
            "subdivision": body.subdivision,
            **{key: write_hours(weekly.get(key, [])) for key in WEEKDAYS},
            "special_days": write_days(days),
            "breaks": write_days(breaks),
            "extra_holidays": "\n".join(body.extra_holidays),
            "removed_holidays": "\n".join(body.removed_holidays),
        }

    def weekday_fields(self) -> list[forms.BoundField]:
        """The fields of the week, for a grid."""
        return [self[key] for key in WEEKDAYS]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name, reader in _READERS.items():
            try:
                data[name] = reader(data.get(name) or "")
            except HoursProblem as problem:
                self.add_error(name, _said(problem))
        if not self.errors:
            self.body = VersionBody(
                timezone=data["timezone"],
                country=data["country"],
                subdivision=data["subdivision"].strip().upper(),
                weekly={key: data[key] for key in WEEKDAYS if data[key]},
                special_days=data["special_days"],
                breaks=data["breaks"],
                extra_holidays=data["extra_holidays"],
                removed_holidays=tuple(text.partition(" ")[0] for text in data["removed_holidays"]),
            )
        return data

    def refuse(self, field: str | None, message: str) -> None:
        """Put what the service refused where the person can mend it."""
        root, _dot, part = (field or "").partition(".")
        target = part if root == "weekly" and part in self.fields else root
        self.add_error(target if target in self.fields else None, message)


class CalendarForm(HoursForm):
    """A new calendar: its name and its first hours."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    field_order = ("name", "timezone")


class VersionForm(HoursForm):
    """Other hours from a moment on; the moment is read on the clock of the zone that the version names."""

    effective_on = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=SENSIBLE_DAYS,
    )
    effective_time = forms.TimeField(
        label=gettext_lazy("At"),
        help_text=gettext_lazy("On the clock of the time zone below."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)
    field_order = ("effective_on", "effective_time", "timezone")

    @property
    def effective_at(self) -> datetime:
        """The moment from which the version counts; only after `is_valid()`."""
        data = self.cleaned_data
        clock: time = data["effective_time"]
        return datetime.combine(data["effective_on"], clock, tzinfo=ZoneInfo(data["timezone"]))

    @staticmethod
    def next_midnight(zone: str, now: datetime) -> dict[str, Any]:
        """Tomorrow, on the calendar's own clock: what is offered at first."""
        return {"effective_on": now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1), "effective_time": time(0)}


def _said(problem: HoursProblem) -> str:
    words = {
        "interval": _("Write hours like 09:00-12:30, 13:00-17:00, or closed; found: %(words)s"),
        "clock": _("There is no such time of day: %(words)s"),
        "order": _("Hours end after they begin: %(words)s. A night shift is two: until 24:00, and from 00:00."),
        "day": _("Write a day like 2026-12-24; found: %(words)s"),
        "twice": _("This day is there twice: %(words)s"),
    }[problem.code] % {"words": problem.words}
    return _("Line %(line)d: %(words)s") % {"line": problem.line, "words": words} if problem.line else words
