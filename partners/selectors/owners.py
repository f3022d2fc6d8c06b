"""Who owns an organization, role by role, and who did before."""

from dataclasses import dataclass
from datetime import datetime

from accounts.choices import PARTICIPANT_ROLES
from accounts.labels import role_label, role_short_label
from accounts.rules.access import Actor
from accounts.rules.roles import OWNER_ROLES_BY_KIND
from partners.models import Assignment, Organization
from partners.querysets import AssignmentQuerySet

_PARTICIPANTS_IN_ORDER = tuple(sorted(PARTICIPANT_ROLES))
HISTORY_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class Owner:
    """A person who holds an organization in a role, or did: `ended_at` None means today."""

    assignment_id: str
    user_id: int
    user_public_id: str
    name: str
    job_title: str
    email: str
    role: str
    role_label: str
    is_primary: bool
    is_active_user: bool
    started_at: datetime
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class RoleOwners:
    """One role with its people, the primary one first; empty where nobody holds it today."""

    role: str
    label: str
    short_label: str
    is_participant: bool
    owners: tuple[Owner, ...]


def owners_by_role(actor: Actor, organization: Organization) -> tuple[RoleOwners, ...]:
    """Each owner role of the organization's kind in journey order, then the participants there are: one statement."""
    found: dict[str, list[Owner]] = {}
    for row in _rows(actor, organization).active().order_by("-is_primary", "started_at", "pk"):
        found.setdefault(row.role, []).append(_owner(row))
    owner_roles = OWNER_ROLES_BY_KIND[organization.kind]
    return tuple(
        RoleOwners(
            role=role,
            label=role_label(role),
            short_label=role_short_label(role),
            is_participant=role in PARTICIPANT_ROLES,
            owners=tuple(found.get(role, ())),
        )
        for role in (*owner_roles, *_PARTICIPANTS_IN_ORDER)
        if role in owner_roles or role in found
    )


def past_owners(actor: Actor, organization: Organization, *, limit: int = HISTORY_SHOWN) -> tuple[Owner, ...]:
    """Who owned the organization before, the latest first: one statement."""
    rows = _rows(actor, organization).filter(ended_at__isnull=False).order_by("-ended_at", "-pk")[:limit]
    return tuple(_owner(row) for row in rows)


def _rows(actor: Actor, organization: Organization) -> AssignmentQuerySet:
    rows: AssignmentQuerySet = Assignment.objects.visible_to(actor).filter(organization=organization)
    return rows.select_related("user")


def _owner(row: Assignment) -> Owner:
    return Owner(
        assignment_id=str(row.public_id),
        user_id=row.user_id,
        user_public_id=str(row.user.public_id),
        name=row.user.name,
        job_title=row.user.job_title,
        email=row.user.email,
        role=row.role,
        role_label=role_short_label(row.role),
        is_primary=row.is_primary,
        is_active_user=row.user.is_active,
        started_at=row.started_at,
        ended_at=row.ended_at,
        reason=row.reason,
    )
