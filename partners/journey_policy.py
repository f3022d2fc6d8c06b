"""The journeys as policy: the one in force for each kind, and any version that a review is pinned to."""

from common.policy_cache import active_policy, policy_of_version
from partners.choices import OrganizationKind
from partners.rules.journeys import Journey

PACK_OF_KIND = {OrganizationKind.PARTNER: "partner_journey", OrganizationKind.CUSTOMER: "customer_journey"}


def journey_in_force(kind: str) -> Journey | None:
    """The journey that organizations of `kind` begin today; None while no pack is loaded. One statement."""
    active = active_policy(PACK_OF_KIND[OrganizationKind(kind)])
    return active.policy if active is not None and isinstance(active.policy, Journey) else None


def journey_of_version(kind: str, version: int) -> Journey:
    """The journey of `kind` in one of its versions. One statement. Raises PolicyVersion.DoesNotExist, PackError."""
    found = policy_of_version(PACK_OF_KIND[OrganizationKind(kind)], version)
    if not isinstance(found, Journey):
        raise TypeError(f"{PACK_OF_KIND[OrganizationKind(kind)]} {version} is no journey")
    return found
