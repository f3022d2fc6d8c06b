"""Rules of routing as they are being written, and a ticket to try them on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.choices import Channel, Level
from tickets.forms.packs import PackForm
from tickets.models import Category


class TrialForm(PackForm):
    """The rules, and a ticket to try them on."""

    name = "routing"

    subject = forms.CharField(label=_("Subject"), max_length=250, required=False)
    body = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    category = forms.ChoiceField(label=_("Category"), required=False)
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[
            (one.value, one.label) for one in (Channel.MAIL, Channel.PORTAL, Channel.PHONE, Channel.API, Channel.STAFF)
        ],
        required=False,
    )
    recipient = forms.EmailField(label=_("Sent to"), required=False)
    impact = forms.ChoiceField(label=_("Impact"), choices=Level.choices, initial=Level.MEDIUM, required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Level.choices, initial=Level.MEDIUM, required=False)

    def __init__(self, *args: Any, categories: list[Category], **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [("", "—"), *((category.key, category.name) for category in categories)]
        self.fields["category"].choices = offered  # type: ignore[attr-defined]
