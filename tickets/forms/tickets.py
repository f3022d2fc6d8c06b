"""Forms on the page of a ticket: the composer, its fields, and what is done to it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from common.templatetags.format import DASH
from partners.forms.fields import PersonField
from partners.forms.tasks import DayField
from tickets.choices import Level, Priority, TicketKind, TicketStatus, Tier
from tickets.forms.files import FilesField
from tickets.forms.lists import split_tags
from tickets.models import Category, Macro, Queue, Ticket
from tickets.rules import workflow

SET_BY_HAND = ("open", "pending", "on_hold", "solved")


def status_choices(status: str, *, empty: str) -> list[tuple[str, str]]:
    """The status that stays, then those that may follow by hand."""
    return [
        ("", empty),
        *((value, str(TicketStatus(value).label)) for value in SET_BY_HAND if workflow.may_move(status, value)),
    ]


class WriteForm(forms.Form):
    """A reply or a note. `kind` comes with the button's form; files go along with either."""

    body = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6, "data-draft": ""}), required=False, strip=False, max_length=33_000
    )
    status = forms.ChoiceField(label=gettext_lazy("Then"), required=False)
    send_at = forms.DateTimeField(
        label=gettext_lazy("Send later"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    files = FilesField(label=gettext_lazy("Files"), required=False)  # type: ignore[assignment]
    macro = forms.ModelChoiceField(
        queryset=Macro.objects.none(), to_field_name="public_id", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, actor: Actor, ticket: Ticket, is_note: bool, **options: Any) -> None:
        prefix = "note" if is_note else "reply"
        super().__init__(*args, **{"auto_id": f"write-{prefix}-%s", **options})
        self.is_note = is_note
        label = _("Internal note") if is_note else _("Public reply")
        self.fields["body"].label = label
        empty = _("%(status)s as it is") % {"status": ticket.get_status_display()}
        self.fields["status"].choices = status_choices(ticket.status, empty=empty)  # type: ignore[attr-defined]
        if self.is_bound:
            macros = Macro.objects.visible_to(actor).filter(archived_at__isnull=True)
            own = macros.filter(owner_id=actor.user_id) | macros.filter(owner__isnull=True)
            self.fields["macro"].queryset = own  # type: ignore[attr-defined]
        if is_note:
            del self.fields["send_at"]

    def clean_body(self) -> str:
        text: str = self.cleaned_data["body"]
        if not text.strip():
            raise ValidationError(_("Write something first."), code="required")
        return text


class TicketNumberField(forms.CharField):
    """Another ticket by its number, if the actor sees it; gives the Ticket."""

    def __init__(self, *, actor: Actor, **options: Any) -> None:
        super().__init__(max_length=20, **options)
        self.actor = actor

    def prepare_value(self, value: Any) -> Any:
        return f"#{value.number}" if isinstance(value, Ticket) else value

    def clean(self, value: Any) -> Ticket | None:
        text = str(super().clean(value) or "").strip().removeprefix("#")
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 15):
            raise ValidationError(_("Give the number of a ticket."), code="number")
        found: Ticket | None = (
            Ticket.objects.all()
            .visible_to(self.actor)
            .select_related("queue", "category")
            .filter(number=int(text))
            .first()
        )
        if found is None:
            raise ValidationError(_("No ticket of this number is open to you."), code="unknown")
        return found


class TicketForm(forms.Form):
    """All fields of a ticket. What was shown comes back with the form, so that only what was touched is saved."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=250)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    assignee = forms.CharField(required=False)
    queue = forms.ModelChoiceField(label=gettext_lazy("Queue"), queryset=Queue.objects.none(), empty_label=None)
    impact = forms.ChoiceField(label=gettext_lazy("Impact"), choices=Level.choices)
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=Level.choices)
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority by hand"),
        choices=[("", gettext_lazy("From impact and urgency")), *Priority.choices],
        required=False,
    )
    priority_reason = forms.CharField(label=gettext_lazy("Why this priority"), max_length=300, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TicketKind.choices)
    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    tags = forms.CharField(label=gettext_lazy("Tags"), max_length=400, required=False)
    tier = forms.TypedChoiceField(label=gettext_lazy("Support tier"), choices=Tier.choices, coerce=int)
    is_technical_escalation = forms.BooleanField(label=gettext_lazy("Technical escalation"), required=False)
    expected_on = DayField(label=gettext_lazy("Expected on"), required=False)
    parent = forms.CharField(required=False)
    problem = forms.CharField(required=False)
    resolution = forms.CharField(
        label=gettext_lazy("Resolution"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=10_000
    )
    workaround = forms.CharField(
        label=gettext_lazy("Workaround"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=10_000
    )
    root_cause = forms.CharField(
        label=gettext_lazy("Root cause"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=10_000
    )
    prevention = forms.CharField(
        label=gettext_lazy("Prevention"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=10_000
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "edit-%s", **options})
        self.ticket = ticket
        self.fields["assignee"] = PersonField(actor=actor, label=_("Assignee"), required=False)
        self.fields["parent"] = TicketNumberField(actor=actor, label=_("Part of ticket"), required=False)
        self.fields["problem"] = TicketNumberField(actor=actor, label=_("Caused by problem"), required=False)
        empty = str(ticket.get_status_display())
        self.fields["status"].choices = status_choices(ticket.status, empty=empty)  # type: ignore[attr-defined]
        queues = Queue.objects.visible_to(actor).filter(archived_at__isnull=True)
        self.fields["queue"].queryset = queues  # type: ignore[attr-defined]
        categories = Category.objects.visible_to(actor).filter(archived_at__isnull=True)
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]
        for name in self.names:
            self.initial[name] = getattr(ticket, name)
        self.initial["tags"] = " ".join(ticket.tags)
        self.initial["status"] = ""
        self.initial["priority"] = ticket.priority if ticket.priority_reason else ""
        self.initial["version"] = ticket.version

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name != "version")

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What stood in the fields when the form was first drawn, for hidden inputs."""
        return [(name, self.data.get(f"shown-{name}") or plain(self.initial[name])) for name in self.names]

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = super().clean() or {}
        if sent.get("priority") and not sent.get("priority_reason", "").strip():
            self.add_error("priority_reason", _("Say why this priority."))
        if (problem := sent.get("problem")) is not None and problem.kind != TicketKind.PROBLEM:
            self.add_error("problem", _("This ticket is no problem but a %(kind)s.") % {"kind": problem.kind})
        for name in ("parent", "problem"):
            if sent.get(name) is not None and self.ticket.pk in _line(sent[name], name):
                self.add_error(name, _("They would hang on each other."))
        return sent

    @property
    def touched(self) -> dict[str, Any]:
        """The values that the person changed, compared with what was shown. Of a form that is valid."""
        was = {name: self.data.get(f"shown-{name}", plain(self.initial[name])) for name in self.names}
        return {name: self.cleaned_data[name] for name in self.names if plain(self.cleaned_data[name]) != was[name]}

    def values(self) -> dict[str, Any]:
        """The touched values as the service takes them, without the priority, which it takes beside them."""
        found = {name: value for name, value in self.touched.items() if name not in ("priority", "priority_reason")}
        if "tags" in found:
            found["tags"] = list(split_tags(found["tags"]))
        if found.get("status") == "":
            del found["status"]
        if "priority" in self.touched and not self.cleaned_data["priority"]:
            # Back to what impact and urgency give.
            found["impact"] = self.cleaned_data["impact"]
        return found

    @property
    def by_hand(self) -> str | None:
        """The priority by hand, if it or its reason was touched."""
        touched = {"priority", "priority_reason"} & self.touched.keys()
        return (self.cleaned_data["priority"] or None) if touched else None

    def clashes(self, current: Mapping[str, Any]) -> list[dict[str, str]]:
        """The touched fields that somebody else has changed since they were shown: how both read."""
        was = dict(self.shown)
        return [
            {
                "label": str(self.fields[name].label),
                "mine": self._word(name, self.cleaned_data[name]),
                "theirs": self._word(name, current[name]),
            }
            for name in self.touched
            if name in current and plain(current[name]) != was[name] and name != "status"
        ]

    def _word(self, name: str, value: Any) -> str:
        if value in (None, "", []):
            return DASH
        field: Any = self.fields[name]
        if isinstance(value, int) and isinstance(field, forms.ModelChoiceField):
            rows: Any = field.queryset
            value = rows.filter(pk=value).first() or value
        choices = {str(key): label for key, label in getattr(field, "choices", ())}
        if isinstance(value, list):
            return " ".join(value)
        return str(choices.get(str(value), value))


def plain(value: Any) -> str:
    """A value as text that can be compared: an id for a row, words for tags."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(value)
    if hasattr(value, "pk"):
        return str(value.pk)
    return value.isoformat() if hasattr(value, "isoformat") else str(value).replace("\r\n", "\n")


def _line(ticket: Ticket, name: str) -> list[int]:
    """The ids of a ticket and of those above it."""
    found: list[int] = []
    above: Ticket | None = ticket
    while above is not None and above.pk not in found and len(found) < 20:
        found.append(above.pk)
        above = getattr(above, name)
    return found


class LinkForm(forms.Form):
    url = forms.CharField(label=gettext_lazy("Address of the issue"), max_length=500)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=250, required=False)


class MergeForm(forms.Form):
    """The ticket in which this one goes on."""

    target = forms.CharField()

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        hint = _("It keeps its number and its thread; its running clocks end.")
        self.fields["target"] = TicketNumberField(actor=actor, label=_("Goes on in ticket"), help_text=hint)


class SplitForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject of the new ticket"), max_length=250)


class WatcherForm(forms.Form):
    user = forms.CharField()

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["user"] = PersonField(actor=actor, label=_("Colleague"))


class EscalateForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why it is escalated"), max_length=500)


class MacroForm(forms.Form):
    """A macro, with the changes that it makes."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    is_note = forms.BooleanField(label=gettext_lazy("The text is an internal note"), required=False)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        max_length=30_000,
        help_text=gettext_lazy("{name} becomes the name of who asked, {number} the number of the ticket."),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status with the message"),
        choices=[("", gettext_lazy("As it is")), *((one, TicketStatus(one).label) for one in SET_BY_HAND)],
        required=False,
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"), choices=[("", gettext_lazy("As it is")), *Priority.choices], required=False
    )
    queue = forms.ChoiceField(label=gettext_lazy("Queue"), required=False)
    add_tags = forms.CharField(label=gettext_lazy("Add tags"), max_length=200, required=False)
    assign_me = forms.BooleanField(label=gettext_lazy("Give the ticket to whoever uses it"), required=False)
    for_all = forms.BooleanField(label=gettext_lazy("For everybody at the desk"), required=False)

    def __init__(self, *args: Any, actor: Actor, macro: Macro | None, may_share: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        queues = Queue.objects.visible_to(actor).filter(archived_at__isnull=True).values_list("key", "name")
        self.fields["queue"].choices = [("", _("As it is")), *queues]  # type: ignore[attr-defined]
        if not may_share:
            del self.fields["for_all"]
        if macro is not None:
            tags = " ".join(macro.changes.get("add_tags", ()))
            self.initial = {"name": macro.name, "body": macro.body, "is_note": macro.is_note, **macro.changes}
            self.initial |= {"add_tags": tags, "for_all": macro.owner_id is None}

    @property
    def values(self) -> dict[str, Any]:
        """As the service takes them. Of a form that is valid."""
        sent = self.cleaned_data
        changes = {name: sent[name] for name in ("status", "priority", "queue", "assign_me")}
        return {
            "name": sent["name"],
            "body": sent["body"],
            "is_note": sent["is_note"],
            "changes": changes | {"add_tags": list(split_tags(sent["add_tags"]))},
            "for_all": sent.get("for_all", False),
        }
