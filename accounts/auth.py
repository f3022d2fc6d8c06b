"""Sign-in backend: loads a person with everything that access needs in one statement."""

from collections.abc import Iterable

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User

# Written out and not composed: this runs with every request, and putting the ORM's statement together took five times
# as long as running it.
_USERS = """
SELECT u.*,
    ARRAY(
        SELECT g.role FROM accounts_rolegrant g WHERE g.user_id = u.id AND g.ended_at IS NULL ORDER BY g.role
    ) AS role_names,
    ARRAY(
        SELECT DISTINCT m.user_id FROM accounts_membership l
        JOIN accounts_team t ON t.id = l.team_id AND t.archived_at IS NULL
        JOIN accounts_membership m ON m.team_id = t.id AND m.ended_at IS NULL
        WHERE l.user_id = u.id AND l.is_lead AND l.ended_at IS NULL AND m.user_id <> u.id ORDER BY m.user_id
    ) AS led_ids,
    ARRAY(
        SELECT m.team_id FROM accounts_membership m JOIN accounts_team t ON t.id = m.team_id AND t.archived_at IS NULL
        WHERE m.user_id = u.id AND m.ended_at IS NULL ORDER BY m.team_id
    ) AS team_ids,
    (SELECT p.id FROM common_policyversion p WHERE p.name = 'access' AND p.is_active) AS access_version_id
FROM accounts_user u WHERE u.is_active AND u.id = ANY (%s)
"""


def users_with_access(ids: Iterable[int]) -> list[User]:
    """Active users with `role_names`, `led_ids` (members of the teams they lead), `team_ids` and `access_version_id`.

    Read again with every request: a right that was taken away is gone with the next one.
    """
    return list(User.objects.raw(_USERS, [sorted(ids)]))


def user_with_access(user_id: int) -> User | None:
    """One of them; None for a person who is not there or not active."""
    found = users_with_access([user_id])
    return found[0] if found else None


class HubBackend(AuthenticationBackend):
    """allauth's e-mail sign-in; inactive people are nobody, at once."""

    def get_user(self, user_id: int) -> User | None:
        return user_with_access(user_id)


BACKEND = f"{HubBackend.__module__}.{HubBackend.__qualname__}"
