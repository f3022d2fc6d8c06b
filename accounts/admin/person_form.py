"""The form of one person in the administration site."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.people import timezone_choices
from accounts.labels import role_choices
from accounts.models import RoleGrant, User

if TYPE_CHECKING:
    _PersonForm = forms.ModelForm[User]
    _RoleForm = forms.ModelForm[RoleGrant]
else:
    _PersonForm = forms.ModelForm
    _RoleForm = forms.ModelForm


class PersonAdminForm(_PersonForm):
    """What an administrator may change of a person; the rest has use cases of its own."""

    timezone = forms.ChoiceField(label=_("Time zone"), choices=timezone_choices)

    class Meta:
        model = User
        fields = ("name", "email", "job_title", "timezone", "calendar")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class RoleForm(_RoleForm):
    """One role. What is given stays as it is until it ends."""

    class Meta:
        model = RoleGrant
        fields = ("role",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=[("", "---------"), *role_choices()], disabled=bool(self.instance.pk)
        )

    def _get_validation_exclusions(self) -> set[str]:
        # The use case gives a role once: what is given already stays.
        return {field.name for field in RoleGrant._meta.fields}
