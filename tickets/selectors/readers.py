"""Which colleagues see a ticket: asked of the one policy, as their own next request would."""

from collections.abc import Iterable

from accounts.actors import actor_for
from accounts.auth import users_with_access
from accounts.models import User
from accounts.rules.access import Actor
from common.scope import Scope, scoped
from tickets import permissions
from tickets.models import Ticket


def actors_who_see(ticket_id: int, user_ids: Iterable[int]) -> dict[int, Actor]:
    """Of these people the colleagues who see the ticket today, by id: one statement for each."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return {}
    with scoped(Scope.all()):
        actors = (actor_for(user) for user in users_with_access(wanted))
        return {
            actor.user_id: actor
            for actor in actors
            if actor.is_staff
            and actor.user_id is not None
            and Ticket.objects.all().visible_to(actor).filter(pk=ticket_id).exists()
        }


def may_have(ticket_id: int, user: User) -> bool:
    """Whether a ticket can be given to this colleague: they see it, and work on tickets."""
    actor = actors_who_see(ticket_id, [user.pk]).get(user.pk)
    return actor is not None and user.is_active and permissions.can_work(actor)
