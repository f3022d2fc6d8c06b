"""Whom to tell about an organization: the people whose assignment opens it."""

from accounts.models import RoleGrant
from accounts.rules.access import AccessPolicy
from partners.models import Assignment, Organization

Ties = frozenset[tuple[int, str]]


def ties_of(organization: Organization) -> Ties:
    """(user id, role) of everybody who is assigned today in a role that they hold today. Two statements."""
    rows = set(Assignment.objects.active().filter(organization=organization).values_list("user_id", "role"))
    grants = RoleGrant.objects.filter(user_id__in={user_id for user_id, _role in rows}, ended_at__isnull=True)
    return frozenset(rows & set(grants.values_list("user_id", "role")))


def who_sees(ties: Ties, policy: AccessPolicy, *, kind: str, stage: str) -> set[int]:
    """Those of `ties` to whom an organization of `kind` is open in `stage`."""
    return {user_id for user_id, role in ties if stage in policy.stages(role, kind)}


def owners_who_see(organization: Organization, policy: AccessPolicy) -> set[int]:
    """Owners to whom a role that they hold today opens the organization where it stands."""
    return who_sees(ties_of(organization), policy, kind=organization.kind, stage=organization.stage)
