"""The form behind "Filters and display" of the organization list: every criterion of the closed list, and the looks."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.rules.access import Actor
from common.listing import ListQuery
from partners import filters
from partners.choices import STAGES_OF_KIND, OrganizationKind
from partners.forms.fields import PersonField

KEPT = ("q", "mine", "team", "as_of")
QUIET = tuple((days, gettext_lazy("%(days)s days")) for days in (14, 30, 60, 90, 180))
_CHECKS = (filters.GONE_QUIET, "health", "tier", "engagement", "segment", "gemstone", "market")
_OWNERS = (("", gettext_lazy("Anybody")), ("me", gettext_lazy("Me")), ("none", gettext_lazy("Nobody")))


def stage_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The stages of both journeys, each under the name of its kind."""
    return [
        (str(kind.label), [(stage.value, str(stage.label)) for stage in stages])
        for kind, stages in STAGES_OF_KIND.items()
    ]


class ListForm(forms.Form):
    """Reads and writes the query string of a list; `to_query` is the address that the form asks for."""

    match = forms.ChoiceField(
        label=gettext_lazy("Organizations that fit"),
        choices=[("all", gettext_lazy("all of these")), ("any", gettext_lazy("any of these"))],
        widget=forms.RadioSelect,
        required=False,
        initial="all",
    )
    kind = forms.MultipleChoiceField(
        label=gettext_lazy("Kind"),
        choices=OrganizationKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    stage = forms.MultipleChoiceField(
        label=gettext_lazy("Stage"), widget=forms.SelectMultiple(attrs={"size": 8}), required=False
    )
    owner_is = forms.ChoiceField(label=gettext_lazy("Owner"), choices=_OWNERS, required=False)
    owner = forms.CharField(required=False)
    role = forms.ChoiceField(label=gettext_lazy("In the role"), required=False)
    quiet = forms.ChoiceField(label=gettext_lazy("Without contact for"), required=False)
    country = forms.CharField(label=gettext_lazy("Country"), max_length=2, required=False)
    archived = forms.BooleanField(label=gettext_lazy("Show archived ones instead"), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("Sort by"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("Group by"), required=False)
    density = forms.ChoiceField(
        label=gettext_lazy("Rows"),
        choices=[("", gettext_lazy("Comfortable")), ("dense", gettext_lazy("Dense"))],
        widget=forms.RadioSelect,
        required=False,
    )
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        actor: Actor,
        query: ListQuery,
        columns: list[tuple[str, str]],
        shown_columns: list[str],
        usual_columns: list[str],
        sorts: list[tuple[str, str]],
        groups: list[tuple[str, str]],
    ) -> None:
        super().__init__(data, initial=_initial(query, actor) | {"columns": shown_columns})
        self.query, self.usual_columns = query, usual_columns
        self.fields["owner"] = PersonField(actor=actor, label=_("or this colleague"), required=False)
        anything = [("", _("Any"))]
        _set(self.fields["stage"], stage_choices())
        _set(self.fields["role"], [*anything, *filters.ROLE_CHOICES])
        _set(self.fields["quiet"], [*anything, *((str(days), word % {"days": days}) for days, word in QUIET)])
        _set(self.fields["sort"], sorts)
        _set(self.fields["group"], [("", _("Nothing")), *groups])
        _set(self.fields["columns"], columns)
        for key in _CHECKS:
            criterion = filters.BY_KEY[key]
            self.fields[key] = forms.MultipleChoiceField(
                label=str(criterion.label),
                choices=list(criterion.choices),
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=query.all(key),
            )

    @property
    def checks(self) -> list[Any]:
        """The classifications, each a row of boxes."""
        return [self[key] for key in _CHECKS]

    def to_query(self) -> ListQuery:
        """The address of the list that a valid form asks for, on its first page."""
        asked = self.cleaned_data
        pairs = [pair for pair in self.query.pairs if pair[0] in KEPT]
        for key in ("kind", "stage", *_CHECKS):
            pairs += [(key, value) for value in asked[key]]
        owner = asked["owner"]
        pairs += [
            ("owner", str(owner.public_id) if isinstance(owner, User) else asked["owner_is"]),
            ("match", "any" if asked["match"] == "any" else ""),
            ("archived", "1" if asked["archived"] else ""),
            ("sort", "" if asked["sort"] == "name" else asked["sort"]),
            ("columns", "" if asked["columns"] == self.usual_columns else ",".join(asked["columns"])),
            *((key, asked[key]) for key in ("role", "quiet", "country", "group", "density")),
        ]
        return ListQuery(tuple(pair for pair in pairs if pair[1]))


def _set(field: forms.Field, choices: list[Any]) -> None:
    field.choices = choices  # type: ignore[attr-defined]


def _initial(query: ListQuery, actor: Actor) -> dict[str, Any]:
    owner = query.get("owner")
    person = None
    if owner and owner not in (filters.ME, filters.NOBODY):
        person = User.objects.visible_to(actor).filter(public_id=owner).first()
    return {
        "match": query.get("match") or "all",
        "kind": query.all("kind"),
        "stage": query.all("stage"),
        "owner_is": owner if owner in (filters.ME, filters.NOBODY) else "",
        "owner": person,
        "role": query.get("role"),
        "quiet": query.get("quiet"),
        "country": query.get("country"),
        "archived": bool(query.get("archived")),
        "sort": query.get("sort") or "name",
        "group": query.get("group"),
        "density": query.get("density"),
    }
