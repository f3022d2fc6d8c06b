"""The directory: teams with their leads, what to ask them, and who is in them (roles-and-access.md)."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.labels import team_kind_label
from accounts.models import Membership, Team
from accounts.rules.access import Actor

MAX_TEAMS = 200


@dataclass(frozen=True, kw_only=True)
class DirectoryPerson:
    """A colleague as the directory shows them."""

    name: str
    email: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class TeamCard:
    """A team with its people by name, leads first apart."""

    team: Team
    kind: str
    leads: tuple[DirectoryPerson, ...]
    members: tuple[DirectoryPerson, ...]


def directory(actor: Actor, text: str = "") -> list[TeamCard]:
    """The teams whose name, purpose, address or people fit `text`, by name. Two statements."""
    teams = Team.objects.visible_to(actor).filter(archived_at__isnull=True)
    if text:
        inside = Membership.objects.filter(team=OuterRef("pk"), ended_at__isnull=True, user__is_active=True).filter(
            Q(user__name__icontains=text) | Q(user__email__icontains=text) | Q(user__job_title__icontains=text)
        )
        teams = teams.filter(
            Q(name__icontains=text) | Q(purpose__icontains=text) | Q(email__icontains=text) | Exists(inside)
        )
    found = list(teams.order_by("name")[:MAX_TEAMS])
    members: dict[int, list[Any]] = defaultdict(list)
    memberships = Membership.objects.visible_to(actor).filter(
        team__in=found, ended_at__isnull=True, user__is_active=True
    )
    for row in memberships.select_related("user").order_by("user__name_sort"):
        members[row.team_id].append(row)
    return [_card(team, members[team.pk]) for team in found]


def _card(team: Team, rows: list[Any]) -> TeamCard:
    people = [(row.is_lead, _person(row.user)) for row in rows]
    return TeamCard(
        team=team,
        kind=team_kind_label(team.kind),
        leads=tuple(person for is_lead, person in people if is_lead),
        members=tuple(person for _is_lead, person in people),
    )


def _person(user: Any) -> DirectoryPerson:
    return DirectoryPerson(name=user.name, email=user.email, hint=user.job_title)
