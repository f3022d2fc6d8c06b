"""The forms of the course of a journey: its stages with their weeks, and the phases of a stage."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.labels import role_label
from hub.journey_forms import MAX_TEXT, PartForm, choice, german, line, lines, several, tick
from partners.rules import journey_edits as edits
from partners.rules.pack_reading import ROLES

MAX_WEEK = 520
_MARK = forms.RegexField(
    label=gettext_lazy("Short mark"),
    help_text=gettext_lazy("Such as 1A: it stands before the name, and tasks and sections know the phase by it."),
    regex=r"^[0-9A-Za-z]{1,8}$",
    error_messages={"invalid": gettext_lazy("Use up to eight letters and digits.")},
)


def week(label: Any, help_text: Any = "") -> forms.IntegerField:
    """A week of the journey, or none."""
    return forms.IntegerField(label=label, help_text=help_text, required=False, min_value=1, max_value=MAX_WEEK)


def check_weeks(form: PartForm, data: dict[str, Any]) -> dict[str, Any]:
    """Both weeks or none, the first one first."""
    first, last = data.get("first"), data.get("last")
    if {"first", "last"} & set(form.errors):
        return data
    if (first is None) != (last is None):
        form.add_error("last", _("Give both weeks or none."))
    elif first is not None and last is not None and last < first:
        form.add_error("last", _("The last week lies before the first."))
    return data


def with_weeks(entry: dict[str, Any]) -> dict[str, Any]:
    """What a form says, with its two weeks as one entry."""
    first, last = entry.pop("first"), entry.pop("last")
    return {**entry, "weeks": {"first": first, "last": last} if first is not None else None}


class StageForm(PartForm):
    """A stage: its order and its gate are given, its words, people, days and weeks are not."""

    texts = ("label", "purpose")
    defaults: Mapping[str, Any] = {"phases_run_parallel": False}

    label = line(gettext_lazy("Name"))
    label_de = german(gettext_lazy("Name in German"))
    purpose = lines(gettext_lazy("What it is for"))
    purpose_de = german(gettext_lazy("What it is for, in German"), is_long=True)
    lead_role = choice(gettext_lazy("Led by"), [(role, role_label(role)) for role in ROLES])
    fallback_days = forms.IntegerField(
        label=gettext_lazy("Days that it usually takes"),
        min_value=1,
        max_value=3_650,
        help_text=gettext_lazy("Forecasts use it until there is a history."),
    )
    first = week(gettext_lazy("From week"))
    last = week(gettext_lazy("To week"), gettext_lazy("Of the whole journey; leave both empty for days alone."))
    phases_run_parallel = tick(
        gettext_lazy("Its phases run side by side"), gettext_lazy("Else none begins before the one above it.")
    )
    signers = several(
        gettext_lazy("Who signs"),
        [(role, role_label(role)) for role in ROLES],
        gettext_lazy("In the order in which they were chosen; the last signature decides."),
    )

    def shape(self) -> None:
        if "fallback_days" not in self.around.entry:
            del self.fields["fallback_days"], self.fields["signers"]

    def read(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().read(entry), **entry.get("weeks", {})}

    def clean(self) -> dict[str, Any]:
        return check_weeks(self, super().clean() or {})

    def written(self) -> dict[str, Any]:
        entry = with_weeks(super().written())
        if "signers" in entry:
            before = [role for role in self.around.entry.get("signers", ()) if role in entry["signers"]]
            entry["signers"] = [*before, *(role for role in entry["signers"] if role not in before)]
        return entry


class PhaseForm(PartForm):
    """A phase of a stage: when it is, who leads it, what is done in it."""

    texts = ("name",)

    id = _MARK
    name = line(gettext_lazy("Name"))
    name_de = german(gettext_lazy("Name in German"))
    lead_role = choice(gettext_lazy("Led by"), [(role, role_label(role)) for role in ROLES])
    first = week(gettext_lazy("From week"))
    last = week(gettext_lazy("To week"), gettext_lazy("Of the whole journey, within the weeks of the stage."))
    activities = lines(gettext_lazy("What is done in it"), gettext_lazy("One thing a line."), required=False)
    activities_de = forms.CharField(
        label=gettext_lazy("What is done in it, in German"),
        help_text=gettext_lazy("In the same order; an empty line for what is not translated."),
        strip=False,
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "de"}),
    )

    def shape(self) -> None:
        if not self.around.is_new:
            # Tasks and sections know the phase by its mark.
            del self.fields["id"]
        for name in ("first", "last"):
            self.fields[name].required = True
        for name in ("activities", "activities_de"):
            self.fields[name].widget.attrs["rows"] = 4

    def read(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        known: Sequence[Mapping[str, str]] = entry.get("activities", ())
        values = {**super().read(entry), **entry.get("weeks", {})}
        values["activities"] = "\n".join(one["en"] for one in known)
        values["activities_de"] = "\n".join(one.get("de", "") for one in known).rstrip("\n")
        return values

    def clean_id(self) -> str:
        mark = str(self.cleaned_data["id"])
        if mark in edits.names_taken(self.around.body, self.around.place):
            raise forms.ValidationError(_("Another phase of this stage has this mark."))
        return mark

    def clean(self) -> dict[str, Any]:
        data = check_weeks(self, super().clean() or {})
        english, translated = _lines(data.get("activities", "")), _each_line(data.get("activities_de", ""))
        if len(translated) > len(english):
            self.add_error("activities_de", _("There are more lines than in English."))
        around = self.around.stage.get("weeks")
        if not around:
            self.add_error(None, _("Give the stage its weeks first: a phase lies within them."))
        elif not self.errors and not around["first"] <= data["first"] <= data["last"] <= around["last"]:
            self.add_error("last", _("The stage takes weeks %(first)s to %(last)s.") % around)
        return data

    def written(self) -> dict[str, Any]:
        entry = with_weeks(super().written())
        known = {one["en"]: one for one in self.around.entry.get("activities", ())}
        pairs = zip_longest(
            _lines(self.cleaned_data["activities"]), _each_line(self.cleaned_data["activities_de"]), fillvalue=""
        )
        entry["activities"] = [_words({**known.get(one, {}), "en": one, "de": other}) for one, other in pairs]
        return entry


def _lines(text: str) -> list[str]:
    return [one.strip() for one in text.splitlines() if one.strip()]


def _each_line(text: str) -> list[str]:
    """The lines up to the last one that says something."""
    return [one.strip() for one in text.rstrip().splitlines()]


def _words(spoken: Mapping[str, str]) -> dict[str, str]:
    return {language: text for language, text in spoken.items() if text}
