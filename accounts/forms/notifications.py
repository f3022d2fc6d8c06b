"""How each kind of notice should reach a person."""

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.models import Delivery
from accounts.services.notifications import NoticeKind


class PreferenceForm(forms.Form):
    """One choice a kind; the fields are named by the kinds' keys."""

    def __init__(self, *args: Any, kinds: list[NoticeKind], current: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds:
            self.fields[kind.key] = forms.ChoiceField(
                label=str(kind.label),
                choices=Delivery.choices,
                initial=current.get(kind.key),
                widget=forms.RadioSelect,
            )
