"""What the database shows to an actor: organizations as `partners.scope` says, and the tickets of the desk."""

from accounts.rules.access import Actor
from common.scope import Scope
from partners import scope


def scope_of(actor: Actor) -> Scope:
    """The scope of `actor` with the queues that its teams serve, for those who work at the desk."""
    found = scope.scope_of(actor)
    if actor.has("see_all_tickets"):
        return found.at_desk(None)
    return found.at_desk(actor.team_ids) if actor.has("see_queue_tickets") else found
