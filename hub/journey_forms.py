"""The forms in which the parts of a journey are written; none of them asks for anything but words and choices.

A form reads a part as it stands in the pack and gives it back with what was written; what it does not know stays.
Whether the whole can be put in force, the check of the pack says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.labels import role_label
from partners.gate_checks import known_checks
from partners.rules import journey_edits as edits
from partners.rules.journey_edits import Body
from partners.rules.journey_packs import MAX_DUE_DAY
from partners.rules.pack_reading import ROLES
from partners.work_choices import Court

MAX_WORDS, MAX_TEXT = 300, 2_000
NOTHING = [("", "—")]


@dataclass(frozen=True, kw_only=True)
class Around:
    """Where a part stands: the pack, the place (of the part, or of the list that it is added to), what it is now."""

    body: Body
    place: str
    entry: Mapping[str, Any]
    is_new: bool = False

    @property
    def stage(self) -> Mapping[str, Any]:
        """The stage to which the part belongs; {} where it belongs to none."""
        root, _slash, rest = self.place.partition("/")
        if root == "options" or not rest:
            return {}
        top = edits.look_up(self.body, f"{root}/{rest.split('/')[0]}")
        found: Mapping[str, Any] = top if root == "stages" else edits.look_up(self.body, f"stages/{top['stage']}")
        return found


def line(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    """One line of words."""
    return forms.CharField(label=label, help_text=help_text, max_length=MAX_WORDS, required=required)


def lines(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    """Some lines of words."""
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, help_text=help_text, max_length=MAX_TEXT, required=required, widget=area)


def german(label: Any, *, is_long: bool = False) -> forms.CharField:
    """The same in German, if somebody has written it."""
    area = forms.Textarea(attrs={"rows": 2, "lang": "de"}) if is_long else forms.TextInput(attrs={"lang": "de"})
    return forms.CharField(label=label, max_length=MAX_TEXT, required=False, widget=area)


def tick(label: Any, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


def choice(label: Any, choices: Any, help_text: Any = "", *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text, required=required)


def several(label: Any, choices: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, help_text=help_text, required=False, widget=forms.CheckboxSelectMultiple
    )


class PartForm(forms.Form):
    """`texts` are the entries by language, `defaults` what an entry means that is left out."""

    texts: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = {}
    joint = "-"
    """What joins the words of a name that the form makes."""
    about = ""
    """What the part is about beside itself."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, around: Around, initial: Mapping[str, Any] | None = None) -> None:
        self.around = around
        super().__init__(data, initial={**self.read(around.entry), **(initial or {})})
        self.shape()

    def shape(self) -> None:
        """Offer what fits the part and what stands around it."""

    def read(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields begin with."""
        values = {**self.defaults, **entry}
        for key in self.texts:
            words = entry.get(key) or {}
            values |= {key: words.get("en", ""), f"{key}_de": words.get("de", "")}
        return values

    def own(self) -> dict[str, Any]:
        """The part as it was written, without the parts below it."""
        now = self.around.entry
        found = dict(now) if self.around.is_new else edits.own_part(self.around.place, now)
        entry = {**found, **self.written()}
        return {key: value for key, value in entry.items() if self._says_something(key, value, found)}

    def _says_something(self, key: str, value: Any, found: Mapping[str, Any]) -> bool:
        if key not in found and key in self.defaults and self.defaults[key] == value:
            return False
        # A question may have answers of its own before it has the first of them.
        return value not in (None, "", [], {}) or (key == "options" and value == [])

    def written(self) -> dict[str, Any]:
        """What the fields say, by entry; what is empty is left out of the part."""
        data = self.cleaned_data
        entry = {key: value for key, value in data.items() if key != "seen" and not key.endswith("_de")}
        for key in self.texts:
            old = self.around.entry.get(key) or {}
            words = {**old, "en": _plain(data[key]), "de": _plain(data.get(f"{key}_de", ""))}
            entry[key] = {language: text for language, text in words.items() if text} if words["en"] else None
        return entry

    def pick_phase(self) -> None:
        """Let the part be put into a phase of its stage, where that has any."""
        phases = self.around.stage.get("phases", ())
        self.pick("phase", [*NOTHING, *((phase["id"], f"{phase['id']} {phase['name']['en']}") for phase in phases)])
        if not phases:
            del self.fields["phase"]

    def pick(self, name: str, choices: Any) -> None:
        """Let a field choose among these."""
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]


class ItemForm(PartForm):
    """A task of a checklist."""

    texts = ("label", "hint")
    defaults: Mapping[str, Any] = {"is_required": True, "needs_evidence": False, "is_shared": False}
    joint = "_"

    label = line(gettext_lazy("Task"))
    label_de = german(gettext_lazy("Task in German"))
    hint = lines(gettext_lazy("Hint"), required=False)
    hint_de = german(gettext_lazy("Hint in German"), is_long=True)
    phase = choice(gettext_lazy("Phase"), NOTHING, required=False)
    owner_role = choice(gettext_lazy("Owner"), [(role, role_label(role)) for role in ROLES])
    court = choice(gettext_lazy("Whose move"), Court.choices)
    week = forms.IntegerField(
        label=gettext_lazy("Due in week"),
        required=False,
        min_value=1,
        max_value=520,
        help_text=gettext_lazy("Of the journey, for stages with weeks. Give this or the day."),
    )
    due_day = forms.IntegerField(
        label=gettext_lazy("Or due on day"),
        required=False,
        min_value=0,
        max_value=MAX_DUE_DAY,
        help_text=gettext_lazy("Days after the stage began."),
    )
    after = several(gettext_lazy("Waits for"), ())
    is_required = tick(gettext_lazy("The gate waits for it"))
    needs_evidence = tick(gettext_lazy("Needs evidence"))
    is_shared = tick(gettext_lazy("Show it in the portal"))

    def shape(self) -> None:
        stage = self.around.stage
        self.pick_phase()
        own = self.around.entry.get("id")
        items = [one for one in stage.get("checklist", ()) if one["id"] != own]
        known = {one["id"] for one in items}
        lost = [name for name in self.around.entry.get("after", ()) if name not in known]
        self.pick("after", [*((one["id"], one["label"]["en"]) for one in items), *_lost(lost)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and (data["week"] is None) == (data["due_day"] is None):
            raise forms.ValidationError(_("Say when it is due: either a week or a day."))
        if data.get("court") == "partner" and not data.get("is_shared"):
            self.add_error("is_shared", _("What the other side has to do is shown to it: tick this."))
        return data


class CriterionForm(PartForm):
    """What must be true to leave a stage."""

    texts = ("label",)
    defaults: Mapping[str, Any] = {"is_waivable": True}
    joint = "_"

    label = line(gettext_lazy("What must be true"))
    label_de = german(gettext_lazy("The same in German"))
    sections = several(gettext_lazy("Shown by these sections"), ())
    fact = choice(
        gettext_lazy("Or by a fact that the hub knows"),
        NOTHING,
        gettext_lazy("Give sections or a fact."),
        required=False,
    )
    is_waivable = tick(
        gettext_lazy("An administrator may waive it"), gettext_lazy("Of facts; sections have their own.")
    )

    def shape(self) -> None:
        stage, known = self.around.stage, {check.name: str(check.label) for check in known_checks()}
        sections = [
            (section["id"], section["title"]["en"])
            for questionnaire in self.around.body.get("questionnaires", ())
            if questionnaire["stage"] == stage["id"]
            for section in questionnaire.get("sections", ())
        ]
        offered = {name for name, _label in sections}
        lost = [name for name in self.around.entry.get("sections", ()) if name not in offered]
        self.pick("sections", [*sections, *_lost(lost)])
        fact = self.around.entry.get("fact", "")
        self.pick("fact", [*NOTHING, *({**known, fact: known.get(fact, fact)} if fact else known).items()])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("sections")) == bool(data.get("fact")):
            raise forms.ValidationError(_("Choose what shows it: sections, or one fact."))
        return data

    def written(self) -> dict[str, Any]:
        entry = super().written()
        if not entry["fact"]:
            entry["is_waivable"] = None
        if entry["fact"] != self.around.entry.get("fact", ""):
            entry["params"] = None
        return entry


def _lost(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, _("%s (no longer there)") % name) for name in names]


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
