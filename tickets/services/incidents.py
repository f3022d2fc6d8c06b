"""Use cases of incidents: declared, its facts, who is in charge, how bad it is, where it stands.

An incident is declared by a colleague, from a ticket or alone, or by the hub for another tool (`by` None with a
`source` and its key, once a key).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import DomainError, Missing, NotAllowed
from common.scope import Scope, scoped
from partners.models import Organization
from partners.services.validation import check_fields, clean
from tickets import incident_permissions
from tickets.incident_choices import OPEN_INCIDENTS, EntryKind, IncidentState, Severity
from tickets.models import Incident, IncidentEntry, IncidentSubscriber, Queue, Ticket
from tickets.rules import incidents as rules
from tickets.selectors.incident_readers import sees_incident
from tickets.services import incident_news, incident_parts, incident_plays, post_mortem_begin
from tickets.services.incident_locking import (
    enter,
    lock_incident,
    policy_in_force,
    record,
    require_lead,
    save,
    severity_of,
)

FIELDS = frozenset({"title", "public_title", "summary", "started_at", "cause", "queue"})
_TEXTS = ("title", "public_title", "summary")


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What another tool calls the thing that it has found."""

    source: str
    key: str


@transaction.atomic
def declare(
    *,
    by: Actor | None,
    values: Mapping[str, Any],
    severity: str,
    tickets: Sequence[Ticket] = (),
    organizations: Sequence[Organization] = (),
    takes_command: bool = False,
    alert: Alert | None = None,
    now: datetime,
) -> Incident:
    """Say that something is broken. Tickets are linked, and their organizations count as affected.

    The incident of the same `alert` where there is one. Raises NotAllowed, Missing, DomainError with `field`.
    """
    if by is not None and not incident_permissions.can_declare(by):
        raise NotAllowed(_("Incidents are declared by support and by those who look after the organization."))
    incident_parts.require_seen(by, tickets=tickets, organizations=organizations)
    policy_in_force()
    with scoped(Scope.all()):
        if alert is not None and (known := _known(alert)) is not None:
            return known
        incident = _made(values, severity, by=by, tickets=tickets, alert=alert, now=now)
        if takes_command and by is not None:
            incident.commander_id, incident.acknowledged_at = by.user_id, now
        incident.save()
        incident.refresh_from_db(fields=["number"])
        said = {"severity": [None, severity]}
        if incident.commander_id and by is not None:
            said["commander"] = [None, by.name]
        entry = enter(incident, EntryKind.DECLARED, by=by, now=now, body=incident.summary, changes=said)
        record(by, "declared", incident, now, {"severity": [None, severity], "title": [None, incident.title]})
        if by is not None:
            IncidentSubscriber.objects.create(incident=incident, user_id=by.user_id, added_at=now)
        for ticket in tickets:
            incident_parts.attach_ticket(incident, ticket, by=by, now=now)
        for organization in organizations:
            incident_parts.attach_organization(incident, organization, by=by, now=now)
        _refuse_blind(incident, by)
        incident_news.tell_declared(incident, entry, by=by, now=now)
    return incident


@transaction.atomic
def edit(
    *, by: Actor, incident: Incident, values: Mapping[str, Any], version: int | None = None, now: datetime
) -> Incident:
    """Change what it is called, what is broken, since when, its kind of cause, whose queue it is.

    Raises NotAllowed, Missing, Conflict, DomainError with `field`.
    """
    locked = lock_incident(by, incident, version=version)
    require_lead(by)
    check_fields(values, FIELDS)
    before = {name: _plain(getattr(locked, name)) for name in values}
    for name, value in values.items():
        setattr(locked, name, value)
    _check(locked, now)
    changes = {name: [before[name], _plain(getattr(locked, name))] for name in values}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return locked
    with scoped(Scope.all()):
        save(locked, list(changes))
        enter(locked, EntryKind.CHANGED, by=by, now=now, changes=changes)
        record(by, "changed", locked, now, changes)
    return locked


@transaction.atomic
def set_severity(
    *, by: Actor, incident: Incident, severity: str, reason: str, version: int | None = None, now: datetime
) -> Incident:
    """Say that it is worse, or less bad, and why. The rhythm follows, and so do plays and the post-mortem.

    Raises NotAllowed, Missing, Conflict, DomainError with `field`.
    """
    locked = lock_incident(by, incident, version=version)
    require_lead(by)
    if severity not in Severity.values:
        raise DomainError(_("There is no such severity."), field="severity")
    if severity == locked.severity:
        raise DomainError(_("This is its severity already."), field="severity", code="same")
    reason = reason.replace("\0", "").strip()[:500]
    if not reason:
        raise DomainError(_("Say why."), field="reason", code="no_reason")
    before, locked.severity = locked.severity, severity
    with scoped(Scope.all()):
        locked.update_due_at = rules.due_after_severity(
            state=locked.state,
            due_at=locked.update_due_at,
            minutes=severity_of(locked).update_minutes,
            said_at=_said_at(locked),
            now=now,
        )
        save(locked, ["severity", "update_due_at"])
        changes = {"severity": [before, severity]}
        entry = enter(locked, EntryKind.SEVERITY, by=by, now=now, body=reason, changes=changes)
        record(by, "severity_changed", locked, now, changes, reason=reason)
        incident_plays.begin(locked, now=now)
        post_mortem_begin.follow(locked, now=now)
        if severity < before:
            incident_news.tell_worse(locked, entry, by=by, now=now)
    return locked


@transaction.atomic
def set_commander(
    *, by: Actor, incident: Incident, commander: User | None, version: int | None = None, now: datetime
) -> Incident:
    """Put somebody in charge, or nobody: a colleague who sees it. Raises NotAllowed, Missing, Conflict, DomainError."""
    locked = lock_incident(by, incident, version=version)
    require_lead(by)
    if commander is not None and not sees_incident(locked.pk, commander):
        raise DomainError(_("%(name)s does not see this incident.") % {"name": commander.name}, field="commander")
    if commander is None and locked.commander_id is None:
        raise DomainError(_("Nobody is in charge."), field="commander", code="same")
    if commander is not None and locked.commander_id == commander.pk:
        raise DomainError(_("%(name)s is in charge already.") % {"name": commander.name}, field="commander")
    with scoped(Scope.all()):
        before = locked.commander.name if locked.commander else None
        locked.commander = commander
        if commander is not None:
            locked.acknowledged_at = locked.acknowledged_at or now
        save(locked, ["commander", "acknowledged_at"])
        changes = {"commander": [before, commander.name if commander else None]}
        entry = enter(locked, EntryKind.COMMANDER, by=by, now=now, changes=changes)
        record(by, "commander_changed", locked, now, changes)
        if commander is not None:
            IncidentSubscriber.objects.get_or_create(incident=locked, user=commander, defaults={"added_at": now})
            incident_news.tell_commander(locked, entry, by=by, now=now)
    return locked


@transaction.atomic
def move(
    *, by: Actor, incident: Incident, state: str, note: str = "", version: int | None = None, now: datetime
) -> Incident:
    """Say where it stands; `note` is for colleagues. Resolving begins its post-mortem, reopening needs a reason.

    Raises NotAllowed, Missing, Conflict, DomainError with `field`.
    """
    locked = lock_incident(by, incident, version=version)
    require_lead(by)
    note = note.replace("\0", "").strip()[:2_000]
    if rules.is_reopening(locked.state, state) and not note:
        raise DomainError(_("Say why it is open again."), field="note", code="no_reason")
    with scoped(Scope.all()):
        enter_state(locked, state, by=by, note=note, now=now)
    return locked


def enter_state(incident: Incident, state: str, *, by: Actor, note: str, now: datetime) -> IncidentEntry:
    """Bring a locked incident into a state with all that follows. Sees all organizations. Raises DomainError."""
    before = incident.state
    if not rules.may_move(before, state):
        raise DomainError(_("This does not follow from where the incident stands."), field="state", code="state")
    incident.state = state
    fields = ["state", *stamped(incident, before, now)]
    save(incident, fields)
    entry = enter(incident, EntryKind.STATE, by=by, now=now, body=note, changes={"state": [before, state]})
    record(by, "moved", incident, now, {"state": [before, state]})
    post_mortem_begin.follow(incident, now=now)
    incident_news.tell_moved(incident, entry, by=by, now=now)
    return entry


def stamped(incident: Incident, before: str, now: datetime) -> list[str]:
    """Set the moments and the rhythm that go with a new state; the fields that were set."""
    if incident.acknowledged_at is None:
        incident.acknowledged_at = now
    if incident.state in (IncidentState.MONITORING, IncidentState.RESOLVED) and incident.mitigated_at is None:
        incident.mitigated_at = now
    elif incident.state in (IncidentState.INVESTIGATING, IncidentState.IDENTIFIED):
        incident.mitigated_at = None
    if incident.state == IncidentState.RESOLVED:
        incident.resolved_at, incident.update_due_at = now, None
    elif incident.state == IncidentState.CLOSED:
        incident.closed_at = now
    elif before not in OPEN_INCIDENTS:
        incident.resolved_at = incident.closed_at = None
        incident.reopened += 1
        minutes = severity_of(incident).update_minutes
        incident.update_due_at = rules.next_update_due(state=incident.state, minutes=minutes, said_at=now)
    return ["acknowledged_at", "mitigated_at", "resolved_at", "closed_at", "update_due_at", "reopened"]


def _made(
    values: Mapping[str, Any],
    severity: str,
    *,
    by: Actor | None,
    tickets: Sequence[Ticket],
    alert: Alert | None,
    now: datetime,
) -> Incident:
    check_fields(values, FIELDS)
    incident = Incident(severity=severity, declared_by_id=by.user_id if by else None, declared_at=now)
    incident.started_at = now
    for name, value in values.items():
        setattr(incident, name, value)
    if values.get("queue") is None:
        incident.queue = tickets[0].queue if tickets else _default_queue()
    if alert is not None:
        incident.source, incident.external_key = alert.source, alert.key
    if severity not in Severity.values:
        raise DomainError(_("There is no such severity."), field="severity")
    _check(incident, now)
    minutes = severity_of(incident).update_minutes
    incident.update_due_at = rules.next_update_due(state=incident.state, minutes=minutes, said_at=now)
    return incident


def _refuse_blind(incident: Incident, by: Actor | None) -> None:
    """Who would not find it again names a ticket or an organization of theirs."""
    if by is not None and not Incident.objects.visible_to(by).filter(pk=incident.pk).exists():
        message = _("Name an organization or a ticket that you see: you would not find it again.")
        raise DomainError(message, field="organization", code="blind")


def _known(alert: Alert) -> Incident | None:
    """The incident of an alert; whoever else declares one for it just now is waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{alert.source}:{alert.key}"])
    return Incident.objects.filter(source=alert.source, external_key=alert.key).first()


def _check(incident: Incident, now: datetime) -> None:
    for name in _TEXTS:
        setattr(incident, name, " ".join(getattr(incident, name).split()))
        if "\0" in getattr(incident, name):
            raise DomainError(_("The text holds characters that cannot be kept."), field=name)
    clean(incident, ["title", "public_title", "summary"])
    if incident.started_at is None or incident.started_at > now:
        raise DomainError(_("It cannot have begun in the future."), field="started_at", code="future")
    if incident.resolved_at is not None and incident.started_at > incident.resolved_at:
        raise DomainError(_("It cannot have begun after it was over."), field="started_at", code="after_end")
    if incident.cause and incident.cause not in policy_in_force().causes:
        raise DomainError(_("There is no such kind of cause."), field="cause")


def _default_queue() -> Queue:
    found = Queue.objects.filter(is_default=True, archived_at__isnull=True).first()
    found = found or Queue.objects.filter(archived_at__isnull=True).order_by("pk").first()
    if found is None:
        raise Missing(_("There is no queue that could look after it."))
    return found


def _said_at(incident: Incident) -> datetime:
    """When the rhythm was last kept."""
    return incident_parts.last_said_at(incident) or incident.declared_at


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.name if isinstance(value, Queue) else value
