"""Forms of weeks ahead: what if an organization had another owner; which role is to be balanced; why a move is not."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import OWNER_ROLES
from accounts.labels import role_label
from accounts.models import User

MAX_NOTE = 300


class GiverForm(forms.Form):
    """Whose organization it is about."""

    person = forms.ModelChoiceField(label=gettext_lazy("Who has it"), queryset=User.objects.none())

    def __init__(self, *args: Any, people: QuerySet[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"] = forms.ModelChoiceField(
            label=_("Who has it"), queryset=people.order_by("name_sort", "pk"), to_field_name="public_id"
        )


class WhatIfForm(forms.Form):
    """An organization of that person, and who else could have it."""

    place = forms.ChoiceField(label=gettext_lazy("Organization"))
    receiver = forms.ModelChoiceField(label=gettext_lazy("New owner"), queryset=User.objects.none())

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], receivers: QuerySet[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"] = forms.ChoiceField(label=_("Organization"), choices=list(places))
        self.fields["receiver"] = forms.ModelChoiceField(
            label=_("New owner"), queryset=receivers.order_by("name_sort", "pk"), to_field_name="public_id"
        )


class BalanceForm(forms.Form):
    """The role whose hours are to be evened out."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = sorted((role_label(role), role) for role in OWNER_ROLES)
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=[(role, label) for label, role in roles])


class RefuseForm(forms.Form):
    """Why an organization stays where it is."""

    note = forms.CharField(label=gettext_lazy("Why it stays"), max_length=MAX_NOTE)
