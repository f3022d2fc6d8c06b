"""Use cases of whose a ticket is: given to a colleague who sees it and works on tickets, who is told."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from accounts.services.notifications import notify
from common.errors import DomainError, NotAllowed
from common.scope import Scope, scoped
from tickets import notices, permissions
from tickets.models import Ticket
from tickets.selectors.readers import may_have
from tickets.services.changes import change


@transaction.atomic
def assign(*, by: Actor, ticket: Ticket, assignee: User | None, version: int | None = None, now: datetime) -> Ticket:
    """Give a ticket to a colleague, or to nobody. Raises NotAllowed, Missing, Conflict, DomainError ("assignee")."""
    if not permissions.can_work(by):
        raise NotAllowed(_("Tickets are given by those who work on them."))
    check_assignee(ticket, assignee)
    changed = change(by=by, ticket=ticket, values={"assignee": assignee}, version=version, now=now)
    tell_assignee(by=by, ticket=changed, before_id=ticket.assignee_id, now=now)
    return changed


def check_assignee(ticket: Ticket, assignee: User | None) -> None:
    """Raise DomainError for a colleague who would not see the ticket, or works on none."""
    if assignee is None or assignee.pk == ticket.assignee_id or may_have(ticket.pk, assignee):
        return
    message = _("%(name)s does not see this ticket or works on none.") % {"name": assignee.name}
    raise DomainError(message, field="assignee", code="assignee")


def tell_assignee(*, by: Actor | None, ticket: Ticket, before_id: int | None, now: datetime) -> None:
    """Tell whoever has just been given a ticket, unless they took it themselves."""
    if ticket.assignee_id is None or ticket.assignee_id in (before_id, by.user_id if by else None):
        return
    words = {"number": ticket.number, "subject": ticket.subject}
    with scoped(Scope.all()):
        notify(
            user_ids=[ticket.assignee_id],
            kind=notices.GIVEN,
            title=_("You have ticket #%(number)s: %(subject)s") % words,
            key=f"ticket-given:{ticket.pk}:{ticket.version}",
            now=now,
            target_type="ticket",
            target_id=ticket.pk,
        )
