"""Who keeps a guide."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from partners.forms.fields import PersonField


class KeeperForm(forms.Form):
    owner = forms.CharField(required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"] = PersonField(actor=actor, label=_("Who keeps it"), required=False)
