"""The 60-second form: what happened, with whom, in one glance and few keys."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from partners.forms.commitments import PromiseForm
from partners.interaction_offers import FormOffer, Meeting
from partners.interaction_policy import Skeleton
from partners.models import Contact, Interaction, Touchpoint

MOMENT = "%Y-%m-%dT%H:%M"
PROMISES = ("promise", "promise-2", "promise-3", "promise-4", "promise-5")
_PROMISED = ("title", "side", "due_on", "owner", "contact")
Typed = Mapping[str, Sequence[str]]


class InteractionForm(forms.ModelForm):
    """Defaults: a call, just now, with the primary contact, who answered. `version` guards edits."""

    contacts = forms.ModelMultipleChoiceField(
        queryset=Contact.objects.none(), to_field_name="public_id", required=False, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Interaction
        fields: ClassVar = ["kind", "summary", "contacts", "body", "happened_at", "minutes", "is_two_way"]
        widgets: ClassVar = {
            "kind": forms.RadioSelect,
            "summary": forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
            "body": forms.Textarea(attrs={"rows": 5}),
            "happened_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
            "minutes": forms.NumberInput(attrs={"min": 0, "max": 1440, "inputmode": "numeric"}),
        }

    def __init__(self, *args: Any, people: list[Contact], **options: Any) -> None:
        super().__init__(*args, **options)
        contacts = self.fields["contacts"]
        contacts.queryset = Contact.objects.filter(pk__in=[person.pk for person in people])  # type: ignore[attr-defined]
        contacts.choices = [(str(person.public_id), person.name) for person in people]  # type: ignore[attr-defined]
        contacts.label = _("With")
        if not people:
            del self.fields["contacts"]
        self.fields["happened_at"].input_formats = [MOMENT, f"{MOMENT}:%S"]  # type: ignore[attr-defined]
        for name, label in (("kind", _("Kind")), ("summary", _("In one line")), ("happened_at", _("When"))):
            self.fields[name].label = label
        for field in self.fields.values():
            field.label = str(field.label or "")[:1].upper() + str(field.label or "")[1:]
        self.initial.setdefault("version", self.instance.version)
        if self.instance.pk is None:
            self.initial.setdefault("happened_at", timezone.localtime())
            self.initial.setdefault("contacts", [str(one.public_id) for one in people if one.is_primary])
        else:
            self.initial["contacts"] = [str(one.public_id) for one in self.instance.contacts.all()]

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name != "contacts"}

    @property
    def people(self) -> list[Contact]:
        return list(self.cleaned_data.get("contacts") or ())


class LogForm(InteractionForm):
    """The same for a new one, which may have begun with a template and may have been a planned meeting."""

    template = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    touchpoint = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, meetings: Sequence[Meeting], **options: Any) -> None:
        super().__init__(*args, **options)
        self._meetings = {meeting.key: meeting.touchpoint for meeting in meetings}
        chosen: Any = self.fields["touchpoint"]
        chosen.label = _("It was this meeting")
        chosen.choices = [("", _("None that was planned")), *((one.key, one.label) for one in meetings)]
        if not meetings:
            del self.fields["touchpoint"]

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "template": self.cleaned_data["template"]}

    @property
    def touchpoint_held(self) -> Touchpoint | None:
        return self._meetings.get(self.cleaned_data.get("touchpoint", ""))


class LogForms:
    """The form and the promises beside it. What was `typed` before, in a draft or for a template, fills new ones."""

    def __init__(self, offer: FormOffer, actor: Actor, *, sent: Any = None, typed: Typed | None = None) -> None:
        begun = _initial(typed) if typed else {}
        self.form = LogForm(sent, people=list(offer.people), meetings=offer.meetings, initial=begun)
        prefixes = PROMISES if offer.may_promise else ()
        self.promises = [
            PromiseForm(sent, prefix=prefix, actor=actor, contacts=offer.people, initial=_of_promise(typed, prefix))
            for prefix in prefixes
        ]

    @property
    def is_valid(self) -> bool:
        # Each is asked, so that all faults are shown at once.
        found = [one.is_valid() for one in (self.form, *self.promises)]
        return all(found)

    @property
    def has_faults(self) -> bool:
        return any(one.errors for one in (self.form, *self.promises))

    @property
    def filled(self) -> list[PromiseForm]:
        """The promises that were written down, in their order."""
        return [one for one in self.promises if one.values is not None]


def typed_in(data: QueryDict) -> dict[str, list[str]]:
    """What a sent form holds of ours, for a draft."""
    own = {*InteractionForm.Meta.fields, "template", "touchpoint"}
    own |= {f"{prefix}-{name}" for prefix in PROMISES for name in _PROMISED}
    return {name: values for name, values in data.lists() if name in own}


def with_skeleton(typed: Typed, skeleton: Skeleton) -> dict[str, list[str]]:
    """What was typed, with a template: it sets kind and length, and goes below what the notes hold already."""
    body = "".join(typed.get("body", ()))
    summary = "".join(typed.get("summary", ()))
    written = f"{body.rstrip()}\n\n{skeleton.body}" if body.strip() else skeleton.body
    return {
        **{name: list(values) for name, values in typed.items()},
        "kind": [skeleton.kind],
        "minutes": [str(skeleton.minutes)] if skeleton.minutes else list(typed.get("minutes", ())),
        "is_two_way": ["on"] if skeleton.is_two_way else [],
        "summary": [summary or skeleton.summary],
        "body": [written],
        "template": [skeleton.id],
    }


def _initial(typed: Typed) -> dict[str, Any]:
    plain = ("kind", "summary", "body", "happened_at", "minutes", "template", "touchpoint")
    found: dict[str, Any] = {name: typed[name][0] for name in plain if typed.get(name)}
    return {**found, "contacts": list(typed.get("contacts", ())), "is_two_way": bool(typed.get("is_two_way"))}


def _of_promise(typed: Typed | None, prefix: str) -> dict[str, str]:
    return {name: typed[f"{prefix}-{name}"][0] for name in _PROMISED if typed and typed.get(f"{prefix}-{name}")}
