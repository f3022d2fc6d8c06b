"""Organizations and what belongs to them, written directly: services are for the tests that are about services."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import User
from partners.models import (
    Assignment,
    Contact,
    ContextGrant,
    Handoff,
    Interaction,
    Organization,
    OrganizationFacts,
    StagePeriod,
    TimelineEntry,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_numbers = count(1)


def make_organization(
    *,
    kind: str = "partner",
    stage: str = "",
    name: str = "",
    owners: Mapping[str, User | Iterable[User]] | None = None,
    at: datetime = NOW - timedelta(days=30),
    **fields: Any,
) -> Organization:
    """An organization in `stage` (by default the first of its kind) since `at`; `owners` by role, the primary first."""
    organization = Organization.objects.create(
        kind=kind,
        stage=stage or ("pre_contract" if kind == "partner" else "pre_sales"),
        name=name or f"Organization {next(_numbers)}",
        stage_entered_at=at,
        **fields,
    )
    OrganizationFacts.objects.create(organization=organization)
    StagePeriod.objects.create(organization=organization, stage=organization.stage, entered_at=at)
    for role, people in (owners or {}).items():
        for position, person in enumerate([people] if isinstance(people, User) else people):
            make_assignment(organization, person, role, is_primary=position == 0, started_at=at)
    return organization


def make_partner(stage: str = "gate_3", **fields: Any) -> Organization:
    return make_organization(kind="partner", stage=stage, **fields)


def make_customer(stage: str = "live", **fields: Any) -> Organization:
    return make_organization(kind="customer", stage=stage, **fields)


def make_assignment(
    organization: Organization,
    user: User,
    role: str,
    *,
    is_primary: bool = True,
    started_at: datetime = NOW - timedelta(days=30),
    ended_at: datetime | None = None,
) -> Assignment:
    return Assignment.objects.create(
        organization=organization,
        user=user,
        role=role,
        is_primary=is_primary,
        started_at=started_at,
        ended_at=ended_at,
    )


def make_contact(organization: Organization, *, name: str = "", **fields: Any) -> Contact:
    number = next(_numbers)
    values = {"email": f"contact{number}@partner.example", **fields}
    return Contact.objects.create(organization=organization, name=name or f"Contact {number}", **values)


def make_interaction(organization: Organization, author: User | None = None, **fields: Any) -> Interaction:
    values = {"summary": "Talked about the launch", "happened_at": NOW - timedelta(days=1), **fields}
    return Interaction.objects.create(organization=organization, author=author, **values)


def make_entry(organization: Organization, *, title: str = "Something happened", **fields: Any) -> TimelineEntry:
    values = {"kind": "profile", "at": NOW - timedelta(days=1), "stage": organization.stage, **fields}
    return TimelineEntry.objects.create(organization=organization, title=title, **values)


def make_grant(organization: Organization, user: User, *, state: str = "asked", **fields: Any) -> ContextGrant:
    values = {"reason": "To understand the beta", "asked_at": NOW - timedelta(hours=2), **fields}
    return ContextGrant.objects.create(organization=organization, user=user, state=state, **values)


def make_handoff(
    organization: Organization, giver: User, receiver: User, *, state: str = "offered", **fields: Any
) -> Handoff:
    """A handoff from a PSM to a TAM, unless the fields say otherwise; open from the start."""
    values = {
        "kind": "psm_to_tam",
        "from_role": "psm",
        "to_role": "tam",
        "policy_version": 1,
        "offered_at": NOW - timedelta(days=1),
        "accepted_at": NOW if state == "accepted" else None,
        **fields,
    }
    return Handoff.objects.create(organization=organization, giver=giver, receiver=receiver, state=state, **values)
