"""Which colleagues see an incident: asked of the one policy, as their own next request would."""

from collections.abc import Iterable

from accounts.actors import actor_for
from accounts.auth import users_with_access
from accounts.models import User
from accounts.rules.access import Actor
from common.scope import Scope, scoped
from tickets.models import Incident


def actors_who_see_incident(incident_id: int, user_ids: Iterable[int]) -> dict[int, Actor]:
    """Of these people the colleagues who see the incident today, by id: one statement for each."""
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
            and Incident.objects.visible_to(actor).filter(pk=incident_id).exists()
        }


def sees_incident(incident_id: int, user: User) -> bool:
    """Whether this colleague sees it, and is still with us."""
    return user.is_active and bool(actors_who_see_incident(incident_id, [user.pk]))
