"""Two people edited one organization: both versions side by side, one choice a field, nothing lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import Conflict
from common.templatetags.format import DASH, spell_day
from partners.forms.organizations import OrganizationForm, text_of
from partners.models import Organization

MINE, THEIRS, PREFIX = "mine", "theirs", "settle-"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field that differs: how both read, and which is proposed (mine, if this person touched it)."""

    name: str
    input_name: str
    label: str
    mine: str
    theirs: str
    is_mine_proposed: bool


@dataclass(frozen=True, kw_only=True)
class Conflicts:
    """What the conflict page shows; `inputs` carry along everything that the person had written."""

    differences: tuple[Difference, ...]
    inputs: tuple[Mapping[str, str], ...]

    @classmethod
    def of(cls, form: OrganizationForm, conflict: Conflict) -> "Conflicts":
        """Compare what a valid form says with the fields as they are now."""
        touched = form.touched()
        differences = [
            Difference(
                name=name,
                input_name=f"{PREFIX}{name}",
                label=str(form.fields[name].label),
                mine=_word(form, name, mine),
                theirs=_word(form, name, conflict.current.get(name)),
                is_mine_proposed=name in touched,
            )
            for name, mine in form.values.items()
            if text_of(mine) != text_of(conflict.current.get(name))
        ]
        sent = ((name, form.data.get(name, "")) for name in [*form.fields])
        inputs = tuple({"name": name, "value": value} for name, value in sent)
        return cls(differences=tuple(differences), inputs=inputs)

    @staticmethod
    def settled(values: Mapping[str, Any], sent: Mapping[str, str]) -> dict[str, Any]:
        """The values without those for which the person takes what the other one saved."""
        return {name: value for name, value in values.items() if sent.get(f"{PREFIX}{name}") != THEIRS}


def _word(form: OrganizationForm, name: str, value: Any) -> str:
    """A value as the form's field would show it."""
    if value in (None, ""):
        return DASH
    if isinstance(value, Organization):
        return value.name
    choices = dict(getattr(form.fields[name], "choices", ()))
    if value in choices:
        return str(choices[value])
    return spell_day(value) if name.endswith("_on") else str(value)
