"""Forms of incidents: declaring one, its facts, the composer, and what is done to it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from common.scope import Scope, scoped
from partners.forms.fields import PersonField, suggesting
from partners.models import Contact, Organization
from tickets.forms.tickets import TicketNumberField
from tickets.incident_choices import IncidentState, Severity
from tickets.incident_policy import words_of
from tickets.incident_querysets import organizations_of
from tickets.models import Incident, Queue, Ticket
from tickets.querysets import sees_every_ticket
from tickets.rules import incidents as rules
from tickets.rules.incident_packs import IncidentPolicy, SeverityPolicy

MAX_BODY = 33_000
_MOMENT = {"type": "datetime-local"}


def organizations_to_name(actor: Actor) -> Any:
    """Organizations that a colleague may say are affected: to be read in a scope that sees all."""
    rows = Organization.objects.current()
    return rows if sees_every_ticket(actor) else rows.filter(organizations_of(actor, field="pk"))


class OrganizationNameField(forms.CharField):
    """An organization that the actor may name, by its name; gives the Organization."""

    def __init__(self, *, actor: Actor, **options: Any) -> None:
        super().__init__(max_length=200, **options)
        self.actor = actor
        self.widget.attrs.update(suggesting("tickets:incident_names", "organization-names"))

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, Organization) else value

    def clean(self, value: Any) -> Organization | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        with scoped(Scope.all()):
            found = list(organizations_to_name(self.actor).filter(name__iexact=text)[:2])
        if not found:
            raise ValidationError(_("No organization of this name is open to you."), code="unknown")
        if len(found) > 1:
            raise ValidationError(_("Several organizations are called so."), code="ambiguous")
        organization: Organization = found[0]
        return organization


class IncidentFactsForm(forms.Form):
    """What an incident says of itself."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, help_text=gettext_lazy("For colleagues."))
    public_title = forms.CharField(
        label=gettext_lazy("Title for partners"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What contacts read; without one they see its number."),
    )
    summary = forms.CharField(
        label=gettext_lazy("What is broken"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Who notices what, and what still works."),
    )
    started_at = forms.DateTimeField(
        label=gettext_lazy("Began"),
        required=False,
        widget=forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("When it began to be felt; empty: now."),
    )
    cause = forms.ChoiceField(label=gettext_lazy("Kind of cause"), required=False)
    queue = forms.ModelChoiceField(
        label=gettext_lazy("Queue"),
        queryset=Queue.objects.none(),
        required=False,
        empty_label=gettext_lazy("By itself"),
    )

    def __init__(self, *args: Any, actor: Actor, policy: IncidentPolicy | None, **options: Any) -> None:
        super().__init__(*args, **options)
        causes = policy.causes.values() if policy else ()
        known = [("", _("Not known yet")), *((cause.id, words_of(cause.label)) for cause in causes)]
        self.fields["cause"].choices = known  # type: ignore[attr-defined]
        queues = Queue.objects.visible_to(actor).filter(archived_at__isnull=True)
        self.fields["queue"].queryset = queues  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """The facts for the service; a queue or a moment that nobody chose is left out."""
        sent = {name: self.cleaned_data[name] for name in ("title", "public_title", "summary", "cause")}
        chosen = {name: self.cleaned_data.get(name) for name in ("started_at", "queue")}
        before = self.initial.get("started_at")
        if before is not None and chosen["started_at"] == before.replace(second=0, microsecond=0):
            # The field shows no seconds: what comes back without them was not touched.
            del chosen["started_at"]
        return sent | {name: value for name, value in chosen.items() if value is not None}


class DeclareForm(IncidentFactsForm):
    """A new incident."""

    severity = forms.ChoiceField(label=gettext_lazy("Severity"), widget=forms.RadioSelect)
    tickets = forms.CharField(
        label=gettext_lazy("Tickets that tell of it"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Numbers, with commas between them. Their organizations count as affected."),
    )
    organization = forms.CharField(required=False)
    takes_command = forms.BooleanField(label=gettext_lazy("I am in charge"), required=False, initial=True)

    field_order = ("severity", "title", "summary", "public_title", "tickets", "organization", "started_at")

    def __init__(self, *args: Any, actor: Actor, policy: IncidentPolicy | None, **options: Any) -> None:
        super().__init__(*args, actor=actor, policy=policy, **options)
        self.actor = actor
        self.fields["severity"].choices = severity_choices(policy)  # type: ignore[attr-defined]
        self.fields["organization"] = OrganizationNameField(
            actor=actor, label=_("Affected organization"), required=False, help_text=_("More of them afterwards.")
        )
        self.order_fields([*self.field_order, "cause", "queue", "takes_command"])

    def clean_tickets(self) -> list[Ticket]:
        field = TicketNumberField(actor=self.actor, required=False)
        numbers = [part for part in self.cleaned_data["tickets"].replace(";", ",").split(",") if part.strip()]
        found = [field.clean(part) for part in numbers[:40]]
        return list({ticket.pk: ticket for ticket in found if ticket is not None}.values())


def severity_choices(policy: IncidentPolicy | None) -> list[tuple[str, str]]:
    """Each severity with what it means."""
    if policy is None:
        return [(value, str(label)) for value, label in Severity.choices]
    return [
        (one.id, f"{words_of(one.label)}: {words_of(one.means)} {_rhythm(one)}") for one in policy.severities.values()
    ]


def _rhythm(severity: SeverityPolicy) -> str:
    if not severity.update_minutes:
        return _("No rhythm of updates.")
    return _("An update every %(minutes)s minutes.") % {"minutes": severity.update_minutes}


class UpdateForm(forms.Form):
    """An update for colleagues, or for everybody who is affected; with a state."""

    body = forms.CharField(widget=forms.Textarea(attrs={"rows": 5}), strip=False, max_length=MAX_BODY)
    state = forms.ChoiceField(label=gettext_lazy("It is now"), required=False)
    to_tickets = forms.BooleanField(label=gettext_lazy("Answer the linked tickets with it too"), required=False)

    def __init__(self, *args: Any, incident: Incident, is_public: bool, **options: Any) -> None:
        prefix = "public" if is_public else "internal"
        super().__init__(*args, **{"auto_id": f"write-{prefix}-%s", **options})
        self.fields["body"].label = _("Public update") if is_public else _("Internal update")
        stays = _("%(state)s as it is") % {"state": incident.get_state_display()}
        follows = [(value, label) for value, label in IncidentState.choices if _may_follow(incident.state, value)]
        self.fields["state"].choices = [("", stays), *follows]  # type: ignore[attr-defined]
        if not is_public:
            del self.fields["to_tickets"]


def _may_follow(before: str, after: str) -> bool:
    """Opening again needs a reason of its own, and so it has a form of its own."""
    return rules.may_move(before, after) and not rules.is_reopening(before, after)


class SeverityForm(forms.Form):
    """Worse, or less bad, and why."""

    severity = forms.ChoiceField(label=gettext_lazy("Severity"), choices=Severity.choices)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500)


class CommanderForm(forms.Form):
    """Who is in charge; empty: nobody."""

    commander = forms.CharField(required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["commander"] = PersonField(actor=actor, label=_("Who is in charge"), required=False)


class MoveForm(forms.Form):
    """Where it stands, with a word for colleagues."""

    state = forms.ChoiceField(choices=IncidentState.choices, widget=forms.HiddenInput)
    note = forms.CharField(label=gettext_lazy("Why"), max_length=2_000, required=False)


class LinkTicketForm(forms.Form):
    """A ticket that tells of it."""

    ticket = forms.CharField()

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["ticket"] = TicketNumberField(actor=actor, label=_("Number of the ticket"))


class AffectedForm(forms.Form):
    """An organization that is affected."""

    organization = forms.CharField()

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["organization"] = OrganizationNameField(actor=actor, label=_("Organization"))


class FollowerForm(forms.Form):
    """A colleague by name or address, or a contact of an affected organization by address."""

    follower = forms.CharField(
        label=gettext_lazy("Colleague, or address of a contact"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, actor: Actor, incident: Incident, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor, self.incident = actor, incident
        self.fields["follower"].widget.attrs.update(suggesting("partners:colleagues", "colleague-names"))

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = super().clean() or {}
        text = sent.get("follower", "").strip()
        contact = self._contact(text) if "@" in text else None
        if contact is not None:
            return sent | {"contact": contact, "user": None}
        try:
            return sent | {"user": PersonField(actor=self.actor).clean(text), "contact": None} if text else sent
        except ValidationError as error:
            self.add_error("follower", error)
            return sent

    def _contact(self, address: str) -> Contact | None:
        with scoped(Scope.all()):
            seen = organizations_to_name(self.actor).filter(affected_by__incident=self.incident)
            rows = Contact.objects.filter(organization__in=seen.values("pk"), archived_at__isnull=True)
            return rows.filter(email__iexact=address.rpartition("<")[2].rstrip("> ")).order_by("pk").first()
