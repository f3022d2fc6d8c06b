"""The pages of the parts of a journey: which form a part has, and the parts below it as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BooleanField
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.templatetags.format import DASH
from hub.journey_editing import seal_of
from hub.journey_forms import Around, CriterionForm, ItemForm, PartForm
from hub.journey_question_forms import (
    FieldForm,
    OptionForm,
    OptionListForm,
    QuestionnaireForm,
    RuleForm,
    SectionForm,
)
from hub.journey_stage_forms import PhaseForm, StageForm
from hub.journey_words import LISTS, hint_of, title_of
from partners.rules import journey_edits as edits
from partners.rules.journey_edits import Body

FORMS: Mapping[str, type[PartForm]] = {
    "stage": StageForm,
    "phase": PhaseForm,
    "item": ItemForm,
    "criterion": CriterionForm,
    "questionnaire": QuestionnaireForm,
    "section": SectionForm,
    "field": FieldForm,
    "rule": RuleForm,
    "option": OptionForm,
    "option_list": OptionListForm,
}
_BLANK: Mapping[str, dict[str, Any]] = {
    "item": {"court": "us"},
    "questionnaire": {"estimated_minutes": 30},
    "section": {"evaluation": "automatic"},
    "field": {"type": "text"},
}


@dataclass(frozen=True, kw_only=True)
class PartRow:
    """A part in the list of what is around it; `seal` is what it looked like."""

    place: str
    anchor: str
    title: str
    hint: str
    seal: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class PartList:
    """Parts of one kind; those of `is_fixed` have their order and number from elsewhere, `is_sorted` by name alone."""

    place: str
    title: str | Promise
    add: str | Promise
    rows: tuple[PartRow, ...]
    is_fixed: bool = False
    is_sorted: bool = False

    @property
    def anchor(self) -> str:
        """The id of the list on a page."""
        return anchor_of(self.place)


def part_list(body: Body, list_place: str) -> PartList:
    """The parts of a list."""
    found = edits.entries(body, list_place)
    rows = tuple(
        PartRow(
            place=place,
            anchor=anchor_of(place),
            title=title_of(body, place),
            hint=hint_of(body, place),
            seal=seal_of(entry),
            is_first=index == 0,
            is_last=index == len(found) - 1,
        )
        for index, (place, entry) in enumerate(found)
    )
    if list_place == "stages":
        return PartList(place=list_place, title="", add="", rows=rows, is_fixed=True)
    title, add = LISTS[edits.shape_in(list_place)]
    return PartList(place=list_place, title=title, add=add, rows=rows, is_sorted=list_place == "options")


def lists_below(body: Body, place: str) -> list[PartList]:
    """The lists of parts below a part. Nobody leaves the last stage, and no rule decides what a person judges."""
    entry = edits.look_up(body, place)
    shape = edits.shape_of(place)
    is_last = shape == "stage" and body["stages"][-1] == entry
    is_manual = shape == "section" and entry.get("evaluation") == "manual"
    unfit = {"criteria": is_last, "rules": is_manual}
    below = edits.lists_of(place, entry)
    return [part_list(body, where) for key, where in below if not unfit.get(key) or entry.get(key)]


def part_form(body: Body, place: str, data: Any = None) -> PartForm | None:
    """The form of a part as it is now; a list of answers has none. Raises NoSuchPart."""
    shape, entry = edits.shape_of(place), edits.look_up(body, place)
    if shape == "option_list":
        return None
    around = Around(body=body, place=place, entry=entry)
    return FORMS[shape](data, around=around, initial={"seen": seal_of(edits.own_part(place, entry))})


def new_form(body: Body, list_place: str, data: Any = None, *, field: str = "") -> PartForm:
    """The form of a part to come; a rule is about a question. Raises NoSuchPart."""
    shape = edits.shape_in(list_place)
    around_place = list_place.rpartition("/")[0]
    if around_place:
        edits.look_up(body, around_place)
    if shape == "option" and not isinstance(edits.look_up(body, list_place), list):
        raise edits.NoSuchPart(list_place)
    entry = dict(_BLANK.get(shape, {}))
    if shape == "rule":
        edits.look_up(body, f"{around_place}/fields/{field}")
        entry["field"] = field
    if shape in ("item", "phase"):
        entry["owner_role" if shape == "item" else "lead_role"] = edits.look_up(body, around_place).get("lead_role", "")
    return FORMS[shape](data, around=Around(body=body, place=list_place, entry=entry, is_new=True))


def anchor_of(place: str) -> str:
    """The id of a part's row on a page."""
    return "part-" + "-".join(place.split("/")[-2:])


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field of which two people wrote different things."""

    label: str | Promise
    theirs: str
    yours: str


def renewed(form: PartForm, body: Body, message: str) -> tuple[PartForm, list[Difference]]:
    """What was written, against the part as somebody else has left it: sending it again writes over theirs."""
    place = form.around.place
    written: Any = form.data
    data = written.copy()
    data["seen"] = seal_of(edits.own_part(place, edits.look_up(body, place)))
    again = part_form(body, place, data)
    if again is None:
        raise edits.NoSuchPart(place)
    again.full_clean()
    again.add_error(None, message)
    changed = [name for name in again.changed_data if not again.fields[name].widget.is_hidden]
    differences = [
        Difference(
            label=again.fields[name].label or name,
            theirs=_shown(again, name, again.initial.get(name)),
            yours=_shown(again, name, again[name].value()),
        )
        for name in changed
    ]
    return again, differences


def _shown(form: PartForm, name: str, value: Any) -> str:
    """A value as the form's field would show it."""
    if isinstance(form.fields[name], BooleanField):
        return _("yes") if value else _("no")
    choices = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", ())}
    many = value if isinstance(value, list) else [value]
    words = ", ".join(choices.get(str(one), str(one)) for one in many if one not in (None, ""))
    return words or DASH
