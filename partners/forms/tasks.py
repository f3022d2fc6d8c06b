"""Forms of tasks and of the evidence beside them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners.forms.fields import PersonField
from partners.models import Contact, Task
from partners.work_choices import Court, TaskState


class DayField(forms.DateField):
    """A day, as the browser's own calendar gives it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class TaskForm(forms.Form):
    """A task. `others` are the tasks of the organization that it may wait for; `version` guards edits."""

    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=200)
    description = forms.CharField(
        label=gettext_lazy("Details"), required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=30_000
    )
    owner = forms.CharField(required=False)
    due_on = DayField(label=gettext_lazy("Due"), required=False)
    court = forms.ChoiceField(label=gettext_lazy("Whose move"), choices=Court.choices, initial=Court.US)
    contact = forms.ModelChoiceField(
        label=gettext_lazy("Their contact"), queryset=Contact.objects.none(), to_field_name="public_id", required=False
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Show it in the portal"),
        required=False,
        help_text=gettext_lazy("They read title, details, day and evidence, and tick it off if it is their move."),
    )
    is_required = forms.BooleanField(label=gettext_lazy("The gate waits for it"), required=False)
    needs_evidence = forms.BooleanField(label=gettext_lazy("Needs evidence"), required=False)
    needs = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Waits for"),
        queryset=Task.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        contacts: Sequence[Contact],
        others: Sequence[Task],
        task: Task | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        hint = _("Name or e-mail address of a colleague who sees the organization.")
        self.fields["owner"] = PersonField(actor=actor, label=_("Owner"), help_text=hint, required=False)
        _offer(self.fields["contact"], Contact, [(one, one.name) for one in contacts], empty=_("Nobody in particular"))
        _offer(self.fields["needs"], Task, [(one, one.title) for one in others])
        if task is not None:
            self.initial.update({name: getattr(task, name) for name in self.values_of})
            self.initial["contact"] = task.contact.public_id if task.contact else None
            self.initial["needs"] = [str(one.public_id) for one in task.needs.all()]
            self.initial["version"] = task.version
            if task.source == "checklist":
                del self.fields["is_required"], self.fields["needs_evidence"]

    @property
    def values_of(self) -> tuple[str, ...]:
        """The names of the fields that make up a task."""
        return tuple(name for name in self.fields if name not in ("needs", "version"))

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.values_of}


def _offer(field: Any, model: Any, rows: Sequence[tuple[Any, str]], *, empty: str | None = None) -> None:
    """Offer rows that have been read already, without reading them again for their labels."""
    field.queryset = model.objects.filter(pk__in=[row.pk for row, _label in rows])
    first = [("", empty)] if empty is not None else []
    field.choices = [*first, *((str(row.public_id), label) for row, label in rows)]


class ReasonForm(forms.Form):
    """Why a task is skipped or blocked."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class EvidenceForm(forms.Form):
    """One piece: a file, a link or a note; whichever is filled in."""

    file = forms.FileField(label=gettext_lazy("File"), required=False)
    url = forms.CharField(
        label=gettext_lazy("Link"), required=False, widget=forms.URLInput(attrs={"placeholder": "https://"})
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    @property
    def is_blank(self) -> bool:
        """Nothing was given. Of a form that is valid."""
        return not any(self.cleaned_data.get(name) for name in ("file", "url", "note"))

    def require_something(self) -> None:
        """Say so where nothing was given."""
        if self.is_blank:
            self.add_error(None, _("Choose a file, or give a link or a note."))


class BulkTaskForm(forms.Form):
    """What is done to all ticked tasks: fields that stay empty stay as they are.

    The button "Mark done" sends `mark`, and then `each_note` goes to the evidence of each of them.
    """

    each_note = forms.CharField(
        label=gettext_lazy("Note for each, kept as evidence"),
        required=False,
        widget=forms.TextInput(
            attrs={"class": "form-control", "maxlength": 2_000, "placeholder": gettext_lazy("Note, kept as evidence")}
        ),
    )
    owner = forms.CharField(required=False)
    due_on = DayField(label=gettext_lazy("Due"), required=False)
    court = forms.ChoiceField(
        label=gettext_lazy("Whose move"), choices=[("", gettext_lazy("As it is")), *Court.choices], required=False
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            ("", gettext_lazy("As it is")),
            *((state.value, state.label) for state in TaskState if state != TaskState.SKIPPED),
        ],
        required=False,
    )
    mark = forms.ChoiceField(choices=[(TaskState.DONE.value, TaskState.DONE.label)], required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"] = PersonField(actor=actor, label=_("Give to"), required=False)

    @property
    def state_to_be(self) -> str:
        """The state that the tasks are brought into, or nothing. Of a form that is valid."""
        return str(self.cleaned_data["mark"] or self.cleaned_data["state"])

    @property
    def values(self) -> dict[str, Any]:
        """The fields to be set. "Mark done" does that and nothing else, whatever stands in the others."""
        if self.cleaned_data["mark"]:
            return {}
        return {name: self.cleaned_data[name] for name in ("owner", "due_on", "court") if self.cleaned_data.get(name)}
