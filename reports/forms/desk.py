"""What a report of the desk is narrowed to: criteria of the lists of tickets."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from reports.choices import DESK_CRITERIA
from reports.forms.reports import PERIOD, period_field
from reports.rules.periods import Period
from tickets import filters
from tickets.models import Category, Queue


class DeskForm(forms.Form):
    """The period, and of which tickets. Two statements, for the names of queues and categories."""

    def __init__(self, *args: Any, actor: Actor, today: date, chosen: Period, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[PERIOD] = period_field(today, chosen)
        self.names: dict[tuple[str, str], str] = {}
        for key in DESK_CRITERIA:
            criterion = filters.BY_KEY[key]
            named = _NAMES[key](actor) if key in _NAMES else []
            self.names |= {(key, value): name for value, name in named}
            choices = [("", _("All")), *criterion.choices, *named]
            self.fields[key] = forms.ChoiceField(label=str(criterion.label), choices=choices, required=False)
        for shown in self.fields.values():
            shown.widget.attrs["class"] = "form-select" if isinstance(shown, forms.ChoiceField) else "form-control"


def _queues(actor: Actor) -> list[tuple[str, str]]:
    return list(Queue.objects.visible_to(actor).filter(archived_at__isnull=True).values_list("key", "name"))


def _categories(actor: Actor) -> list[tuple[str, str]]:
    return list(Category.objects.visible_to(actor).filter(archived_at__isnull=True).values_list("key", "name"))


_NAMES = {"queue": _queues, "category": _categories}
