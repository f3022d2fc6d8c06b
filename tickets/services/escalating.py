"""The use case of an escalation by hand, and telling of escalations that a change of the ticket means (sla.md R16)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import Notice, notify_each
from common.errors import DomainError, NotAllowed
from common.scope import Scope, scoped
from tickets import notices, permissions
from tickets.choices import EventKind
from tickets.models import Ticket, TicketEvent
from tickets.rules.sla_packs import Told
from tickets.selectors.told import Whose, listeners
from tickets.services.events import happened
from tickets.services.locking import lock_ticket, refuse_final, save

BY_HAND = (Told.ASSIGNEE, Told.QUEUE_LEADS, Told.SUPPORT_MANAGERS, Told.OWNERS)


@transaction.atomic
def escalate(*, by: Actor, ticket: Ticket, reason: str, now: datetime) -> Ticket:
    """Escalate by hand: the assignee, the leads of the queue, support managers and the owners hear of it and why.

    Raises NotAllowed, Missing, and DomainError without a reason and for a finished ticket.
    """
    locked = lock_ticket(by, ticket)
    if not permissions.can_work(by):
        raise NotAllowed(_("Tickets are escalated by support and by those who look after the organization."))
    refuse_final(locked)
    reason = reason.strip()[:500]
    if not reason:
        raise DomainError(_("Say why you escalate it."), field="reason", code="no_reason")
    before = locked.escalated_at
    locked.escalated_at = before or now
    locked.moved_at = now
    with scoped(Scope.all()):
        said = happened(ticket=locked, kind=EventKind.ESCALATED, at=now, by=by, data={"reason": reason})
        save(locked, ["escalated_at"])
        told(by=by, ticket=locked, said=said, reason=reason, targets=BY_HAND, now=now)
        activity.record(
            verb="ticket.escalated",
            target=locked,
            now=now,
            actor_id=by.user_id,
            actor_name=by.name,
            reason=reason,
            changes={"escalated_at": [before, locked.escalated_at]} if before is None else None,
        )
    return locked


def told(
    *, by: Actor | None, ticket: Ticket, said: TicketEvent, reason: str, targets: tuple[Told, ...], now: datetime
) -> None:
    """Tell these targets of an escalation that the event says, but not who did it; without `by` a rule did.

    Sees all organizations.
    """
    whose = Whose(
        ticket_id=ticket.pk,
        queue_id=ticket.queue_id,
        assignee_id=ticket.assignee_id,
        organization_id=ticket.organization_id,
    )
    (reached,) = listeners([whose], now=now).reached
    people = {user_id for target in targets for user_id in reached[target]} - {by.user_id if by else None}
    who = _("By %(name)s.") % {"name": by.name} if by else _("A rule did it.")
    title = _("Escalated: #%(number)s %(subject)s") % {"number": ticket.number, "subject": ticket.subject}
    notify_each(
        [
            Notice(
                user_id=user_id,
                title=title,
                body=reason or who,
                key=f"escalated:{said.pk}",
                target_type="ticket",
                target_id=ticket.pk,
            )
            for user_id in sorted(people)
        ],
        kind=notices.ESCALATIONS,
        now=now,
    )
