"""Forms of the portal: a new ticket in plain words, and what is written on one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.choices import Level
from tickets.forms.files import FilesField
from tickets.models import Category

IMPACTS = (
    (Level.HIGH.value, _("Nobody can work")),
    (Level.MEDIUM.value, _("Something does not work, but we can go on")),
    (Level.LOW.value, _("A question, or a small thing")),
)
URGENCIES = (
    (Level.HIGH.value, _("It cannot wait")),
    (Level.MEDIUM.value, _("In the usual time")),
    (Level.LOW.value, _("Whenever you can")),
)


class PortalTicketForm(forms.Form):
    """What a contact tells of a new ticket. `categories` are those offered in the portal."""

    subject = forms.CharField(label=_("What is it about?"), max_length=250)
    category = forms.ChoiceField(label=_("Area"), required=False)
    impact = forms.ChoiceField(
        label=_("What does it mean for you?"), choices=IMPACTS, widget=forms.RadioSelect, initial=Level.MEDIUM.value
    )
    urgency = forms.ChoiceField(
        label=_("How soon do you need it?"), choices=URGENCIES, widget=forms.RadioSelect, initial=Level.MEDIUM.value
    )
    body = forms.CharField(
        label=_("What happened?"),
        help_text=_("What you did, what you expected, what you saw instead."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    attached = FilesField(
        label=_("Files"), required=False, help_text=_("Pictures, PDF, office documents or text; up to 10 of 10 MB.")
    )

    def __init__(self, *args: Any, categories: list[Category], **options: Any) -> None:
        super().__init__(*args, **options)
        self._categories = {str(category.public_id): category for category in categories}
        offered = [("", _("I am not sure")), *((key, category.name) for key, category in self._categories.items())]
        self.fields["category"].choices = offered  # type: ignore[attr-defined]
        if not categories:
            del self.fields["category"]

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the ticket. Of a form that is valid."""
        sent = self.cleaned_data
        found = {name: sent[name] for name in ("subject", "impact", "urgency")}
        return found | {"category": self._categories.get(sent.get("category", ""))}


class PortalReplyForm(forms.Form):
    """What a contact writes on a ticket."""

    body = forms.CharField(label=_("Your message"), widget=forms.Textarea(attrs={"rows": 5}))
    attached = FilesField(label=_("Files"), required=False)
