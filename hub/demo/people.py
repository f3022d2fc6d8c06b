"""Makes the colleagues of the demo world with their roles, teams and calendars, through the services."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from accounts.actors import actor_for
from accounts.choices import Audience
from accounts.models import Team, User
from accounts.rules.access import Actor
from accounts.rules.workcalendar import VersionBody
from accounts.services import calendars, people
from hub.demo.colleagues import COLLEAGUES, HOUSES, TEAMS


@dataclass(frozen=True, kw_only=True)
class Crew:
    """The colleagues by key: as rows, and as the actors that services ask for."""

    users: dict[str, User]
    actors: dict[str, Actor]
    password_hash: str


def make_crew(*, password: str, now: datetime) -> Crew:
    """Everybody joined about two years ago; one hash serves all, since one password does."""
    joined = now - timedelta(days=760)
    hashed = make_password(password)
    User.objects.bulk_create(
        User(
            email=colleague.email,
            name=colleague.name,
            job_title=colleague.job_title,
            timezone=colleague.timezone,
            language=colleague.language,
            password=hashed,
            date_joined=joined,
        )
        for colleague in COLLEAGUES
    )
    emails = {colleague.email: colleague.key for colleague in COLLEAGUES}
    users = {emails[user.email]: user for user in User.objects.filter(email__in=emails)}
    for colleague in COLLEAGUES:
        for role in colleague.roles:
            people.grant_role(user=users[colleague.key], role=role, by=None, now=joined, source="demo")
    _make_teams(users, now=joined)
    actors = {key: actor_for(user) for key, user in users.items()}
    _make_calendars(users, by=actors["admin2"], now=joined)
    return Crew(users=users, actors=actors, password_hash=hashed)


def make_portal_user(*, crew: Crew, email: str, name: str, timezone: str, now: datetime) -> User:
    """A person at an organization who accepted an invitation to the portal."""
    return User.objects.create(
        email=email,
        name=name,
        audience=Audience.CONTACT,
        timezone=timezone,
        password=crew.password_hash,
        date_joined=now,
    )


def _make_teams(users: dict[str, User], *, now: datetime) -> None:
    for name, kind, purpose, leads, members in TEAMS:
        address = name.lower().replace(" ", "-")
        team = Team.objects.create(name=name, kind=kind, purpose=purpose, email=f"{address}@demo.example")
        for key in (*leads, *members):
            people.add_member(team=team, user=users[key], by=None, now=now, is_lead=key in leads)


def _make_calendars(users: dict[str, User], *, by: Actor, now: datetime) -> None:
    for house in HOUSES:
        body = VersionBody(
            timezone=house.timezone, country=house.country, subdivision=house.subdivision, weekly=house.weekly
        )
        calendar = calendars.create(name=house.name, body=body, by=by, now=now)
        User.objects.filter(pk__in=[users[key].pk for key in house.members]).update(calendar=calendar)
