"""The form of a ticket that a colleague enters."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners.forms.fields import PersonField
from tickets.choices import Channel, Level, TicketKind
from tickets.forms.files import FilesField
from tickets.forms.lists import split_tags
from tickets.models import Category, Queue


class EntryForm(forms.Form):
    """Who asks comes from the search above it, or is written down here."""

    name = forms.CharField(label=gettext_lazy("Name of who asks"), max_length=150, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=250)
    body = forms.CharField(
        label=gettext_lazy("What they say"), widget=forms.Textarea(attrs={"rows": 6}), max_length=33_000
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("They ask by"),
        choices=[(one.value, one.label) for one in (Channel.PHONE, Channel.MAIL, Channel.STAFF)],
        initial=Channel.PHONE.value,
        required=False,
    )
    opened_by_us = forms.BooleanField(
        label=gettext_lazy("We begin"),
        required=False,
        help_text=gettext_lazy("The text is ours and goes to them; no first response is owed."),
    )
    is_internal = forms.BooleanField(
        label=gettext_lazy("Not for the partner"),
        required=False,
        help_text=gettext_lazy("Colleagues alone see it; it has internal notes only."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TicketKind.choices)
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    impact = forms.ChoiceField(label=gettext_lazy("Impact"), choices=Level.choices, initial=Level.MEDIUM)
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=Level.choices, initial=Level.MEDIUM)
    queue = forms.ModelChoiceField(
        label=gettext_lazy("Queue"),
        queryset=Queue.objects.none(),
        required=False,
        empty_label=gettext_lazy("As the rules say"),
    )
    assignee = forms.CharField(required=False)
    tags = forms.CharField(label=gettext_lazy("Tags"), max_length=200, required=False)
    files = FilesField(label=gettext_lazy("Files"), required=False)  # type: ignore[assignment]

    def __init__(self, *args: Any, actor: Actor, is_known: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["assignee"] = PersonField(actor=actor, label=_("Give to"), required=False)
        queues = Queue.objects.visible_to(actor).filter(archived_at__isnull=True)
        self.fields["queue"].queryset = queues  # type: ignore[attr-defined]
        categories = Category.objects.visible_to(actor).filter(archived_at__isnull=True)
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]
        if is_known:
            del self.fields["name"], self.fields["email"]

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the ticket. Of a form that is valid."""
        sent = self.cleaned_data
        found = {name: sent[name] for name in ("subject", "kind", "category", "impact", "urgency", "is_internal")}
        return found | {"tags": list(split_tags(sent["tags"].lower()))}
