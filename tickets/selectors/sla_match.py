"""Which policy a ticket falls under, with the facts that decide it. One statement for the facts, one for the pack."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from common import composed
from common.scope import Scope, scoped
from tickets.models import Queue, QueueTeam, Ticket
from tickets.rules.sla_packs import Condition, SlaPolicy, TicketFacts
from tickets.selectors.organization_facts import OrganizationFacts, facts_of_organization
from tickets.selectors.sla_book import NO_CALENDAR, PolicyName, pack_in_force


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """The policy of a ticket, its name as events write it, and why it is this one."""

    name: PolicyName
    policy: SlaPolicy
    reason: dict[str, Any]


def facts_of(ticket: Ticket, queue: Queue, known: OrganizationFacts | None = None) -> TicketFacts:
    """What of a ticket and its organization decides its policy; `known` is what the caller knows of the latter."""
    of_organization = known or facts_of_organization(ticket.organization_id)
    return TicketFacts(
        technical_escalation=ticket.is_technical_escalation,
        owner_roles=of_organization.owner_roles,
        kind=of_organization.kind,
        arr_segment=of_organization.arr_segment,
        queue=queue.key,
        category=ticket.category.key if ticket.category else "",
    )


_FACTS_OF_MANY = """
SELECT o.id, o.kind, coalesce(f.arr_segment, ''), ARRAY(
    SELECT DISTINCT a.role FROM partners_assignment a
    WHERE a.organization_id = o.id AND a.ended_at IS NULL ORDER BY a.role)
FROM partners_organization o LEFT JOIN partners_organizationfacts f ON f.organization_id = o.id
WHERE o.id = ANY (%s)
"""


def facts_of_many(tickets: Collection[Ticket]) -> dict[int, TicketFacts]:
    """The facts of several tickets, read with their queue and category, by ticket. One statement."""
    ids = sorted({ticket.organization_id for ticket in tickets if ticket.organization_id is not None})
    with scoped(Scope.all()), connection.cursor() as cursor:
        cursor.execute(_FACTS_OF_MANY, [ids])
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    return {
        ticket.pk: TicketFacts(
            technical_escalation=ticket.is_technical_escalation,
            owner_roles=frozenset(roles),
            kind=kind,
            arr_segment=arr_segment,
            queue=ticket.queue.key,
            category=ticket.category.key if ticket.category else "",
        )
        for ticket in tickets
        for kind, arr_segment, roles in [found.get(ticket.organization_id, ("", "", []))]
    }


def match(ticket: Ticket, queue: Queue, known: OrganizationFacts | None = None) -> Match | None:
    """The first policy in force that fits; None while no pack is loaded. `known` as in `facts_of`."""
    found = pack_in_force()
    if found is None:
        return None
    version_id, pack = found
    facts = facts_of(ticket, queue, known)
    policy, passed = pack.matching(facts)
    name = PolicyName(version_id=version_id, policy=policy.id, calendar_id=calendar_of(queue))
    return Match(name=name, policy=policy, reason=_reason(policy, passed, facts))


def with_calendar(queues: QuerySet[Queue]) -> QuerySet[Queue]:
    """Queues with the calendar that their clocks go by beside them, for `calendar_of`."""
    serving = QueueTeam.objects.filter(queue=OuterRef("pk"), team__calendar__isnull=False).order_by("pk")
    first = Subquery(serving.values("team__calendar_id")[:1])
    calendars = Coalesce("calendar_id", first, Value(NO_CALENDAR), output_field=BigIntegerField())
    return queues.annotate(calendar_in_force=calendars)


def calendar_of(queue: Queue) -> int:
    """The calendar that clocks of this queue go by: its own, else that of the first team that serves it.

    One statement for a queue that was not read `with_calendar`.
    """
    if queue.calendar_id is not None:
        return queue.calendar_id
    known = getattr(queue, "calendar_in_force", None)
    if known is not None:
        return int(known)
    return int(composed.fetch(_calendar, gaps=(queue.pk,))[0][0])


def _calendar(queue_id: int) -> Any:
    found: Any = with_calendar(Queue.objects.filter(pk=queue_id))
    return found.order_by().values_list("calendar_in_force")


def _reason(policy: SlaPolicy, passed: tuple[tuple[str, Condition | None], ...], facts: TicketFacts) -> dict[str, Any]:
    return {
        "holds": [
            [condition.fact, list(condition.values), _found(condition.fact, facts)] for condition in policy.conditions
        ],
        "passed": [
            [policy_id, condition.fact, list(condition.values), _found(condition.fact, facts)]
            for policy_id, condition in passed
            if condition is not None
        ],
    }


def _found(fact: str, facts: TicketFacts) -> Any:
    if fact == "owner_role":
        return sorted(facts.owner_roles)
    return getattr(facts, fact)
