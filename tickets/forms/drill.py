"""The form of the escalation drill: what ticket is thought of, and at which instant the clock begins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from tickets.choices import Priority
from tickets.models import Queue, Ticket


class DrillForm(forms.Form):
    """A policy of the version in force, a priority, a queue and a start on the reader's own clock."""

    policy = forms.ChoiceField(label=gettext_lazy("Policy"))
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=Priority.choices, initial=Priority.HIGH)
    queue = forms.ModelChoiceField(label=gettext_lazy("Queue"), queryset=Queue.objects.none(), empty_label=None)
    start_on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    start_time = forms.TimeField(label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}))
    ticket = forms.IntegerField(
        label=gettext_lazy("As ticket"),
        required=False,
        min_value=1,
        max_value=2**62,
        help_text=gettext_lazy("Its number: whose it is and who owns the organization are taken from it."),
    )

    def __init__(self, *args: Any, actor: Actor, policies: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["policy"].choices = policies  # type: ignore[attr-defined]
        queues = Queue.objects.visible_to(actor).filter(archived_at__isnull=True)
        self.fields["queue"].queryset = queues  # type: ignore[attr-defined]

    def clean_ticket(self) -> Ticket | None:
        number = self.cleaned_data["ticket"]
        if number is None:
            return None
        ticket: Ticket | None = Ticket.objects.visible_to(self.actor).filter(number=number).first()
        if ticket is None:
            raise forms.ValidationError(_("There is no ticket with this number, or it is not yours."))
        return ticket

    @property
    def start(self) -> datetime:
        """The instant that was chosen; after `is_valid`."""
        data = self.cleaned_data
        return timezone.make_aware(datetime.combine(data["start_on"], data["start_time"]))
