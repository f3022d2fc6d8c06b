"""Who may do what on a ticket that they see: predicates on the one policy (roles-and-access.md, Support and Portal)."""

from accounts.rules.access import Actor
from tickets.models import Ticket


def can_reply(actor: Actor) -> bool:
    """Write to the partner. Others who see the ticket write notes."""
    return actor.has("write_public_reply")


def can_note(actor: Actor) -> bool:
    """Leave an internal note: every colleague who sees the ticket."""
    return actor.is_staff


def can_work(actor: Actor) -> bool:
    """Change what a ticket says of itself, whose it is and where it stands."""
    return actor.has_any(("write_public_reply", "manage_support"))


def can_open(actor: Actor) -> bool:
    """Open a ticket for somebody else."""
    return can_work(actor)


def can_manage_support(actor: Actor) -> bool:
    """Queues, categories, routing, macros of everybody, service levels."""
    return actor.has("manage_support")


def can_read_profile(actor: Actor, ticket: Ticket) -> bool:
    """The technical profile of who asks: for whoever at the desk the ticket is assigned to."""
    is_own = ticket.assignee_id is not None and ticket.assignee_id == actor.user_id
    return is_own and ticket.organization_id is not None and actor.has("read_assigned_profile")
