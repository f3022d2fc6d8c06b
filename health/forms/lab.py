"""The forms in which a scorecard is written; whether the whole fits together, the lab says after saving.

Each carries `version`, that of the working copy as it was shown: nobody changes what they have not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from health.lab_choices import Knowledge
from health.policies import HealthPolicies, words_of
from health.rules import scorecard_edits as edits
from health.rules.scorecard_packs import HEAVIEST, LONGEST_DAYS

WEEKS = [(weeks, gettext_lazy("%d weeks") % weeks) for weeks in (13, 26, 52, 104)]
_KINDS = [
    ("thresholds", gettext_lazy("The value itself")),
    ("trend", gettext_lazy("Percent of the own baseline")),
    ("entitlement", gettext_lazy("Percent of what was bought")),
]
_CAPS = [("yellow", gettext_lazy("Yellow")), ("red", gettext_lazy("Red"))]
_BOUNDS = [("at_least", gettext_lazy("so much or more")), ("at_most", gettext_lazy("so much or less"))]


def _number(label: Any, help_text: Any = "", *, most: int | None = None, least: int | None = 0) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=help_text, min_value=least, max_value=most, decimal_places=2, max_digits=12
    )


def _days(label: Any, help_text: Any, *, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=1, max_value=LONGEST_DAYS, required=required)


class _CopyForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class BandsForm(_CopyForm):
    """The lines between bands, and how firmly they hold."""

    green = _number(gettext_lazy("Green from"), gettext_lazy("Score of 0 to 100."), most=100)
    yellow = _number(gettext_lazy("Yellow from"), gettext_lazy("Below it the band is red."), most=100)
    margin = _number(
        gettext_lazy("Margin"), gettext_lazy("Across by so many points, a band changes at once."), most=100
    )
    days = _days(gettext_lazy("Days"), gettext_lazy("Across for so many daily snapshots, it changes too."))
    coverage_minimum = _number(
        gettext_lazy("Least coverage, percent"),
        gettext_lazy("Fresh evidence for fewer of the weights makes the band grey."),
        most=100,
    )

    @property
    def bands(self) -> dict[str, Decimal]:
        """What was written, as the pack has it."""
        return {name: Decimal(self.cleaned_data[name]) for name in ("green", "yellow", "margin", "days")}

    @staticmethod
    def initial_of(body: Mapping[str, Any]) -> dict[str, Any]:
        return {**body["bands"], "coverage_minimum": body["coverage_minimum"]}


class WeightsForm(_CopyForm):
    """The weight of each group, and the share of each measure in it."""

    def __init__(self, *args: Any, body: Mapping[str, Any], policies: HealthPolicies, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.body, self.policies = body, policies
        for group in body["groups"]:
            self.fields[f"weight_{group['id']}"] = _number(words_of(group["label"]), most=HEAVIEST)
            self.initial[f"weight_{group['id']}"] = group["weight"]
            for entry in group["measures"]:
                label = words_of(entry["label"]) if entry.get("label") else policies.metric_label(entry["metric"])
                self.fields[f"share_{entry['id']}"] = _number(label, most=HEAVIEST)
                self.initial[f"share_{entry['id']}"] = entry.get("share")

    def groups(self) -> list[dict[str, Any]]:
        """The fields in the order of the card, a group at a time."""
        return [
            {
                "id": group["id"],
                "weight": self[f"weight_{group['id']}"],
                "measures": [(entry["id"], self[f"share_{entry['id']}"]) for entry in group["measures"]],
            }
            for group in self.body["groups"]
        ]

    def written(self, kind: str) -> dict[str, Decimal]:
        """What was written for `weight` or `share`, by id."""
        prefix = f"{kind}_"
        return {
            name.removeprefix(prefix): value for name, value in self.cleaned_data.items() if name.startswith(prefix)
        }


class MeasureForm(_CopyForm):
    """One measure: what it reads, over which days, and what that is worth."""

    metric = forms.ChoiceField(label=gettext_lazy("Metric"))
    kind = forms.ChoiceField(label=gettext_lazy("What the thresholds read"), choices=_KINDS)
    share = _number(gettext_lazy("Share"), gettext_lazy("Beside the shares of the others in its group."), most=HEAVIEST)
    window_days = _days(gettext_lazy("Window, days"), gettext_lazy("Over which days samples are combined."))
    fresh_days = _days(
        gettext_lazy("Fresh for, days"),
        gettext_lazy("Without a new sample for longer, the measure keeps its points and counts as stale."),
    )
    baseline_days = _days(
        gettext_lazy("Baseline, days"), gettext_lazy("Before the window; for a trend alone."), required=False
    )
    thresholds = forms.CharField(
        label=gettext_lazy("Points"),
        help_text=gettext_lazy(
            "A line each: value: points, as 99.5: 85. Between two lines points go straight, beyond the ends they stay. "
            "For steps write from..to: points, as 10..20: 40."
        ),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, policies: HealthPolicies, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["metric"]
        choice.choices = [(key, words_of(metric.label)) for key, metric in policies.metrics.items()]
        known = self.initial.get("metric")
        if known and known not in policies.metrics:
            choice.choices = [(known, known), *choice.choices]

    def clean_thresholds(self) -> dict[str, Any]:
        """The entry of the pack. Raises ValidationError with the line that says nothing."""
        try:
            return edits.read_thresholds(self.cleaned_data["thresholds"])
        except edits.Unreadable as error:
            raise forms.ValidationError(_("This line says nothing: %(line)s") % {"line": error.line}) from error

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == "trend" and not cleaned.get("baseline_days"):
            self.add_error("baseline_days", _("A trend needs a baseline."))
        return cleaned

    def entry(self, known: Mapping[str, Any], *, name: str) -> dict[str, Any]:
        """The measure as the pack has it; what the form does not know stays as it is."""
        written = self.cleaned_data
        kept = {key: value for key, value in known.items() if key not in ("points", "steps", "baseline_days")}
        entry = {
            **kept,
            "id": name,
            "metric": written["metric"],
            "share": edits.plain(written["share"]),
            "kind": written["kind"],
            "window_days": written["window_days"],
            "fresh_days": written["fresh_days"],
        }
        if written["kind"] == "trend":
            entry["baseline_days"] = written["baseline_days"]
        return {**entry, **written["thresholds"]}

    @staticmethod
    def initial_of(entry: Mapping[str, Any]) -> dict[str, Any]:
        return {"kind": "thresholds", **entry, "thresholds": edits.thresholds_text(entry)}


class VetoForm(_CopyForm):
    """One veto: at which last value of which metric the band is capped."""

    label = forms.CharField(
        label=gettext_lazy("In words"), help_text=gettext_lazy("Said wherever it caps a band."), max_length=200
    )
    metric = forms.ChoiceField(label=gettext_lazy("Metric"))
    bound = forms.ChoiceField(label=gettext_lazy("While the last value is"), choices=_BOUNDS)
    amount = _number(gettext_lazy("So much"), least=None)
    cap = forms.ChoiceField(label=gettext_lazy("The band is at most"), choices=_CAPS)
    fresh_days = _days(
        gettext_lazy("Fresh for, days"), gettext_lazy("Older evidence makes the band grey instead of capping it.")
    )

    def __init__(self, *args: Any, policies: HealthPolicies, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["metric"]
        choice.choices = [(key, words_of(metric.label)) for key, metric in policies.metrics.items()]

    def entry(self, known: Mapping[str, Any], *, name: str) -> dict[str, Any]:
        """The veto as the pack has it; a label in other languages goes with the words that it translates."""
        written = self.cleaned_data
        label = dict(known.get("label") or {})
        if written["label"] != words_of(label or {"en": ""}):
            label = {"en": written["label"]}
        return {
            "id": name,
            "label": label,
            "metric": written["metric"],
            written["bound"]: edits.plain(written["amount"]),
            "cap": written["cap"],
            "fresh_days": written["fresh_days"],
        }

    @staticmethod
    def initial_of(entry: Mapping[str, Any]) -> dict[str, Any]:
        bound = "at_most" if "at_most" in entry else "at_least"
        return {**entry, "label": words_of(entry["label"]), "bound": bound, "amount": entry.get(bound)}


class ReplayForm(forms.Form):
    """Over how much of the past, and by what knowledge."""

    weeks = forms.TypedChoiceField(label=gettext_lazy("How far back"), choices=WEEKS, coerce=int, initial=26)
    knowledge = forms.ChoiceField(
        label=gettext_lazy("Computed from"),
        choices=Knowledge.choices,
        initial=Knowledge.THEN,
        help_text=gettext_lazy(
            "What was known on each day is the honest test. History that was imported since is in the other."
        ),
    )


class PublishForm(_CopyForm):
    """Why, and what was looked at: the version of the copy, and the one in force."""

    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, help_text=gettext_lazy("A sentence; kept with the version.")
    )
    base = forms.IntegerField(widget=forms.HiddenInput)
