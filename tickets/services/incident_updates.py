"""The use case of an update: to colleagues, or to everybody who is affected; with a state, and to linked tickets."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common import outbox
from common.errors import NotAllowed
from common.scope import Scope, scoped
from tickets import incident_permissions
from tickets.choices import UNSOLVED
from tickets.incident_choices import EntryKind
from tickets.models import Incident, IncidentEntry, IncidentOrganization, IncidentSubscriber, Ticket
from tickets.rules import incidents as rules
from tickets.services import incident_news, messages
from tickets.services.incident_locking import enter, lock_incident, record, require_lead, save, severity_of
from tickets.services.incident_mails import MAIL
from tickets.services.incidents import Alert, enter_state
from tickets.services.opening import checked_body


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says of an incident. `to_tickets`: as a public reply on every linked ticket too."""

    body: str
    is_public: bool
    state: str = ""
    to_tickets: bool = False


@transaction.atomic
def post(*, by: Actor, incident: Incident, said: Said, version: int | None = None, now: datetime) -> IncidentEntry:
    """Write an update; the next one is due a rhythm later. `version` is looked at where the state changes with it.

    Raises NotAllowed, Missing, Conflict, DomainError with `field`.
    """
    is_move = bool(said.state) and said.state != incident.state
    locked = lock_incident(by, incident, version=version if is_move else None)
    _check_right(by, said)
    body = checked_body(said.body)
    tickets = _tickets(by, locked) if said.is_public and said.to_tickets else []
    with scoped(Scope.all()):
        if said.state and said.state != locked.state:
            require_lead(by)
            enter_state(locked, said.state, by=by, note="", now=now)
        fields = _kept(locked, said, now)
        save(locked, fields)
        entry = enter(locked, EntryKind.UPDATE, by=by, now=now, body=body, is_public=said.is_public)
        record(by, "updated", locked, now, {"is_public": [None, said.is_public]})
        incident_news.tell_update(locked, entry, by=by, now=now)
        if said.is_public:
            _queue_mails(locked, entry, answered=tickets, now=now)
    if tickets:
        _answer(by, tickets, entry, now)
    return entry


@transaction.atomic
def hear(*, alert: Alert, body: str, now: datetime) -> IncidentEntry | None:
    """What another tool says of the incident that it opened, for colleagues; None where there is none of this alert.

    It keeps no rhythm and moves nothing: people say where an incident stands. Raises DomainError for a text that
    cannot be.
    """
    text = checked_body(body)
    with scoped(Scope.all()):
        known = Incident.objects.filter(source=alert.source, external_key=alert.key).first()
        if known is None:
            return None
        locked = lock_incident(None, known)
        entry = enter(locked, EntryKind.UPDATE, by=None, now=now, body=text)
        save(locked, ())
        record(None, "heard", locked, now)
        incident_news.tell_update(locked, entry, by=None, now=now)
    return entry


def _check_right(by: Actor, said: Said) -> None:
    if said.is_public and not incident_permissions.can_say_publicly(by):
        raise NotAllowed(_("Public updates are written by support and by those who look after the organization."))
    if not incident_permissions.can_say_internally(by):
        raise NotAllowed(_("Internal updates are for colleagues."))


def _kept(incident: Incident, said: Said, now: datetime) -> list[str]:
    """Set what follows for the rhythm and for the portal; the fields that were set."""
    fields = ["acknowledged_at"]
    incident.acknowledged_at = incident.acknowledged_at or now
    if said.is_public and incident.published_at is None:
        incident.published_at = now
        fields.append("published_at")
    if said.is_public or not IncidentOrganization.objects.filter(incident=incident).exists():
        minutes = severity_of(incident).update_minutes
        incident.update_due_at = rules.next_update_due(state=incident.state, minutes=minutes, said_at=now)
        fields.append("update_due_at")
    return fields


def _tickets(by: Actor, incident: Incident) -> list[Ticket]:
    """Linked tickets that `by` sees and that can be answered."""
    rows = Ticket.objects.visible_to(by).filter(outages__incident=incident, is_internal=False)
    return list(rows.filter(status__in=UNSOLVED, merged_into__isnull=True).order_by("pk"))


def _answer(by: Actor, tickets: list[Ticket], entry: IncidentEntry, now: datetime) -> None:
    for ticket in tickets:
        messages.reply(by=by, ticket=ticket, body=entry.body, now=now)
    entry.tickets_answered = len(tickets)
    with scoped(Scope.all()):
        entry.save(update_fields=["tickets_answered"])


def _queue_mails(incident: Incident, entry: IncidentEntry, *, answered: list[Ticket], now: datetime) -> None:
    """One mail for each contact who follows it, but for those who read the same on their ticket."""
    told = {ticket.contact_id for ticket in answered if ticket.contact_id}
    rows = IncidentSubscriber.objects.filter(incident=incident, contact__isnull=False).exclude(contact_id__in=told)
    effects = [
        ({"entry_id": entry.pk, "contact_id": contact_id}, organization_id)
        for contact_id, organization_id in rows.order_by("pk").values_list("contact_id", "organization_id")
    ]
    outbox.put_many(topic=MAIL, effects=effects, now=now)
