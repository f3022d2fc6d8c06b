"""Who the targets of an escalation are now: people who are there, hold the right and see the ticket (sla.md R16)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from accounts.actors import actor_for
from accounts.auth import users_with_access
from accounts.choices import Role
from accounts.models import Membership, User
from accounts.selectors.rotas import away_at, on_call
from partners.models import Assignment
from tickets.models import QueueTeam, Ticket
from tickets.rules.sla_packs import Told

OWNERS = (Role.TAM.value, Role.CSM.value)
WATCHDOGS = (Role.SUPPORT_LEAD.value, Role.ADMIN.value)
"""Who hears of a step that reached nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Whose:
    """What of a ticket decides who is told; `ticket_id` is None for one that is only thought of."""

    queue_id: int
    assignee_id: int | None = None
    organization_id: int | None = None
    ticket_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Listeners:
    """The people of several tickets: by ticket and target; `people` are all of them, with what access needs."""

    reached: tuple[Mapping[Told, frozenset[int]], ...]
    people: Mapping[int, User]
    watchdogs: frozenset[int]


def listeners(tickets: Collection[Whose], *, now: datetime) -> Listeners:
    """Who is told of each of these tickets at `now`, in their order.

    Whoever is away is no target, and whoever does not see the ticket neither; the owners are told while they are away,
    since they only have to know. Some eight statements, and one for each person.
    """
    places = places_of(tickets, now)
    asked = [asked_of(ticket, places) for ticket in tickets]
    watchdogs = _holding(WATCHDOGS)
    everybody = {user_id for targets in asked for people in targets.values() for user_id in people} | watchdogs
    users = {user.pk: user for user in users_with_access(everybody)}
    away = away_at(users, now)
    sees = _sees(users, asked, tickets)
    reached = tuple(
        {
            told: frozenset(
                user_id
                for user_id in people
                if user_id in users
                and (told is Told.OWNERS or user_id not in away)
                and (ticket.ticket_id is None or ticket.ticket_id in sees[user_id])
            )
            for told, people in targets.items()
        }
        for ticket, targets in zip(tickets, asked, strict=True)
    )
    return Listeners(reached=reached, people=users, watchdogs=frozenset(watchdogs & set(users)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """By queue who leads and is called, by organization who owns, and who manages support."""

    leads: Mapping[int, AbstractSet[int]]
    on_call: Mapping[int, AbstractSet[int]]
    owners: Mapping[int, AbstractSet[int]]
    managers: AbstractSet[int]


def asked_of(ticket: Whose, places: Places) -> dict[Told, AbstractSet[int]]:
    """For each target whom it names, whether or not they are there and see the ticket."""
    return {
        Told.ASSIGNEE: {ticket.assignee_id} if ticket.assignee_id is not None else set(),
        Told.QUEUE_LEADS: places.leads.get(ticket.queue_id, set()),
        Told.SUPPORT_MANAGERS: places.managers,
        Told.ON_CALL: places.on_call.get(ticket.queue_id, set()),
        Told.OWNERS: places.owners.get(ticket.organization_id or 0, set()),
    }


def places_of(tickets: Iterable[Whose], now: datetime, *, with_on_call: bool = True) -> Places:
    """Who leads, owns and is called for these tickets. Seven statements at most."""
    queue_ids = {ticket.queue_id for ticket in tickets}
    teams: dict[int, set[int]] = defaultdict(set)
    for queue_id, team_id in QueueTeam.objects.filter(queue_id__in=queue_ids).values_list("queue_id", "team_id"):
        teams[team_id].add(queue_id)
    leads: dict[int, set[int]] = defaultdict(set)
    leading = Membership.objects.filter(team_id__in=teams, is_lead=True, ended_at__isnull=True)
    for team_id, user_id in leading.filter(team__archived_at__isnull=True).values_list("team_id", "user_id"):
        for queue_id in teams[team_id]:
            leads[queue_id].add(user_id)
    called: dict[int, set[int]] = defaultdict(set)
    for team_id, rotas in on_call(teams, now).items() if with_on_call else ():
        for queue_id in teams[team_id]:
            called[queue_id] |= {rota.user_id for rota in rotas if rota.user_id is not None}
    owners: dict[int, set[int]] = defaultdict(set)
    organization_ids = {ticket.organization_id for ticket in tickets if ticket.organization_id is not None}
    owning = Assignment.objects.active().filter(organization_id__in=organization_ids, role__in=OWNERS)
    for organization_id, user_id in owning.values_list("organization_id", "user_id"):
        owners[organization_id].add(user_id)
    return Places(leads=leads, on_call=called, owners=owners, managers=_holding([Role.SUPPORT_LEAD.value]))


def _holding(roles: Iterable[str]) -> set[int]:
    return set(User.objects.active().holding(*roles).order_by().values_list("pk", flat=True))


def _sees(
    users: Mapping[int, User], asked: Iterable[Mapping[Told, AbstractSet[int]]], tickets: Iterable[Whose]
) -> dict[int, frozenset[int]]:
    """Which of the tickets they are to be told of each person sees at this moment."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for ticket, targets in zip(tickets, asked, strict=True):
        for user_id in {user_id for people in targets.values() for user_id in people} & set(users):
            if ticket.ticket_id is not None:
                wanted[user_id].add(ticket.ticket_id)
    found: dict[int, frozenset[int]] = defaultdict(frozenset)
    for user_id, ticket_ids in wanted.items():
        rows = Ticket.objects.visible_to(actor_for(users[user_id])).filter(pk__in=ticket_ids)
        found[user_id] = frozenset(rows.order_by().values_list("pk", flat=True))
    return found
