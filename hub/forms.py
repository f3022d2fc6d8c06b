"""Forms of the roof."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class WhyForm(forms.Form):
    """What is asked of the explainer; `person` only for those who may ask for others."""

    q = forms.CharField(
        label=_("Organization or ticket"),
        max_length=300,
        help_text=_("Its name, the number of the ticket, or the address of the page that did not open."),
    )
    person = forms.ModelChoiceField(
        label=_("Ask for"), queryset=User.objects.none(), required=False, empty_label=_("Myself")
    )

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor.has("explain_for_others"):
            self.fields["person"].queryset = User.objects.visible_to(actor).active().staff()  # type: ignore[attr-defined]
        else:
            del self.fields["person"]
