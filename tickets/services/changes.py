"""Use cases that change what a ticket says: its fields, its status, whose it is, how urgent it is.

Lock order: the ticket. All fields of one save are one event, so that clocks see them together (sla.md R10).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, NotAllowed
from common.scope import Scope, scoped
from partners.services.validation import check_fields, clean
from tickets import permissions
from tickets.choices import EventKind, Priority, TicketStatus, Tier
from tickets.models import Ticket
from tickets.rules import workflow
from tickets.rules.priority import priority_of
from tickets.rules.sla_packs import Told
from tickets.rules.workflow import rises
from tickets.selectors.sla_match import match
from tickets.services import clocks
from tickets.services.escalating import told
from tickets.services.events import happened
from tickets.services.locking import check_version, lock_ticket, refuse_final, save
from tickets.services.messages import stamped

EDITABLE_FIELDS = frozenset(
    {"subject", "kind", "category", "impact", "urgency", "language", "tags", "assignee", "queue", "tier"}
    | {"is_technical_escalation", "parent", "problem", "expected_on", "resolution", "workaround", "root_cause"}
    | {"prevention", "status", "contact"}
)
# What decides the policy: when one of them changes, the ticket is matched anew.
MATCHED = frozenset({"is_technical_escalation", "queue", "category"})


@transaction.atomic
def change(
    *,
    by: Actor,
    ticket: Ticket,
    values: Mapping[str, Any],
    priority: str | None = None,
    priority_reason: str = "",
    version: int | None = None,
    now: datetime,
) -> Ticket:
    """Set fields of a ticket, all in one save. A `priority` by hand needs a reason; impact and urgency set it else.

    Raises NotAllowed, Missing, Conflict, DomainError with `field` (a status that does not follow; no reason; a solved
    technical escalation without prevention; another organization, or a contact of one).
    """
    locked = lock_ticket(by, ticket)
    if not permissions.can_work(by):
        raise NotAllowed(_("Tickets are worked on by support and by those who look after the organization."))
    _refuse_strangers(locked, values)
    check_fields(values, EDITABLE_FIELDS)
    before = {name: plain(getattr(locked, name)) for name in (*values, "priority", "priority_reason", "status")}
    check_version(locked, version, before)
    if locked.status == TicketStatus.CLOSED or locked.merged_into_id is not None:
        refuse_final(locked)
    changed = _set(locked, values, priority, priority_reason)
    after = {name: plain(getattr(locked, name)) for name in before}
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changes:
        return locked
    with scoped(Scope.all()):
        _save(by, locked, changes, changed, now)
    return locked


@transaction.atomic
def change_by_rule(
    *, ticket: Ticket, values: Mapping[str, Any], priority: tuple[str, str] | None = None, rule: str, now: datetime
) -> dict[str, list[Any]]:
    """Set fields as a rule of automation says, and a priority with its reason; what has changed.

    Its events set off no rule. Raises DomainError.
    """
    with scoped(Scope.all()):
        rows = Ticket.objects.select_for_update(no_key=True, of=("self",)).select_related("queue", "category")
        locked = rows.get(pk=ticket.pk)
        refuse_final(locked)
        before = {name: plain(getattr(locked, name)) for name in (*values, "priority", "priority_reason", "status")}
        changed = _set(locked, values, *(priority or (None, "")))
        after = {name: plain(getattr(locked, name)) for name in before}
        changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        if changes:
            _save(None, locked, changes, changed, now, data={"automation": rule})
        return changes


def _refuse_strangers(ticket: Ticket, values: Mapping[str, Any]) -> None:
    """What was written on a ticket, its course and its clocks are of one organization, and so its contact is."""
    if "organization" in values:
        message = _("A ticket stays with its organization: open one for the other.")
        raise DomainError(message, field="organization", code="organization")
    contact = values.get("contact")
    if contact is not None and (ticket.organization_id is None or contact.organization_id != ticket.organization_id):
        raise DomainError(_("Choose a contact of its organization."), field="contact", code="foreign_contact")


def _set(ticket: Ticket, values: Mapping[str, Any], priority: str | None, reason: str) -> list[str]:
    """Put the values on the ticket; the names of the fields that may have changed."""
    was_status = ticket.status
    for name, value in values.items():
        setattr(ticket, name, value)
    names = [*values]
    if priority is not None:
        if priority not in Priority.values:
            raise DomainError(_("There is no such priority."), field="priority")
        if not reason.strip():
            raise DomainError(_("Say why this priority."), field="priority_reason", code="no_reason")
        ticket.priority, ticket.priority_reason = priority, reason.strip()
        names += ["priority", "priority_reason"]
    elif {"impact", "urgency"} & set(values):
        clean(ticket, ["impact", "urgency"])
        ticket.priority, ticket.priority_reason = priority_of(ticket.impact, ticket.urgency), ""
        names += ["priority", "priority_reason"]
    clean(ticket, names)
    if ticket.status != was_status:
        if not workflow.may_move(was_status, ticket.status):
            raise DomainError(_("This status does not follow the present one."), field="status", code="status")
        if ticket.status == TicketStatus.SOLVED and ticket.is_technical_escalation and not ticket.prevention.strip():
            raise DomainError(_("A technical escalation says what keeps it from happening again."), field="prevention")
    return names


def _save(
    by: Actor | None,
    ticket: Ticket,
    changes: dict[str, list[Any]],
    names: list[str],
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    fields = list(dict.fromkeys(names))
    if rises(changes) and ticket.escalated_at is None:
        ticket.escalated_at = now
        fields.append("escalated_at")
    if MATCHED & set(changes):
        fields += _matched_anew(ticket, changes)
    if "status" in changes:
        fields += stamped(ticket, changes["status"][0], now)
    kind = EventKind.STATUS if list(changes) == ["status"] else EventKind.CHANGED
    said = happened(ticket=ticket, kind=kind, at=now, by=by, changes=changes, data=data)
    ticket.moved_at = now
    clocks.rewrite(ticket, now=now)
    save(ticket, fields)
    if rises(changes):
        told(by=by, ticket=ticket, said=said, reason="", targets=(Told.OWNERS,), now=now)
    who, name = (by.user_id, by.name) if by is not None else (None, "")
    activity.record(verb="ticket.changed", target=ticket, now=now, actor_id=who, actor_name=name, changes=changes)


def _matched_anew(ticket: Ticket, changes: dict[str, list[Any]]) -> list[str]:
    """The policy that fits now; the clocks hear of it in the same event."""
    found = match(ticket, ticket.queue)
    if found is None:
        return []
    before = clocks.policy_names(ticket.events.order_by("at", "id"))
    if not before or before[-1] != str(found.name):
        changes["sla"] = [before[-1] if before else "", str(found.name)]
    ticket.sla_policy, ticket.sla_version_id = found.name.policy, found.name.version_id
    ticket.sla_reason = found.reason
    return ["sla_policy", "sla_version", "sla_reason"]


def plain(value: Any) -> Any:
    """A value as events keep it: an id for a row, a day as text."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Tier):
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
