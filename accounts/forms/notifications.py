"""How each kind of notice should reach a person."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from accounts.models import Delivery


class PreferenceForm(forms.Form):
    """One choice a kind; the fields are named by the kinds' keys."""

    def __init__(self, *args: Any, kinds: Iterable[tuple[str, str]], current: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in kinds:
            self.fields[key] = forms.ChoiceField(
                label=label,
                choices=Delivery.choices,
                initial=current.get(key),
                required=False,
                widget=forms.RadioSelect,
            )

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen; a kind without a choice is left as it was."""
        return {kind: delivery for kind, delivery in self.cleaned_data.items() if delivery}
