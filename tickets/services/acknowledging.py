"""The use case by which somebody says that they have a ticket: steps "unless acknowledged" end (sla.md R16)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import NotAllowed
from common.scope import Scope, scoped
from tickets import permissions
from tickets.choices import EventKind
from tickets.models import Ticket
from tickets.services import clocks
from tickets.services.events import happened
from tickets.services.locking import lock_ticket, refuse_final, save


@transaction.atomic
def acknowledge(*, by: Actor, ticket: Ticket, now: datetime) -> Ticket:
    """Take note of a ticket: the steps of the clocks that there are now, and that ask for it, do not fire any more.

    A clock that starts later needs its own. Raises NotAllowed, Missing, and DomainError for a finished ticket.
    """
    locked = lock_ticket(by, ticket)
    if not permissions.can_work(by):
        raise NotAllowed(_("Tickets are acknowledged by support and by those who look after the organization."))
    refuse_final(locked)
    before = locked.acknowledged_at
    locked.acknowledged_at, locked.acknowledged_by_id = now, by.user_id
    locked.moved_at = now
    with scoped(Scope.all()):
        happened(ticket=locked, kind=EventKind.ACKNOWLEDGED, at=now, by=by)
        clocks.rewrite(locked, now=now)
        save(locked, ["acknowledged_at", "acknowledged_by"])
        activity.record(
            verb="ticket.acknowledged",
            target=locked,
            now=now,
            actor_id=by.user_id,
            actor_name=by.name,
            changes={"acknowledged_at": [before, now]},
        )
    return locked
