"""Who owns an organization, role by role, and who did before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from accounts.choices import PARTICIPANT_ROLES
from accounts.labels import role_label, role_short_label
from accounts.rules.access import Actor
from accounts.rules.roles import OWNER_ROLES_BY_KIND
from partners.models import Assignment, Organization
from partners.rules.ownership import Span, held_since

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
    for owner in _stays(actor, organization):
        if owner.ended_at is None:
            found.setdefault(owner.role, []).append(owner)
    owner_roles = OWNER_ROLES_BY_KIND[organization.kind]
    return tuple(
        RoleOwners(
            role=role,
            label=role_label(role),
            short_label=role_short_label(role),
            is_participant=role in PARTICIPANT_ROLES,
            owners=tuple(sorted(found.get(role, ()), key=lambda owner: (not owner.is_primary, owner.started_at))),
        )
        for role in (*owner_roles, *_PARTICIPANTS_IN_ORDER)
        if role in owner_roles or role in found
    )


def past_owners(actor: Actor, organization: Organization, *, limit: int = HISTORY_SHOWN) -> tuple[Owner, ...]:
    """Who owned the organization before, the latest first: one statement."""
    past = [(owner.ended_at, owner) for owner in _stays(actor, organization) if owner.ended_at is not None]
    return tuple(owner for _ended_at, owner in sorted(past, key=lambda pair: pair[0], reverse=True)[:limit])


def _stays(actor: Actor, organization: Organization) -> Iterator[Owner]:
    """One entry a stay: rows that adjoin, since only the primary place changed hands, are one.

    Of several stays of one person in one role, the last one that holds or held.
    """
    rows = (
        Assignment.objects.visible_to(actor)
        .filter(organization=organization)
        .select_related("user")
        .order_by("user_id", "role", "started_at", "pk")
    )
    for _key, group in groupby(rows, key=lambda row: (row.user_id, row.role)):
        stays = list(group)
        since = held_since([Span(started_at=row.started_at, ended_at=row.ended_at) for row in stays])
        yield _owner(stays[-1], since or stays[-1].started_at)


def _owner(row: Assignment, since: datetime) -> Owner:
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
        started_at=since,
        ended_at=row.ended_at,
        reason=row.reason,
    )
