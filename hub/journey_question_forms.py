"""The forms of questionnaires: their sections, questions, answers to choose from, and rules."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hub.journey_forms import MAX_TEXT, NOTHING, PartForm, choice, german, line, lines, several, tick
from hub.journey_words import ARGUMENTS, COMPUTATIONS, OPERATORS, TYPES, UNITS, source_in_words
from partners.rules import computed
from partners.rules import journey_edits as edits
from partners.rules.conditions import OPERATORS_OF, Operator
from partners.rules.journey_edits import Body
from partners.rules.journeys import CHOICE_TYPES
from partners.rules.questionnaire_packs import ANSWER_SOURCE, FACTS, TICKS, WRITTEN_BACK
from partners.selectors.gate_words import in_language

_TIERS = [
    ("", gettext_lazy("Nobody")),
    ("0", gettext_lazy("Partners of tier 0")),
    ("1", gettext_lazy("Partners of tier 0 and tier 1")),
]
_NO_UNIT = ("", gettext_lazy("Just a number"))
OWN = "own answers"
"""The choice of a question that lists its answers itself; the space keeps it apart from every name of a list."""


class QuestionnaireForm(PartForm):
    """A questionnaire and when it passes. Its stage is chosen when it is added."""

    texts = ("name",)

    name = line(gettext_lazy("Name"))
    name_de = german(gettext_lazy("Name in German"))
    stage = choice(gettext_lazy("Asked in"), ())
    estimated_minutes = forms.IntegerField(label=gettext_lazy("Minutes that it takes"), min_value=1, max_value=600)
    minimum = forms.IntegerField(
        label=gettext_lazy("Sections that have to pass"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("Leave it empty for all. Sections that must pass count among them."),
    )
    pass_at_tier = choice(
        gettext_lazy("Passes whatever the other sections say"),
        [
            ("", gettext_lazy("Nobody")),
            ("0", gettext_lazy("Partners of tier 0")),
            ("1", gettext_lazy("Tier 0 and tier 1")),
        ],
        gettext_lazy("A question has to work out the partner tier. Sections that must pass must pass here, too."),
        required=False,
    )

    def shape(self) -> None:
        # Nobody leaves the last stage.
        stages = self.around.body["stages"][:-1]
        self.pick("stage", [(stage["id"], stage["label"]["en"]) for stage in stages])
        if not self.around.is_new:
            del self.fields["stage"]

    def read(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().read(entry), **entry.get("passing", {})}

    def written(self) -> dict[str, Any]:
        entry = super().written()
        minimum, tier = entry.pop("minimum"), entry.pop("pass_at_tier")
        passing = {"minimum": minimum, "pass_at_tier": int(tier) if tier else None}
        return {**entry, "passing": {key: value for key, value in passing.items() if value is not None}}


class SectionForm(PartForm):
    """A section: what it checks, and who decides it."""

    texts = ("title", "checks_that")

    title = line(gettext_lazy("Title"))
    title_de = german(gettext_lazy("Title in German"))
    checks_that = lines(gettext_lazy("What it makes sure of"), gettext_lazy("A sentence for those who fill it in."))
    checks_that_de = german(gettext_lazy("What it makes sure of, in German"), is_long=True)
    evaluation = choice(
        gettext_lazy("Decided by"),
        [("automatic", gettext_lazy("Its rules")), ("manual", gettext_lazy("A person, with a reason"))],
    )
    phase = choice(gettext_lazy("Phase"), NOTHING, required=False)
    first = forms.IntegerField(label=gettext_lazy("From week"), required=False, min_value=1, max_value=520)
    last = forms.IntegerField(
        label=gettext_lazy("To week"),
        required=False,
        min_value=1,
        max_value=520,
        help_text=gettext_lazy("Leave both empty for the weeks of the phase."),
    )
    must_pass = tick(gettext_lazy("The gate fails without it"), gettext_lazy("Such a section is never waived."))
    is_waivable = tick(gettext_lazy("An administrator may waive it"))

    def shape(self) -> None:
        phases = [
            (phase["id"], f"{phase['id']} {phase['name']['en']}") for phase in self.around.stage.get("phases", ())
        ]
        self.pick("phase", NOTHING + phases)
        if not phases:
            del self.fields["phase"]

    def read(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        waivable = entry.get("is_waivable", not entry.get("must_pass", False))
        return {**super().read(entry), **entry.get("weeks", {}), "is_waivable": waivable}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("must_pass") and data.get("is_waivable"):
            self.add_error("is_waivable", _("A section without which the gate fails is never waived: choose one."))
        if data.get("evaluation") == "manual" and self.around.entry.get("rules"):
            self.add_error("evaluation", _("Remove its rules first: a person decides without them."))
        if (data.get("first") is None) != (data.get("last") is None):
            self.add_error("last", _("Give both weeks or none."))
        return data

    def written(self) -> dict[str, Any]:
        entry = super().written()
        first, last = entry.pop("first"), entry.pop("last")
        entry["weeks"] = {"first": first, "last": last} if first is not None else None
        if entry["is_waivable"] == (not entry["must_pass"]):
            entry["is_waivable"] = None
        if not entry["must_pass"]:
            entry["must_pass"] = None
        return entry


class FieldForm(PartForm):
    """A question. What else is asked follows from its type, and shows when the type was saved."""

    texts = ("label", "hint")
    defaults: Mapping[str, Any] = {"required": True, "writes_back": False}

    label = line(gettext_lazy("Question"))
    label_de = german(gettext_lazy("Question in German"))
    hint = lines(gettext_lazy("Hint"), required=False)
    hint_de = german(gettext_lazy("Hint in German"), is_long=True)
    type = choice(gettext_lazy("Kind of answer"), TYPES.items())
    options = choice(gettext_lazy("Answers to choose from"), ())
    unit = choice(
        gettext_lazy("What the number counts"), [("", gettext_lazy("Just a number")), *UNITS.items()], required=False
    )
    required = tick(gettext_lazy("It has to be answered"))
    source = choice(
        gettext_lazy("Filled in from"),
        (),
        gettext_lazy("What is known already is not asked again; people may still change it."),
        required=False,
    )
    writes_back = tick(
        gettext_lazy("The decision writes the answer back there"),
        gettext_lazy("Of the contract value, the country plan and the target day."),
    )
    computation = choice(gettext_lazy("Worked out by the hub"), (), required=False)

    def shape(self) -> None:
        entry, body = self.around.entry, self.around.body
        self.kind = str((self.data.get("type") if self.is_bound else entry.get("type")) or "text")
        self.pick("options", self._lists())
        self.pick("source", [("", _("Nowhere")), *((one, source_in_words(body, one)) for one in self._sources())])
        fitting = [name for name, one in computed.COMPUTATIONS.items() if self._gives(one)]
        self.pick("computation", [("", _("No, people answer it")), *((name, COMPUTATIONS[name]) for name in fitting)])
        unfit = {
            "options": self.kind not in CHOICE_TYPES,
            "unit": self.kind != "number",
            "writes_back": self.kind not in ("number", "date"),
            "computation": not fitting,
        }
        for name in (name for name, is_unfit in unfit.items() if is_unfit):
            del self.fields[name]
        self._ask_arguments()

    def read(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        values = super().read(entry)
        worked_out = entry.get("computed", {})
        if isinstance(entry.get("options"), list):
            values["options"] = OWN
        values |= {f"takes_{name}": value for name, value in worked_out.items() if name != "name"}
        return {**values, "computation": worked_out.get("name", "")}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("computation") and data.get("source"):
            self.add_error("source", _("What the hub works out comes from nowhere else."))
        if data.get("writes_back") and data.get("source") not in WRITTEN_BACK:
            self.add_error("writes_back", _("Only contract value, country plan and target day take answers back."))
        return data

    def written(self) -> dict[str, Any]:
        entry = {key: value for key, value in super().written().items() if not key.startswith("takes_")}
        name = entry.pop("computation", "")
        if name:
            takes = {key: self.cleaned_data[f"takes_{key}"] for key in computed.COMPUTATIONS[name].takes}
            entry["computed"] = {"name": name, **takes}
        else:
            entry["computed"] = None
        for key in ("unit", "options", "writes_back"):
            entry.setdefault(key, None)
        if entry["options"] == OWN and isinstance(self.around.entry.get("options"), list):
            del entry["options"]
        elif entry["options"] == OWN:
            entry["options"] = options_of(self.around.body, self.around.entry)
        return entry

    def _lists(self) -> Iterator[tuple[str, str]]:
        for name, options in sorted(self.around.body.get("options", {}).items()):
            yield name, f"{name}: {', '.join(one['label']['en'] for one in options)}"
        yield OWN, _("Answers of its own, beginning with those it has now")

    def _sources(self) -> Iterator[str]:
        now = self.around.entry.get("source", "")
        kinds = (self.kind, "text") if self.kind == "textarea" else (self.kind,)
        yield from (source for source, kind in FACTS.items() if kind in kinds and source != now)
        order = [stage["id"] for stage in self.around.body["stages"]]
        own = order.index(self.around.stage["id"])
        for questionnaire in self.around.body.get("questionnaires", ()):
            if order.index(questionnaire["stage"]) < own:
                stem = f"{ANSWER_SOURCE}{questionnaire['id']}/"
                found = (f"{stem}{one['id']}" for one in asked_in(questionnaire, self.kind))
                yield from (source for source in found if source != now)
        if now:
            yield now

    def _gives(self, one: computed.Computation) -> bool:
        if one.gives is computed.Gives.NUMBER:
            return self.kind == "number"
        return self.kind in CHOICE_TYPES

    def _ask_arguments(self) -> None:
        """The questions that the computation reads, where one is chosen."""
        name = self.data.get("computation") if self.is_bound else self.initial.get("computation")
        if "computation" not in self.fields or name not in computed.COMPUTATIONS:
            return
        questionnaire = edits.look_up(self.around.body, "/".join(self.around.place.split("/")[:2]))
        for argument, takes in computed.COMPUTATIONS[str(name)].takes.items():
            if takes is computed.Takes.COUNT:
                asked: forms.Field = forms.IntegerField(label=str(ARGUMENTS[argument]), min_value=0, max_value=3_650)
            else:
                known = [(one["id"], one["label"]["en"]) for one in asked_in(questionnaire, takes.value)]
                asked = choice(ARGUMENTS[argument], known)
            self.fields[f"takes_{argument}"] = asked


class OptionListForm(PartForm):
    """A list of answers is born with a name."""

    joint = "_"
    label = line(gettext_lazy("Name of the list"), gettext_lazy("For those who edit; signers do not see it."))


class OptionForm(PartForm):
    """One answer to choose. Rules and kept answers know it by its name, which stays as it is."""

    texts = ("label",)
    defaults: Mapping[str, Any] = {"is_negative": False}
    joint = "_"

    label = line(gettext_lazy("Answer"))
    label_de = german(gettext_lazy("Answer in German"))
    is_negative = tick(
        gettext_lazy("It is a negative answer"),
        gettext_lazy("Where no rule reads the question, it leaves a remark and needs a note."),
    )


class RuleForm(PartForm):
    """What must hold of the answer to one question, `asked`, for its section to pass."""

    texts = ("reason",)

    operator = choice(gettext_lazy("Passes if the answer"), ())
    value = forms.CharField(
        label=gettext_lazy("What it is compared with"),
        max_length=MAX_TEXT,
        help_text=gettext_lazy("Words, a number, or a day like 2026-03-14; for “is one of” several, one a line."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reason = line(gettext_lazy("What is said when it fails"), gettext_lazy("In full: it is shown to those who sign."))
    reason_de = german(gettext_lazy("What is said when it fails, in German"))

    def shape(self) -> None:
        section = self.around.place.partition("/rules")[0]
        try:
            self.asked = edits.look_up(self.around.body, f"{section}/fields/{self.around.entry.get('field')}")
        except edits.NoSuchPart:
            self.asked = {"type": "text"}
        self.about = in_language(self.asked.get("label"))
        self.kind = str(self.asked["type"])
        self.pick("operator", [(one.value, OPERATORS[one]) for one in OPERATORS_OF[self.kind]])
        if self.kind in CHOICE_TYPES:
            options = options_of(self.around.body, self.asked)
            self.fields["value"] = several(_("These answers"), [(one["value"], one["label"]["en"]) for one in options])
        elif self.kind == "checkbox":
            words = {"yes": _("Ticked"), "no": _("Not ticked")}
            self.fields["value"] = several(_("The box"), [(one, words[one]) for one in TICKS])
        self.fields["value"].required = True
        self.order_fields(["operator", "value"])

    def read(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        value = entry.get("value", "")
        many = value if isinstance(value, list) else [value]
        # A list for boxes to tick, lines for those who write: Django takes the fitting one of both.
        return {**super().read(entry), "value": _Many(str(one) for one in many)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("operator") and data.get("value"):
            try:
                data["value"] = self._value(Operator(data["operator"]), data["value"])
            except forms.ValidationError as error:
                self.add_error("value", error)
        return data

    def _value(self, operator: Operator, given: Any) -> Any:
        many = given if isinstance(given, list) else [one.strip() for one in given.splitlines() if one.strip()]
        if operator in (Operator.WITHIN_DAYS, Operator.WITHIN_MONTHS):
            return _count(many)
        values = [self._one(one) for one in many]
        if operator is Operator.IN:
            return values
        if len(values) != 1:
            raise forms.ValidationError(_("Choose one answer, or compare with “is one of”."))
        return values[0]

    def _one(self, text: str) -> Any:
        if self.kind == "number":
            return _number(text)
        if self.kind == "date":
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                raise forms.ValidationError(_("Write a day as year-month-day, such as 2026-03-14.")) from None
        return text


class _Many(list[str]):
    """Several values, of which a text box shows one a line."""

    def __str__(self) -> str:
        return "\n".join(self)


def options_of(body: Body, field: Mapping[str, Any]) -> list[Any]:
    """The answers of a question, its own or those of the list that it names."""
    found = field.get("options", [])
    return list(body.get("options", {}).get(found, [])) if isinstance(found, str) else list(found)


def asked_in(questionnaire: Body, kind: str) -> Iterator[Mapping[str, Any]]:
    """The questions of a type that people answer."""
    for section in questionnaire.get("sections", ()):
        yield from (one for one in section.get("fields", ()) if one["type"] == kind and "computed" not in one)


def _count(many: list[str]) -> int:
    if len(many) != 1 or not many[0].isascii() or not many[0].isdigit() or len(many[0]) > 5:
        raise forms.ValidationError(_("Write a whole number."))
    return int(many[0])


def _number(text: str) -> int | str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0 or number >= Decimal(10) ** 15:
        raise forms.ValidationError(_("Write a number, such as 1250000 or 12.5."))
    return int(number) if number == int(number) else f"{number:f}"
