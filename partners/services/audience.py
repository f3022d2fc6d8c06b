"""Whom to tell about an organization: the people whose assignment opens it."""

from accounts.models import RoleGrant
from accounts.rules.access import AccessPolicy
from partners.models import Assignment, Organization


def owners_who_see(organization: Organization, policy: AccessPolicy, *, stage: str | None = None) -> set[int]:
    """Owners to whom a role that they hold today opens the organization in `stage` (by default where it is)."""
    asked = stage or organization.stage
    rows = Assignment.objects.active().filter(organization=organization).values_list("user_id", "role")
    grants = RoleGrant.objects.filter(user_id__in=[user_id for user_id, _role in rows], ended_at__isnull=True)
    ties = set(rows) & set(grants.values_list("user_id", "role"))
    return {user_id for user_id, role in ties if asked in policy.stages(role, organization.kind)}
