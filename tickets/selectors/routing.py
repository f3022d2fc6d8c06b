"""The facts that route a ticket, and who could be given it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from accounts.models import Membership, Team, User
from accounts.selectors.rotas import away_at
from common.policy_cache import active_policy
from common.scope import Scope, scoped
from partners.models import Assignment
from tickets.choices import UNSOLVED, EventKind
from tickets.models import Agent, Queue, Ticket, TicketEvent
from tickets.rules.routing import Candidate, RoutingFacts, RoutingPack
from tickets.selectors.organization_facts import OrganizationFacts, facts_of_organization

PACK = "routing"


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A ticket that is about to come in, or one that did, as routing sees it.

    `facts` are those of its organization, for whoever has read them.
    """

    organization_id: int | None
    category: str
    language: str
    channel: str
    priority: str
    text: str
    recipients: Sequence[str] = ()
    facts: OrganizationFacts | None = None


def routing_in_force() -> RoutingPack | None:
    """The rules that count; None while none are loaded. One statement."""
    found = active_policy(PACK)
    return found.policy if found is not None and isinstance(found.policy, RoutingPack) else None


def facts_of(arrival: Arrival) -> RoutingFacts:
    """What decides where it goes: one statement where there is an organization of which nothing was read yet."""
    of_organization = arrival.facts or facts_of_organization(arrival.organization_id)
    return RoutingFacts(
        category=arrival.category,
        kind=of_organization.kind,
        arr_segment=of_organization.arr_segment,
        gemstone=of_organization.gemstone,
        language=arrival.language,
        channel=arrival.channel,
        priority=arrival.priority,
        text=arrival.text,
        recipients=frozenset(without_plus(address) for address in arrival.recipients),
    )


def candidates_for(queue: Queue, *, team: str, organization_id: int | None, now: datetime) -> list[Candidate]:
    """The people of the teams that serve the queue, or of one of them, with how much they have. Five statements."""
    teams = Team.objects.filter(queues__queue=queue, archived_at__isnull=True)
    people = Membership.objects.filter(team__in=teams.filter(name=team) if team else teams, ended_at__isnull=True)
    ids = sorted(set(people.filter(user__is_active=True).values_list("user_id", flat=True)))
    agents = {agent.user_id: agent for agent in Agent.objects.filter(user_id__in=ids)}
    away = away_at(ids, now)
    loads = _loads(ids)
    owners = _owners(organization_id, ids)
    return [
        Candidate(
            user_id=user_id,
            is_owner=user_id in owners,
            is_here=user_id not in away and (user_id not in agents or agents[user_id].is_available),
            skills=frozenset(map(str, agents[user_id].skills)) if user_id in agents else frozenset(),
            open=loads.get(user_id, (0, None))[0],
            most_open=agents[user_id].most_open if user_id in agents else 20,
            given_at=loads.get(user_id, (0, None))[1],
        )
        for user_id in ids
    ]


def _loads(user_ids: Iterable[int]) -> dict[int, tuple[int, datetime | None]]:
    """Open tickets of each, and when their latest one came in."""
    with scoped(Scope.all()):
        rows = Ticket.objects.filter(assignee_id__in=list(user_ids)).order_by().values("assignee_id")
        counted = rows.annotate(
            count=Count("pk", filter=Q(status__in=UNSOLVED, merged_into__isnull=True)), latest=Max("opened_at")
        )
        return {row["assignee_id"]: (row["count"], row["latest"]) for row in counted}


def _owners(organization_id: int | None, user_ids: Iterable[int]) -> frozenset[int]:
    if organization_id is None:
        return frozenset()
    with scoped(Scope.all()):
        rows = Assignment.objects.filter(organization_id=organization_id, ended_at__isnull=True)
        return frozenset(rows.filter(user_id__in=list(user_ids)).values_list("user_id", flat=True))


def without_plus(address: str) -> str:
    """An address without what stands behind a plus, in small letters."""
    local, _at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def routed_of(ticket: Ticket) -> dict[str, Any]:
    """How a ticket was routed, as its creation says; empty for one that was put where it is by hand."""
    created = TicketEvent.objects.filter(ticket=ticket, kind=EventKind.CREATED).order_by("at", "id").first()
    return dict(created.data.get("routed") or {}) if created is not None else {}


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Names of colleagues: one statement."""
    return dict(User.objects.filter(pk__in=sorted(set(user_ids))).values_list("pk", "name"))
