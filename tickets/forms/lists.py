"""The forms around a list of tickets: all its filters and its looks, and what is changed on many."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.rules.access import Actor
from common.listing import ListQuery
from partners.forms.fields import PersonField
from tickets.choices import Priority, TicketStatus
from tickets.models import Category, Queue

ME, NOBODY, OWN = "me", "none", "mine"
# What a link asks for and the form does not offer.
KEPT = ("q", "organization", "opened", "solved", "first_solved", "first_contact")
CHECKS = ("status", "priority", "kind", "channel", "tier")
_SWITCHES = ("breached", "waiting", "escalated")
_PEOPLE = (("", gettext_lazy("Anybody")), ("me", gettext_lazy("Me")), ("none", gettext_lazy("Nobody")))
_HOURS = (("", gettext_lazy("Whenever")), ("1", gettext_lazy("1 hour")), ("4", gettext_lazy("4 hours")))
_MORE_HOURS = (("24", gettext_lazy("A day")), ("72", gettext_lazy("3 days")))


def split_tags(text: str) -> tuple[str, ...]:
    """Tags as people write them: words with commas or spaces between."""
    return tuple(text.replace(",", " ").split())


class ListForm(forms.Form):
    """Reads and writes the query string of a list; `to_query` is the address that the form asks for.

    `checks` are label and choices of the closed lists of the vocabulary, by key.
    """

    queue = forms.MultipleChoiceField(
        label=gettext_lazy("Queue"), widget=forms.SelectMultiple(attrs={"size": 6}), required=False
    )
    category = forms.MultipleChoiceField(
        label=gettext_lazy("Category"), widget=forms.SelectMultiple(attrs={"size": 6}), required=False
    )
    assignee_is = forms.ChoiceField(label=gettext_lazy("Assignee"), choices=_PEOPLE, required=False)
    assignee = forms.CharField(required=False)
    tag = forms.CharField(label=gettext_lazy("Tags"), max_length=200, required=False)
    within = forms.ChoiceField(label=gettext_lazy("Breaches within"), choices=[*_HOURS, *_MORE_HOURS], required=False)
    breached = forms.BooleanField(label=gettext_lazy("A promise is broken"), required=False)
    waiting = forms.BooleanField(label=gettext_lazy("Waits for us"), required=False)
    escalated = forms.BooleanField(label=gettext_lazy("Escalated"), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("Sort by"), required=False)
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
        checks: Mapping[str, tuple[str, Any]],
        sorts: list[tuple[str, str]],
        columns: list[tuple[str, str]],
        shown_columns: list[str],
        usual_columns: list[str],
    ) -> None:
        super().__init__(data, initial=_initial(query, actor) | {"columns": shown_columns})
        self.query, self.usual_columns = query, usual_columns
        self.fields["assignee"] = PersonField(actor=actor, label=_("or this colleague"), required=False)
        queues = Queue.objects.visible_to(actor).filter(archived_at__isnull=True).values_list("key", "name")
        _set(self.fields["queue"], [(OWN, _("Those of my teams")), *queues])
        categories = Category.objects.visible_to(actor).filter(archived_at__isnull=True)
        _set(self.fields["category"], list(categories.values_list("key", "name")))
        _set(self.fields["sort"], sorts)
        _set(self.fields["columns"], columns)
        for key, (label, choices) in checks.items():
            self.fields[key] = forms.MultipleChoiceField(
                label=label,
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=query.all(key),
            )

    @property
    def checks(self) -> list[Any]:
        """The closed lists, each a row of boxes."""
        return [self[key] for key in CHECKS]

    def to_query(self) -> ListQuery:
        """The address of the list that a valid form asks for, on its first page."""
        asked = self.cleaned_data
        pairs = [pair for pair in self.query.pairs if pair[0] in KEPT]
        for key in ("queue", "category", *CHECKS):
            pairs += [(key, value) for value in asked[key]]
        pairs += [("tag", tag) for tag in split_tags(asked["tag"].lower())]
        person = asked["assignee"]
        pairs += [
            ("assignee", str(person.public_id) if isinstance(person, User) else asked["assignee_is"]),
            *((key, "1" if asked[key] else "") for key in _SWITCHES),
            ("within", asked["within"]),
            ("sort", "" if asked["sort"] == "breaches" else asked["sort"]),
            ("columns", "" if asked["columns"] == self.usual_columns else ",".join(asked["columns"])),
            ("density", asked["density"]),
        ]
        return ListQuery(tuple(pair for pair in pairs if pair[1]))


def _set(field: forms.Field, choices: list[Any]) -> None:
    field.choices = choices  # type: ignore[attr-defined]


def _initial(query: ListQuery, actor: Actor) -> dict[str, Any]:
    person = query.get("assignee")
    known = person in (ME, NOBODY, "")
    return {
        "queue": query.all("queue"),
        "category": query.all("category"),
        "assignee_is": person if known else "",
        "assignee": None if known else User.objects.visible_to(actor).filter(public_id=person).first(),
        "tag": " ".join(query.all("tag")),
        "within": query.get("within"),
        "sort": query.get("sort") or "breaches",
        "density": query.get("density"),
        **{key: bool(query.get(key)) for key in _SWITCHES},
    }


class BulkForm(forms.Form):
    """What is done to all ticked tickets: fields that stay empty stay as they are."""

    assignee = forms.CharField(required=False)
    to_nobody = forms.BooleanField(label=gettext_lazy("Give them to nobody"), required=False)
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        choices=[
            ("", gettext_lazy("As it is")),
            *((value, label) for value, label in TicketStatus.choices if value not in ("new", "closed")),
        ],
        required=False,
    )
    queue = forms.ModelChoiceField(
        label=gettext_lazy("Queue"),
        queryset=Queue.objects.none(),
        to_field_name="key",
        required=False,
        empty_label=gettext_lazy("As it is"),
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"), choices=[("", gettext_lazy("As it is")), *Priority.choices], required=False
    )
    priority_reason = forms.CharField(label=gettext_lazy("Why this priority"), max_length=300, required=False)
    add_tags = forms.CharField(label=gettext_lazy("Add tags"), max_length=200, required=False)
    remove_tags = forms.CharField(label=gettext_lazy("Take tags away"), max_length=200, required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["assignee"] = PersonField(actor=actor, label=_("Give to"), required=False)
        queues = Queue.objects.visible_to(actor).filter(archived_at__isnull=True)
        self.fields["queue"].queryset = queues  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = super().clean() or {}
        if sent.get("priority") and not sent.get("priority_reason", "").strip():
            self.add_error("priority_reason", _("Say why this priority."))
        return sent

    @property
    def values(self) -> dict[str, Any]:
        """The fields to be set. Of a form that is valid."""
        sent = self.cleaned_data
        found = {name: sent[name] for name in ("assignee", "status", "queue") if sent.get(name)}
        return found | {"assignee": None} if sent["to_nobody"] else found
