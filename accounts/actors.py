"""From a signed-in person to the actor that the one policy knows."""

from functools import lru_cache

from accounts.auth import user_with_access
from accounts.models import User
from accounts.rules.access import AccessPolicy, Actor, empty_policy, parse_access
from common.models import PolicyVersion


@lru_cache(maxsize=8)
def access_policy(version_id: int) -> AccessPolicy:
    """The access policy of a pack version. Versions are immutable, so each process parses one once."""
    row = PolicyVersion.objects.get(pk=version_id)
    return parse_access(row.body, version=row.version)


def anonymous() -> Actor:
    """Nobody: sees nothing."""
    return Actor(
        user_id=None,
        name="",
        audience="anonymous",
        roles=frozenset(),
        led_user_ids=frozenset(),
        organization_id=None,
        policy=empty_policy(),
    )


def actor_for(user: User, *, organization_id: int | None = None) -> Actor:
    """The actor of `user` today; `organization_id` is the one a contact has open in the portal.

    A user read by the sign-in backend carries all that is needed; any other is read again.
    """
    if not hasattr(user, "access_version_id"):
        loaded = user_with_access(user.pk)
        if loaded is None:
            return anonymous()
        user = loaded
    version_id = user.access_version_id
    return Actor(
        user_id=user.pk,
        name=user.name,
        audience=user.audience,
        roles=frozenset(user.role_names),
        led_user_ids=frozenset(user.led_ids),
        team_ids=frozenset(user.team_ids),
        organization_id=organization_id,
        policy=access_policy(version_id) if version_id else empty_policy(),
    )
