"""Forms of product feedback."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners.feedback_choices import FeedbackKind, FeedbackState, Need
from partners.models import Contact, FeedbackItem, FeedbackVoice, Organization, ReleaseNote

KEYS = ("q", "state", "kind")
_AREA = {"rows": 4}


class OrganizationField(forms.CharField):
    """An organization that is open to the actor in full, by its name; gives the Organization."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)
        self.actor: Actor | None = None

    def clean(self, value: Any) -> Organization | None:
        text = str(super().clean(value) or "").strip()
        if not text or self.actor is None:
            return None
        found = list(Organization.objects.opened_to(self.actor).current().filter(name__iexact=text)[:2])
        if not found:
            raise ValidationError(_("No organization of this name is open to you."), code="unknown")
        if len(found) > 1:
            raise ValidationError(_("Several are called so: begin on the page of the organization."), code="ambiguous")
        organization: Organization = found[0]
        return organization


class OrganizationNameForm(forms.Form):
    """Which organization something is for."""

    organization = OrganizationField(label=gettext_lazy("Organization"))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["organization"]
        field.actor = actor


class VoiceForm(forms.Form):
    """How much an organization needs something, and who said so in which words."""

    need = forms.ChoiceField(
        label=gettext_lazy("How much they need it"), choices=Need.choices, initial=Need.IMPORTANT.value
    )
    contact = forms.ModelChoiceField(
        label=gettext_lazy("Who asked"), queryset=Contact.objects.none(), required=False, to_field_name="public_id"
    )
    words = forms.CharField(
        label=gettext_lazy("In their words"), required=False, max_length=10_000, widget=forms.Textarea(attrs=_AREA)
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, contacts: Sequence[Contact], voice: FeedbackVoice | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        choose_contact(self, contacts)
        if voice is not None:
            self.initial.update({name: getattr(voice, name) for name in ("need", "words", "version")})
            self.initial["contact"] = voice.contact.public_id if voice.contact else None

    @property
    def voice_values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("need", "contact", "words")}


class FeedbackForm(VoiceForm):
    """Something that nobody has asked for before, with the first who does. `confirmed`: nothing similar is the same."""

    title = forms.CharField(label=gettext_lazy("What the product lacks"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=FeedbackKind.choices)
    description = forms.CharField(
        label=gettext_lazy("What for"), required=False, max_length=10_000, widget=forms.Textarea(attrs=_AREA)
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    field_order = ("title", "kind", "description", "need", "contact", "words")

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("title", "kind", "description")}


class FeedbackEditForm(forms.Form):
    """The words of an item, when it is expected, and what may be told of it. `version` guards edits."""

    title = forms.CharField(label=gettext_lazy("What the product lacks"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=FeedbackKind.choices)
    description = forms.CharField(
        label=gettext_lazy("What for"), required=False, max_length=10_000, widget=forms.Textarea(attrs=_AREA)
    )
    expected = forms.CharField(
        label=gettext_lazy("Expected"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("A quarter or a release, as one would say it: summer 2027."),
    )
    answer = forms.CharField(
        label=gettext_lazy("What may be told"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs=_AREA),
        help_text=gettext_lazy("Owners read it to those who ask; it is in the draft that goes out with the release."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, item: FeedbackItem, may_answer: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_answer:
            del self.fields["expected"], self.fields["answer"]
        self.initial.update({name: getattr(item, name) for name in self.fields})

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}


class MoveForm(forms.Form):
    state = forms.ChoiceField(choices=FeedbackState.choices)


class IssueForm(forms.Form):
    address = forms.CharField(required=False, max_length=400)


class MergeForm(forms.Form):
    into = forms.UUIDField()


class FeedbackFilterForm(forms.Form):
    """Which items a list shows."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices in (("state", FeedbackState), ("kind", FeedbackKind)):
            field: Any = self.fields[name]
            field.choices = [("", _("All")), *choices.choices]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"]).replace("\0", "")


class ReleaseNoteForm(forms.Form):
    """A draft before it is sent. `version` guards edits."""

    contact = forms.ModelChoiceField(
        label=gettext_lazy("To"), queryset=Contact.objects.none(), required=False, to_field_name="public_id"
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(label=gettext_lazy("Text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 12}))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, contacts: Sequence[Contact], note: ReleaseNote, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_contact(self, contacts)
        self.initial.update({name: getattr(note, name) for name in ("subject", "body", "version")})
        self.initial["contact"] = note.contact.public_id if note.contact else None

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("contact", "subject", "body")}


def choose_contact(form: forms.Form, contacts: Sequence[Contact]) -> None:
    """Offer these contacts in a form's field `contact`."""
    field: Any = form.fields["contact"]
    field.queryset = Contact.objects.filter(pk__in=[one.pk for one in contacts])
    field.choices = [("", _("Nobody in particular")), *((str(one.public_id), one.name) for one in contacts)]
