"""Whom to tell about an organization: the people to whom an assignment or an open handoff opens it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from accounts.models import RoleGrant
from accounts.rules.access import AccessPolicy
from partners.models import Assignment, Handoff, Organization


@dataclass(frozen=True, kw_only=True)
class Ties:
    """Who is assigned today in a role that they hold today, as (user id, role), and who gives an open handoff."""

    held: frozenset[tuple[int, str]]
    givers: frozenset[int] = frozenset()


def ties_of(organization: Organization) -> Ties:
    """The ties of today. Two statements."""
    rows = Assignment.objects.active().filter(holds_its_role(), organization=organization).order_by()
    givers = Handoff.objects.filter(organization=organization).unfinished().values_list("giver_id", flat=True)
    return Ties(held=frozenset(rows.values_list("user_id", "role")), givers=frozenset(givers))


def holds_its_role() -> Exists:
    """Of an assignment: whether its person holds its role today."""
    held = RoleGrant.objects.filter(user_id=OuterRef("user_id"), role=OuterRef("role"), ended_at__isnull=True)
    return Exists(held)


def who_sees(ties: Ties, policy: AccessPolicy, *, kind: str, stage: str) -> set[int]:
    """Those of `ties` to whom an organization of `kind` is open in full in `stage`; who gives it on keeps it."""
    return {
        user_id
        for user_id, role in ties.held
        if (visible := policy.stages(role, kind)) and (stage in visible or user_id in ties.givers)
    }


def owners_who_see(organization: Organization, policy: AccessPolicy) -> set[int]:
    """Owners to whom a role that they hold today opens the organization where it stands."""
    return who_sees(ties_of(organization), policy, kind=organization.kind, stage=organization.stage)
