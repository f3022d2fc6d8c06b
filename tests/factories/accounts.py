"""People for tests: keyword functions that write rows directly, so that a test says only what it is about."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from accounts.actors import actor_for
from accounts.models import Membership, RoleGrant, Team, User
from accounts.rules.access import Actor

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
_numbers = count(1)


def make_user(*roles: str, name: str = "", email: str = "", password: str | None = None, **fields: Any) -> User:
    """A person of ours who holds `roles`; `audience="contact"` makes one of the portal."""
    number = next(_numbers)
    user = User(name=name or f"Person {number}", email=email or f"person{number}@vendor.example", **fields)
    user.set_password(password) if password else user.set_unusable_password()
    user.save()
    give_roles(user, *roles)
    return user


def make_people(people: Mapping[str, tuple[str, Sequence[str]]]) -> dict[str, User]:
    """People of ours by a short name, from their full names and roles: `tom@vendor.example`. Two statements."""
    users = [User(name=name, email=f"{short}@vendor.example") for short, (name, _roles) in people.items()]
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users)
    found = dict(zip(people, users, strict=True))
    RoleGrant.objects.bulk_create(
        RoleGrant(user=found[short], role=role, started_at=LONG_AGO)
        for short, (_name, roles) in people.items()
        for role in roles
    )
    return found


def give_roles(user: User, *roles: str, at: datetime = LONG_AGO) -> None:
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, started_at=at) for role in roles])


def take_role(user: User, role: str, *, at: datetime = LONG_AGO) -> None:
    RoleGrant.objects.filter(user=user, role=role, ended_at__isnull=True).update(ended_at=at)


def make_team(*, leads: Iterable[User] = (), members: Iterable[User] = (), name: str = "", **fields: Any) -> Team:
    """A team whose leads see what its members see."""
    team = Team.objects.create(name=name or f"Team {next(_numbers)}", kind=fields.pop("kind", "leadership"), **fields)
    rows = [(user, True) for user in leads] + [(user, False) for user in members]
    Membership.objects.bulk_create([Membership(team=team, user=user, is_lead=is_lead) for user, is_lead in rows])
    return team


def actor(user: User, *, organization_id: int | None = None) -> Actor:
    """The actor of a person as the next request would find it."""
    fresh = User.objects.get(pk=user.pk)
    return actor_for(fresh, organization_id=organization_id)
