"""The 60-second form: what happened, with whom, in one glance and few keys."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.models import Contact, Interaction

MOMENT = "%Y-%m-%dT%H:%M"


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
