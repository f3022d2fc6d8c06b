"""Forms of the people around an organization: owners, contacts, context grants."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import PARTICIPANT_ROLES
from accounts.labels import role_label
from accounts.rules.access import Actor
from accounts.rules.roles import OWNER_ROLES_BY_KIND
from partners.choices import Dimension
from partners.forms.fields import PersonField, zone_choices
from partners.models import Contact

GRANT_DAYS = (
    (7, gettext_lazy("One week")),
    (14, gettext_lazy("Two weeks")),
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
)


def role_choices(*kinds: str) -> list[tuple[str, str]]:
    """Roles in which people may be assigned to organizations of all `kinds`: owning ones first."""
    owning = [
        role for role in OWNER_ROLES_BY_KIND[kinds[0]] if all(role in OWNER_ROLES_BY_KIND[kind] for kind in kinds)
    ]
    return [(role, role_label(role)) for role in (*owning, *sorted(PARTICIPANT_ROLES))]


class AssignForm(forms.Form):
    """One person in one role, on one organization or on many."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    user = forms.CharField()
    is_primary = forms.BooleanField(
        label=gettext_lazy("Primary owner in this role"),
        required=False,
        help_text=gettext_lazy("Takes the place of who is primary now; that person stays an owner."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=300)

    def __init__(self, *args: Any, actor: Actor, kinds: tuple[str, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = role_choices(*kinds)  # type: ignore[attr-defined]
        person = PersonField(actor=actor, label=_("Person"), help_text=_("Name or e-mail address of a colleague."))
        self.fields["user"] = person


class EndAssignmentForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=300)
    confirm_last = forms.BooleanField(required=False, widget=forms.HiddenInput)


class ContactForm(forms.ModelForm):
    """A person on their side. `version` guards edits."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Contact
        fields: ClassVar = ["name", "job_title", "role", "email", "phone", "timezone", "is_ticket_manager"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        zones = [("", _("As the organization")), *zone_choices(self.instance.timezone)]
        self.fields["timezone"] = forms.ChoiceField(choices=zones, label=_("Time zone"), required=False)
        for field in self.fields.values():
            field.label = str(field.label or "")[:1].upper() + str(field.label or "")[1:]
        self.initial["version"] = self.instance.version

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def validate_constraints(self) -> None:
        """The service says what clashes, with words of its own."""


class AskGrantForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What do you need the answers for?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )


class DecideGrantForm(forms.Form):
    """Open the answers for a time, or refuse and say why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=[("give", gettext_lazy("Open")), ("refuse", gettext_lazy("Refuse"))]
    )
    days = forms.TypedChoiceField(label=gettext_lazy("For"), choices=GRANT_DAYS, coerce=int, initial=14)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    @property
    def length(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])


class OverrideForm(forms.Form):
    """A tier, segment or gemstone by hand."""

    dimension = forms.ChoiceField(choices=Dimension.choices, widget=forms.HiddenInput)
    value = forms.ChoiceField(label=gettext_lazy("Value"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=1000)

    def __init__(self, *args: Any, values: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["value"].choices = values  # type: ignore[attr-defined]


def local_now() -> str:
    """Now in the reader's zone, as a datetime-local input takes it."""
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")
