"""People and organizations for the tests of pages: short ways to make rows, and to sign in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import actor_for
from accounts.models import Membership, RoleGrant, Team, User
from accounts.rules.access import Actor
from partners.models import Assignment, Contact, Organization, OrganizationFacts, StagePeriod, TimelineEntry

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=400)
# Statements that every request of a signed-in person makes and that the bars do not count.
_UNCOUNTED = (
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT",
    "RELEASE",
    "SELECT set_config(",
    "SELECT coalesce(current_setting",
)


def person(name: str, *roles: str, audience: str = "staff", **fields: Any) -> User:
    """Somebody with these roles; the address comes from the name."""
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@example.com")
    user = User.objects.create(name=name, email=email, audience=audience, **fields)
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role, started_at=LONG_AGO) for role in roles)
    return user


def team_of(lead: User, *members: User, name: str = "Technical success") -> Team:
    team = Team.objects.create(name=name, kind="technical_success")
    Membership.objects.create(team=team, user=lead, is_lead=True)
    Membership.objects.bulk_create(Membership(team=team, user=member) for member in members)
    return team


def actor(user: User) -> Actor:
    return actor_for(User.objects.get(pk=user.pk))


def organization(
    name: str, stage: str = "post_launch", *, facts: dict[str, Any] | None = None, **fields: Any
) -> Organization:
    """An organization in `stage`, which says its kind, with its facts and its stay."""
    kind = "customer" if stage in ("pre_sales", "kick_off", "integrate", "adopt", "live") else "partner"
    entered = fields.pop("stage_entered_at", NOW - timedelta(days=20))
    made = Organization.objects.create(kind=kind, name=name, stage=stage, stage_entered_at=entered, **fields)
    OrganizationFacts.objects.create(organization=made, **(facts or {}))
    StagePeriod.objects.create(organization=made, stage=stage, entered_at=entered)
    return made


def assign(
    user: User, role: str, *organizations: Organization, is_primary: bool = True, **fields: Any
) -> list[Assignment]:
    started = fields.pop("started_at", NOW - timedelta(days=100))
    return [
        Assignment.objects.create(
            user=user, role=role, organization=one, is_primary=is_primary, started_at=started, **fields
        )
        for one in organizations
    ]


def contact(organization: Organization, name: str, **fields: Any) -> Contact:
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@{organization.pk}.example")
    return Contact.objects.create(organization=organization, name=name, email=email, **fields)


def entry(
    organization: Organization, title: str, *, at: datetime = NOW, kind: str = "interaction", **fields: Any
) -> TimelineEntry:
    return TimelineEntry.objects.create(
        organization=organization, title=title, at=at, kind=kind, stage=organization.stage, **fields
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.auth.HubBackend")
    return client


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements of a block that the bars count (performance.md)."""
    counted: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield counted
    counted += [one["sql"] for one in captured if not one["sql"].startswith(_UNCOUNTED)]
