"""Incidents locked for a change, and the entries by which it is told.

Lock order: the incident, then its organizations by id, then its tickets by id.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common import outbox
from common.errors import Conflict, DomainError, Missing, NotAllowed
from partners.models import Organization
from tickets import incident_permissions
from tickets.incident_policy import incident_policy
from tickets.models import Incident, IncidentEntry
from tickets.rules.incident_packs import IncidentPolicy, SeverityPolicy

HAPPENED = "tickets.incident_happened"


def policy_in_force() -> IncidentPolicy:
    """What the severities ask for today. One statement. Raises DomainError "no_policy" while none is loaded."""
    found = incident_policy()
    if found is None:
        raise DomainError(_("No severities have been set up: an administrator loads the policy of incidents."))
    return found


def severity_of(incident: Incident) -> SeverityPolicy:
    """What the severity of an incident asks for today."""
    return policy_in_force().severities[incident.severity]


def lock_incident(by: Actor | None, incident: Incident, *, version: int | None = None) -> Incident:
    """The incident as it is now, locked to the end of the transaction. Without `by` the hub itself does something.

    Raises Missing where `by` does not see it, Conflict if somebody changed it after `version` was read.
    """
    rows = Incident.objects.all() if by is None else Incident.objects.visible_to(by)
    locked: Incident | None = None
    if by is None or by.is_staff:
        locked = rows.select_for_update(of=("self",), no_key=True).filter(pk=incident.pk).first()
    if locked is None:
        raise Missing(_("This incident does not exist, or it is not yours."))
    if version is not None and version != locked.version:
        current = {"state": locked.state, "severity": locked.severity, "title": locked.title}
        raise Conflict(_("Somebody else changed this incident."), version=locked.version, current=current)
    return locked


def require_lead(by: Actor) -> None:
    """Raise NotAllowed for those who do not work on incidents."""
    if not incident_permissions.can_lead(by):
        raise NotAllowed(_("Incidents are worked on by support and by those who look after the organization."))


def save(incident: Incident, fields: Collection[str]) -> None:
    """Write these fields and the next version."""
    incident.version = F("version") + 1
    incident.save(update_fields=[*fields, "version", "updated_at"])
    incident.refresh_from_db(fields=["version"])


def enter(
    incident: Incident,
    kind: str,
    *,
    by: Actor | None,
    now: datetime,
    body: str = "",
    is_public: bool = False,
    organization: Organization | None = None,
    changes: Mapping[str, Any] | None = None,
) -> IncidentEntry:
    """Write what happened with what it sets off. Sees all organizations."""
    entry: IncidentEntry = IncidentEntry.objects.create(
        incident=incident,
        organization=organization,
        at=now,
        kind=kind,
        is_public=is_public,
        body=body,
        state=incident.state,
        severity=incident.severity,
        author_id=by.user_id if by else None,
        author_name=by.name if by else "",
        changes=dict(changes or {}),
    )
    outbox.put(topic=HAPPENED, payload={"entry_id": entry.pk}, now=now)
    return entry


def record(
    by: Actor | None,
    verb: str,
    incident: Incident,
    now: datetime,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """A line of the audit trail."""
    activity.record(
        verb=f"incident.{verb}",
        target=incident,
        now=now,
        actor_id=by.user_id if by else None,
        actor_name=by.name if by else "",
        changes=dict(changes or {}),
        reason=reason,
    )
